import asyncio
from datetime import timedelta
import pytest
from app.dashboard.frontend.build import HERE
from app.playing import play
from app.records import Caller, Role
from app.records.replays import ReplayAsk
from app.stages.replays import ReplaysStage
from tests.support.browser import visit
from tests.support.past import *
from tests.support.past import say_leak, set_past, NOON, DAY
from dataclasses import replace
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDINGS = """async rules => (await axe.run({ runOnly: rules })).violations
    .map(found => [found.id, found.nodes.length, found.nodes[0].html.slice(0, 220)])"""
@pytest.mark.parametrize("width", [1440, 320])
async def test_axe(chromium, site, scripts, database, url, width):
    async with database.transaction() as c:
        past = await set_past(c); await say_leak(c, past)
    from app.services.replays import to_draft
    row = await site.services.watches.get(site.caller, past.watch_id, NOON)
    ask = ReplayAsk(NOON-7*DAY, NOON, past.watch_id, replace(to_draft(row), alerts_per_day=1))
    r = await site.services.replays.ask(site.caller, ask, NOON)
    q = await site.services.replays.ask(site.caller, ask, NOON)
    async def play_here(order, told): return await asyncio.to_thread(play, told, url, order)
    w = ReplaysStage(database, "t", play_here)
    await w.run(NOON); await w.settle(); await w.run(NOON)
    async with visit(chromium, site, viewport={"width": width, "height": 900}, bypass_csp=True) as v:
        await v.sign_in()
        found = {}
        for path in (f"/replays/{r.id}", f"/replays/{r.id}?outcome=held", f"/replays/{q.id}", "/replays", f"/replays?watch={past.watch_id}", "/held"):
            page = await v.open(path)
            assert not await v.is_wider_than_window(), path
            await page.evaluate(f"{AXE.read_text()};0")
            if f := await page.evaluate(FINDINGS, RULES): found[path] = f
            if width == 320: await page.screenshot(path=f"/tmp/w3/replay_page_scratch/n{len(path)}.png", full_page=True)
        assert found == {}
