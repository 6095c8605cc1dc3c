"""What an organisation bears of alarms of numbers alone: kept over all watches, and given back where they were none."""

import asyncio
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from app.alerts.decide import decide
from app.alerts.false_alarms import BACK, MONTH, STATISTICAL, Candidate, FalseAlarms, standing
from app.alerts.types import HoldReason, Verdict
from app.schema.alert import alert
from app.schema.emergence import emergence
from app.schema.organisation import organisation
from app.schema.watch import watch_status
from app.stages.alert import AlertStage
from app.storage.database import Database
from app.storage.false_alarms import read_false_alarms
from app.storage.held import note_raised
from classifiers.taxonomy import load_taxonomy
from classifiers.types import EmergenceKind
from tests.support.rows import NOON, add_emergence, add_label, add_signal, add_source, add_story, add_watch
from tests.support.values import NOW, a_budget, a_severity, a_watch, an_emergence

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SURGE = an_emergence(kind=EmergenceKind.SURGE)


def borne(**given: Any) -> FalseAlarms:
    values: dict[str, Any] = {"a_month": 3, "spent": 0, "this_week": 0, "peaks": (), "months": 1.0}
    return FalseAlarms(**(values | given))


def decided(score: int, kind: EmergenceKind = EmergenceKind.SURGE, **given: Any) -> tuple[Verdict, HoldReason | None]:
    found = decide(an_emergence(kind=kind), a_severity(score), a_watch(), None, a_budget(), borne(**given))
    assert found.reason
    return found.verdict, found.hold


@pytest.mark.parametrize("kind", [kind for kind in EmergenceKind if kind not in STATISTICAL])
def test_what_rests_on_words_takes_nothing_from_the_budget(kind: EmergenceKind) -> None:
    assert decided(50, kind, spent=99)[0] is Verdict.RAISE


@pytest.mark.parametrize("kind", sorted(STATISTICAL))
def test_what_rests_on_numbers_is_held_when_enough_was_borne(kind: EmergenceKind) -> None:
    assert decided(50, kind, spent=2)[0] is Verdict.RAISE
    assert decided(50, kind, spent=3) == (Verdict.HOLD, HoldReason.FALSE_ALARMS)
    assert decided(50, kind, a_month=0) == (Verdict.HOLD, HoldReason.FALSE_ALARMS)


def test_a_critical_one_passes_up_to_twice() -> None:
    assert decided(80, spent=5)[0] is Verdict.RAISE
    assert decided(80, spent=6) == (Verdict.HOLD, HoldReason.FALSE_ALARMS)


def test_half_of_it_at_most_is_spent_in_a_week() -> None:
    assert borne(a_month=3).a_week == 2
    assert decided(50, spent=2, this_week=1)[0] is Verdict.RAISE
    assert decided(50, spent=2, this_week=2) == (Verdict.HOLD, HoldReason.FALSE_ALARMS)
    assert borne(a_month=1).a_week == 1


def test_the_less_is_left_the_graver_must_it_be() -> None:
    peaks = (70, 66, 62, 58, 54, 50, 46)
    assert [borne(spent=spent, peaks=peaks).bar for spent in (0, 1, 2)] == [0, 50, 62]
    assert borne(spent=2, peaks=peaks, months=3.0).bar == 0  # seven in three months are fewer than nine
    assert decided(61, spent=2, peaks=peaks) == (Verdict.HOLD, HoldReason.FALSE_ALARMS)
    assert decided(62, spent=2, peaks=peaks)[0] is Verdict.RAISE


def test_it_stands_as_what_was_raised_lately_makes_it() -> None:
    ago = [Candidate(40 + days, NOW - days * DAY if days else None) for days in (0, 6, 7, 29, 30)]
    found = standing(3, ago, NOW - 45 * DAY, NOW)
    assert (found.spent, found.this_week, found.peaks, found.months) == (3, 1, [40, 46, 47, 69, 70], 1.5)
    assert standing(3, (), NOW, NOW).months == 1.0
    assert standing(3, (), NOW - 900 * DAY, NOW).months == 3.0


def test_the_watch_s_own_budget_comes_first() -> None:
    held = decide(SURGE, a_severity(50), a_watch(), None, a_budget(raised_today=3), borne(spent=3))
    assert held.hold is HoldReason.BUDGET


def play(
    a_month: int, *, a_week: float, seed: int = 1, true: float = 0.0, people_judge: bool = True
) -> list[tuple[datetime, bool]]:
    """Three months of candidates over thirty watches, each with its own usual severity; a share of them is true, weighs
    more, and is found useful at once, where people judge. What was raised, and whether it was true."""
    chance = Random(seed)
    moments = sorted(NOW + chance.random() * BACK for _ in range(round(30 * a_week * BACK / (7 * DAY))))
    usual = [chance.gauss(46, 4) for _ in range(30)]
    raised: list[tuple[datetime, bool]] = []
    candidates: list[Candidate] = []
    for at in moments:
        is_true = chance.random() < true
        score = round(min(74, max(35, chance.gauss(64 if is_true else chance.choice(usual), 7))))
        state = standing(a_month, candidates, NOW, at)
        is_raised = decide(SURGE, a_severity(score), a_watch(), None, a_budget(), state).verdict is Verdict.RAISE
        raised += [(at, is_true)] if is_raised else []
        if not (is_raised and is_true and people_judge):  # else it is given back
            candidates.append(Candidate(score, at if is_raised else None))
    return raised


