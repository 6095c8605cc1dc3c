"""What people are shown of alerts, signals, sources and the rest: values that storage reads and services give."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.alerts.types import AlertState, DismissReason, Factor, Level, Sensitivity, Transition
from classifiers.types import EmergenceKind, Label
from signals.types import CopyKind, Source, Stakeholder

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the opaque place to go on from; None: these were the last."""

    rows: tuple[Row, ...]
    next: str | None = None


class Scope(StrEnum):
    """What a caller may do; each includes those before it."""

    READ = "read:alerts"
    TRIAGE = "write:triage"
    ADMIN = "admin"


class Role(StrEnum):
    READER = "reader"
    TRIAGE = "triage"
    ADMIN = "admin"

    @property
    def scopes(self) -> frozenset[Scope]:
        return frozenset(list(Scope)[: list(Role).index(self) + 1])


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a person in a browser, or a program with a key."""

    organisation_id: int
    name: str  # written as the actor of what they change
    scopes: frozenset[Scope]
    person_id: int | None = None
    key_id: str = ""
    form_token: str = ""  # must come back with every change made by cookie

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    role: Role
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes into the cookie and is stored nowhere."""

    token: str
    caller: Caller
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at its making: `secret` is the whole `fk_…`, shown once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert as lists show it. `position` is its version and its place in commit order."""

    id: int
    watch_id: int
    watch_name: str
    story_id: int | None
    state: AlertState
    title: str
    severity: int
    level: Level
    factors: tuple[Factor, ...]
    topics: tuple[str, ...]
    because: str
    owner: str
    signal_count: int
    publisher_count: int
    raised_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None
    closed_at: datetime | None
    dismiss_reason: DismissReason | None
    position: int


@dataclass(frozen=True, slots=True)
class AlertChange:
    """One transition, with its alert as it is now."""

    transition: Transition
    alert: AlertRow


@dataclass(frozen=True, slots=True)
class AlertPage:
    """Current alerts, newest first; `position` is where to follow changes from, read in the same snapshot."""

    rows: tuple[AlertRow, ...]
    next: str | None
    position: int


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes in commit order; `position` is where to go on. `more`: there are more already."""

    rows: tuple[AlertChange, ...]
    position: int
    more: bool
    latest: int  # the newest change of all, whoever may see it


@dataclass(frozen=True, slots=True)
class EmergenceRow:
    """Why an alert was raised or grew (UX-04): numbers that recompute from the stored signals it names."""

    id: int
    kind: EmergenceKind
    at: datetime
    observed: float
    expected: float
    window: timedelta
    tail: float
    strength: float
    signal_ids: tuple[int, ...]
    topics: tuple[str, ...]
    terms: tuple[str, ...]
    because: str
    by: str
    coverage: float
    facts: Mapping[str, Any]
    severity: int | None
    verdict: str
    hold: str
    decided: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    id: int
    transition_id: int
    receiver_id: int
    receiver_name: str
    receiver_kind: str
    state: str  # queued, sent, dead or dropped
    attempts: int
    next_try_at: datetime
    last_error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal as lists show it; `topics` are the names of its topic labels, strongest first."""

    id: int
    source_id: int
    source_name: str
    title: str
    text: str
    language: str
    url: str
    said_at: datetime | None
    seen_at: datetime
    stakeholder: Stakeholder
    tier: int
    family: str
    copy_of: int | None
    copy_kind: CopyKind | None
    story_id: int | None
    topics: tuple[str, ...]

    @property
    def at(self) -> datetime:
        return self.said_at or self.seen_at

    @property
    def passage(self) -> str:
        """What the spans of `because` point into, as in `signals.types.Signal`."""
        return f"{self.title}\n{self.text}" if self.text else self.title


@dataclass(frozen=True, slots=True)
class Named:
    """Something referred to by name."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class SignalFull:
    signal: SignalRow
    labels: tuple[Label, ...]
    watches: tuple[Named, ...]  # that it matched
    copies: tuple[SignalRow, ...]  # that repeat it


@dataclass(frozen=True, slots=True)
class StoryRow:
    id: int
    title: str
    language: str
    first_seen_at: datetime
    last_seen_at: datetime
    signals: int
    independent: int
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    best_tier: int
    novelty: float
    merged_into: int | None


