"""The scorecard page: read without script, in words where numbers are too small, and set by those who may."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, Level, TransitionKind
from app.schema.alert import alert
from app.storage.database import Database
from app.storage.transitions import append_transition
from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week
from tests.support.rows import NOON, add_alert, add_emergence

pytestmark = pytest.mark.browser

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def add_judged(connection: AsyncConnection, watch_id: int, number: int) -> None:
    """An alert some days ago that somebody took after a while; each third was nothing."""
    at = NOON - (1 + number % 7) * DAY
    alert_id = await add_alert(connection, watch_id, at=at, title=f"Vannlekkasje {number}", state="faded")
    is_nothing = number % 3 == 0
    kind, state = (
        (TransitionKind.DISMISSED, AlertState.DISMISSED) if is_nothing else (TransitionKind.HANDLED, AlertState.HANDLED)
    )
    await append_transition(connection, alert_id, kind, state, 62, Level.SERIOUS, at + HOUR, actor="Kari Holm")
    reason = "old_news" if is_nothing else ""
    await connection.execute(update(alert).where(alert.c.id == alert_id).values(state=state, dismiss_reason=reason))


@pytest.fixture
async def judged(database: Database, week: Week) -> None:
    async with database.transaction() as connection:
        for number in range(9):
            await add_judged(connection, week.watches["Nordhavn"], number)
        await add_emergence(connection, week.watches["Nordhavn"], [], verdict="hold", hold="false_alarms")


async def test_ux19_the_page_tells_how_it_goes_without_script(judged: None, plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/")
    await page.get_by_role("link", name="Scorecard").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Scorecard")
    await expect(page.locator(".head .under")).to_contain_text("1 Mar – 31 Mar 2026 (not over yet)")
    row = page.get_by_role("row", name="Nordhavn ")
    await expect(row).to_contain_text("67% (6 of 9)")
    await expect(row).to_contain_text("probably 35% to 88%")
    await expect(row).to_contain_text("60 min")
    days = "0, 0, 0, 1, 1, 1, 2, 1, 2, 3, 1"  # nine judged ones, and three of the week
    await expect(row.get_by_role("img")).to_have_attribute("aria-label", f"Alerts, oldest first: {days}")
    await page.get_by_role("link", name="Week", exact=True).click()
    await expect(page.locator(".head .under")).to_contain_text("9 Mar – 15 Mar 2026")
    await page.get_by_role("link", name="Before").click()
    await expect(page.locator(".head .under")).to_contain_text("2 Mar – 8 Mar 2026, beside 23 Feb – 1 Mar 2026")
    await page.get_by_label("From").fill("2026-03-04")
    await page.get_by_label("Until").fill("2026-03-05")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator(".head .under")).to_contain_text("4 Mar – 5 Mar 2026, beside 2 Mar – 3 Mar 2026")
    await expect(page.get_by_role("row", name="Nordhavn ")).to_contain_text("too few to say (1 of 2)")
    await expect(page.get_by_role("link", name="CSV", exact=True)).to_have_attribute(
        "href", "/api/v1/scorecard.csv?span=custom&from=2026-03-04&until=2026-03-05"
    )
    async with page.expect_download() as started:
        await page.get_by_role("link", name="CSV for Excel").click()
    assert (await started.value).suggested_filename == "Forkant Nordhavn kommune 2026-03-04 2026-03-05.csv"


async def test_ux08_the_number_of_alerts_opens_exactly_these(judged: None, plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/scorecard?span=week&day=2026-03-04")
    row = page.get_by_role("row", name="Nordhavn ")
    number = row.get_by_role("link").nth(1)
    await expect(number).to_have_text("6")
    await number.click()
    await expect(page.locator("[data-row]")).to_have_count(6)


async def test_numbers_too_small_are_said_to_be_and_not_drawn(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/scorecard?span=week")
    row = page.get_by_role("row", name="Skole og barnehage")
    await expect(row).to_contain_text("too few to draw")
    await expect(row.get_by_role("img")).to_have_count(0)


async def test_what_is_held_for_false_alarms_is_one_link_away(judged: None, plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/scorecard")
    await page.get_by_role("link", name="What was held back for this").click()
    await expect(page.locator("[data-row]")).to_have_count(1)
    await expect(page.locator("[data-row]")).to_contain_text("Enough false alarms")


async def test_an_administrator_sets_how_many_false_alarms_are_borne(plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/scorecard")
    section = page.get_by_role("region", name="False alarms")
    await expect(section).to_contain_text("1 of 3 borne in 30 days")
    await section.get_by_label("Bear in 30 days").fill("7")
    await section.get_by_role("button", name="Keep").click()
    await expect(page.get_by_role("status").filter(has_text="Kept.")).to_be_visible()
    await expect(section).to_contain_text("1 of 7 borne in 30 days")
    await expect(section.get_by_label("Bear in 30 days")).to_have_value("7")
