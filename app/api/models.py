"""What the API sends and takes, as JSON: ids are opaque strings, times RFC 3339 in UTC, lists of words are open."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.alerts.types import AlertState, DismissReason, Level, Sensitivity, TransitionKind
from app.records import Bucket, SubjectKind
from classifiers.types import EmergenceKind, LabelKind
from signals.types import CopyKind, Stakeholder

Id = Annotated[str, BeforeValidator(str), Field(examples=["17"], description="Opaque")]
OptionalId = Annotated[
    str | None, BeforeValidator(lambda value: None if value is None else str(value)), Field(examples=["17"])
]
Seconds = Annotated[
    float, BeforeValidator(lambda value: value.total_seconds() if isinstance(value, timedelta) else value)
]


def without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("holds a character that cannot be stored")
    return value


Words = Annotated[str, AfterValidator(without_nul)]
Short = Annotated[str, StringConstraints(max_length=200), AfterValidator(without_nul)]


class Out(BaseModel):
    """An answer, read from the values that services hand out. Readers must ignore fields they do not know."""

    model_config = ConfigDict(from_attributes=True)


class In(BaseModel):
    """A request's body. Unknown fields are refused: a mistyped one must not be lost in silence."""

    model_config = ConfigDict(extra="forbid")


# --- alerts ---


class FactorOut(Out):
    name: str
    value: str
    points: float


class TransitionOut(Out):
    id: Id
    alert_id: Id
    kind: TransitionKind
    state: AlertState
    level: Level
    at: AwareDatetime
    actor: str
    reason: str


class AlertOut(Out):
    id: Id
    watch_id: Id
    watch_name: str
    story_id: OptionalId
    state: AlertState
    title: str
    severity: Annotated[int, Field(ge=0, le=100)]
    level: Level
    factors: tuple[FactorOut, ...]
    topics: tuple[str, ...]
    because: str
    owner: str
    signal_count: int
    publisher_count: int
    raised_at: AwareDatetime
    changed_at: AwareDatetime
    acknowledged_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    dismiss_reason: DismissReason | None
    version: Annotated[str, BeforeValidator(str), Field(validation_alias="position", description="For If-Match")]
    change: Annotated[
        TransitionOut | None, Field(description="With `after`: the change that this line is about; else null")
    ] = None


class AlertsOut(Out):
    alerts: tuple[AlertOut, ...]
    cursor: Annotated[str, Field(description="Ask with `after=` this for every change from here on")]
    more: Annotated[bool, Field(description="With `after`: there are more changes already")]


class EmergenceOut(Out):
    """What raised or fed an alert; it recomputes from the signals it names."""

    id: Id
    kind: EmergenceKind
    at: AwareDatetime
    observed: float
    expected: float
    window_seconds: Annotated[Seconds, Field(validation_alias="window")]
    tail: Annotated[float, Field(description="Probability of at least this much in ordinary times")]
    strength: float
    signal_ids: tuple[Id, ...]
    topics: tuple[str, ...]
    terms: tuple[str, ...]
    because: str
    by: str
    coverage: float
    facts: dict[str, Any]
    severity: int | None
    verdict: str
    hold: str
    decided: str


class DeliveryOut(Out):
    id: Id
    transition_id: Id
    receiver_id: Id
    receiver_name: str
    receiver_kind: str
    state: str
    attempts: int
    next_try_at: AwareDatetime
    last_error: str
    created_at: AwareDatetime
    sent_at: AwareDatetime | None


class SignalOut(Out):
    id: Id
    source_id: Id
    source_name: str
    title: str
    text: str
    language: str
    url: str
    said_at: Annotated[AwareDatetime | None, Field(description="When published, if that can be believed")]
    seen_at: Annotated[AwareDatetime, Field(description="When first seen")]
    stakeholder: Stakeholder
    tier: int
    family: str
    copy_of: OptionalId
    copy_kind: CopyKind | None
    story_id: OptionalId
    topics: tuple[str, ...]


