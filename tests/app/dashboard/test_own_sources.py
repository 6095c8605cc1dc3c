"""Our own releases and families on the pages: what may be set, and what is shown."""

import pytest
from playwright.async_api import expect

from app.storage.database import Database
from tests.support.browser import Site, Visitor
from tests.support.rows import add_signal, add_source, add_story

pytestmark = pytest.mark.browser


async def test_a_story_shows_who_prints_our_own_release(plain_visitor: Visitor, database: Database) -> None:
    async with database.transaction() as connection:
        ours = await add_source(connection, name="Møllestua", is_own=True)
        signal = await add_signal(connection, ours, release="ours", wire="Cision")
        story = await add_story(connection, [signal], publishers=[], independent=0, reprinters=["Byavisa", "Havnytt"])
    page = await plain_visitor.open(f"/stories/{story}")
    tellers = page.get_by_role("region", name="Who tells it")
    await expect(tellers).to_contain_text("2 papers print our own release: Byavisa, Havnytt")
    await expect(page.locator(".sign").first).to_contain_text("signed Cision")
    await expect(page.locator(".sign").first).to_contain_text("our own release")


async def test_a_source_can_be_told_to_be_our_own_and_its_form_says_who_owns_it(
    plain_visitor: Visitor, site: Site, database: Database
) -> None:
    async with database.transaction() as connection:
        number = await add_source(connection, name="Nordlys", address="https://www.nordlys.no/service/rss")
    page = await plain_visitor.open(f"/sources/{number}")
    assert await page.locator("#family").get_attribute("placeholder") == "amedia"
    await page.locator("details", has=page.locator("#family")).locator("summary").click()
    form = page.locator("form", has=page.locator("#family"))
    await form.locator("[name=is_own]").check()
    await form.get_by_role("button").click()
    await expect(page.locator("[name=is_own]")).to_be_checked()
    assert (await site.services.sources.get(site.caller, number, site.now)).source.is_own
