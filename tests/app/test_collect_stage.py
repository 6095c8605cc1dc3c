"""Collecting on a real Postgres from real sites: nothing twice, nothing lost, each source on its own."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select, text, update

from app.alerts.types import Tally
from app.config import Settings
from app.schema.item import item, progress
from app.schema.source import poll, source, source_status
from app.stages import collect, keeping, second_look
from app.stages.collect import CollectStage
from app.stages.hosts import HostDoors, host_of
from app.storage import sources, visits
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter
from signals.types import Stakeholder
from tests.support.feeds import Site, rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SETTINGS = Settings(host_pause=0)
HOUR = timedelta(hours=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture(scope="module")
async def parsers() -> AsyncIterator[ParserPool]:
    async with ParserPool(2) as parsers:
        yield parsers


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound("t", ("127.0.0.1",)) as outbound:
        yield outbound


@pytest.fixture
def stage(database: Database, outbound: Outbound, parsers: ParserPool) -> CollectStage:
    return CollectStage(database, outbound, parsers, SETTINGS, "node-1", chance=lambda low, high: 0)


async def listen_to(database: Database, *addresses: str) -> None:
    starters = [Starter(address, name="", stakeholder=Stakeholder.MEDIA) for address in addresses]
    async with database.transaction() as connection:
        await sources.add_sources(connection, 1, starters, NOW)


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(table).order_by(table.primary_key.columns[0]))).all())


async def make_due(database: Database, now: datetime) -> None:
    async with database.transaction() as connection:
        await connection.execute(update(source_status).values(next_poll_at=now))


async def poll_again(database: Database, stage: CollectStage, now: datetime) -> Tally:
    await make_due(database, now)
    return await stage.run(now)


async def test_a_first_poll_stores_items_oldest_first_and_sends_them_on(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages["/feed"] = rss("newer", "older", head="<language>nb</language>")
    site.headers = {"ETag": '"1"'}
    await listen_to(database, site.url("/feed"))
    tally = await stage.run(NOW)
    assert (tally.stage, tally.taken, tally.made) == ("collect", 1, 2)
    stored = await rows(database, item)
    assert [(one.title, one.version, one.is_backlog, one.seen_at) for one in stored] == [
        ("older", 1, True, NOW),
        ("newer", 1, True, NOW),
    ]
    assert [(one.item_id, one.stage) for one in await rows(database, progress)] == [
        (stored[0].id, "normalise"),
        (stored[1].id, "normalise"),
    ]
    (status,) = await rows(database, source_status)
    assert (status.etag, status.health, status.last_success_at, status.lease_until) == ('"1"', "heard", NOW, None)
    (named,) = await rows(database, source)
    assert (named.name, named.language) == ("The Paper", "nb")
    (account,) = await rows(database, poll)
    assert (account.id, account.outcome, account.entries, account.stored) == (stored[0].poll_id, "new", 2, 2)


async def test_a_second_poll_of_the_same_document_adds_nothing(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages["/feed"] = rss("two", "one")
    await listen_to(database, site.url("/feed"))
    await stage.run(NOW)
    assert (await poll_again(database, stage, NOW + HOUR)).made == 0
    site.pages["/feed"] = rss("two", "one", head="<lastBuildDate>now</lastBuildDate>")
    assert (await poll_again(database, stage, NOW + 2 * HOUR)).made == 0
    assert len(await rows(database, item)) == len(await rows(database, progress)) == 2
    accounts = [(one.outcome, one.entries, one.known) for one in await rows(database, poll)]
    assert accounts == [("new", 2, 0), ("unchanged", 0, 0), ("unchanged", 2, 2)]


async def test_an_edited_item_becomes_a_new_version_and_a_turned_back_one_does_not(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages["/feed"] = rss("two", "one")
    await listen_to(database, site.url("/feed"))
    await stage.run(NOW)
    for hour, titles in enumerate((("two", "one, corrected"), ("two", "one"), ("three", "two", "one"))):
        site.pages["/feed"] = rss(*titles)
        await poll_again(database, stage, NOW + (hour + 1) * HOUR)
    stored = [(one.guid, one.version, one.title, one.is_backlog) for one in await rows(database, item)]
    assert stored == [
        ("id-1", 1, "one", True),
        ("id-2", 1, "two", True),
        ("id-1", 2, "one, corrected", False),
        ("id-3", 1, "three", False),
    ]
    for account in await rows(database, poll):
        assert account.entries == account.stored + account.edited + account.known + sum(account.dropped.values())


async def test_entries_without_words_are_counted_with_their_reason(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages["/feed"] = rss("two", "").replace(b"<title></title>", b"")
    await listen_to(database, site.url("/feed"))
    tally = await stage.run(NOW)
    (account,) = await rows(database, poll)
    assert (account.entries, account.stored, account.dropped) == (2, 1, {"no_words": 1})
    assert ("dropped: no_words", 1) in tally.passed_over


@pytest.mark.parametrize(
    ("page", "kind", "health", "active"),
    [
        (b"<!doctype html><html><title>Log in</title>", "not_a_feed", "failing", True),
        (b"", "empty", "failing", True),
        (404, "not_found", "failing", True),
        (500, "server_error", "failing", True),
        (403, "blocked", "blocked", True),
        (429, "too_often", "failing", True),
        (410, "gone", "retired", False),
    ],
)
async def test_rl_15_one_bad_source_gets_its_reason_and_disturbs_no_other(
    database: Database, stage: CollectStage, site: Site, page: bytes | int, kind: str, health: str, active: bool
) -> None:
    site.pages = {"/bad": page, "/good": rss("news")}
    await listen_to(database, site.url("/bad"), site.url("/good"))
    tally = await stage.run(NOW)
    assert (tally.taken, tally.made, dict(tally.passed_over)["failed"]) == (2, 1, 1)
    bad, good = await rows(database, source_status)
    assert (bad.last_error_kind, bad.health, bad.failures, bad.last_success_at) == (kind, health, 1, None)
    assert len(bad.last_error) > 20
    assert (good.last_error, good.health) == ("", "heard")
    assert [one.is_active for one in await rows(database, source)] == [active, True]
    assert {one.outcome: one.error for one in await rows(database, poll)} == {"failed": bad.last_error, "new": ""}


async def test_a_source_that_recovers_has_no_error_left(database: Database, stage: CollectStage, site: Site) -> None:
    site.pages["/feed"] = 500
    site.headers = {"Retry-After": "7200"}
    await listen_to(database, site.url("/feed"))
    await stage.run(NOW)
    (status,) = await rows(database, source_status)
    assert status.next_poll_at == NOW + 2 * HOUR
    assert (await stage.run(NOW + HOUR)).taken == 0
    site.pages["/feed"] = rss("news")
    await stage.run(NOW + 2 * HOUR)
    (status,) = await rows(database, source_status)
    assert (status.last_error, status.last_error_kind, status.failures, status.health) == ("", "", 0, "heard")
    assert (await rows(database, item))[0].is_backlog


async def test_rl_06_two_stages_at_once_visit_each_source_once(
    database: Database, outbound: Outbound, parsers: ParserPool, site: Site
) -> None:
    paths = [f"/feed/{number}" for number in range(40)]
    site.pages = {path: rss(f"news of {path}") for path in paths}
    await listen_to(database, *map(site.url, paths))
    settings = Settings(host_pause=0, polls_at_once=4)
    stages = [CollectStage(database, outbound, parsers, settings, f"node-{number}") for number in range(3)]
    tallies = await asyncio.gather(*(stage.run(NOW) for stage in stages))
    assert sum(tally.taken for tally in tallies) == 40
    assert sorted(request.path for request in site.asked) == sorted(paths)
    assert len(await rows(database, item)) == len(await rows(database, poll)) == 40


async def test_rl_02_a_crash_between_fetch_and_write_loses_nothing(
    database: Database, outbound: Outbound, parsers: ParserPool, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.pages["/feed"] = rss("two", "one")
    await listen_to(database, site.url("/feed"))

    class Killed(BaseException):
        pass

    async def die(*_: object, **__: object) -> None:
        raise Killed

    for number, (place, step) in enumerate(((keeping, "store_all"), (visits, "write_down"))):
        with monkeypatch.context() as patch:
            patch.setattr(place, step, die)
            with pytest.raises(Killed):
                await CollectStage(database, outbound, parsers, SETTINGS, "dying").run(NOW + number * collect.LEASE)
        assert await rows(database, item) == await rows(database, poll) == await rows(database, progress) == []
    # The lease of the dead ends by itself; until then nobody visits the source twice.
    living = CollectStage(database, outbound, parsers, SETTINGS, "living")
    assert (await living.run(NOW + collect.LEASE + timedelta(minutes=1))).taken == 0
    assert (await living.run(NOW + 2 * collect.LEASE)).made == 2


async def test_a_lost_lease_writes_nothing(database: Database, stage: CollectStage, site: Site) -> None:
    async def slow(_: web.Request) -> web.Response:
        async with database.transaction() as connection:  # another worker has it now
            await connection.execute(update(source_status).values(leased_by="other", lease_until=NOW + HOUR))
        return web.Response(body=rss("news"))

    site.pages["/feed"] = slow
    await listen_to(database, site.url("/feed"))
    tally = await stage.run(NOW)
    assert dict(tally.passed_over)["lost"] == 1
    assert await rows(database, item) == await rows(database, poll) == []
    (status,) = await rows(database, source_status)
    assert (status.leased_by, status.last_polled_at) == ("other", None)


async def test_a_stage_that_is_told_to_stop_gives_its_leases_back(
    database: Database, stage: CollectStage, site: Site
) -> None:
    asked = asyncio.Event()

    async def stall(_: web.Request) -> web.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    site.pages["/feed"] = stall
    await listen_to(database, site.url("/feed"))
    running = asyncio.create_task(stage.run(NOW))
    await asked.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (status,) = await rows(database, source_status)
    assert (status.lease_until, status.leased_by) == (None, "")


async def test_our_own_fault_with_one_source_stays_with_it(
    database: Database, outbound: Outbound, parsers: ParserPool, site: Site
) -> None:
    class Broken:
        async def collect(self, *_: object) -> Any:
            raise KeyError("oops")

    site.pages["/feed"] = rss("news")
    await listen_to(database, site.url("/feed"), site.url("/other"))
    async with database.transaction() as connection:
        await connection.execute(update(source).where(source.c.id == 2).values(kind="strange"))
    stage = CollectStage(database, outbound, parsers, SETTINGS, "n", collectors={"feed": Broken()})
    assert (await stage.run(NOW)).taken == 2
    statuses = await rows(database, source_status)
    assert [one.last_error_kind for one in statuses] == ["own_fault", "own_fault"]
    assert "KeyError" in statuses[0].last_error
    assert "'strange'" in statuses[1].last_error


async def test_a_permanent_redirect_moves_a_source_when_it_is_seen_twice(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages = {"/old": site.redirect("/new", 301), "/new": rss("news")}
    await listen_to(database, site.url("/old"))
    await stage.run(NOW)
    assert [one.address for one in await rows(database, source)] == [site.url("/old")]
    await poll_again(database, stage, NOW + HOUR)
    assert [one.address for one in await rows(database, source)] == [site.url("/new")]
    (status,) = await rows(database, source_status)
    assert status.moved_to == ""
    await poll_again(database, stage, NOW + 2 * HOUR)
    assert site.asked[-1].path == "/new"


async def test_a_source_does_not_move_onto_another(database: Database, stage: CollectStage, site: Site) -> None:
    site.pages = {"/old": site.redirect("/new", 308), "/new": rss("news")}
    await listen_to(database, site.url("/old"), site.url("/new"))
    for hour in range(3):
        await poll_again(database, stage, NOW + hour * HOUR)
    assert [one.address for one in await rows(database, source)] == [site.url("/old"), site.url("/new")]
    assert [one.failures for one in await rows(database, source_status)] == [0, 0]


async def test_once_a_day_a_source_is_asked_without_validators(
    database: Database, stage: CollectStage, site: Site
) -> None:
    site.pages["/feed"] = rss("news")
    site.headers = {"ETag": '"for ever"'}
    await listen_to(database, site.url("/feed"))
    for hour in range(25):
        await poll_again(database, stage, NOW + hour * HOUR)
    asked = ["If-None-Match" in request.headers for request in site.asked]
    assert asked.count(False) == 2


async def test_se_11_nul_and_half_letters_do_not_stop_a_source(
    database: Database, stage: CollectStage, site: Site
) -> None:
    strange = rss("x").replace(b"<title>x</title>", b"<title>a\x00b&#xD800;&#0; c</title><category>\x00</category>")
    site.pages["/feed"] = strange
    await listen_to(database, site.url("/feed"))
    assert (await stage.run(NOW)).made == 1
    (stored,) = await rows(database, item)
    assert stored.title.startswith("a")
    assert "\x00" not in stored.title


def test_the_worker_leaves_the_feed_parser_to_its_children() -> None:
    asked = "import sys, app.stages.collect; print({'feedparser', 'fastfeedparser', 'lxml'} & sys.modules.keys())"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


async def test_starters_are_loaded_once_and_keep_what_people_changed(database: Database) -> None:
    async with database.transaction() as connection:
        added = await sources.load_starters(connection, 1, NOW)
        await connection.execute(text("update source set name = 'Ours', is_active = false where id = 1"))
        assert added > 200
        assert await sources.load_starters(connection, 1, NOW) == 0
    first = (await rows(database, source))[0]
    assert (first.name, first.is_active) == ("Ours", False)
    assert len(await rows(database, source_status)) == added


async def test_claims_leave_busy_hosts_alone_and_take_few_of_one_host(database: Database) -> None:
    addresses = [f"http://{host}.example/{number}" for host in "abc" for number in range(5)]
    await listen_to(database, *addresses)
    async with database.transaction() as connection:
        claims = await sources.claim(connection, "n", NOW, lease=HOUR, most=10, busy_hosts=["b.example"])
    assert sorted(host_of(one.source.address) for one in claims) == ["a.example", "a.example", "c.example", "c.example"]
    assert all(one.is_first and one.lease_until == NOW + HOUR for one in claims)


async def test_a_host_with_very_many_due_sources_does_not_stand_before_all_others(database: Database) -> None:
    many = [f"http://a.example/{number}" for number in range(2 * sources.LOOK_AHEAD * 3)]
    await listen_to(database, *many, "http://b.example/", "http://c.example/")
    async with database.transaction() as connection:
        claims = await sources.claim(connection, "n", NOW, lease=HOUR, most=3)
    assert sorted(host_of(one.source.address) for one in claims) == ["a.example", "a.example", "b.example"]


async def test_a_visit_that_cannot_be_kept_fails_alone(
    database: Database, stage: CollectStage, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_twice = second_look.look_twice

    async def stumble(connection: Any, taken: sources.Claim, *rest: Any) -> Any:
        if taken.source.id == 3:
            raise KeyError("oops")
        return await look_twice(connection, taken, *rest)

    paths = [f"/feed/{number}" for number in range(8)]
    site.pages = {path: rss(f"news of {path}") for path in paths}
    await listen_to(database, *map(site.url, paths))
    monkeypatch.setattr(keeping, "look_twice", stumble)
    tally = await stage.run(NOW)
    assert (tally.taken, tally.made, dict(tally.passed_over)["failed"]) == (8, 7, 1)
    kinds = {one.source_id: one.last_error_kind for one in await rows(database, source_status)}
    assert kinds == {number: "own_fault" if number == 3 else "" for number in range(1, 9)}
    assert len(await rows(database, poll)) == 8
    assert {one.source_id for one in await rows(database, item)} == set(range(1, 9)) - {3}


async def test_a_host_sees_two_visitors_at_once_at_most() -> None:
    doors = HostDoors(pause=0)
    inside: list[int] = []
    most = 0

    async def visit() -> None:
        nonlocal most
        async with doors.visit("a.example"):
            inside.append(1)
            most = max(most, len(inside))
            await asyncio.sleep(0)
            inside.pop()

    visits = [asyncio.create_task(visit()) for _ in range(10)]
    await asyncio.sleep(0)
    assert doors.busy() == ["a.example"]
    await asyncio.gather(*visits)
    assert most == 2
    assert doors.busy() == []


async def test_a_host_is_left_in_peace_between_two_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    doors = HostDoors(pause=1_000.0)
    monkeypatch.setattr("app.stages.hosts.asyncio.sleep", note)
    for host in ("a.example", "a.example", "b.example"):
        async with doors.visit(host):
            pass
    assert waits == [pytest.approx(1_000, rel=0.1)]
