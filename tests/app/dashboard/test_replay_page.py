"""“What would this have told us?” in a browser: asked and read without script, followed with it."""

import asyncio
import os
from datetime import timedelta

import pytest
from playwright.async_api import expect

from app.playing import Order, Tell, play
from app.records.replays import Played
from app.stages.replays import ReplaysStage
from app.storage.database import Database
from tests.support.browser import Visitor
from tests.support.past import PastWeek, say_leak, set_past
from tests.support.rows import NOON, add_emergence, add_story

pytestmark = pytest.mark.browser

LOOK = os.environ.get("FORKANT_LOOK_AT", "")


@pytest.fixture
async def past(database: Database, week: object) -> PastWeek:
    async with database.transaction() as connection:
        past = await set_past(connection)
        await say_leak(connection, past)
        return past


@pytest.fixture
def worker(database: Database, url: str) -> ReplaysStage:
    async def play_here(order: Order, told: Tell) -> Played:
        return await asyncio.to_thread(play, told, url, order)

    return ReplaysStage(database, "test", play_here)


async def test_a_watch_is_asked_of_the_past_and_two_settings_stand_side_by_side(
    plain_visitor: Visitor, past: PastWeek, worker: ReplaysStage
) -> None:
    page = await plain_visitor.open(f"/watches/{past.watch_id}")
    await page.get_by_role("link", name="What would this have told us?").click()
    await expect(page.get_by_label("What must be said")).to_have_value("Fjordbrød OR Nordkorn")
    await page.get_by_label("What must be said").fill("(Fjordbrød")
    await page.get_by_role("button", name="Ask the past").click()
    await expect(page.locator("#problem-query")).to_be_visible()
    await page.get_by_label("What must be said").fill("Fjordbrød OR Nordkorn OR Mattilsynet")
    await page.get_by_label("Alerts a day, at most").fill("1")
    await page.get_by_role("button", name="Ask the past").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What would “Bakeriet” have told us?")
    await expect(page.get_by_role("main")).to_contain_text("Waiting for a worker")
    await worker.run(NOON)
    await worker.settle()
    await worker.run(NOON + timedelta(seconds=3))
    await page.get_by_role("link", name="See how far it is").click()
    await expect(page.get_by_role("main")).to_contain_text("The changed settings would have raised 1 alert")
    table = page.get_by_role("region", name="Side by side").get_by_role("table")
    await expect(table).to_contain_text("Fjordbrød OR Nordkorn OR Mattilsynet")
    await expect(table).to_contain_text("Held back by the budget")
    if LOOK:
        await page.screenshot(path=f"{LOOK}/replay.png", full_page=True)
    await page.get_by_role("link", name="Only live").click()
    told = page.get_by_role("region", name="What it would have told")
    leak = told.get_by_role("row").filter(has_text="stjal kundedata")
    await expect(leak).to_contain_text("Held back by the budget: ")
    await expect(told).not_to_contain_text("trekker tilbake brød")
    await page.get_by_role("link", name="Held back").click()
    await expect(page.locator(".sign", has_text="stjal kundedata")).to_contain_text("Held back by the budget")
    await page.get_by_role("button", name="Remove").click()
    await expect(page.get_by_role("status").last).to_contain_text("The replay is removed.")


async def test_a_replay_under_way_is_followed_by_the_page_and_called_off(
    visitor: Visitor, past: PastWeek, worker: ReplaysStage
) -> None:
    page = await visitor.open("/replays")
    if LOOK:
        await page.screenshot(path=f"{LOOK}/replays.png", full_page=True)
    await page.get_by_label("What must be said").fill("Mattilsynet")
    await page.get_by_role("button", name="Ask the past").click()
    await expect(page.get_by_role("main")).to_contain_text("Waiting for a worker")
    await worker.run(NOON)
    await worker.settle()
    await worker.run(NOON + timedelta(seconds=3))
    await expect(page.get_by_role("main")).to_contain_text("It would have raised 1 alert")
    await visitor.open("/replays")
    await page.get_by_role("button", name="Ask the past").click()
    await page.get_by_role("button", name="Call it off").click()
    await expect(page.get_by_role("main")).to_contain_text("It was called off.")


async def test_what_was_held_back_is_raised_anyway_on_its_page(
    plain_visitor: Visitor, past: PastWeek, database: Database
) -> None:
    given = {"verdict": "hold", "hold": "budget", "decided": "3 raised in the last day, budget 3", "severity": 47}
    async with database.transaction() as connection:
        story_id = await add_story(connection, past.recall)
        await add_emergence(connection, past.watch_id, past.recall, story_id, **given)
    page = await plain_visitor.open(f"/held?watch={past.watch_id}")
    await page.get_by_role("button", name="Raise anyway").click()
    await expect(page.get_by_role("status").last).to_contain_text("Raised in your name.")
    await expect(page.locator(".timeline")).to_contain_text("raised by hand, although it was held back: budget")
    await plain_visitor.open(f"/held?watch={past.watch_id}")
    await expect(page.get_by_role("main")).to_contain_text("Nothing was held back for this reason.")
