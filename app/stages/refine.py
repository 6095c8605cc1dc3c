"""Refine: a closer reading, by meaning, of what the words alone leave open; it may raise an alert, or withdraw one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, Tally, TransitionKind
from app.errors import DatabaseUnavailable, OutOfOrder
from app.live_models import LiveModels
from app.refining import NoMeaning, Refined
from app.storage import comparing, deciding, labelling, progress, refining, registry
from app.storage.database import Database
from app.storage.refining import STAGE
from app.storage.transitions import append_transition
from classifiers.errors import ModelError
from classifiers.types import Label, LabelKind
from classifiers.watches import WatchBook, WatchTerms
from signals.types import Signal

log = structlog.get_logger()

LOOK = 400  # signals looked at each time, newest first: most are settled by their words
CLOSELY = 48  # of these are embedded, the nearest to the threshold first; a second or two of a processor
PATIENCE = timedelta(hours=1)  # what has waited longer keeps the labels that it has
FRESH = timedelta(hours=24)
STRONGER = 0.1  # a label that is so much surer now is looked at again
WITHDRAWN = "a closer reading found no risk"


class Refiner(Protocol):
    async def __call__(self, model: Path | None, signals: Sequence[Signal], most: int) -> Refined: ...


@dataclass(frozen=True, slots=True)
class Change:
    """What a closer reading changed of a signal's labels."""

    signal: Signal
    before: tuple[Label, ...]  # of all kinds
    after: tuple[Label, ...]

    @property
    def is_more(self) -> bool:
        """A topic came, or is much surer."""
        scores = {one.name: one.score for one in _topics(self.before)}
        return any(one.score >= scores.get(one.name, 0.0) + STRONGER for one in _topics(self.after))

    @property
    def is_less(self) -> bool:
        return bool({one.name for one in _topics(self.before)} - {one.name for one in _topics(self.after)})