@pytest.mark.parametrize("a_month", [30, 10, 3])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thirty_watches_of_noise_keep_the_budget_for_three_months(a_month: int, seed: int) -> None:
    raised = [at for at, _ in play(a_month, a_week=0.9, seed=seed)]
    assert 0.75 * 3 * a_month <= len(raised) <= 3 * a_month
    for at in raised:
        assert sum(at - MONTH < one <= at for one in raised) <= a_month


def test_watches_that_say_little_are_not_held_back() -> None:
    assert len(play(30, a_week=0.1)) == 39  # of 39


def test_what_people_found_useful_makes_room_for_more_of_the_kind() -> None:
    """A tenth is true. Without a word of people the budget cannot know; with it, half as many again are told."""
    told = dict.fromkeys((False, True), 0)
    for judge in told:
        for seed in range(5):
            raised = play(5, a_week=0.9, seed=seed, true=0.1, people_judge=judge)
            assert sum(not (was_true and judge) for _, was_true in raised) <= 15
            told[judge] += sum(was_true for _, was_true in raised)
    assert told[True] >= 1.5 * told[False]


async def a_surge(database: Database, watch_id: int, at: datetime, score: float = 0.9, **given: Any) -> int:
    async with database.transaction() as connection:
        signal_id = await add_signal(connection, await add_source(connection, tier=1), at=at, tier=1)
        await add_label(connection, signal_id, "product_safety", score=score)
        story_id = await add_story(connection, [signal_id])
        values = {"kind": "surge", "verdict": "", "severity": None, "decided": "", "topics": ["product_safety"]} | given
        return await add_emergence(connection, watch_id, [signal_id], story_id, at=at, **values)


async def some_watches(database: Database, count: int) -> list[int]:
    made = []
    async with database.transaction() as connection:
        for _ in range(count):
            made.append(await add_watch(connection))
            await connection.execute(insert(watch_status).values(watch_id=made[-1], counted_until=NOON))
    return made


async def bear(database: Database, number: int) -> None:
    async with database.transaction() as connection:
        await connection.execute(update(organisation).values(false_alarms_a_month=number))


async def counted(database: Database, *which: Any) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(select(func.count()).select_from(emergence).where(*which)) or 0)


@pytest.fixture
def stage(database: Database) -> AlertStage:
    return AlertStage(database, load_taxonomy())


async def test_all_watches_share_one_budget_and_what_it_holds_is_listed(database: Database, stage: AlertStage) -> None:
    watches = await some_watches(database, 3)
    await bear(database, 2)
    for place, watch_id in enumerate(watches):
        await a_surge(database, watch_id, NOON + place * WEEK)
        await stage.run(NOON + place * WEEK)
    assert await counted(database, emergence.c.verdict == "raise") == 2
    assert await counted(database, emergence.c.hold == "false_alarms", emergence.c.decided.contains("bears 2")) == 1
    await a_surge(database, watches[2], NOON + MONTH)
    await stage.run(NOON + MONTH)  # time has given the first one back
    assert await counted(database, emergence.c.verdict == "raise") == 3


async def test_one_run_does_not_spend_more_than_is_left(database: Database, stage: AlertStage) -> None:
    (watch_id,) = await some_watches(database, 1)
    await bear(database, 4)  # two a week
    for score in (0.7, 0.9, 0.8):
        await a_surge(database, watch_id, NOON, score)
    await a_surge(database, watch_id, NOON, kind="report")
    await stage.run(NOON)
    assert await counted(database, emergence.c.verdict == "raise", emergence.c.kind == "surge") == 2
    assert await counted(database, emergence.c.verdict == "raise", emergence.c.kind == "report") == 1


async def test_an_alarm_that_people_handled_is_given_back(database: Database, stage: AlertStage) -> None:
    (watch_id,) = await some_watches(database, 1)
    await bear(database, 1)
    for _ in range(2):
        await a_surge(database, watch_id, NOON)
        await stage.run(NOON)
    assert await counted(database, emergence.c.verdict == "raise") == 1
    async with database.transaction() as connection:
        await connection.execute(update(alert).values(state="handled"))
        assert (await read_false_alarms(connection, 1, NOON)).spent == 0
    await a_surge(database, watch_id, NOON)
    await stage.run(NOON)
    assert await counted(database, emergence.c.verdict == "raise") == 2


async def test_what_people_raise_anyway_costs_nothing(database: Database, stage: AlertStage) -> None:
    (watch_id,) = await some_watches(database, 1)
    await bear(database, 1)
    for _ in range(2):
        await a_surge(database, watch_id, NOON)
        await stage.run(NOON)
    async with database.transaction() as connection:
        held = await connection.scalar(select(emergence.c.id).where(emergence.c.verdict == "hold"))
        told = await connection.scalar(select(alert.c.id))
        assert held
        assert told
        await note_raised(connection, held, told, "Kari raised it anyway")
        found = await read_false_alarms(connection, 1, NOON)
        assert (found.spent, len(found.peaks)) == (1, 1)


async def test_two_workers_do_not_spend_the_last_one_twice(database: Database) -> None:
    watches = await some_watches(database, 4)
    await bear(database, 1)
    for watch_id in watches:
        await a_surge(database, watch_id, NOON)
        await a_surge(database, watch_id, NOON, kind="report")
    async with asyncio.timeout(120):  # a ring of waiting would show here
        for _ in range(2):  # a watch that the other one has is passed over, and taken next time
            await asyncio.gather(*(AlertStage(database, load_taxonomy()).run(NOON) for _ in range(3)))
    assert await counted(database, emergence.c.verdict == "") == 0
    assert await counted(database, emergence.c.verdict == "raise", emergence.c.kind == "surge") == 1
    assert await counted(database, emergence.c.verdict == "raise", emergence.c.kind == "report") == 4
