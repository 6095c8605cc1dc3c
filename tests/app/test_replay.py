"""A replay in memory: it tells what the stages tell over a database, at once, and in bounded memory."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.replay import Moment, Replay, label_here, steps, steps_with, watches_of
from app.replay_in_database import StoredReplay
from app.replaying.archived import heard_of
from app.replaying.past import KEPT, Past
from app.replaying.understanding import Read
from app.storage.database import Database
from classifiers.types import Classifier, Label
from classifiers.watches.watchfile import WatchDraft
from signals.types import Signal
from tests.support.made_past import BEGIN, a_made_past

ZONE = "Europe/Oslo"
WATCHES = (
    WatchDraft("Everything", alerts_per_day=1),
    WatchDraft("Fjordbrød", query="Fjordbrød"),
    WatchDraft("Harm", query="topic:product_safety OR topic:health_safety"),
)


def played(model: Classifier, watches: Sequence[WatchDraft] = WATCHES, days: int = 21) -> list[Moment]:
    replay = Replay(heard_of(a_made_past(days)), watches_of(watches, ZONE), label_here(model))
    return list(replay.moments())


@pytest.fixture
async def empty(database: Database) -> Database:
    """Without an organisation: a replay has one of its own."""
    async with database.transaction() as connection:
        await connection.execute(text("truncate organisation restart identity cascade"))
    return database


async def test_a_replay_in_memory_tells_word_for_word_what_the_stages_tell_over_a_database(
    empty: Database, model: Classifier
) -> None:
    stored = StoredReplay(empty, model, a_made_past())
    slow = [moment async for moment in stored.moments(WATCHES, ZONE)]
    fast = played(model)
    assert [(one.at, one.items) for one in fast] == [(one.at, one.items) for one in slow]
    for quick, thorough in zip(fast, slow, strict=True):
        assert quick.told == thorough.told
        assert quick.held == thorough.held
    changes = {told.change for moment in fast for told in moment.told}
    assert {"raised", "updated", "faded"} <= changes, "the made past has something of everything"
    assert any(moment.held for moment in fast)


def test_two_replays_are_equal(model: Classifier) -> None:
    assert played(model) == played(model)


def test_a_replay_never_looks_ahead(model: Classifier) -> None:
    """What is told of the first fortnight is the same, whether or not the rest is known."""
    part, whole = played(model, days=14), played(model)
    end = BEGIN + timedelta(days=13)
    assert [one for one in part if one.at < end] == [one for one in whole if one.at < end]


def test_what_was_held_back_says_why(model: Classifier) -> None:
    held = [one for moment in played(model) for one in moment.held]
    assert held
    assert all(one.hold and one.reason and one.watch and one.because for one in held)


def test_only_what_a_watch_may_hit_is_labelled(model: Classifier) -> None:
    asked: list[str] = []

    def label(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        asked.extend(one.title for one in signals)
        return model.classify(signals)

    watches = watches_of([WatchDraft("Fjordbrød", query="Fjordbrød")], ZONE)
    list(Replay(heard_of(a_made_past()), watches, label).moments())
    assert asked
    assert all("Fjordbrød" in title for title in asked)


def test_a_watch_that_cannot_be_read_rests_and_the_others_play(model: Classifier) -> None:
    told = [one for moment in played(model, (WATCHES[0], WatchDraft("Broken", query="(("))) for one in moment.told]
    assert {one.watch for one in told} == {"Everything"}


def test_each_step_is_known_only_when_it_comes() -> None:
    heard = list(heard_of(a_made_past()))
    walked = list(steps_with(Read(one, (), ()) for one in heard))
    assert [at for at, _ in walked] == steps([one.signal.seen_at for one in heard])
    assert [read.heard for _, due in walked for read in due] == heard
    assert all(read.heard.signal.seen_at <= at for at, due in walked for read in due)


def test_an_archive_that_holds_an_item_twice_is_heard_once() -> None:
    items = a_made_past()
    heard = list(heard_of([items[0], *items]))
    assert [one.name for one in heard] == [one.id for one in items]
    numbers = {one.name: one.signal.id for one in heard}
    assert {one.name: one.edit_of for one in heard if one.edit_of} == {"later": numbers["recall-3"]}


def test_what_is_too_old_for_any_question_is_forgotten() -> None:
    past = Past([1])
    for one in heard_of(a_made_past()):
        past.put(one.signal, is_backlog=False)
        past.hits[1].add(one.signal, is_late=False, is_undated=False)
    past.forget(BEGIN + timedelta(days=15) + KEPT)
    assert min(one.seen_at for one in past.signals.values()) >= BEGIN + timedelta(days=15)
    assert len(past.hits[1].counted) <= len(past.signals) < len(a_made_past())
