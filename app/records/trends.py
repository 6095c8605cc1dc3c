"""Counts over time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.alerts.types import Level


class Bucket(StrEnum):
    QUARTER = "15min"
    HOUR = "hour"
    DAY = "day"


class SubjectKind(StrEnum):
    """What a trend is about."""

    EVERYTHING = "everything"
    WATCH = "watch"
    TOPIC = "topic"
    SOURCE = "source"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Subject:
    """`name`: a watch's or source's number, a topic id, a language; empty for everything."""

    kind: SubjectKind = SubjectKind.EVERYTHING
    name: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """What is usual at this hour of this weekday."""

    median: float
    low: float  # 10 % were lower
    high: float  # 10 % were higher


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One bucket. `signals` is None where nobody listened to at least half of it: a gap, never a zero."""

    start: datetime
    end: datetime
    signals: int | None  # independent ones
    copies: int | None
    heard: float  # share of its time in which we listened, 0 to 1
    is_partial: bool  # still open
    band: Band | None


@dataclass(frozen=True, slots=True)
class Marker:
    """An alert on the time axis."""

    alert_id: int
    at: datetime
    title: str
    level: Level


@dataclass(frozen=True, slots=True)
class Trend:
    subject: Subject
    label: str
    bucket: Bucket
    time_zone: str
    start: datetime
    end: datetime
    points: tuple[TrendPoint, ...]
    markers: tuple[Marker, ...]
    total: int  # independent signals in the range
    sources: int  # that said them
    coverage: float  # share of the range's time, up to now, in which we listened
