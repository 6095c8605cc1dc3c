"""Counts over time."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.alerts.types import Level

PARTLY = 0.8  # share heard below which a number is marked


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
    tone: str = ""  # only signals of this tone; empty: all


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
    heard: float  # share of what is usually said in it that we heard, 0 to 1
    is_partial: bool  # still open
    band: Band | None

    @property
    def is_partly_heard(self) -> bool:
        """There is a number, but part of what is usually said was not heard: it may be too low."""
        return self.signals is not None and self.heard < PARTLY and not self.is_partial


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
    sources: int  # independent publishers that said them
    coverage: float  # share of what is usually said in the range, up to now, that we heard
