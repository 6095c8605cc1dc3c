"""Listening live on a real Postgres: in places of its own, stored when a session ends, going on where it stopped."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.config import Settings, load_settings
from app.errors import ConfigurationError
from app.schema.item import item
from app.schema.source import poll, source_status
from app.stages.collect import LEASE, CollectStage
from app.stages.hear import HearStage
from app.storage import sources
from app.storage.database import Database
from signals.collectors import COLLECTORS
from signals.collectors.jetstream import JetstreamCollector
from signals.fetch import Outbound
from signals.open_lines import Patience
from signals.parser_pool import ParserPool
from signals.rhythm import LISTENED_TO
from signals.starters import Starter
from signals.types import Catch, Cursor, Item, Stakeholder
from tests.support.feeds import Site, rss
from tests.support.services import Jetstream
from tests.support.services.base import NOON

UNTIL_CLOSED = Patience(longest=60.0, linger=60.0, quiet=60.0)  # the fake hangs up when it has said everything
NOW = NOON
SETTINGS = Settings(host_pause=0)


@dataclass
class Slow:
    """A kind that listens until it is told to stop."""

    begun: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def collect(self, source: Any, cursor: Cursor, *_: object) -> Catch:
        self.begun.append(source.address)
        await self.over.wait()
        return Catch((Item(source.address, "hørt"),), cursor, goes_on=True)


@pytest.fixture
async def parsers() -> AsyncIterator[ParserPool]:
    async with ParserPool(1) as parsers:
        yield parsers


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound("t", ("127.0.0.1",)) as outbound:
        yield outbound


async def listen_to(database: Database, kind: str, *addresses: str) -> None:
    starters = [Starter(address, name="", kind=kind, stakeholder=Stakeholder.MEDIA) for address in addresses]
    async with database.transaction() as connection:
        await sources.add_sources(connection, 1, starters, NOW - timedelta(hours=1))


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(table).order_by(table.primary_key.columns[0]))).all())


def collect_stage(
    database: Database, outbound: Outbound, collectors: dict[str, Any], parsers: Any = None
) -> CollectStage:
    return CollectStage(database, outbound, parsers, SETTINGS, "n", {**COLLECTORS, **collectors}, chance=lambda *_: 0)


async def hear(stage: HearStage, now: datetime) -> dict[str, int]:
    """One session of each, from its beginning to its account."""
    await stage.run(now)
    await stage.wait()
    tally = await stage.run(now - timedelta(days=1))  # takes what has ended, and begins nothing
    return {"taken": tally.taken, "made": tally.made, **dict(tally.passed_over)}


async def test_cv_50_a_stream_is_heard_from_session_to_session_and_its_deletions_are_obeyed(
    database: Database, outbound: Outbound
) -> None:
    collect = collect_stage(database, outbound, {"jetstream": JetstreamCollector(UNTIL_CLOSED)})
    stage = HearStage(database, collect, "n", places=2)
    async with Jetstream() as service:
        await listen_to(database, "jetstream", service.address)
        first = await hear(stage, NOW - timedelta(seconds=61))
        second = await hear(stage, NOW)
        service.delete(next(iter(service.posts)))
        third = await hear(stage, NOW + timedelta(minutes=1))
    assert (first["made"], second["made"], third["made"]) == (0, 3, 0)
    assert third["erased: taken back by its author"] == 1
    stored = await rows(database, item)
    assert [(one.summary, one.is_backlog) for one in stored] == [
        ("", False),
        ("To kommune", False),
        ("Tre kommune", False),
    ]
    assert stored[0].seen_at >= NOW
    (status,) = await rows(database, source_status)
    assert (status.health, status.lease_until, status.failures) == ("heard", None, 0)
    assert timedelta(0) < status.next_poll_at - NOW < timedelta(minutes=2)
    assert status.remarks == ["The stream broke off (closed); we go on from where it stopped."]
    assert [(one.entries, one.stored) for one in await rows(database, poll)] == [(0, 0), (3, 3), (0, 0)]


async def test_no_other_source_waits_for_open_streams(database: Database, outbound: Outbound, parsers: Any) -> None:
    slow = Slow()
    collect = collect_stage(database, outbound, {"jetstream": slow}, parsers)
    stage = HearStage(database, collect, "n", places=2)
    async with Site() as site:
        site.pages["/feed"] = rss("news")
        await listen_to(database, "jetstream", *(f"{site.url('/subscribe')}?q=word{number}" for number in range(3)))
        await listen_to(database, "feed", site.url("/feed"))
        await stage.run(NOW)
        await asyncio.sleep(0)
        assert (await collect.run(NOW)).made == 1
        assert len(slow.begun) == 2  # of three: the third waits for a place
        slow.over.set()
        await stage.wait()
        tally = await stage.run(NOW)
        await stage.wait()
    assert (tally.taken, tally.made) == (2, 2)
    assert len(set(slow.begun)) == 3
    await stage.hang_up()


async def test_a_worker_that_stops_hangs_up_at_once_and_leaves_no_lease(database: Database, outbound: Outbound) -> None:
    slow = Slow()
    stage = HearStage(database, collect_stage(database, outbound, {"jetstream": slow}), "n", places=2)
    await listen_to(database, "jetstream", "https://jetstream.example/subscribe?q=vann")
    await stage.run(NOW)
    await asyncio.sleep(0)
    (status,) = await rows(database, source_status)
    assert status.leased_by == "n/streams"
    await stage.hang_up()
    (status,) = await rows(database, source_status)
    assert (status.lease_until, status.leased_by, status.position) == (None, "", "")
    assert await rows(database, item) == await rows(database, poll) == []


async def test_visits_that_are_turned_back_leave_the_streams_their_leases(
    database: Database, outbound: Outbound
) -> None:
    slow = Slow()
    stage = HearStage(database, collect_stage(database, outbound, {"jetstream": slow}), "n", places=2)
    await listen_to(database, "jetstream", "https://jetstream.example/subscribe?q=vann")
    await stage.run(NOW)
    async with database.transaction() as connection:
        await sources.release(connection, "n")
    slow.over.set()
    await stage.wait()
    assert (await stage.run(NOW - timedelta(days=1))).made == 1


async def test_two_workers_listen_to_a_stream_once(database: Database, outbound: Outbound) -> None:
    slow = Slow()
    stages = [
        HearStage(database, collect_stage(database, outbound, {"jetstream": slow}), f"n{number}", places=2)
        for number in range(2)
    ]
    await listen_to(database, "jetstream", "https://jetstream.example/subscribe?q=vann")
    for stage in stages:
        await stage.run(NOW)
    await asyncio.sleep(0)
    assert len(slow.begun) == 1
    for stage in stages:
        await stage.hang_up()


async def test_a_server_that_lets_nobody_listen_is_a_failure_with_a_pause(
    database: Database, outbound: Outbound
) -> None:
    collect = collect_stage(database, outbound, {"jetstream": JetstreamCollector(UNTIL_CLOSED)})
    stage = HearStage(database, collect, "n", places=2)
    async with Jetstream() as service:
        await listen_to(database, "jetstream", service.address)
        await hear(stage, NOW)
        service.broken = 403
        assert (await hear(stage, NOW + timedelta(minutes=1)))["failed"] == 1
    (status,) = await rows(database, source_status)
    assert (status.health, status.last_error_kind) == ("blocked", "blocked")
    assert status.next_poll_at > NOW + timedelta(minutes=5)
    assert json.loads(status.position)[0] == "jetstream"


def test_a_session_ends_long_before_its_lease_does() -> None:
    assert timedelta(seconds=Patience().longest) < LEASE / 2
    assert set(LISTENED_TO) < COLLECTORS.keys()


def test_tokens_are_told_by_server_and_a_bad_one_is_not_shown() -> None:
    tokens = load_settings(mastodon_tokens="Server.example=abc, other.example=d=e", _env_file=None).tokens_by_host
    assert tokens == {"server.example": "abc", "other.example": "d=e"}
    with pytest.raises(ConfigurationError, match=r"server\.example=abc") as error:
        load_settings(mastodon_tokens="hemmelig", _env_file=None)
    assert "hemmelig" not in str(error.value)
