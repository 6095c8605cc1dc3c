"""Trends: counts of a subject over time, with what is usual, and gaps where nobody listened."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, NotFound
from app.records import Bucket, Caller, Subject, SubjectKind, Trend, TrendPoint
from app.records.coverage import HourRow, LedgerFilter
from app.services.buckets import BACK, WEEK, edges, floor, heard_share, to_band
from app.services.checks import check_id, check_zone
from app.services.topics import Topics
from app.storage import coverage as hearing
from app.storage import trends as store
from app.storage.database import Database
from app.storage.watches import time_zone_of
from classifiers.watches.audience import Audience, audience_of

MOST_BUCKETS: Final = 2000
ENOUGH: Final = 0.5  # share of a bucket that must be listened to before silence is called zero
LONGEST: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when a series goes, `history` before it for what is usual."""

    bucket: Bucket
    time_zone: str
    history: datetime
    begin: datetime
    until: datetime
    now: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What a series is drawn from."""

    counts: Mapping[datetime, tuple[int, int]]  # signals and copies, by bucket
    unheard: frozenset[datetime]  # quarters in which nobody listened
    ledger: Mapping[datetime, HourRow]


class Trends:
    """Series for charts: watch, topic, source, language or everything."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self.database = database
        self.topics = topics

    async def get(
        self,
        caller: Caller,
        subject: Subject,
        bucket: Bucket,
        start: datetime,
        end: datetime,
        now: datetime,
        *,
        time_zone: str = "",
        with_band: bool = True,
        language: str = "en",
    ) -> Trend:
        """The series from `start` up to `end`, both moved outwards to whole buckets in `time_zone`
        (empty: the organisation's); at most 2,000 buckets. The open bucket is marked partial; what
        comes after `now` is left out. NotFound when there is no such watch or source."""
        subject = check_subject(subject)
        async with self.database.transaction() as connection:
            zone_name = time_zone or await time_zone_of(connection, caller.organisation_id)
            zone = ZoneInfo(check_zone(zone_name, "time_zone"))
            marks = check_range(start, end, now, bucket, zone)
            label = await self._label(connection, caller, subject, language)
            history = floor(marks[0] - BACK * WEEK, bucket, zone) if with_band else marks[0]
            span = Span(bucket, zone_name, history, marks[0], marks[-1], now)
            heard = await self._hear(connection, caller, subject, span)
            sources = len(await store.list_voices(connection, caller.sight, subject, span.begin, span.until))
            markers = await store.list_markers(connection, caller.sight, subject, span.begin, span.until)
        shown = draw(span, heard, with_band)
        return Trend(
            subject=subject,
            label=label,
            bucket=bucket,
            time_zone=zone_name,
            start=span.begin,
            end=span.until,
            points=shown,
            markers=markers,
            total=sum(point.signals or 0 for point in shown),
            sources=sources,
            coverage=heard_share(span.begin, span.until, now, heard.unheard, heard.ledger),
        )

    async def _hear(self, connection: AsyncConnection, caller: Caller, subject: Subject, span: Span) -> Heard:
        source_id = int(subject.name) if subject.kind is SubjectKind.SOURCE else None
        patience = await store.find_patience(connection, source_id) if source_id else store.QUARTER
        until = min(span.until, span.now)
        unheard: frozenset[datetime] = frozenset()
        if source_id is None or not await store.is_door(connection, source_id):  # a door is always open, never visited
            unheard = await store.unheard_quarters(connection, span.history, until, span.now, patience, source_id)
        return Heard(
            counts=await store.count_buckets(
                connection, caller.sight, subject, span.bucket, span.history, span.until, span.time_zone
            ),
            unheard=unheard,
            ledger=await self._ledger(connection, caller, subject, span.begin, until),
        )

    async def _ledger(
        self, connection: AsyncConnection, caller: Caller, subject: Subject, begin: datetime, until: datetime
    ) -> Mapping[datetime, HourRow]:
        """What was heard of those who can speak of the subject, by hour."""
        source_ids: tuple[int, ...] | None = None
        if subject.kind is SubjectKind.SOURCE:
            source_ids = (int(subject.name),)
        elif subject.kind in (SubjectKind.WATCH, SubjectKind.LANGUAGE):
            audience: Audience | None = audience_of("", (subject.name,))
            if subject.kind is SubjectKind.WATCH:
                audience = await hearing.find_audience(connection, caller.organisation_id, int(subject.name))
            if audience:
                source_ids = await hearing.audience_ids(connection, caller.organisation_id, audience)
        which = LedgerFilter(source_ids=source_ids)
        rows = await hearing.heard_hours(connection, caller.organisation_id, begin, until, which)
        return {row.hour: row for row in rows}

    async def _label(self, connection: AsyncConnection, caller: Caller, subject: Subject, language: str) -> str:
        if subject.kind in (SubjectKind.WATCH, SubjectKind.SOURCE):
            label = await store.find_label(connection, caller.organisation_id, subject)
            if label is None:
                raise NotFound(f"There is no {subject.kind} {subject.name}")
            return label
        if subject.kind is SubjectKind.TOPIC:
            return self.topics.label(subject.name, language)
        return subject.name


def check_subject(subject: Subject) -> Subject:
    """A subject that can be asked for: watches and sources go by number."""
    if subject.kind is SubjectKind.EVERYTHING:
        return Subject(tone=subject.tone)
    if not subject.name:
        raise Invalid(f"Say which {subject.kind}", "subject")
    if subject.kind in (SubjectKind.WATCH, SubjectKind.SOURCE):
        return Subject(subject.kind, str(check_id(subject.name, "subject")), subject.tone)
    return subject


def check_range(start: datetime, end: datetime, now: datetime, bucket: Bucket, zone: ZoneInfo) -> list[datetime]:
    end = min(end, now)
    if start >= end:
        raise Invalid("The range must begin before it ends, and before now", "from")
    if end - start > LONGEST:
        raise Invalid(f"The range is longer than {LONGEST.days} days", "from")
    width = {Bucket.QUARTER: timedelta(minutes=15), Bucket.HOUR: timedelta(hours=1), Bucket.DAY: timedelta(days=1)}
    if (end - start) / width[bucket] > MOST_BUCKETS:
        raise Invalid(f"That makes more than {MOST_BUCKETS} buckets: ask for wider ones", "bucket")
    return edges(start, end, bucket, zone)


def draw(span: Span, heard: Heard, with_band: bool) -> tuple[TrendPoint, ...]:
    zone = ZoneInfo(span.time_zone)
    marks = edges(span.history, span.until, span.bucket, zone)
    points = to_points(marks, heard.counts, heard.unheard, span.now, heard.ledger)
    shown = tuple(point for point in points if point.start >= span.begin)
    if not with_band:
        return shown
    known = {point.start: point.signals for point in points if point.signals is not None}
    return tuple(replace(point, band=to_band(point.start, span.bucket, zone, known)) for point in shown)


def to_points(
    marks: list[datetime],
    counts: Mapping[datetime, tuple[int, int]],
    unheard: frozenset[datetime],
    now: datetime,
    ledger: Mapping[datetime, HourRow] = MappingProxyType({}),
) -> list[TrendPoint]:
    """One point per bucket. Where nobody listened to most of it there is no number, unless signals of it came."""
    points = []
    for start, end in pairwise(marks):
        heard = heard_share(start, end, now, unheard, ledger)
        signals, copies = counts.get(start, (0, 0))
        is_gap = heard < ENOUGH and not signals and not copies
        points.append(
            TrendPoint(start, end, None if is_gap else signals, None if is_gap else copies, heard, now < end, None)
        )
    return points
