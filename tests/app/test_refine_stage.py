"""Refine on a real database: a closer reading gives, takes back and explains labels, and alerts follow (issue 4.7)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from app.refining import NoMeaning, Refined
from app.schema.item import progress
from app.schema.label import label
from app.schema.signal import signal
from app.schema.watch import watch_hit
from app.stages.group import GroupStage
from app.stages.refine import CLOSELY, PATIENCE, WITHDRAWN, RefineStage
from app.storage.database import Database
from app.storage.labelling import load_labels
from classifiers.types import Because, Label, LabelKind
from signals.types import Signal
from tests.support.rows import (
    NOON,
    add_alert,
    add_emergence,
    add_hit,
    add_label,
    add_signal,
    add_source,
    add_story,
    add_watch,
)
from tests.support.workshop import Workshop, say, state_of

BY = "topics@1+e5@1"
SCHOOL = "Skolen stenger etter vannlekkasje"
QUIET = "Elevene får ikke komme inn på mandag"


class Reader:
    """A refiner that reads certain titles so, settles those it does not know, and remembers what it was asked."""

    def __init__(self, readings: Mapping[str, str | None]) -> None:
        self._readings = readings
        self.asked: list[str] = []

    async def __call__(self, model: Path | None, signals: Sequence[Signal], most: int) -> Refined:
        self.asked += [one.title for one in signals]
        near = [one for one in signals if one.title in self._readings]
        labels = {one.id: _labels(one, self._readings[one.title]) for one in near[:most]}
        waiting = {one.id for one in near[most:]}
        return Refined(labels, frozenset(one.id for one in signals) - labels.keys() - waiting)


def _labels(one: Signal, topic: str | None) -> tuple[Label, ...]:
    because = (Because("reads like: “Skolen er stengt”", 0.9),)
    return (Label(one.id, LabelKind.TOPIC, topic, 0.9, because, BY),) if topic else ()


async def a_raised_alert(database: Database, *titles: str, **given: object) -> tuple[int, list[int]]:
    """An alert about a story, on signals that the words gave a topic, all waiting for a closer reading."""
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        watch_id = await add_watch(connection, "School", query="skolen OR elevene")
        ids = [await add_signal(connection, source_id, title) for title in titles]
        for number in ids:
            await add_label(connection, number)
            await add_hit(connection, watch_id, number)
            await connection.execute(progress.insert().values(item_id=number, stage="refine"))
        story_id = await add_story(connection, ids)
        emergence_id = await add_emergence(connection, watch_id, ids, story_id)
        return await add_alert(connection, watch_id, story_id, emergence_id=emergence_id, **given), ids


async def test_an_alert_that_nobody_took_is_withdrawn_with_the_reason(database: Database) -> None:
    await a_raised_alert(database, SCHOOL)
    await RefineStage(database, Reader({SCHOOL: None})).run(NOON)
    state = await state_of(database)
    assert [row[2] for row in state["alerts"]] == ["faded"]
    assert (SCHOOL, "faded", "faded", WITHDRAWN, True) in state["transitions"]
    assert state["waiting"] == []


async def test_an_alert_stays_while_one_signal_still_bears_it(database: Database) -> None:
    await a_raised_alert(database, SCHOOL, QUIET)
    await RefineStage(database, Reader({SCHOOL: None})).run(NOON)
    assert [row[2] for row in (await state_of(database))["alerts"]] == ["raised"]


async def test_an_alert_that_somebody_took_is_theirs(database: Database) -> None:
    await a_raised_alert(database, SCHOOL, state="acknowledged")
    await RefineStage(database, Reader({SCHOOL: None})).run(NOON)
    assert [row[2] for row in (await state_of(database))["alerts"]] == ["acknowledged"]


async def test_what_the_words_said_is_kept_and_superseded(database: Database) -> None:
    _, ids = await a_raised_alert(database, SCHOOL)
    await RefineStage(database, Reader({SCHOOL: "health_safety"})).run(NOON)
    async with database.transaction() as connection:
        rows = (await connection.execute(select(label.c.name, label.c.by, label.c.superseded_at))).all()
        holding = (await load_labels(connection, ids))[ids[0]]
    assert sorted((name, by, at is None) for name, by, at in rows) == [
        ("health_safety", BY, True),
        ("service_disruption", "topics@test", False),
    ]
    assert [one.name for one in holding] == ["health_safety"]
    assert holding[0].because[0].word.startswith("reads like")


async def test_a_label_found_by_meaning_raises_an_alert(database: Database) -> None:
    """RL: an item is labelled at once by its words, found to be at risk within a minute, and then raised."""
    async with database.transaction() as connection:
        source_id = await add_source(connection, tier=1)
        await add_watch(connection, "School", query="elevene")
        await add_watch(connection, "Closed", query="topic:product_safety")
    async with Workshop(database) as workshop:
        workshop.group = GroupStage(workshop.desk, then="refine")
        await say(database, source_id, QUIET)
        await workshop.understand()
        assert (await state_of(database))["alerts"] == []
        await RefineStage(database, Reader({QUIET: "product_safety"})).run(NOON + timedelta(seconds=30))
        await workshop.understand(NOON + timedelta(seconds=31))
    state = await state_of(database)
    assert sorted(row[0] for row in state["hits"]) == ["Closed", "School"]
    assert [row[0] for row in state["alerts"]] == ["School"], "it tells for both"
    assert state["waiting"] == []


async def test_a_watch_that_asks_for_a_topic_loses_what_has_it_no_more(database: Database) -> None:
    _, ids = await a_raised_alert(database, SCHOOL)
    async with database.transaction() as connection:
        watch_id = await add_watch(connection, "Closed", query="topic:service_disruption")
        await add_hit(connection, watch_id, ids[0])
    await RefineStage(database, Reader({SCHOOL: None})).run(NOON)
    assert [row[0] for row in (await state_of(database))["hits"]] == ["School"]


async def test_the_newest_come_first_and_the_rest_wait(database: Database) -> None:
    titles = [f"Skolen stenger {number}" for number in range(CLOSELY + 2)]
    await a_raised_alert(database, *titles)
    reader = Reader(dict.fromkeys(titles))
    tally = await RefineStage(database, reader).run(NOON)
    assert tally.taken == CLOSELY
    assert len((await state_of(database))["waiting"]) == 2
    assert (await RefineStage(database, reader).run(NOON)).taken == 2


async def test_what_has_waited_too_long_keeps_its_labels(database: Database) -> None:
    await a_raised_alert(database, SCHOOL)
    reader = Reader({SCHOOL: None})
    tally = await RefineStage(database, reader).run(NOON + PATIENCE + timedelta(minutes=1))
    assert tally.passed_over == (("waited too long", 1),)
    assert reader.asked == []
    assert [row[2] for row in (await state_of(database))["alerts"]] == ["raised"]


@pytest.mark.parametrize("error", [NoMeaning("not installed"), ValueError("poison")])
async def test_a_reading_that_fails_changes_nothing_and_blocks_nothing(database: Database, error: Exception) -> None:
    await a_raised_alert(database, SCHOOL)

    async def fail(model: Path | None, signals: Sequence[Signal], most: int) -> Refined:
        raise error

    await RefineStage(database, fail).run(NOON)
    state = await state_of(database)
    assert [row[2] for row in state["alerts"]] == ["raised"]
    assert state["waiting"] == []


async def test_a_second_run_after_a_kill_finds_the_same(database: Database) -> None:
    """The batch is one transaction: what is claimed again was not written before."""
    await a_raised_alert(database, SCHOOL)
    stage = RefineStage(database, Reader({SCHOOL: None}))
    await stage.run(NOON)
    async with database.transaction() as connection:
        number = await connection.scalar(select(signal.c.id))
        await connection.execute(progress.insert().values(item_id=number, stage="refine"))
    before = (await state_of(database))["transitions"]
    await stage.run(NOON + timedelta(seconds=2))
    assert (await state_of(database))["transitions"] == before


async def test_old_signals_are_not_noticed_again(database: Database) -> None:
    await a_raised_alert(database, SCHOOL)
    async with database.transaction() as connection:
        await connection.execute(update(signal).values(seen_at=NOON - timedelta(days=2)))
    await RefineStage(database, Reader({SCHOOL: "health_safety"})).run(NOON)
    async with database.transaction() as connection:
        assert await connection.scalar(select(watch_hit.c.detected_at)) is not None
        assert await connection.scalar(text("select count(*) from label")) == 2