class AlertFullOut(Out):
    alert: AlertOut
    explanation: Annotated[tuple[EmergenceOut, ...], Field(validation_alias="emergences")]
    signals: tuple[SignalOut, ...]
    transitions: tuple[TransitionOut, ...]
    deliveries: tuple[DeliveryOut, ...]


class NoteIn(In):
    note: Annotated[Words, Field(max_length=2000, examples=["The head of the school answers"])] = ""


class DismissIn(NoteIn):
    reason: DismissReason


# --- signals and stories ---


class BecauseOut(Out):
    word: str
    weight: float
    start: int
    end: int


class LabelOut(Out):
    kind: LabelKind
    name: str
    score: float
    because: Annotated[tuple[BecauseOut, ...], Field(description="Spans of the title, a line break and the text")]
    by: str


class NamedOut(Out):
    id: Id
    name: str


class SignalsOut(Out):
    signals: Annotated[tuple[SignalOut, ...], Field(validation_alias="rows")]
    next: str | None


class SignalFullOut(Out):
    signal: SignalOut
    labels: tuple[LabelOut, ...]
    watches: tuple[NamedOut, ...]
    copies: tuple[SignalOut, ...]


class StoryOut(Out):
    id: Id
    title: str
    language: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    signals: int
    independent: int
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    best_tier: int
    novelty: float
    merged_into: OptionalId


class StoriesOut(Out):
    stories: Annotated[tuple[StoryOut, ...], Field(validation_alias="rows")]
    next: str | None


class StoryFullOut(Out):
    story: StoryOut
    members: tuple[SignalOut, ...]
    alert_ids: tuple[Id, ...]


# --- sources ---


class SourcePlaceOut(Out):
    id: Id
    kind: str
    address: str
    name: str
    stakeholder: Stakeholder
    tier: int
    family: str
    country: str
    language: str
    is_priority: bool


class SourceOut(Out):
    source: SourcePlaceOut
    is_active: bool
    created_at: AwareDatetime
    health: str
    interval_seconds: Annotated[Seconds, Field(validation_alias="every")]
    failures: int
    last_error: str
    last_error_kind: str
    last_polled_at: AwareDatetime | None
    last_success_at: AwareDatetime | None
    last_new_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    signals_day: int


class SourcesOut(Out):
    sources: tuple[SourceOut, ...]


class PollOut(Out):
    id: Id
    at: AwareDatetime
    outcome: str
    took_ms: int
    size: int
    entries: int
    stored: int
    edited: int
    known: int
    dropped: dict[str, int]
    error: str


class SourceFullOut(SourceOut):
    polls: tuple[PollOut, ...]


class SourceIn(In):
    address: Annotated[Words, Field(max_length=2048, examples=["https://avis.example/feed.xml"])]
    name: Short = ""
    kind: Short = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: Annotated[int, Field(ge=1, le=3)] = 2
    family: Short = ""
    country: Annotated[Short, Field(max_length=2)] = ""
    language: Annotated[Short, Field(max_length=20)] = ""
    is_priority: bool = False


class SourceChangeIn(In):
    """Fields that are left out stay as they are."""

    address: Annotated[Words | None, Field(max_length=2048)] = None
    name: Short | None = None
    stakeholder: Stakeholder | None = None
    tier: Annotated[int | None, Field(ge=1, le=3)] = None
    family: Short | None = None
    country: Annotated[Short | None, Field(max_length=2)] = None
    language: Annotated[Short | None, Field(max_length=20)] = None
    is_priority: bool | None = None
    is_active: bool | None = None


# --- watches ---


class WatchOut(Out):
    id: Id
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
    version: Annotated[str, BeforeValidator(str), Field(description="For If-Match")]
    created_at: AwareDatetime
    changed_at: AwareDatetime
    living_alerts: int
    hits_day: int
    hits_week: int


class WatchesOut(Out):
    watches: tuple[WatchOut, ...]


