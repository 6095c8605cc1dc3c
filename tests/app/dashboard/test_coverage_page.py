"""The coverage page: the ledger as a table that can be read without colour and script, and the books."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.coverage import coverage_hour
from app.storage.database import Database
from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week
from tests.support.rows import NOON

pytestmark = pytest.mark.browser

HOUR = timedelta(hours=1)
STATES = {
    "Nordhavn Avis": ["seen", "quiet"] * 12,
    "Kystposten": ["seen"] * 15 + ["late"] * 9,
    "Fjordbladet": ["quiet"] * 24,
    "Tilsynet for vann": ["quiet"] * 12 + ["silent"] * 12,
    "Sundets Tidning": ["failing"] * 20 + ["blocked"] * 4,
}


async def fill_ledger(connection: AsyncConnection, week: Week) -> None:
    """A day, with four hours in which the lid was shut."""
    rows = []
    for name, states in STATES.items():
        for number, state in enumerate(states):
            missed = 6 <= number < 10
            rows.append(
                {
                    "source_id": week.sources[name],
                    "hour": NOON - (25 - number) * HOUR,
                    "expected": 0.1 + number % 5,
                    "seen": 2 if state == "seen" and not missed else 0,
                    "polls": 4,
                    "failed": 0,
                    "state": "not_asked" if missed else state,
                }
            )
    await connection.execute(insert(coverage_hour), rows)


@pytest.fixture
async def ledger(database: Database, week: Week) -> None:
    async with database.transaction() as connection:
        await fill_ledger(connection, week)


async def test_the_ledger_says_in_words_what_each_hour_was_worst_first(ledger: None, plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/coverage")
    await expect(page.get_by_role("heading", name="Coverage", exact=True)).to_be_visible()
    rows = page.locator("table.heat tbody tr")
    await expect(rows.nth(0)).to_contain_text("All")
    await expect(rows.nth(1)).to_contain_text("Kystposten")  # a priority source comes first
    await expect(rows.nth(2)).to_contain_text("Sundets Tidning")
    await expect(rows.nth(2).locator("td.is-failing").first).to_contain_text("failing")
    assert await rows.nth(1).locator("td.is-not_asked").count() == 4
    await expect(page.get_by_role("region", name="What was fetched, and where it is")).to_be_visible()


async def test_the_ledger_can_be_narrowed_and_is_linked_from_every_page(ledger: None, plain_visitor: Visitor) -> None:
    page = await plain_visitor.open("/alerts")
    await page.locator("footer").get_by_role("link", name="Coverage").click()
    await page.get_by_label("Had an hour that was").select_option("silent")
    await page.get_by_role("button", name="Filter").click()
    rows = page.locator("table.heat tbody tr[data-row]")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Tilsynet for vann")


async def test_a_chart_hatches_what_was_heard_only_in_part_ux_34(ledger: None, visitor: Visitor) -> None:
    page = await visitor.open("/trends?range=24h&bucket=hour")
    await expect(page.locator("#summary")).to_contain_text("heard only in part in")
    await expect(page.locator(".chart svg pattern path")).to_have_count(1)
    await expect(page.locator("#series")).to_contain_text("(in part)")
