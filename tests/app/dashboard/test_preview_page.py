"""The watch form shows what the watch would have found, with script and without."""

import pytest
from playwright.async_api import expect

from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week

pytestmark = pytest.mark.browser


async def test_ux60_a_watch_is_previewed_explained_and_corrected_without_script(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/watches/new")
    await page.fill("#name", "Vann")
    await page.fill("#query", 'drikkevann OR "kokt vann"')
    await page.click("text=Preview")
    await expect(page.locator("#previewed")).to_have_text("The last 90 days")
    await expect(page.locator("#name")).to_have_value("Vann")
    await expect(page.locator("#preview mark").first).to_be_attached()
    await page.click("summary:has-text('Hits of each day')")
    await expect(page.locator("#preview table tbody tr")).to_have_count(90)
    await page.click("text=What do the words stand for?")
    await expect(page.locator("#explained")).to_be_visible()
    await page.fill("#query", "drikkevann titel:brudd")
    await page.click("text=Preview")
    await expect(page.locator("#preview .problem")).to_contain_text("did you mean title:")
    await expect(page.locator("#preview .query-problem")).to_have_text("drikkevann ▸titel:brudd")
    await expect(page.locator("#name")).to_have_value("Vann")


async def test_a_query_of_another_service_is_translated_and_goes_on_to_the_form(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/watches/import")
    await page.select_option("#service", "retriever")
    await page.fill("#query", 'headline:drikkevann ANDNOT "FC Utopia" AND page:4')
    await page.click("text=Translate")
    await expect(page.locator("section code").first).to_have_text('title:drikkevann AND NOT "FC Utopia"')
    await expect(page.locator("section")).to_contain_text("page:4 was left out")
    await page.click("text=Go on to the watch")
    await expect(page.locator("#query")).to_have_value('title:drikkevann AND NOT "FC Utopia"')
    await expect(page.locator("#previewed")).to_be_visible()


async def test_the_preview_follows_what_is_typed(visitor: Visitor, week: Week) -> None:
    page = await visitor.open(f"/watches/{week.watches['Nordhavn']}")
    await page.fill("#query", "drikkevannet")
    await expect(page.locator("#preview h3", has_text="Against the watch as it is")).to_be_visible()
    await page.fill("#query", '"drikkevannet')
    await expect(page.locator("#preview .problem")).to_contain_text("add the other one")
    assert not visitor.complaints