class WatchIn(In):
    name: Annotated[Short, Field(min_length=1, examples=["School and kindergarten"])]
    query: Annotated[Words, Field(max_length=4000, examples=['skole* AND (mobbing OR "stenger")'])] = ""
    languages: Annotated[list[Short], Field(max_length=50)] = []
    topics: Annotated[list[Short], Field(max_length=50)] = []
    owner: Short = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    alerts_per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    time_zone: Annotated[Short, Field(examples=["Europe/Oslo"])] = ""


class WatchChangeIn(In):
    """Fields that are left out stay as they are."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    query: Annotated[Words | None, Field(max_length=4000)] = None
    languages: Annotated[list[Short] | None, Field(max_length=50)] = None
    topics: Annotated[list[Short] | None, Field(max_length=50)] = None
    owner: Short | None = None
    sensitivity: Sensitivity | None = None
    priority: Annotated[int | None, Field(ge=1, le=3)] = None
    alerts_per_day: Annotated[int | None, Field(ge=1, le=1000)] = None
    time_zone: Short | None = None
    is_active: Annotated[bool | None, Field(description="False: it rests")] = None


# --- topics, trends, coverage ---


class TopicOut(Out):
    id: str
    polarity: str
    label: str
    labels: dict[str, str]


class TopicsOut(Out):
    topics: tuple[TopicOut, ...]


class BandOut(Out):
    median: float
    low: float
    high: float


class TrendPointOut(Out):
    start: AwareDatetime
    end: AwareDatetime
    signals: Annotated[int | None, Field(description="Independent ones; null: nobody listened")]
    copies: int | None
    heard: Annotated[float, Field(description="Share of the time in which somebody listened")]
    is_partial: bool
    band: Annotated[BandOut | None, Field(description="Usual for this hour of this weekday; needs two weeks")]


class MarkerOut(Out):
    alert_id: Id
    at: AwareDatetime
    title: str
    level: Level


class SubjectOut(Out):
    kind: SubjectKind
    name: str


class TrendOut(Out):
    subject: SubjectOut
    label: str
    bucket: Bucket
    time_zone: str
    start: AwareDatetime
    end: AwareDatetime
    points: tuple[TrendPointOut, ...]
    markers: tuple[MarkerOut, ...]
    total: int
    sources: int
    coverage: float


class CoverageOut(Out):
    at: AwareDatetime
    sources: int
    by_health: dict[str, int]
    share: float
    is_listening: bool
    is_blind: bool
    is_stale: bool
    last_poll_at: AwareDatetime | None
    last_signal_at: AwareDatetime | None
    because: str


# --- receivers ---


class ReceiverOut(Out):
    id: Id
    name: str
    kind: str
    address: Annotated[
        str, Field(validation_alias="shown_address", description="Host and last four characters; never whole")
    ]
    has_secret: bool
    min_level: Level
    is_active: bool
    disabled_reason: str
    held_until: AwareDatetime | None
    created_at: AwareDatetime
    queued: int
    dead: int
    last_sent_at: AwareDatetime | None
    last_error: str


class ReceiversOut(Out):
    receivers: tuple[ReceiverOut, ...]


class NewReceiverOut(ReceiverOut):
    secret: Annotated[str, Field(description="For checking signatures; shown this once")]


class ReceiverFullOut(ReceiverOut):
    deliveries: tuple[DeliveryOut, ...]


class ReceiverIn(In):
    name: Annotated[Short, Field(min_length=1)]
    kind: Annotated[Short, Field(examples=["slack"])]
    address: Annotated[Words, Field(max_length=2048)]
    secret: Annotated[Words, Field(max_length=200)] = ""
    min_level: Level = Level.LOW


class ReceiverChangeIn(In):
    """Fields that are left out stay as they are."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    address: Annotated[Words | None, Field(max_length=2048)] = None
    secret: Annotated[Words | None, Field(max_length=200)] = None
    min_level: Level | None = None
    is_active: bool | None = None


class TestOut(Out):
    ok: bool
    status: int | None
    because: str


# --- health ---


class CheckOut(Out):
    name: str
    ok: bool
    because: str


class ReadinessOut(Out):
    is_ready: bool
    checks: tuple[CheckOut, ...]