@dataclass(frozen=True, slots=True)
class StoryFull:
    story: StoryRow
    members: tuple[SignalRow, ...]  # in the order they were said
    alert_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AlertFull:
    """An alert with its why: emergences newest first, the signals that moved it, what happened, who was told."""

    alert: AlertRow
    emergences: tuple[EmergenceRow, ...]
    signals: tuple[SignalRow, ...]
    transitions: tuple[Transition, ...]
    deliveries: tuple[DeliveryRow, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with how it goes (UX-11)."""

    source: Source
    is_active: bool
    created_at: datetime
    health: str  # new, heard, silent, late, failing, blocked, retired
    every: timedelta
    failures: int
    last_error: str  # in plain words; empty: the last poll went well
    last_error_kind: str
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None  # None: no status yet
    signals_day: int  # seen in the last 24 hours


@dataclass(frozen=True, slots=True)
class PollRow:
    """One visit to a source, and its account."""

    id: int
    at: datetime
    outcome: str
    took_ms: int
    size: int
    entries: int
    stored: int
    edited: int
    known: int
    dropped: Mapping[str, int]
    error: str


@dataclass(frozen=True, slots=True)
class WatchRow:
    id: int
    name: str
    query: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    owner: str
    sensitivity: Sensitivity
    priority: int
    alerts_per_day: int
    time_zone: str
    is_active: bool
    version: int
    created_at: datetime
    changed_at: datetime
    living_alerts: int
    hits_day: int  # independent signals of the last 24 hours
    hits_week: int


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A receiver without its secrets: `shown_address` is the host and the last four characters."""

    id: int
    name: str
    kind: str
    shown_address: str
    has_secret: bool
    min_level: Level
    is_active: bool
    disabled_reason: str
    held_until: datetime | None
    created_at: datetime
    queued: int
    dead: int
    last_sent_at: datetime | None
    last_error: str


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


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether we hear what we mean to hear. Blind is not calm."""

    at: datetime
    sources: int  # active ones
    by_health: Mapping[str, int]
    share: float  # heard as expected, 0 to 1; 0 when nobody listens
    is_listening: bool  # a `work` process was seen in the last minute
    last_poll_at: datetime | None
    last_signal_at: datetime | None
    because: str  # one sentence

    @property
    def is_blind(self) -> bool:
        return self.sources == 0 or not self.is_listening or self.share < 0.2

    @property
    def is_stale(self) -> bool:
        """More than a fifth of the sources are not heard: worth a banner (UX-11)."""
        return self.share < 0.8


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    because: str


@dataclass(frozen=True, slots=True)
class Readiness:
    checks: tuple[Check, ...]

    @property
    def is_ready(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic that we know by name, with its label in the reader's language."""

    id: str
    polarity: str  # threat or opportunity
    label: str
    labels: Mapping[str, str]  # language to label


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What came of a test message."""

    ok: bool
    status: int | None
    because: str


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures for the metrics page, counted in the database."""

    items: int
    signals: int
    alerts: Mapping[str, int]  # by state
    sources: Mapping[str, int]  # by health
    deliveries: Mapping[str, int]  # by state
    waiting: Mapping[str, int]  # items on their way, by stage
    quarantined: int
    workers: int


# --- what may be asked for -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts. Empty fields ask nothing."""

    states: frozenset[AlertState] = frozenset()
    level: Level | None = None  # at least
    watch_id: int | None = None
    topic: str = ""
    story_id: int | None = None
    since: datetime | None = None  # raised at or after
    until: datetime | None = None  # raised before


class Copies(StrEnum):
    """Whether copies are among the signals asked for."""

    ALL = "all"
    NONE = "none"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class SignalFilter:
    """Which signals. Empty fields ask nothing; since and until ask when it counts as said."""

    words: str = ""  # as in a web search: all words, "a phrase", or, -not
    source_id: int | None = None
    language: str = ""
    topic: str = ""
    watch_id: int | None = None
    story_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    copies: Copies = Copies.ALL


@dataclass(frozen=True, slots=True)
class StoryFilter:
    watch_id: int | None = None  # with a signal that matched it
    since: datetime | None = None  # grown at or after
    least_independent: int = 1


@dataclass(frozen=True, slots=True)
class SourceFilter:
    health: str = ""
    stakeholder: Stakeholder | None = None
    words: str = ""  # in its name or address
    active_only: bool = False


# --- what may be set -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What can be said of a source when adding or changing it."""

    address: str
    name: str = ""  # empty: its host, until it says its own
    kind: str = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 2
    family: str = ""
    country: str = ""
    language: str = ""
    is_priority: bool = False


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """What can be said of a watch when adding or changing it."""

    name: str
    query: str = ""  # empty: everything
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    owner: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: int = 2
    alerts_per_day: int = 3
    time_zone: str = ""  # empty: the organisation's


@dataclass(frozen=True, slots=True)
class ReceiverDraft:
    """What can be said of a receiver. Empty `address` or `secret` in a change: keep what is there."""

    name: str
    kind: str = "webhook"
    address: str = ""
    secret: str = ""  # for webhooks; empty when adding: one is made
    min_level: Level = Level.LOW
    is_active: bool = True
