"""A replay that somebody asked for: what is stored is heard again in a child process, by one or two settings.

Theory of operation. Signals keep the labels that they have, so that the settings alone make a difference, and nothing
is classified again. Four weeks before the period are played too, as far as they are stored: detectors must know what
is usual, and the bar of a watch what it raised lately. What was told in those weeks is left out. Each side has a
watch's own part of the false alarms that the organisation bears, which live all its watches share.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from app.alerts.types import Watch
from app.children import in_a_child
from app.records import Sight
from app.records.replays import Played, Side
from app.storage import histories
from app.storage.database import Database, make_engine
from classifiers.types import Label
from classifiers.watches import WatchTerms
from classifiers.watches.saved import watches_inside
from signals.types import Signal

if TYPE_CHECKING:
    from app.replaying.heard import Heard, Telling

WARM_UP = timedelta(days=28)
MOST = 150_000  # signals: some minutes of a processor
STEPS = 200  # a child tells so many times how far it is, at most

Tell = Callable[[tuple[int, int]], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be played, for whom."""

    sight: Sight
    begins_at: datetime
    ends_at: datetime
    sides: tuple[tuple[Side, Watch], ...]


async def play_in_a_child(url: str, order: Order, told: Tell) -> Played:
    """`told` hears how many signals are played, of how many."""
    return await in_a_child(play, url, order, told=told)


def play(tell: Tell, url: str, order: Order) -> Played:
    from app.replaying.results import Gathering

    numbered = dict(enumerate(order.sides, start=1))
    gathered = {number: Gathering(side, order.begins_at, order.ends_at) for number, (side, _) in numbered.items()}
    watches = [replace(watch, id=number, name=f"{side} {watch.name}") for number, (side, watch) in numbered.items()]
    with opened(url, order) as past:
        if past.count > MOST:
            few = f"{past.count:,} signals are more than a replay can hold ({MOST:,}): ask for a shorter time"
            return Played(refusal=few)
        tell((0, past.count))
        for told in _tellings(past, watches, Progress(tell, past.count)):
            gathered[told.watch_id].add(told)
    results = tuple(row for side in gathered.values() for row in side.rows())
    return Played(past.heard_from, past.within, results)


@dataclass(slots=True)
class Past:
    """What is stored of a time, and what of it has been heard so far."""

    order: Order
    count: int
    terms: Sequence[WatchTerms]
    sources_since: Mapping[int, datetime]
    false_alarms_a_month: int | None
    batches: "Iterable[Sequence[Heard]]" = ()
    heard_from: datetime | None = None
    within: int = 0

    def heard(self) -> "Iterator[Heard]":
        for one in chain.from_iterable(self.batches):
            seen_at = one.signal.seen_at
            self.heard_from = self.heard_from or seen_at
            self.within += seen_at >= self.order.begins_at
            yield one


@contextmanager
def opened(url: str, order: Order) -> Iterator[Past]:
    """The past of the live database, which is read as it goes."""
    database = Database(make_engine(url))
    with asyncio.Runner() as runner:
        try:
            past = runner.run(_survey(database, order))
            past.batches = _batches(runner, database, order)
            yield past
        finally:
            runner.run(database.close())


async def _survey(database: Database, order: Order) -> Past:
    since, organisation_id = order.begins_at - WARM_UP, order.sight.organisation_id
    async with database.transaction() as connection:
        return Past(
            order,
            await histories.count_heard(connection, order.sight, since, order.ends_at),
            await histories.load_terms(connection, organisation_id),
            await histories.sources_since(connection, organisation_id, since),
            await histories.false_alarms_of_one(connection, organisation_id),
        )


def _batches(runner: asyncio.Runner, database: Database, order: Order) -> "Iterator[Sequence[Heard]]":
    history = histories.History(order.sight, order.begins_at - WARM_UP, order.ends_at)
    while batch := runner.run(_next(database, history)):
        yield batch


async def _next(database: Database, history: histories.History) -> "Sequence[Heard]":
    async with database.transaction() as connection:
        return await history.next(connection)


def _tellings(past: Past, watches: Sequence[Watch], progress: "Progress") -> "Iterator[Telling]":
    from app.replay import Replay  # in the child only: it is heavy

    replay = Replay(
        past.heard(),
        watches,
        no_labels,
        inside=inside_of(watches, past.terms),
        sources_since=past.sources_since,
        false_alarms_a_month=past.false_alarms_a_month,
        each_apart=True,
    )
    for moment in replay.moments():
        progress.add(moment.items)
        yield from moment.told
        yield from moment.held


def inside_of(watches: Sequence[Watch], terms: Sequence[WatchTerms]) -> tuple[WatchTerms, ...]:
    """The watches that queries name, however deep, with numbers that none of a replay's own has."""
    asked = [WatchTerms(-one.id, one.name, one.query, one.languages) for one in watches]
    named = watches_inside([*asked, *terms])
    found = {one.id: one for own in asked for one in named.get(own.id, ())}
    return tuple(replace(one, id=one.id + len(asked), is_active=False) for one in found.values())


def no_labels(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    """What is stored has its labels."""
    return [() for _ in signals]


class Progress:
    """Tells how many signals are played, now and then."""

    def __init__(self, tell: Tell, total: int) -> None:
        self._tell, self._total = tell, total
        self._played = self._told = 0

    def add(self, items: int) -> None:
        self._played += items
        if self._played - self._told >= max(self._total / STEPS, 1):
            self._tell((self._played, self._total))
            self._told = self._played
