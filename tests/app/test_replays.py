"""What people ask of the past: played beside the live work, compared, and taken up again where a worker died."""

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import func, select, update

from app.alerts.side_by_side import Place
from app.alerts.types import AlertState, DismissReason, HoldReason, Watch
from app.children import in_a_child
from app.config import Settings
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.factory import make_pipeline
from app.playing import Order, Tell, play
from app.records import Caller, Role, WatchDraft
from app.records.replays import Outcome, Played, ReplayAsk, ReplayRow, ReplayState, Side
from app.records.watches import to_draft
from app.schema.alert import alert, transition
from app.schema.emergence import emergence
from app.services.directory import Services, make_services
from app.stages.replays import ReplaysStage
from app.storage import replays as store
from app.storage.database import Database
from app.storage.erasing import erase_items
from signals.types import Sensitivity
from tests.support.past import BEGUN, DAY, HOUR, PastWeek, say_leak, say_signal, set_past
from tests.support.rows import NOON, add_alert, add_hit, add_organisation, add_story, add_watch

KARI = Caller(1, "kari", Role.ADMIN.scopes, person_id=1)
LISE = Caller(1, "lise", Role.READER.scopes, person_id=2)
OLA = Caller(1, "ola", Role.TRIAGE.scopes, person_id=3)
WEEK = ReplayAsk(NOON - 7 * DAY, NOON)


@pytest.fixture
async def past(database: Database) -> PastWeek:
    async with database.transaction() as connection:
        return await set_past(connection)


@pytest.fixture
def services(database: Database) -> Services:
    return make_services(database, Settings(_env_file=None))  # type: ignore[call-arg]


class Bench:
    """Somebody who asks, and workers that play."""

    def __init__(self, database: Database, services: Services, url: str) -> None:
        self.database, self.services, self.url = database, services, url

    def worker(self, name: str = "one", play: Any = None) -> ReplaysStage:
        return ReplaysStage(self.database, name, play or self.play_here)

    async def play_here(self, order: Order, told: Tell) -> Played:
        return await asyncio.to_thread(play, told, self.url, order)

    async def ask(self, ask: ReplayAsk, caller: Caller = KARI) -> ReplayRow:
        return await self.services.replays.ask(caller, ask, NOON)

    async def have_played(self, ask: ReplayAsk, caller: Caller = KARI) -> int:
        row = await self.ask(ask, caller)
        worker = self.worker()
        await worker.run(NOON)
        await worker.settle()
        await worker.run(NOON + timedelta(seconds=5))
        return row.id

    async def state(self, replay_id: int) -> ReplayRow:
        return (await self.services.replays.get(KARI, replay_id)).replay


@pytest.fixture
def bench(database: Database, services: Services, url: str) -> Bench:
    return Bench(database, services, url)


async def draft_of(services: Services, past: PastWeek, **changes: Any) -> WatchDraft:
    return replace(to_draft(await services.watches.get(KARI, past.watch_id, NOON)), **changes)


async def test_a_watch_and_a_draft_are_played_in_a_child_and_compared(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    draft = await draft_of(services, past, query="Mattilsynet OR bokmessen", priority=1)
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id, draft=draft))
    assert (row.state, row.live and row.live.query) == (ReplayState.QUEUED, "Fjordbrød OR Nordkorn")
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    async with make_pipeline(database, settings, "one", Path("never asked")) as pipeline:
        assert isinstance(pipeline.replays, ReplaysStage)
        await pipeline.play_the_past(NOON)
        await pipeline.replays.settle()
        assert (await bench.state(row.id)).state is ReplayState.RUNNING
        await pipeline.play_the_past(NOON + timedelta(seconds=9))
    full = await services.replays.get(KARI, row.id)
    assert (full.replay.state, full.replay.heard, full.replay.share) == (ReplayState.DONE, 20, 1.0)
    assert full.comparison
    assert full.comparison.live
    assert full.comparison.draft
    assert (full.comparison.both, full.comparison.only_draft, full.comparison.only_live) == (1, 0, 0)
    assert full.comparison.live.a_day == pytest.approx(1 / 7)
    assert full.comparison.live.median_delay is not None
    assert full.comparison.live.median_delay <= timedelta(minutes=10)
    told = (await services.replays.results(KARI, row.id, side=Side.DRAFT, outcome=Outcome.RAISED)).rows
    assert [(one.row.told.story_id, one.place) for one in told] == [(past.recall[0], Place.BOTH)]
    assert set(told[0].row.told.signal_ids) <= set(past.recall)
    live = (await services.replays.results(KARI, row.id, side=Side.LIVE, outcome=Outcome.RAISED)).rows
    assert told[0].row.told.severity > live[0].row.told.severity, "its priority is higher"
    async with database.transaction() as connection:
        for table in (alert, transition, emergence):
            assert await connection.scalar(select(func.count()).select_from(table)) == 0, "nobody was told"


