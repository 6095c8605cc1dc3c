"""Every page can be read, and every form sent, without any script."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from app.storage.database import Database
from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week
from tests.support.rows import NOON, add_alert, add_signal, add_story

pytestmark = pytest.mark.browser

PAGES = {
    "/": "Wednesday 11 March",
    "/alerts": "Inbox",
    "/trends": "Trends",
    "/signals?q=drikkevannet": "Signals",
    "/watches": "Watches",
    "/watches/new": "New watch",
    "/watches/import": "A query from another service",
    "/sources": "Sources",
    "/receivers": "Receivers",
    "/help": "Help and keys",
    "/held": "What stayed quiet",
    "/replays": "What would this have told us?",
    "/radar": "Radar",
    "/scorecard": "Scorecard",
    "/teach": "Teach Forkant",
    "/models": "Models",
}


async def test_ux60_pages_are_whole_without_script(plain_visitor: Visitor) -> None:
    for path, heading in PAGES.items():
        page = await plain_visitor.open(path)
        await expect(page.get_by_role("heading", level=1)).to_have_text(heading)


async def test_ux01_the_briefing_fits_one_screen_and_says_who_has_it(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    assert await page.evaluate("document.documentElement.scrollHeight") <= 900
    new = page.get_by_role("region", name="New in 24 hours")
    first = new.get_by_role("listitem").first
    await expect(first).to_contain_text("Mange syke etter å ha drukket vann")
    await expect(first).to_contain_text("5 in 24 h, usually 0")
    await expect(first).to_contain_text("5 publishers")
    await expect(first).to_contain_text("nobody has it")
    await expect(page.get_by_role("region", name="Rising")).to_contain_text("Solbakken barnehage")
    await expect(page.get_by_role("region", name="Opportunities")).to_contain_text("årets klimakommune")
    await expect(page.get_by_role("region", name="Settling")).to_contain_text("Kari Holm has it")
    await expect(page.get_by_role("region", name="Held back")).to_contain_text("3 findings")


async def test_ux01_thirty_topics_still_fit_one_screen(plain_visitor: Visitor, database: Database, week: Week) -> None:
    title = "En svært lang overskrift som ingen avis ville ha satt, men som en pressemelding gjerne bruker, nummer"
    topics = ("environment", "discrimination_rights", "sustainability_progress")
    async with database.transaction() as connection:
        for number in range(30):
            signal_id = await add_signal(connection, week.sources["Kystposten"], f"{title} {number}")
            await add_alert(
                connection,
                week.watches["Skole og barnehage"],
                await add_story(connection, [signal_id]),
                title=f"{title} {number}",
                topics=[topics[number % 3]],
                at=NOON - timedelta(hours=1 + 30 * (number % 2)),
                owner="Kommunikasjonsberedskapen",
            )
    page = await plain_visitor.open("/")
    await expect(page.get_by_role("region", name="New in 24 hours")).to_contain_text("more")
    assert await page.evaluate("document.documentElement.scrollHeight") <= 900
    assert await page.locator("li.line").count() == 9


async def test_ux01_the_briefing_as_text_tells_the_same(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    titles = await page.locator(".line-title").all_inner_texts()
    text = await (await page.request.get(f"{plain_visitor.site.address}/briefing.txt")).text()
    assert [title for title in titles if title not in text] == []


async def test_ux11_blind_is_never_drawn_as_calm(plain_visitor: Visitor, database: Database) -> None:
    async with database.transaction() as connection:
        await connection.exec_driver_sql("delete from node")
        await connection.exec_driver_sql("update alert set state = 'faded'")
    page = await plain_visitor.open("/")
    await expect(page.get_by_role("alert")).to_contain_text("We are blind, not calm.")
    await expect(page.get_by_role("main")).to_contain_text("nobody listens at the moment")


async def test_ux08_numbers_on_the_briefing_open_exactly_their_signals(plain_visitor: Visitor) -> None:
    page = plain_visitor.page
    numbers = await page.locator(".change").all()
    told = [(await one.inner_text(), await one.get_attribute("href")) for one in numbers]
    assert told
    for number, address in told:
        await plain_visitor.open(address or "")
        assert await page.locator(".sign").count() == int(number)


async def test_an_alert_is_taken_and_dismissed_by_forms(plain_visitor: Visitor, week: Week) -> None:
    page = await plain_visitor.open(f"/alerts/{week.alerts['school']}")
    await page.get_by_role("button", name="Take it").click()
    await expect(page.get_by_role("status").last).to_contain_text("It is yours now")
    await page.locator("summary", has_text="Dismiss").click()
    await page.get_by_label("Old news").check()
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.locator(".timeline")).to_contain_text("old_news")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator(".timeline li").first).to_contain_text("Reopened by kari")


async def test_a_source_is_added_and_a_bad_address_is_explained(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/sources")
    await page.locator("summary", has_text="Add a source").click()
    await page.get_by_label("Address of the source").fill("http://127.0.0.1/feed")
    await page.get_by_role("button", name="Listen to it").click()
    await expect(page.locator("#problem-address")).to_be_visible()
    await page.get_by_label("Address of the source").fill("https://ny.example/feed.xml")
    await page.get_by_role("button", name="Listen to it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("ny.example")


async def test_a_query_error_points_at_the_character(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/watches/new")
    await page.get_by_label("Name").fill("Havn")
    await page.get_by_label("What must be said").fill("havn AND (brygge")
    await page.get_by_role("button", name="Set the watch").click()
    await expect(page.locator("#problem-query")).to_contain_text("character")
    await expect(page.locator(".query-problem")).to_contain_text("▸")
    await page.get_by_label("What must be said").fill("havn AND (brygge OR kai)")
    await page.get_by_role("button", name="Set the watch").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Havn")


async def test_a_webhook_secret_is_shown_once(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/receivers")
    await page.locator("summary", has_text="Add a receiver").click()
    await page.get_by_label("Kind").select_option("webhook")
    await page.get_by_label("Name").fill("Vaktsystem")
    await page.get_by_label("Address", exact=True).fill("https://vakt.example/hook")
    await page.get_by_role("button", name="Add it").click()
    secret = await page.locator("code.secret").inner_text()
    assert secret.startswith("whsec_")
    await plain_visitor.open("/receivers")
    assert secret not in await page.content()


async def test_cv_50_whoever_adds_a_source_sees_what_its_kind_wants_allows_and_risks(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/sources")
    await page.locator("summary", has_text="Add a source").click()
    group = page.get_by_role("group", name="Kind")
    assert await group.get_by_role("radio").count() == 11
    await expect(group.get_by_text("300 requests in 5 minutes")).to_be_hidden()
    await group.get_by_role("radio", name="Mastodon", exact=True).check()
    await expect(group.get_by_text("300 requests in 5 minutes")).to_be_visible()
    await expect(group.get_by_role("link", name="Terms of Mastodon ↗", exact=True)).to_have_attribute(
        "href", "https://joinmastodon.org/covenant"
    )
    for off in ("Reddit", "Hacker News", "GDELT, the world's media"):
        await expect(group.get_by_role("radio", name=off)).to_be_disabled()
    await expect(group.get_by_text("commercial use needs a contract")).to_be_visible()
    await expect(group.get_by_text("add reddit to FORKANT_KINDS_ON")).to_be_visible()
    await page.get_by_label("Address of the source").fill("https://tut.example/tags/kommune")
    await page.get_by_role("button", name="Listen to it").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("tut.example")
    await expect(page.get_by_role("region", name="Rhythm")).to_contain_text("Terms of Mastodon")
