"""The form for colleagues in a real browser: without a session, without script, and from a tip to an alert."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from app.schema.item import item
from app.storage.database import Database
from tests.support.browser import Site, Visitor, serve, visit
from tests.support.rows import NOON, add_watch
from tests.support.workshop import Workshop

LEAK = "Drikkevannet er stanset i hele Nordbyen, og ingen svarer på telefonen"


@pytest.fixture
async def quiet_site(database: Database) -> AsyncIterator[Site]:
    async with database.transaction() as connection:
        await add_watch(connection, "Vann", query="drikkevann*")
    async with serve(database) as served:
        yield served


@pytest.fixture
async def colleague(chromium: Browser, quiet_site: Site) -> AsyncIterator[Visitor]:
    """Somebody without a name, whose browser runs no script."""
    async with visit(chromium, quiet_site, java_script_enabled=False) as somebody:
        yield somebody


async def test_a_colleague_with_the_link_gives_a_tip_that_becomes_an_alert(
    chromium: Browser, quiet_site: Site, colleague: Visitor, database: Database
) -> None:
    token = await quiet_site.services.tips.make_link(quiet_site.caller, NOON)
    page = await colleague.open(f"/tips/form/{token}")
    await expect(page.get_by_label("What have you noticed?")).to_be_focused()
    await page.get_by_label("What have you noticed?").fill(LEAK)
    await page.get_by_label(re.compile("^Where")).fill("Nordbyen, ved skolen")
    await page.get_by_label(re.compile("^Open")).check()
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    reference = await page.locator("code").inner_text()
    async with database.transaction() as connection:
        row = (await connection.execute(select(item))).one()
    assert (row.guid, row.author, row.sensitivity) == (reference, "", "open")
    assert row.summary == f"{LEAK}\nWhere: Nordbyen, ved skolen"
    assert await colleague.context.cookies() == [], "nothing is noted of who asks"

    async with Workshop(database) as workshop:
        await workshop.understand(NOON)
    async with visit(chromium, quiet_site) as kari:
        await kari.sign_in(next_path="/alerts")
        await expect(kari.page.get_by_role("link", name=re.compile("Drikkevannet er stanset"))).to_be_visible()


async def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(
    quiet_site: Site, colleague: Visitor, database: Database
) -> None:
    token = await quiet_site.services.tips.make_link(quiet_site.caller, NOON)
    page = await colleague.open(f"/tips/form/{token}")
    await page.evaluate("document.querySelector('form').noValidate = true")
    await page.get_by_label("Who is concerned?").fill('"><script>alert(1)</script>')
    await page.get_by_label(re.compile("^Restricted")).check()
    await page.get_by_role("button", name="Send it").click()
    noticed = page.get_by_label("What have you noticed?")
    await expect(noticed).to_be_focused()
    await expect(noticed).to_have_attribute("aria-invalid", "true")
    await expect(noticed).to_have_accessible_description("Say in a few words what you have noticed")
    await expect(page.get_by_label("Who is concerned?")).to_have_value('"><script>alert(1)</script>')
    await expect(page.get_by_label(re.compile("^Restricted"))).to_be_checked()
    async with database.transaction() as connection:
        assert (await connection.execute(select(item))).all() == []


async def test_a_revoked_link_leads_nowhere_and_a_new_one_stops_the_old(
    chromium: Browser, quiet_site: Site, colleague: Visitor
) -> None:
    async with visit(chromium, quiet_site, java_script_enabled=False) as kari:
        await kari.sign_in(next_path="/tips")
        await kari.page.get_by_role("button", name="Make a link").click()
        first = await kari.page.locator("code.secret").inner_text()
        await kari.page.get_by_role("button", name="Make a new link").click()
        await expect(kari.page.locator("code.secret")).not_to_have_text(first)
        second = await kari.page.locator("code.secret").inner_text()
        await expect((await colleague.open(first.removeprefix(quiet_site.address))).locator("main")).to_contain_text(
            "leads nowhere any more"
        )
        await expect((await colleague.open(second.removeprefix(quiet_site.address))).locator("form")).to_be_visible()
        await kari.page.get_by_role("button", name="Revoke it").click()
        await expect(kari.page.get_by_text("There is none")).to_be_visible()
        page = await colleague.open(second.removeprefix(quiet_site.address))
        await expect(page.locator("main")).to_contain_text("leads nowhere any more")


async def test_whoever_signs_in_gives_tips_from_the_dashboard(chromium: Browser, quiet_site: Site) -> None:
    async with visit(chromium, quiet_site, java_script_enabled=False) as lise:
        await lise.sign_in("lise")
        await lise.page.get_by_role("link", name="Give a tip").click()
        await expect(lise.page.get_by_label(re.compile("^May we contact you"))).to_have_value("lise")
        await lise.page.get_by_label("What have you noticed?").fill("Noe rart")
        await lise.page.get_by_role("button", name="Send it").click()
        await expect(lise.page.get_by_role("heading", name="Thank you")).to_be_visible()
        assert (await lise.page.goto(f"{quiet_site.address}/tips")).status == 403  # type: ignore[union-attr]
