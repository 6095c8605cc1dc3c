"""The values of what it means: Label, Hit, Emergence, frozen, free of database and clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from signals.types import Signal


class LabelKind(StrEnum):
    TOPIC = "topic"
    TONE = "tone"
    STAKEHOLDER = "stakeholder"


class Tone(StrEnum):
    """Toward the one that a signal is about, in the order of the model's columns."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Polarity(StrEnum):
    THREAT = "threat"
    OPPORTUNITY = "opportunity"


@dataclass(frozen=True, slots=True)
class Because:
    """A word or phrase that carried a judgement, as a span of `Signal.passage`."""

    word: str
    weight: float
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Label:
    """A classifier's judgement of one signal. `by` is the classifier with its version, and never changes."""

    signal_id: int
    kind: LabelKind
    name: str  # a topic id, a tone, a stakeholder group
    score: float  # calibrated probability, 0 to 1
    because: tuple[Because, ...]
    by: str  # such as "topics@2026-11-21.3f9a"


class Classifier(Protocol):
    """Labels signals in batches. Loaded once; pure afterwards; it may be called in another process."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def classify(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        """One tuple per signal, in order; empty where nothing reaches the operating threshold."""
        ...


class EmergenceKind(StrEnum):
    REPORT = "report"
    NOVEL_STORY = "novel_story"
    SURGE = "surge"
    SLOW_RISE = "slow_rise"
    FROM_ZERO = "from_zero"
    NEW_TERM = "new_term"
    SOURCE_SILENT = "source_silent"
    COVERAGE_LOST = "coverage_lost"


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What is known of a story at a moment."""

    id: int
    title: str
    first_seen_at: datetime
    last_seen_at: datetime
    signals: int
    independent: int  # publishers that speak with a voice of their own
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    best_tier: int
    novelty: float
    reprinters: tuple[str, ...] = ()  # papers that print a release of our own


@dataclass(frozen=True, slots=True)
class Hit:
    """A signal that matched a watch, with what we know of it."""

    signal: Signal
    labels: tuple[Label, ...]
    story: StoryFacts
    novelty: float = 1.0
    is_fresh: bool = True  # False: old or of unknown age when it came; tells of the past, raises nothing by itself
    is_again: bool = False  # its story is looked at anew; whoever counts hits has counted it

    def topics(self) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.kind is LabelKind.TOPIC)


@dataclass(frozen=True, slots=True)
class Count:
    """One closed bucket of a series. `listened` is False when no collector ran: a gap, not a zero."""

    start: datetime
    signals: int
    listened: bool = True


@dataclass(frozen=True, slots=True)
class WatchNews:
    """What has happened on one watch since the detector last looked."""

    watch_id: int
    now: datetime
    time_zone: str  # of the audience, an IANA name
    topics: frozenset[str]  # only these are of interest; empty: all
    hits: tuple[Hit, ...]  # new signals that matched
    told: tuple[Hit, ...]  # all hits so far, the new ones among them, of the stories that the new ones stand in
    recent: tuple[Hit, ...]  # all hits of the last 12 hours, where a bucket of `counts` holds signals; else empty
    counts: tuple[Count, ...]  # buckets closed since the last look, in order
    bucket: timedelta
    usual_a_day: float  # counted hits a day over the last four weeks; 0 for a new watch, or where `hits` is empty
    coverage: float  # share of the watch's sources heard as expected, 0 to 1
    newcomers: Mapping[int, datetime] = field(default_factory=dict)  # of the sources of `hits`: added in ten weeks


@dataclass(frozen=True, slots=True)
class Emergence:
    """A detector's finding: this is on its way. It can be recomputed from the stored signals it names."""

    kind: EmergenceKind
    watch_id: int
    story_id: int | None  # None: about the watch as a whole
    at: datetime
    observed: float
    expected: float
    window: timedelta
    tail: float  # probability of at least this much in ordinary times, 0 to 1
    strength: float  # how far beyond the detector's own threshold; 1 is just there
    signal_ids: tuple[int, ...]
    topics: tuple[str, ...]  # strongest first
    terms: tuple[str, ...]
    because: str  # one sentence in English
    by: str  # detector with version, such as "surge@1"
    coverage: float = 1.0
    facts: Mapping[str, Any] = field(default_factory=dict)  # the detector's own figures, JSON values
    source_id: int | None = None  # about which source, where it is about our hearing


@dataclass(frozen=True, slots=True)
class Finding:
    """What a detector found, and what it wants to remember (JSON values) until it looks again."""

    emergences: tuple[Emergence, ...]
    state: Mapping[str, Any]


class Detector(Protocol):
    """Looks at a watch's news and says what is on its way. Pure: state comes in and goes out."""

    kind: EmergenceKind
    version: str

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding: ...
