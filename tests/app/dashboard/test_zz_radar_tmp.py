import pytest
from tests.app.dashboard.test_accessible import *  # noqa
from tests.app.dashboard.test_radar_page import BREAD, LEAK, MONDAY, set_sky, RadarStage, suggest
pytestmark = pytest.mark.browser

async def test_tmp(visitor, axe, database):
    async def look_here(sky):
        return suggest(sky.week, sky.past, sky.guards, sky.taught)
    async with database.transaction() as connection:
        await set_sky(connection, LEAK, BREAD)
    await RadarStage(database, "a", look_here).run(MONDAY)
    page = await visitor.open("/radar")
    await page.screenshot(path="/tmp/w3/radar_scratch/radar3.png", full_page=True)
    await page.evaluate(f"{axe};0")
    print(await page.evaluate(FINDINGS, RULES))
    await page.set_viewport_size({"width": 360, "height": 800})
    print("wide", await visitor.is_wider_than_window())
    await visitor.open("/")
    await page.set_viewport_size({"width": 1440, "height": 900})
    print("briefing", await page.evaluate("document.documentElement.scrollHeight"))
