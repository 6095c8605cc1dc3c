"""Labels, and which watches a signal hit."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item
from app.schema.label import label
from app.schema.watch import watch
from classifiers.types import Because, Label, LabelKind
from classifiers.watches import WatchTerms
from signals.oddities import Timing
from signals.types import Sensitivity, Signal

LATE = timedelta(hours=2)  # a feed polled now and then brings yesterday's items too: those count for their own time


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Signals whose coming says little of when they were said."""

    uncounted: frozenset[int] = frozenset()  # with no date to believe, by a first or a late visit: no news in numbers
    late: frozenset[int] = frozenset()  # found by a late visit: each counts for its own time


INSERT_LABELS = text("""
    insert into label (signal_id, kind, name, by, score, because, made_at)
    select new.signal_id, new.kind, new.name, new.by, new.score, new.because, cast(:now as timestamptz)
    from json_to_recordset(cast(:rows as json)) as new (
        signal_id bigint, kind text, name text, by text, score float, because jsonb)
    on conflict (signal_id, kind, name, by) do nothing
""")


async def insert_labels(connection: AsyncConnection, labels: Iterable[Label], now: datetime) -> int:
    rows = [
        {
            "signal_id": one.signal_id,
            "kind": one.kind.value,
            "name": one.name,
            "by": one.by,
            "score": one.score,
            "because": [asdict(because) for because in one.because],
        }
        for one in labels
    ]
    if rows:
        await connection.execute(INSERT_LABELS, {"rows": json.dumps(rows), "now": now})
    return len(rows)


async def load_labels(connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, tuple[Label, ...]]:
    """The latest judgement of each kind and name, strongest first."""
    rows = await connection.execute(
        select(label)
        .ext(distinct_on(label.c.signal_id, label.c.kind, label.c.name))
        .where(label.c.signal_id.in_(list(signal_ids)), label.c.superseded_at.is_(None))
        .order_by(label.c.signal_id, label.c.kind, label.c.name, label.c.made_at.desc())
    )
    found: dict[int, list[Label]] = {}
    for row in rows:
        because = tuple(Because(**one) for one in row.because)
        one = Label(row.signal_id, LabelKind(row.kind), row.name, row.score, because, row.by)
        found.setdefault(row.signal_id, []).append(one)
    return {key: tuple(sorted(labels, key=lambda one: -one.score)) for key, labels in found.items()}


async def read_watches_until_done(connection: AsyncConnection) -> None:
    """Until the transaction ends no new watch is matched with the past: it would miss what is being classified."""
    await connection.execute(text("select pg_advisory_xact_lock_shared(hashtext('forkant.watches'))"))


async def wait_for_readers(connection: AsyncConnection) -> None:
    """Wait until no batch is classified with the watches of before; those that follow wait for us."""
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('forkant.watches'))"))


async def load_watch_terms(connection: AsyncConnection) -> tuple[WatchTerms, ...]:
    """All watches that signals may match, those that rest too: another may have them inside."""
    columns = (watch.c.id, watch.c.name, watch.c.query, watch.c.languages, watch.c.is_active)
    rows = await connection.execute(select(*columns).where(~watch.c.is_own).order_by(watch.c.id))
    return tuple(WatchTerms(row.id, row.name, row.query, tuple(row.languages), row.is_active) for row in rows)


INSERT_HITS = text("""
    insert into watch_hit (watch_id, signal_id, counted_at, is_counted, detected_at)
    select * from json_to_recordset(cast(:rows as json)) as new (
        watch_id bigint, signal_id bigint, counted_at timestamptz, is_counted boolean, detected_at timestamptz)
    on conflict (watch_id, signal_id) do nothing
""")


async def insert_hits(
    connection: AsyncConnection,
    hits: Sequence[tuple[int, Signal]],
    arrivals: Arrivals,
    past: datetime | None = None,
) -> None:
    """Write which watch each signal hit. A late item counts for when it was said, not for when we saw it.

    What was seen before `past` is history: no detector will look at it again.
    """
    rows = [
        {
            "watch_id": watch_id,
            "signal_id": signal.id,
            "counted_at": counted_at(signal, is_late=signal.id in arrivals.late).isoformat(),
            "is_counted": is_counted(signal) and signal.id not in arrivals.uncounted,
            "detected_at": signal.seen_at.isoformat() if past and signal.seen_at < past else None,
        }
        for watch_id, signal in hits
    ]
    if rows:
        await connection.execute(INSERT_HITS, {"rows": json.dumps(rows)})


def is_counted(signal: Signal) -> bool:
    """Copies say nothing new, nor do releases of our own. A series that counted restricted tips would tell of them."""
    return signal.copy_of is None and signal.release is None and signal.sensitivity is not Sensitivity.RESTRICTED


def counted_at(signal: Signal, *, is_late: bool) -> datetime:
    """`is_late`: found by a late visit."""
    return signal.at if is_late or signal.seen_at - signal.at > LATE else signal.seen_at


async def load_arrivals(connection: AsyncConnection, ids: Sequence[int]) -> Arrivals:
    """Those that came in another way than in time."""
    undated = item.c.said_at.is_(None) | (item.c.timing == Timing.REDATED)
    is_late = item.c.timing == Timing.LATE
    rows = await connection.execute(
        select(item.c.id, is_late.label("is_late"), undated.label("is_undated")).where(
            item.c.id.in_(ids), is_late | (undated & item.c.is_backlog)
        )
    )
    found = rows.all()
    return Arrivals(
        uncounted=frozenset(row.id for row in found if row.is_undated),
        late=frozenset(row.id for row in found if row.is_late),
    )
