"""What was heard in a time, as a replay plays it: stored signals with the labels that they have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Sight
from app.replaying.heard import Heard
from app.schema.item import item
from app.schema.organisation import organisation
from app.schema.signal import signal
from app.schema.source import source
from app.schema.watch import watch
from app.storage.comparing import select_signals, to_signal
from app.storage.labelling import load_labels
from app.storage.seeing import is_seen
from classifiers.types import Label
from classifiers.watches import WatchTerms
from signals.oddities import Timing
from signals.types import Release

BATCH = 2_000


def _within(query: Select[Any], sight: Sight, since: datetime, until: datetime) -> Select[Any]:
    """Without what its author took back, and without restricted tips that are hidden from whoever asks (SE-27)."""
    return query.where(
        source.c.organisation_id == sight.organisation_id,
        signal.c.seen_at >= since,
        signal.c.seen_at < until,
        item.c.content_hash != "",
        is_seen(sight, signal.c.id),
    )


async def count_heard(connection: AsyncConnection, sight: Sight, since: datetime, until: datetime) -> int:
    joined = signal.join(source, source.c.id == signal.c.source_id).join(item, item.c.id == signal.c.id)
    return await connection.scalar(_within(select(func.count()).select_from(joined), sight, since, until)) or 0


class History:
    """What was heard, read a batch at a time in the order in which it was seen; numbered from 1, named by its own
    numbers. A long past takes no more memory than a short one, but for the names of items."""

    def __init__(self, sight: Sight, since: datetime, until: datetime) -> None:
        self._sight, self._since, self._until = sight, since, until
        self._after: tuple[datetime, int] | None = None
        self._numbers: dict[tuple[int, str], int] = {}  # of the latest version of each item
        self._count = 0

    async def next(self, connection: AsyncConnection) -> list[Heard]:
        """The next batch; none: that was all."""
        query = _within(select_signals().join(item, item.c.id == signal.c.id), self._sight, self._since, self._until)
        query = query.add_columns(item.c.guid, item.c.version, item.c.is_backlog, item.c.timing)
        if self._after is not None:
            query = query.where(tuple_(signal.c.seen_at, signal.c.id) > tuple_(*map(literal, self._after)))
        rows = (await connection.execute(query.order_by(signal.c.seen_at, signal.c.id).limit(BATCH))).all()
        if rows:
            self._after = rows[-1].seen_at, rows[-1].id
        labels = await load_labels(connection, [row.id for row in rows])
        return [self._to_heard(row, labels.get(row.id, ())) for row in rows]

    def _to_heard(self, row: Row[Any], labels: Sequence[Label]) -> Heard:
        self._count += 1
        given, name = to_signal(row), (row.source_id, row.guid)
        before, self._numbers[name] = self._numbers.get(name), self._count
        return Heard(
            signal=replace(
                given,
                id=self._count,
                copy_of=None,
                copy_kind=None,
                release=given.release if given.release is Release.OURS else None,
            ),
            name=str(row.id),
            edit_of=before,
            labels=tuple(replace(one, signal_id=self._count) for one in labels),
            is_backlog=row.is_backlog,
            is_late=row.timing == Timing.LATE,
        )


async def load_terms(connection: AsyncConnection, organisation_id: int) -> tuple[WatchTerms, ...]:
    """Its watches, those that rest too: another may have them inside."""
    columns = (watch.c.id, watch.c.name, watch.c.query, watch.c.languages)
    mine = (watch.c.organisation_id == organisation_id, ~watch.c.is_own)
    rows = await connection.execute(select(*columns).where(*mine).order_by(watch.c.id))
    return tuple(WatchTerms(row.id, row.name, row.query, tuple(row.languages)) for row in rows)


async def sources_since(connection: AsyncConnection, organisation_id: int, begin: datetime) -> dict[int, datetime]:
    """When sources were added, of those that were added later than `begin`: what they first bring is no news."""
    columns = (source.c.id, source.c.created_at)
    later = (source.c.organisation_id == organisation_id, source.c.created_at > begin)
    return {row.id: row.created_at for row in await connection.execute(select(*columns).where(*later))}


async def false_alarms_of_one(connection: AsyncConnection, organisation_id: int) -> int | None:
    """One watch's part of the false alarms that the organisation has said it bears; None: it has not said."""
    borne = await connection.scalar(
        select(organisation.c.false_alarms_a_month).where(organisation.c.id == organisation_id)
    )
    mine = (watch.c.organisation_id == organisation_id, watch.c.is_active, ~watch.c.is_own)
    watches = await connection.scalar(select(func.count()).select_from(watch).where(*mine))
    return None if borne is None else ceil(borne / max(watches or 0, 1))
