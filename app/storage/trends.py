"""Counts of a subject per bucket of time, and when somebody listened."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Level
from app.records import Bucket, Marker, Subject, SubjectKind
from app.schema.alert import alert
from app.schema.base import TIME
from app.schema.label import label
from app.schema.signal import signal
from app.schema.source import source, source_status
from app.schema.watch import watch, watch_hit
from app.storage.signals_search import moment_of
from classifiers.types import LabelKind

QUARTER = timedelta(minutes=15)
SKEW = timedelta(hours=25)  # a claimed time is believed when it lies up to a day ahead

# A quarter of an hour was listened to when a visit that went well came in it or soon enough after. Of the
# youngest quarters that visit may still be to come: the last one before now speaks for them.
UNHEARD = text("""
    select quarter
    from generate_series(cast(:begin as timestamptz), cast(:until as timestamptz), interval '15 minutes') as quarter
    where quarter < :until and not exists (
        select 1 from poll
        where poll.at >= least(quarter, cast(:now as timestamptz) - cast(:patience as interval))
          and poll.at < quarter + interval '15 minutes' + cast(:patience as interval)
          and poll.outcome <> 'failed'
          and (cast(:source as bigint) is null or poll.source_id = cast(:source as bigint)))
""")


def rounded(at: ColumnElement[datetime], bucket: Bucket, zone: str) -> ColumnElement[datetime]:
    if bucket is Bucket.QUARTER:
        return func.date_bin(literal(QUARTER, INTERVAL), at, literal(datetime(2000, 1, 1, tzinfo=UTC), TIME))
    return func.date_trunc(bucket.value, at, zone)


def said_by(organisation_id: int, subject: Subject, begin: datetime, until: datetime) -> Select[Any]:
    """The signals of a subject that count for a time between two moments; without columns to speak of."""
    if subject.kind is SubjectKind.WATCH:
        return (
            select(watch_hit.c.counted_at.label("at"), watch_hit.c.is_counted.label("is_own"), signal.c.source_id)
            .join(signal, signal.c.id == watch_hit.c.signal_id)
            .where(watch_hit.c.watch_id == int(subject.name))
            .where(watch_hit.c.counted_at >= begin, watch_hit.c.counted_at < until)
        )
    query = (
        select(moment_of.label("at"), signal.c.copy_of.is_(None).label("is_own"), signal.c.source_id)
        .join(source, source.c.id == signal.c.source_id)
        .where(source.c.organisation_id == organisation_id)
        .where(moment_of >= begin, moment_of < until, signal.c.seen_at >= begin - SKEW)
    )
    if subject.kind is SubjectKind.SOURCE:
        return query.where(signal.c.source_id == int(subject.name))
    if subject.kind is SubjectKind.LANGUAGE:
        return query.where(signal.c.language == subject.name)
    if subject.kind is SubjectKind.TOPIC:
        named = (label.c.kind == LabelKind.TOPIC) & (label.c.name == subject.name)
        return query.where(exists().where(label.c.signal_id == signal.c.id, named))
    return query


async def count_buckets(
    connection: AsyncConnection,
    organisation_id: int,
    subject: Subject,
    bucket: Bucket,
    begin: datetime,
    until: datetime,
    zone: str,
) -> dict[datetime, tuple[int, int]]:
    """Start of the bucket to independent signals and copies; empty buckets are missing."""
    said = said_by(organisation_id, subject, begin, until).subquery("said")
    start = rounded(said.c.at, bucket, zone)
    rows = await connection.execute(
        select(
            start.label("start"),
            func.count().filter(said.c.is_own).label("signals"),
            func.count().filter(~said.c.is_own).label("copies"),
        ).group_by(text("1"))
    )
    return {row.start: (row.signals, row.copies) for row in rows}


async def count_sources(
    connection: AsyncConnection, organisation_id: int, subject: Subject, begin: datetime, until: datetime
) -> int:
    said = said_by(organisation_id, subject, begin, until).subquery("said")
    return await connection.scalar(select(func.count(said.c.source_id.distinct())).where(said.c.is_own)) or 0


async def unheard_quarters(
    connection: AsyncConnection,
    begin: datetime,
    until: datetime,
    now: datetime,
    patience: timedelta,
    source_id: int | None,
) -> frozenset[datetime]:
    """Quarters of an hour in which nobody listened (to this source)."""
    rows = await connection.scalars(
        UNHEARD, {"begin": begin, "until": until, "now": now, "patience": patience, "source": source_id}
    )
    return frozenset(rows)


async def find_patience(connection: AsyncConnection, source_id: int) -> timedelta:
    """How long a source may keep us waiting: half as long again as its present interval."""
    every = await connection.scalar(select(source_status.c.every).where(source_status.c.source_id == source_id))
    return max(QUARTER, (every or QUARTER) * 1.5)


async def find_label(connection: AsyncConnection, organisation_id: int, subject: Subject) -> str | None:
    """The name of the watch or source; None: there is none."""
    table = watch if subject.kind is SubjectKind.WATCH else source
    return await connection.scalar(
        select(table.c.name).where(table.c.id == int(subject.name), table.c.organisation_id == organisation_id)
    )


async def list_markers(
    connection: AsyncConnection, organisation_id: int, subject: Subject, begin: datetime, until: datetime
) -> tuple[Marker, ...]:
    """Alerts raised in the range, in order: of the watch, on the topic, or all."""
    query = (
        select(alert.c.id, alert.c.raised_at, alert.c.title, alert.c.level)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(watch.c.organisation_id == organisation_id)
        .where(alert.c.raised_at >= begin, alert.c.raised_at < until)
        .order_by(alert.c.raised_at, alert.c.id)
        .limit(200)
    )
    if subject.kind is SubjectKind.WATCH:
        query = query.where(alert.c.watch_id == int(subject.name))
    elif subject.kind is SubjectKind.TOPIC:
        query = query.where(literal(subject.name) == func.any(alert.c.topics))
    elif subject.kind is not SubjectKind.EVERYTHING:
        return ()
    return tuple(map(to_marker, await connection.execute(query)))


def to_marker(row: Any) -> Marker:
    return Marker(row.id, row.raised_at, row.title, Level(row.level))