async def test_what_the_budget_holds_back_on_one_side_is_listed_and_named_beside_the_other(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    async with database.transaction() as connection:
        leak = await say_leak(connection, past)
    few = await draft_of(services, past, alerts_per_day=1)
    replay_id = await bench.have_played(replace(WEEK, watch_id=past.watch_id, draft=few))
    (only,) = (await services.replays.results(KARI, replay_id, outcome=Outcome.RAISED, where=Place.ONLY_LIVE)).rows
    assert only.row.told.story_id == leak
    assert only.beside
    assert (only.beside.outcome, only.beside.hold) == (Outcome.HELD, HoldReason.BUDGET)
    held = (await services.replays.results(KARI, replay_id, outcome=Outcome.HELD)).rows
    assert [(one.row.told.side, one.row.told.story_id) for one in held] == [(Side.DRAFT, leak)]
    full = await services.replays.get(KARI, replay_id)
    assert full.comparison
    assert full.comparison.draft
    assert full.comparison.draft.held == (("budget", 1),)
    assert (full.comparison.both, full.comparison.only_live, full.comparison.only_draft) == (1, 1, 0)


async def test_each_side_tells_beside_the_other_what_it_tells_alone(
    bench: Bench, past: PastWeek, database: Database, url: str
) -> None:
    async with database.transaction() as connection:
        await say_leak(connection, past)
    sides = (
        (Side.LIVE, Watch(1, "Bakeriet", "Fjordbrød OR Nordkorn", alerts_per_day=1)),
        (Side.DRAFT, Watch(1, "Bakeriet", "Fjordbrød OR Nordkorn OR cupen", priority=1)),
    )
    both, *alone = [
        await bench.play_here(Order(KARI.sight, NOON - 7 * DAY, NOON, given), lambda _: None)
        for given in (sides, sides[:1], sides[1:])
    ]
    assert len({one.side for one in both.results}) == 2
    assert both.results == alone[0].results + alone[1].results


async def test_what_was_told_before_the_period_is_left_out(bench: Bench, past: PastWeek, services: Services) -> None:
    later = ReplayAsk(BEGUN + 6 * HOUR, NOON, watch_id=past.watch_id)
    replay_id = await bench.have_played(later)
    full = await services.replays.get(KARI, replay_id)
    assert full.comparison
    assert full.comparison.live
    assert full.comparison.live.alerts == 0
    assert full.replay.heard_from == NOON - 7 * DAY, "it listened to what came before"
    assert full.replay.heard < 20


async def test_a_draft_may_name_other_watches_of_the_organisation(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection, "Glass", query="glassbiter", is_active=False)
        other = await add_organisation(connection, name="Other")
        await add_watch(connection, "Glass", query="helikopter", organisation_id=other)
    draft = WatchDraft("Draft", query="brød AND watch:Glass")
    full = await services.replays.get(KARI, await bench.have_played(replace(WEEK, draft=draft)))
    assert full.comparison
    assert full.comparison.draft
    assert (full.comparison.live, full.comparison.draft.alerts) == (None, 1)


async def test_precision_is_of_what_people_said_of_the_real_alerts(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    async with database.transaction() as connection:
        story_id = await add_story(connection, past.recall)
        alert_id = await add_alert(connection, past.watch_id, story_id, state=AlertState.HANDLED)
    replay_id = await bench.have_played(replace(WEEK, watch_id=past.watch_id))
    full = await services.replays.get(KARI, replay_id)
    assert full.comparison
    assert full.comparison.live
    assert (full.comparison.live.precision, full.comparison.live.judged) == (1.0, 1)
    (told,) = (await services.replays.results(KARI, replay_id, outcome=Outcome.RAISED)).rows
    assert (told.row.alert_id, told.row.is_useful) == (alert_id, True)
    async with database.transaction() as connection:
        reason = {"state": AlertState.DISMISSED, "dismiss_reason": DismissReason.OLD_NEWS}
        await connection.execute(update(alert).values(reason))
    again = await services.replays.get(KARI, replay_id)
    assert again.comparison
    assert again.comparison.live
    assert again.comparison.live.precision == 0.0


async def test_se27_a_restricted_tip_is_played_for_those_only_who_may_see_it(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    given = {"sensitivity": Sensitivity.RESTRICTED, "topic": "misconduct"}
    async with database.transaction() as connection:
        tip = await say_signal(connection, past.sources[0], "Varsel om underslag ved Fjordbrød", NOON - DAY, **given)
        await add_hit(connection, past.watch_id, tip)
    mine = await bench.have_played(replace(WEEK, watch_id=past.watch_id), KARI)
    assert tip in {one.row.told.story_id for one in (await services.replays.results(KARI, mine)).rows}
    seen = (await services.replays.results(LISE, mine)).rows
    assert seen
    assert tip not in {one.row.told.story_id for one in seen}
    shown = await services.replays.get(LISE, mine)
    assert shown.comparison
    assert shown.comparison.live
    assert shown.comparison.live.alerts == 1, "no figure counts it"
    theirs = await bench.have_played(replace(WEEK, watch_id=past.watch_id), OLA)
    assert (await bench.state(theirs)).heard == 20
    assert tip not in {one.row.told.story_id for one in (await services.replays.results(KARI, theirs)).rows}


async def test_words_that_their_author_took_back_are_gone_from_replays_too(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    replay_id = await bench.have_played(replace(WEEK, watch_id=past.watch_id))
    async with database.transaction() as connection:
        guid = (await connection.exec_driver_sql(f"select guid from item where id = {past.recall[0]}")).scalar_one()
        await erase_items(connection, past.sources[0], [guid])
    rows = (await services.replays.results(KARI, replay_id, outcome=Outcome.RAISED)).rows
    assert [("glassbiter" in one.row.told.title, "glassbiter" in one.row.told.because) for one in rows] == [
        (False, False)
    ]
    later = await bench.have_played(replace(WEEK, watch_id=past.watch_id))
    assert (await bench.state(later)).heard == 19
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))
    worker = bench.worker()
    await worker.run(NOON)
    await worker.settle()
    async with database.transaction() as connection:  # while it is played
        await connection.exec_driver_sql(f"delete from item where id = any (array{past.recall})")
    await worker.run(NOON)
    assert (await bench.state(row.id)).state is ReplayState.DONE
    assert (await services.replays.results(KARI, row.id)).rows == ()


async def for_ever(order: Order, told: Tell) -> Played:
    told((3, 40))
    await asyncio.Event().wait()
    raise AssertionError


async def test_rl02_what_a_killed_worker_had_in_hand_is_taken_up_by_another(
    bench: Bench, past: PastWeek, database: Database
) -> None:
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))
    dead, heir = bench.worker("dead", for_ever), bench.worker("heir")
    await dead.run(NOON)
    await asyncio.sleep(0)
    await dead.run(NOON + timedelta(seconds=2))
    assert (await bench.state(row.id)).played == 3
    assert (await heir.run(NOON + timedelta(seconds=60))).taken == 0, "its lease is good"
    assert (await heir.run(NOON + 2 * store.LEASE)).taken == 1
    await heir.settle()
    await dead.run(NOON + 2 * store.LEASE)  # it was not dead after all: it sees that the replay is another's
    assert dead._task is None
    await heir.run(NOON + 2 * store.LEASE)
    found = await bench.state(row.id)
    assert (found.state, found.attempts) == (ReplayState.DONE, 2)
    async with database.transaction() as connection:
        assert not await store.finish(connection, row.id, "dead", Played(), NOON)


