"""Scorecards: how well Forkant and those who answer its alerts have done, by watch, team and organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from app.alerts.types import AlertState, DismissReason


class Span(StrEnum):
    """How much time a scorecard looks at. Weeks begin on Monday; all but `custom` are those of the calendar."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days where the organisation lives, as moments: from `begin` up to `until`."""

    first: date
    last: date
    begin: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class WatchFacts:
    id: int
    name: str
    owner: str  # role or person; empty: nobody's
    alerts_per_day: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class StoryCourse:
    """How a story went: signals by the hour in which we heard them, and when a tier-1 medium first told it."""

    hours: tuple[tuple[datetime, int], ...]
    last_seen_at: datetime
    tier1_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """An alert with what people did: the first thing of all, and when it was first handled."""

    id: int
    watch_id: int
    story_id: int | None
    state: AlertState
    dismiss_reason: DismissReason | None
    raised_at: datetime
    acknowledged_at: datetime | None
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """Findings of a watch that woke nobody, for one reason."""

    watch_id: int
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class HeardFacts:
    """Of a source: what it usually says in a time, and how much of that fell into hours in which it was heard."""

    source_id: int
    expected: float
    heard: float
    hours: int
    heard_hours: int


@dataclass(frozen=True, slots=True)
class Records:
    """All that the figures of one period are made of."""

    alerts: tuple[AlertFacts, ...]
    courses: Mapping[int, StoryCourse]  # by story
    held: tuple[HeldFacts, ...]
    heard: tuple[HeardFacts, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. `share`, with its 95 % interval after Wilson, is None where there are too few to say."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, over `count` alerts; the figures are None where there are too few to say."""

    count: int
    median: timedelta | None
    ninth: timedelta | None  # nine in ten were at least so quick; of leads: one in ten was longer
    ahead: int  # how many were above nothing: of leads, in how many Forkant came first


@dataclass(frozen=True, slots=True)
class Load:
    """How much people were asked to read."""

    a_day: float
    limit: int  # alerts a day that were wished for
    busiest: int
    days_above: int  # days with more than the limit
    by_day: tuple[int, ...]  # the days of the period that have begun, in order


@dataclass(frozen=True, slots=True)
class Figures:
    """What a scorecard says of a time."""

    alerts: int
    precision: Share
    to_peak: Times
    to_tier1: Times
    to_acknowledge: Times
    to_handle: Times
    untaken: int  # that nobody has touched
    dismissed: Mapping[str, int]  # reason to number
    load: Load
    held: Mapping[str, int]  # reason to number of findings
    coverage: float | None  # None: no hour of it is in the ledger


class CardKind(StrEnum):
    ORGANISATION = "organisation"
    TEAM = "team"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Card:
    """One line of a scorecard: now, and in the period before."""

    kind: CardKind
    id: int | None  # of the watch
    name: str  # of the organisation, the role that answers (empty: nobody), or the watch
    now: Figures
    before: Figures


@dataclass(frozen=True, slots=True)
class Scorecard:
    span: Span
    period: Period
    before: Period
    time_zone: str
    organisation: Card
    teams: tuple[Card, ...]
    watches: tuple[Card, ...]

    @property
    def cards(self) -> tuple[Card, ...]:
        return (self.organisation, *self.teams, *self.watches)


@dataclass(frozen=True, slots=True)
class FalseAlarmBudget:
    """How many alarms of numbers alone an organisation bears in 30 days."""

    chosen: int | None  # None: one for each active watch
    a_month: int
    spent: int
    bar: int  # severity that such a finding must reach at present
