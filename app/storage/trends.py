"""Counts of a subject per bucket of time, and when somebody listened."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, text
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Level
from app.records import Bucket, Marker, Sight, Subject, SubjectKind
from app.schema.alert import alert
from app.schema.base import TIME
from app.schema.label import label
from app.schema.signal import signal
from app.schema.source import source, source_status
from app.schema.watch import watch, watch_hit
from app.storage.seeing import is_seen
from app.storage.signals_search import moment_of
from classifiers.types import LabelKind
from signals.publishers import Print, voices_among
from signals.tips import KIND as KIND_OF_TIPS

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


def said_by(sight: Sight, subject: Subject, begin: datetime, until: datetime) -> Select[Any]:
    """The signals of a subject that count for a time between two moments; without columns to speak of."""
    query = _said_by(sight, subject, begin, until)
    if not subject.tone:
        return query
    toned = (label.c.kind == LabelKind.TONE) & (label.c.name == subject.tone) & label.c.superseded_at.is_(None)
    return query.where(exists().where(label.c.signal_id == signal.c.id, toned))


def _said_by(sight: Sight, subject: Subject, begin: datetime, until: datetime) -> Select[Any]:
    if subject.kind is SubjectKind.WATCH:
        return (
            select(watch_hit.c.counted_at.label("at"), watch_hit.c.is_counted.label("is_own"), signal.c.source_id)
            .join(signal, signal.c.id == watch_hit.c.signal_id)
            .where(watch_hit.c.watch_id == int(subject.name), is_seen(sight, signal.c.id))
            .where(watch_hit.c.counted_at >= begin, watch_hit.c.counted_at < until)
        )
    is_news = signal.c.copy_of.is_(None) & (signal.c.release == "")
    query = (
        select(moment_of.label("at"), is_news.label("is_own"), signal.c.source_id)
        .join(source, source.c.id == signal.c.source_id)
        .where(source.c.organisation_id == sight.organisation_id, is_seen(sight, signal.c.id))
        .where(moment_of >= begin, moment_of < until, signal.c.seen_at >= begin - SKEW)
    )
    if subject.kind is SubjectKind.SOURCE:
        return query.where(signal.c.source_id == int(subject.name))
    if subject.kind is SubjectKind.LANGUAGE:
        return query.where(signal.c.language == subject.name)
    if subject.kind is SubjectKind.TOPIC:
        named = (label.c.kind == LabelKind.TOPIC) & (label.c.name == subject.name) & label.c.superseded_at.is_(None)
        return query.where(exists().where(label.c.signal_id == signal.c.id, named))
    return query


async def count_buckets(
    connection: AsyncConnection,
    sight: Sight,
    subject: Subject,
    bucket: Bucket,
    begin: datetime,
    until: datetime,
    zone: str,
) -> dict[datetime, tuple[int, int]]:
    """Start of the bucket to independent signals and copies; empty buckets are missing."""
    said = said_by(sight, subject, begin, until).subquery("said")
    start = rounded(said.c.at, bucket, zone)
    rows = await connection.execute(
        select(
            start.label("start"),
            func.count().filter(said.c.is_own).label("signals"),
            func.count().filter(~said.c.is_own).label("copies"),
        ).group_by(text("1"))
    )
    return {row.start: (row.signals, row.copies) for row in rows}


async def list_voices(
    connection: AsyncConnection, sight: Sight, subject: Subject, begin: datetime, until: datetime
) -> frozenset[str]:
    """Whose words are behind the series; who counts is for `signals.publishers` to say."""
    said = said_by(sight, subject, begin, until).add_columns(signal.c.family, signal.c.wire).subquery("said")
    rows = await connection.execute(
        select(said.c.family, said.c.wire, source.c.name)
        .join(source, source.c.id == said.c.source_id)
        .where(said.c.is_own, source.c.kind != KIND_OF_TIPS)
        .group_by(said.c.family, said.c.wire, source.c.name)
    )
    return voices_among(Print(row.family, row.name, row.wire) for row in rows)


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


async def is_door(connection: AsyncConnection, source_id: int) -> bool:
    """Do tips come to it, so that there are no visits by which to tell whether we listened?"""
    return await connection.scalar(select(source.c.kind).where(source.c.id == source_id)) == KIND_OF_TIPS


async def find_label(connection: AsyncConnection, organisation_id: int, subject: Subject) -> str | None:
    """The name of the watch or source; None: there is none."""
    table = watch if subject.kind is SubjectKind.WATCH else source
    return await connection.scalar(
        select(table.c.name).where(table.c.id == int(subject.name), table.c.organisation_id == organisation_id)
    )


async def list_markers(
    connection: AsyncConnection, sight: Sight, subject: Subject, begin: datetime, until: datetime
) -> tuple[Marker, ...]:
    """Alerts raised in the range, in order: of the watch, on the topic, or all."""
    query = (
        select(alert.c.id, alert.c.raised_at, alert.c.title, alert.c.level)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(watch.c.organisation_id == sight.organisation_id, is_seen(sight, alert.c.story_id))
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