async def test_a_worker_that_stops_in_order_puts_its_replay_back(bench: Bench, past: PastWeek) -> None:
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))
    worker = bench.worker(play=for_ever)
    await worker.run(NOON)
    await worker.close()
    found = await bench.state(row.id)
    assert (found.state, found.attempts) == (ReplayState.QUEUED, 0)


def die(*_: object) -> NoReturn:
    os._exit(9)


def stumble(*_: object) -> NoReturn:
    raise ValueError("the past is crooked")


async def test_a_child_that_dies_is_tried_again_three_times_and_one_that_stumbles_is_not(
    bench: Bench, past: PastWeek
) -> None:
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))

    async def in_child(work: Any, order: Order, told: Tell) -> Played:
        return await in_a_child(work, told=told)

    worker = bench.worker(play=partial(in_child, die))
    for _ in range(store.ATTEMPTS):
        assert not (await bench.state(row.id)).state.is_over
        await worker.run(NOON)
        await worker.settle()
        await worker.run(NOON)
    found = await bench.state(row.id)
    assert (found.state, found.error) == (
        ReplayState.FAILED,
        "it ended without an answer 3 times: the machine may have too little memory",
    )
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))
    worker = bench.worker(play=partial(in_child, stumble))
    await worker.run(NOON)
    await worker.settle()
    await worker.run(NOON)
    assert (await bench.state(row.id)).error == "ValueError: the past is crooked"


