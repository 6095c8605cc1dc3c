"""What the briefing and its neighbours show: frozen values put together from alerts, series and what was held back."""

from dataclasses import dataclass
from datetime import datetime

from app.alerts.types import HoldReason
from app.records import AlertRow, Coverage
from classifiers.types import EmergenceKind


@dataclass(frozen=True, slots=True)
class Organisation:
    """Whose pages these are, and the hours they live by."""

    id: int
    name: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class BriefingLine:
    """An alert on the briefing, with how much its watch hears of its topic."""

    alert: AlertRow
    topic: str  # the strongest; empty: none
    first_seen_at: datetime
    taken_by: str  # who acknowledged it; empty: nobody yet
    days: tuple[int, ...]  # independent signals of each of the last 14 days, the last 24 hours last
    usual: float  # median day of the four weeks before the last 24 hours

    @property
    def today(self) -> int:
        return self.days[-1]

    @property
    def yesterday(self) -> int:
        return self.days[-2]


@dataclass(frozen=True, slots=True)
class Briefing:
    """One screen: what is new, what rises, what settles, what may be won, and whether we can hear at all."""

    at: datetime
    coverage: Coverage
    new: tuple[BriefingLine, ...]
    rising: tuple[BriefingLine, ...]
    settling: tuple[BriefingLine, ...]
    opportunities: tuple[BriefingLine, ...]
    living: int  # alerts that wait or are being worked on
    held: int  # emergences of the last 24 hours that the budgets of watches held back
    held_as_false: int  # and that the organisation's budget of false alarms did


@dataclass(frozen=True, slots=True)
class Held:
    """An emergence that woke nobody, and why."""

    id: int
    watch_id: int
    watch_name: str
    story_id: int | None
    story_title: str
    title: str  # that an alert of it would have
    kind: EmergenceKind
    at: datetime
    because: str
    topics: tuple[str, ...]
    severity: int | None
    hold: HoldReason | None
    decided: str
    told_by: int | None  # the alert of another watch that tells the same


@dataclass(frozen=True, slots=True)
class SourceDays:
    """New items of a source on each of the last seven days, the last 24 hours last; None: nobody listened."""

    source_id: int
    days: tuple[int | None, ...]
