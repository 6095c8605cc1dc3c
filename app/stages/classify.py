"""Classify: labels for signals, and which watches they hit."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier, Transactions
from app.storage import comparing, labelling
from classifiers.types import Label
from classifiers.watches import WatchBook, WatchTerms
from signals.types import Signal

log = structlog.get_logger()

Labeller = Callable[[Sequence[Signal]], Awaitable[list[tuple[Label, ...]]]]


class Chooser(Protocol):
    """Knows which model labels which signals: see app.live_models."""

    async def label(self, connection: AsyncConnection, signals: Sequence[Signal]) -> list[tuple[Label, ...]]: ...


class ClassifyStage:
    """`chooser`: where organisations may have models of their own; without it all signals go to `labeller`."""

    def __init__(self, database: Transactions, labeller: Labeller, chooser: Chooser | None = None) -> None:
        self._labeller = labeller
        self._chooser = chooser
        self._carrier = Carrier(database, "classify", then="group")
        self._terms: tuple[WatchTerms, ...] = ()
        self._book = WatchBook(())

    async def run(self, now: datetime) -> Tally:
        return await self._carrier.carry(self._work, now)

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> int:
        signals = await comparing.load_signals(connection, ids)
        labels = await (self._chooser.label(connection, signals) if self._chooser else self._labeller(signals))
        await labelling.insert_labels(connection, [one for found in labels for one in found], now)
        book = await self._present_book(connection)
        hits = [
            (watch_id, signal)
            for signal, found in zip(signals, labels, strict=True)
            for watch_id in book.match(signal, found)
        ]
        arrivals = await labelling.load_arrivals(connection, ids)
        await labelling.insert_hits(connection, hits, arrivals)
        return sum(bool(found) for found in labels)

    async def _present_book(self, connection: AsyncConnection) -> WatchBook:
        await labelling.read_watches_until_done(connection)
        terms = await labelling.load_watch_terms(connection)
        if terms != self._terms:
            self._terms = terms
            self._book.update(terms)
            for name, error in self._book.broken:
                log.warning("watch rests, its query cannot be read", watch=name, error=error)
        return self._book