async def test_a_replay_is_called_off_while_it_waits_and_while_it_is_played(
    bench: Bench, past: PastWeek, services: Services
) -> None:
    first, second = [await bench.ask(replace(WEEK, watch_id=past.watch_id)) for _ in range(2)]
    worker = bench.worker(play=for_ever)
    await worker.run(NOON)
    task = worker._task
    await services.replays.cancel(KARI, first.id, NOON)
    await services.replays.cancel(KARI, second.id, NOON)
    await worker.run(NOON + timedelta(seconds=2))
    assert task
    assert task.cancelled()
    assert (await worker.run(NOON + timedelta(seconds=4))).taken == 0
    assert [(await bench.state(one.id)).state for one in (first, second)] == [ReplayState.CANCELLED] * 2
    with pytest.raises(Conflict, match="cancelled"):
        await services.replays.cancel(KARI, first.id, NOON)
    await services.replays.remove(KARI, first.id)
    with pytest.raises(NotFound):
        await bench.state(first.id)


async def test_what_cannot_be_played_is_refused_with_the_reason(
    bench: Bench, past: PastWeek, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = replace(WEEK, watch_id=past.watch_id)
    refused = [
        (WEEK, "which watch"),
        (replace(watch, watch_id=4711), "no watch 4711"),
        (replace(watch, ends_at=watch.begins_at), "end after it begins"),
        (replace(watch, begins_at=NOON - 91 * DAY), "at most 90 days"),
        (ReplayAsk(NOON - 60 * DAY, NOON - 30 * DAY, past.watch_id), "stored begins at 2026-03-04"),
        (replace(WEEK, draft=WatchDraft("Draft", query="(brød")), "character"),
        (replace(WEEK, draft=WatchDraft("Draft", query="watch:Nowhere")), "Nowhere"),
    ]
    for ask, reason in refused:
        with pytest.raises(Invalid, match=reason):
            await bench.ask(ask)
    earlier = await bench.ask(replace(watch, begins_at=NOON - 80 * DAY, ends_at=NOON + DAY))
    assert (earlier.begins_at, earlier.ends_at) == (NOON - 7 * DAY, NOON), "as far as something is stored"
    same = await bench.ask(replace(watch, draft=await draft_of(services, past)))
    assert same.draft is None, "the draft says what the watch says"
    for _ in range(3):
        await bench.ask(watch)
    with pytest.raises(TooMany, match="wait already"):
        await bench.ask(watch)
    monkeypatch.setattr("app.playing.MOST", 19)
    worker = bench.worker()
    await worker.run(NOON)
    await worker.settle()
    await worker.run(NOON)
    failed = await bench.state(earlier.id)
    assert failed.state is ReplayState.FAILED
    assert "20 signals are more than" in failed.error


async def test_another_organisation_sees_and_plays_nothing_of_ours(
    bench: Bench, past: PastWeek, database: Database, services: Services
) -> None:
    async with database.transaction() as connection:
        other = await add_organisation(connection, name="Other")
    stranger = Caller(other, "nils", Role.ADMIN.scopes, person_id=9)
    row = await bench.ask(replace(WEEK, watch_id=past.watch_id))
    with pytest.raises(NotFound):
        await services.replays.get(stranger, row.id)
    with pytest.raises(NotFound):
        await services.replays.remove(stranger, row.id)
    assert (await services.replays.list(stranger)).rows == ()
    with pytest.raises(Invalid, match="Nothing has been heard"):
        await bench.ask(replace(WEEK, draft=WatchDraft("Draft")), stranger)
