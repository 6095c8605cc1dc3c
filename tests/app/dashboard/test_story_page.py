"""One story: who tells it, what is to come, where it stands; people merge, split, and decide, without any script."""

from datetime import timedelta

import pytest
from playwright.async_api import expect
from sqlalchemy import insert

from app.schema.outlook import outlook
from app.stages.lifecycle import LifecycleStage
from app.storage.database import Database
from classifiers.taxonomy import load_taxonomy
from signals.outlook import HORIZONS
from tests.support.browser import Visitor
from tests.support.dashboard_rows import Week
from tests.support.rows import NOON

pytestmark = pytest.mark.browser

HOUR = timedelta(hours=1)


async def foretell(database: Database, story_id: int) -> None:
    """Past outlooks of the story that were much like the one that it gets now."""
    async with database.transaction() as connection:
        for number in range(25):
            for horizon in HORIZONS:
                made_at = NOON - 24 * HOUR + number * timedelta(minutes=10)
                row = {
                    "story_id": story_id,
                    "horizon": horizon,
                    "made_at": made_at,
                    "due_at": made_at + horizon,
                    "signals": 3,
                    "fading": 0.28,
                    "holding": 0.1,
                    "growing": 0.62,
                    "because": ["many_voices", "quick"],
                    "came": "growing" if number < 15 else "fading",
                    "came_signals": 2,
                }
                await connection.execute(insert(outlook).values(row))
                if number == 24:
                    row |= {"made_at": NOON, "due_at": NOON + horizon, "came": "", "came_signals": None}
                    await connection.execute(insert(outlook).values(row))


async def test_a_story_tells_of_its_voices_its_outlook_with_its_record_and_its_watches(
    plain_visitor: Visitor, database: Database, week: Week
) -> None:
    await foretell(database, week.stories["crisis"])
    page = await plain_visitor.open(f"/stories/{week.stories['crisis']}")
    tellers = page.get_by_role("region", name="Who tells it")
    await expect(tellers).to_contain_text("First: Nordhavn Avis")
    await expect(tellers).to_contain_text("Independent voices5")
    await expect(tellers).to_contain_text("Copies0")
    told = page.get_by_role("region", name="Outlook")
    said = "Growing, 62% within 60 min (fading 28%, holding 10%) – of 25 such outlooks 60% grew"
    await expect(told).to_contain_text(said)
    await expect(told).to_contain_text("several voices tell it")
    await expect(page.get_by_role("region", name="Alerts about it")).to_contain_text("Vann og avløp")
    alert = await plain_visitor.open(f"/alerts/{week.alerts['crisis']}")
    await expect(alert.get_by_role("region", name="Outlook")).to_contain_text("of 25 such outlooks 60% grew")


async def test_a_part_is_split_off_and_taken_back_and_stories_are_merged(plain_visitor: Visitor, week: Week) -> None:
    story_id, last = week.stories["crisis"], week.signals["crisis"][-1]
    page = await plain_visitor.open(f"/stories/{story_id}")
    await page.get_by_text("Some of it is another story").click()
    await page.locator(f"input[name=signals][value='{last}']").check()
    await page.locator("#split-reason").fill("another pipe")
    await page.get_by_role("button", name="Split off").click()
    done = page.get_by_role("region", name="What people did with it")
    await expect(done).to_contain_text("Split by kari")
    await expect(done).to_contain_text("another pipe")
    await expect(page.locator(".sign")).to_have_count(4)
    await done.get_by_role("button", name="Take back").click()
    await expect(page.locator(".sign")).to_have_count(5)
    await page.get_by_text("Another story tells the same").click()
    await page.get_by_label("Or the address of another").fill(f"/stories/{week.stories['leak']}")
    await page.get_by_role("button", name="Merge", exact=True).click()
    await expect(page.locator(".sign")).to_have_count(6)
    gone = await plain_visitor.open(f"/stories/{max(week.stories['leak'], story_id)}")
    await expect(gone.get_by_role("link", name="merged into another story")).to_be_visible()


async def test_a_proposed_stage_is_accepted_on_the_page_of_its_alert(
    plain_visitor: Visitor, database: Database, week: Week
) -> None:
    await LifecycleStage(database, load_taxonomy()).run(NOON)
    page = await plain_visitor.open(f"/alerts/{week.alerts['crisis']}")
    stage = page.get_by_role("region", name="Life cycle")
    await expect(stage).to_contain_text("Forkant proposes Crisis: severity 88, voices within a day: 5")
    await stage.get_by_label("Reason").first.fill("the water is unfit")
    await stage.get_by_role("button", name="Accept").click()
    await expect(stage).to_contain_text("by kari: the water is unfit")
    await expect(stage.locator(".chip")).to_have_text("Crisis")
    await expect(page.get_by_role("region", name="What happened")).to_contain_text("from potential to crisis")
    await plain_visitor.open(f"/stories/{week.stories['school']}")
    stage = page.get_by_role("region", name="Life cycle")
    await stage.get_by_role("button", name="Leave it potential").click()
    await expect(stage).not_to_contain_text("Forkant proposes")
    await stage.get_by_text("steps so far").click()
    await expect(stage).to_contain_text("Declined: Current by kari")
