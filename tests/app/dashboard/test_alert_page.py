"""One alert: why it was raised, what was said, who was told."""

import pytest
from playwright.async_api import expect

from tests.support.browser import Site, Visitor
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser


async def test_ux04_an_alert_shows_its_why(plain_visitor: Visitor, site: Site, week: Week) -> None:
    page = await plain_visitor.open(f"/alerts/{week.alerts['crisis']}")
    emergence = (await site.services.alerts.get(site.caller, week.alerts["crisis"])).emergences[0]
    why = page.get_by_role("region", name="Why")
    for words in (
        emergence.because,
        "independent publishers",
        "1.5",
        "3.3×",
        "6 h",
        "about 1 in 590",
        "95%",
        "novel_story version 1",
        "Fewer than 2 independent publishers",
        "drikkevann",
    ):
        await expect(why).to_contain_text(words)
    severity = page.get_by_role("region", name="Severity")
    await expect(severity).to_contain_text("88")
    await expect(severity).to_contain_text("Independent voices")


async def test_the_words_that_carried_a_topic_are_marked_in_the_item(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/alerts/{week.alerts['crisis']}")
    item = page.locator(".sign", has_text="Kokevarsel i Nordhavn")
    assert "drikkevannet" in await item.locator("mark").all_inner_texts()
    dutch = page.locator(".sign", has_text="Bewoners van Nordhavn")
    assert await dutch.locator(".sign-title").get_attribute("lang") == "nl"
    link = item.locator("a.original")
    assert await link.get_attribute("rel") == "noopener noreferrer nofollow ugc"


async def test_an_alert_tells_who_was_told_and_who_was_not(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/alerts/{week.alerts['school']}")
    told = page.get_by_role("region", name="Who was told")
    await expect(told).to_contain_text("Beredskap")
    await expect(told).to_contain_text("serious is below the receiver's level, critical")
    await expect(page.get_by_role("region", name="What happened")).to_contain_text("Raised by Forkant")


async def test_a_number_that_is_nobodys_is_a_page_not_json(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/alerts/999999")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    await plain_visitor.open("/alerts/abc")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Not found")
    await plain_visitor.open("/alerts?level=huge")
    await expect(page.locator("[data-error]")).to_contain_text("`level` is one of")