class RefineStage:
    """Signals come here when they have passed all other stages. On any number of nodes; where one is killed, its batch
    waits for the next. A batch that fails keeps the words' labels: nothing depends on being refined."""

    def __init__(self, database: Database, refiner: Refiner, models: LiveModels | None = None) -> None:
        self._database = database
        self._refiner = refiner
        self._models = models
        self._terms: tuple[WatchTerms, ...] = ()
        self._book = WatchBook(())
        self._told = False

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            late = await refining.give_up(connection, now - PATIENCE)
        taken = made = 0
        ids: list[int] = []
        try:
            async with self._database.transaction() as connection:
                ids = await refining.claim_newest(connection, LOOK)
                taken, made = await self._work(connection, ids, now) if ids else (0, 0)
        except (DatabaseUnavailable, OutOfOrder):
            raise
        except NoMeaning as reason:
            await self._pass_on(ids)
            if not self._told:
                log.warning("labels are not refined", error=str(reason))
            self._told = True
        except Exception:  # a job: the labels by words stand, and the items must not wait for a reader that stumbles
            await self._pass_on(ids)
            log.warning("a closer reading failed; the labels stay as they are", items=len(ids), exc_info=True)
        return Tally("refine", taken, made, (("waited too long", late),) if late else ())

    async def _pass_on(self, ids: Sequence[int]) -> None:
        async with self._database.transaction() as connection:
            await progress.pass_on(
                connection, [one for one in ids if await progress.claim_one(connection, STAGE, one)], None
            )

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> tuple[int, int]:
        """How many signals were done, and of how many the labels changed."""
        signals = await comparing.load_signals(connection, ids)
        refined = await self._refine(connection, signals)
        changes = await self._changes(connection, signals, refined.labels)
        await self._write(connection, changes, now)
        done = sorted(refined.settled | refined.labels.keys() | (set(ids) - {one.id for one in signals}))
        await progress.pass_on(connection, done, None)
        return len(done), sum(change.is_more or change.is_less for change in changes)

    async def _refine(self, connection: AsyncConnection, signals: Sequence[Signal]) -> Refined:
        """Each by the model that labelled it; what organisations' own leave of `CLOSELY` is for the shipped one."""
        labels: dict[int, tuple[Label, ...]] = {}
        settled: set[int] = set()
        rest = {signal.id: signal for signal in signals}
        chosen = await registry.choose(connection, list(rest)) if self._models else ()
        for one in chosen:
            mine = [rest[key] for key in one.signal_ids if key in rest]
            try:
                assert self._models is not None
                path = await self._models.file_of(connection, one.model_id, one.hash)
                found = await self._refiner(path, mine, CLOSELY)
            except ModelError:
                continue  # it gives way to the shipped one, as when labelling
            rest = {key: signal for key, signal in rest.items() if key not in set(one.signal_ids)}
            labels |= found.labels
            settled |= found.settled
        if rest:
            found = await self._refiner(None, list(rest.values()), max(CLOSELY - len(labels), 1))
            labels |= found.labels
            settled |= found.settled
        return Refined(labels, frozenset(settled))

    async def _changes(
        self, connection: AsyncConnection, signals: Sequence[Signal], labels: Mapping[int, tuple[Label, ...]]
    ) -> list[Change]:
        before = await labelling.load_labels(connection, labels)
        return [
            Change(signal, old, (*labels[signal.id], *(one for one in old if one.kind is not LabelKind.TOPIC)))
            for signal in signals
            if signal.id in labels
            for old in (before.get(signal.id, ()),)
        ]

    async def _write(self, connection: AsyncConnection, changes: Sequence[Change], now: datetime) -> None:
        """Also where nothing changed but the score: the label then says that meaning agrees."""
        await refining.supersede(connection, [change.signal.id for change in changes], now)
        await labelling.insert_labels(connection, [one for change in changes for one in _topics(change.after)], now)
        await self._match_again(connection, [change for change in changes if change.is_more or change.is_less])
        more = {change.signal.id for change in changes if change.is_more}
        less = {change.signal.id for change in changes if change.is_less}
        if more:
            await refining.look_again(connection, more, now - FRESH)
        if less:
            await withdraw(connection, less, now)

    async def _match_again(self, connection: AsyncConnection, changes: Sequence[Change]) -> None:
        """Watches may ask for topics."""
        if not changes:
            return
        book = await self._present_book(connection)
        gained: list[tuple[int, Signal]] = []
        lost: set[tuple[int, int]] = set()
        for change in changes:
            before, after = book.match(change.signal, change.before), book.match(change.signal, change.after)
            gained += [(watch_id, change.signal) for watch_id in sorted(set(after) - set(before))]
            lost |= {(watch_id, change.signal.id) for watch_id in set(before) - set(after)}
        arrivals = await labelling.load_arrivals(connection, [change.signal.id for change in changes])
        await labelling.insert_hits(connection, gained, arrivals)
        await refining.remove_hits(connection, lost)

    async def _present_book(self, connection: AsyncConnection) -> WatchBook:
        await labelling.read_watches_until_done(connection)
        terms = await labelling.load_watch_terms(connection)
        if terms != self._terms:
            self._terms = terms
            self._book.update(terms)
        return self._book


async def send_on(database: Database) -> None:
    """Where nobody reads closely any more, what waits for it has arrived."""
    async with database.transaction() as connection:
        await refining.give_up(connection)


async def withdraw(connection: AsyncConnection, signal_ids: Collection[int], now: datetime) -> None:
    """Alerts that nobody took yet and that nothing bears any more."""
    await refining.hold_unfounded(connection, signal_ids, WITHDRAWN)
    for alert in await refining.unfounded_alerts(connection, signal_ids):
        await deciding.close_alert(connection, alert.id, now)
        await append_transition(
            connection,
            alert.id,
            TransitionKind.FADED,
            AlertState.FADED,
            alert.severity.score,
            alert.severity.level,
            now,
            reason=WITHDRAWN,
        )


def _topics(labels: Sequence[Label]) -> tuple[Label, ...]:
    return tuple(one for one in labels if one.kind is LabelKind.TOPIC)
