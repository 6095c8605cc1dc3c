"""RL-15: every misbehaving server gets its stated reaction, and a good feed beside them is stored in the same run."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import web
from sqlalchemy import select

from app.config import Settings
from app.schema.item import item
from app.schema.source import source, source_status
from app.stages.collect import CollectStage
from app.storage import sources
from app.storage.database import Database
from signals.fetch import Limits, Outbound
from signals.parser_pool import ParserPool
from signals.rhythm import BLOCKED_KINDS
from signals.starters import Starter
from signals.types import Stakeholder
from tests.support.feeds import Site, rss
from tests.support.misbehaving import DEADLINE, NOW, SERVERS, Bad, all_serving

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    kind: str
    error: str
    health: str
    next_poll_at: datetime
    items: int
    is_leased: bool


async def visit_them(database: Database) -> dict[str, Outcome]:
    """One run of the collector over all of them, and two good feeds that come last."""
    settings = Settings(host_pause=0, polls_at_once=len(SERVERS) // 2)
    async with (
        Site() as good,
        all_serving() as addresses,
        ParserPool(2) as parsers,
        Outbound("t", ("127.0.0.1",), Limits(seconds=DEADLINE)) as outbound,
    ):
        good.pages = {"/one": rss("good news"), "/two": rss("more good news")}
        named = addresses | {"good": good.url("/one"), "as good": good.url("/two")}
        starters = [Starter(address, name, stakeholder=Stakeholder.MEDIA) for name, address in named.items()]
        async with database.transaction() as connection:
            await sources.add_sources(connection, 1, starters, NOW)
        stage = CollectStage(database, outbound, parsers, settings, "node-1", chance=lambda low, high: 0)
        await asyncio.wait_for(stage.run(NOW), 60)
        assert stage._doors.busy() == []
        assert not outbound._private.connector._acquired  # type: ignore[union-attr]  # no socket is held
        return await outcomes(database)


async def outcomes(database: Database) -> dict[str, Outcome]:
    async with database.transaction() as connection:
        of_source = list((await connection.scalars(select(item.c.source_id))).all())
        rows = await connection.execute(select(source.c.name, source_status).join(source_status))
        return {
            row.name: Outcome(
                row.last_error_kind,
                row.last_error,
                row.health,
                row.next_poll_at,
                of_source.count(row.source_id),
                row.lease_until is not None,
            )
            for row in rows
        }


def reaction(bad: Bad, found: Outcome) -> str:
    """What is wrong with how we took it; empty: nothing."""
    usual = "blocked" if found.kind in BLOCKED_KINDS else "failing" if found.kind else "heard"
    checks = {
        f"is {found.kind or 'stored'}, not {bad.kind or 'stored'}: {found.error}": found.kind in (bad.kind, *bad.also),
        f"{found.items} items": (found.items > 0) == (found.kind == ""),
        f"says {found.error!r}": not found.kind or len(found.error) > 30,
        f"is {found.health}": found.health == ("retired" if found.kind == "gone" else usual),
        f"is due at {found.next_poll_at}": found.next_poll_at >= NOW + bad.rest,
        "is still leased": not found.is_leased,
    }
    return "; ".join(what for what, is_right in checks.items() if not is_right)


async def test_rl_15_each_misbehaving_server_gets_its_stated_reaction_and_disturbs_no_other(database: Database) -> None:
    outcome = await visit_them(database)
    wrong = {bad.name: told for bad in SERVERS if (told := reaction(bad, outcome[bad.name]))}
    assert wrong == {}
    assert [(outcome[name].kind, outcome[name].items) for name in ("good", "as good")] == [("", 1), ("", 1)]


def test_rl_15_there_are_forty_of_them_and_more() -> None:
    assert len({bad.name for bad in SERVERS}) == len(SERVERS) >= 40


def test_rl_15_all_of_them_at_once_take_less_than_300_mb() -> None:
    command = [sys.executable, "-m", "tests.support.misbehaving"]
    grown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    assert int(grown) < 300 * 1024 * 1024


async def test_a_slow_host_with_many_sources_keeps_no_other_waiting(database: Database) -> None:
    """The slow host answers only when all others have been asked: whoever waits for it would wait in vain."""
    all_asked, asked = asyncio.Event(), set[str]()

    async def slow(_: web.Request) -> web.Response:
        await all_asked.wait()
        return web.Response(body=rss("slow news"))

    async def quick(request: web.Request) -> web.Response:
        asked.add(request.path)
        if len(asked) == 20:
            all_asked.set()
        return web.Response(body=rss("quick news"))

    async with (
        Site() as slow_host,
        Site() as host,
        ParserPool(2) as parsers,
        Outbound("t", ("127.0.0.1",)) as outbound,
    ):
        slow_host.pages = {f"/{number}": slow for number in range(12)}
        host.pages = {f"/{number}": quick for number in range(20)}
        addresses = [*map(slow_host.url, slow_host.pages), *map(host.url, host.pages)]  # the slow ones come first
        starters = [Starter(address, "", stakeholder=Stakeholder.MEDIA) for address in addresses]
        async with database.transaction() as connection:
            await sources.add_sources(connection, 1, starters, NOW)
        stage = CollectStage(database, outbound, parsers, Settings(host_pause=0, polls_at_once=4), "node-1")
        tally = await stage.run(NOW)
    assert (tally.taken, tally.made, tally.passed_over) == (32, 32, ())
