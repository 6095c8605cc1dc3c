"""The radar in a browser without script: suggestions are read, made a watch, dismissed; the briefing tells of them."""

import os

import pytest
from playwright.async_api import expect

from app.stages.radar import RadarStage, Sky
from app.storage.database import Database
from classifiers.radar import suggest
from classifiers.radar_values import Radar
from tests.support.browser import Visitor
from tests.support.radar_sky import LEAK, MONDAY, Told, set_sky

pytestmark = pytest.mark.browser

LOOK = os.environ.get("FORKANT_LOOK_AT", "")
BREAD = (
    Told("Brødfabrikken Havrebakst stenger etter rottefunn", "health_safety"),
    Told("Rotter hos Havrebakst: Mattilsynet varsler tilsyn", "health_safety"),
    Told("Havrebakst <b>beklager</b>"),
)


async def test_a_suggestion_becomes_a_watch_and_another_is_dismissed(
    plain_visitor: Visitor, database: Database
) -> None:
    async def look_here(sky: Sky) -> Radar:
        return suggest(sky.week, sky.past, sky.guards, sky.taught)

    page = await plain_visitor.open("/radar")
    await expect(page.get_by_role("main")).to_contain_text("Nothing to suggest")
    async with database.transaction() as connection:
        await set_sky(connection, LEAK, BREAD)
    await RadarStage(database, "a", look_here).run(MONDAY)
    await plain_visitor.open("/briefing.txt")
    await expect(page.locator("body")).to_contain_text("Watches that the radar suggests: 2")
    await plain_visitor.open("/")
    await page.get_by_role("link", name="the radar suggests 2 watches").click()
    leak = page.get_by_role("region", name="Nordlaks", exact=True)
    await expect(leak).to_contain_text("stands in 5 titles of the last 7 days")
    await expect(leak.get_by_role("listitem")).to_have_count(3)
    if LOOK:
        await page.screenshot(path=f"{LOOK}/radar.png", full_page=True)
    await leak.get_by_role("link", name="Make it a watch").click()
    await expect(page.get_by_label("What must be said")).to_have_value("Nordlaks")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_label("Name")).to_have_value("Nordlaks")
    await page.get_by_label("Owner").fill("Kari")
    await page.get_by_role("button", name="Set the watch").click()
    await expect(page.get_by_role("status").last).to_contain_text("the radar has learned from it")
    await page.get_by_role("link", name="Radar").click()
    bread = page.get_by_role("region", name="Havrebakst", exact=True)
    await bread.get_by_label("Not wanted, because").select_option("We follow it in another way")
    await bread.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("status").last).to_contain_text("Nothing like it is suggested for 90 days")
    answered = page.get_by_role("region", name="Answered in 90 days")
    await expect(answered.get_by_role("row")).to_have_count(3)
    await expect(page.get_by_role("region", name="What your answers taught")).to_contain_text("Media")
    if LOOK:
        await page.screenshot(path=f"{LOOK}/radar2.png", full_page=True)
