"""Learning from people: what they judged, the models made of it, what is asked of them next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.records.signals import SignalRow
from classifiers.comparing import Metrics
from classifiers.lessons import Influence
from classifiers.promotion import Shadow


class Origin(StrEnum):
    """Where a judgement was given."""

    LABEL = "label"
    ASKED = "asked"
    FILE = "file"
    API = "api"


class ModelState(StrEnum):
    CANDIDATE = "candidate"  # stored, but it may not run: a canary flips
    SHADOW = "shadow"  # labels beside the one in use, shown to nobody
    LIVE = "live"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody says of one topic of one signal. `instead`: the topic that it carries in its place, or "none"."""

    signal_id: int
    topic: str
    is_right: bool
    instead: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OwnExample:
    """A text of an organisation's own with all the topics that it carries."""

    text: str
    language: str
    topics: tuple[str, ...]
    line: int  # where it stood


@dataclass(frozen=True, slots=True)
class BadLine:
    line: int
    because: str


@dataclass(frozen=True, slots=True)
class ExamplesTaken:
    taken: int
    refused: tuple[BadLine, ...]


@dataclass(frozen=True, slots=True)
class JudgementRow:
    id: int
    signal_id: int | None
    text: str  # of its own, or the signal's title
    topic: str
    is_right: bool
    origin: Origin
    reason: str
    judge: str
    judged_by: str
    at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class CanaryRow:
    id: int
    text: str
    language: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    note: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """Does this signal carry this topic?"""

    signal: SignalRow
    topic: str
    score: float
    threshold: float
    alike: int
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class ShadowExample:
    """A text that the shadow labels otherwise."""

    signal_id: int
    before: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What people have said of a model's own labels since it came into use."""

    right: int = 0
    wrong: int = 0
    topics: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # right, wrong


@dataclass(frozen=True, slots=True)
class ModelRow:
    id: int
    is_shipped: bool
    kind: str
    version: str
    hash: str
    size: int  # bytes kept; 0: shipped with Forkant, or kept no more
    threshold: float
    trained_from: str
    corpus: str
    judgements: int
    state: ModelState
    metrics: Metrics | None
    made_at: datetime
    made_by: str
    promoted_at: datetime | None
    promoted_by: str
    why: str
    retired_at: datetime | None
    shadow: Shadow | None = None
    examples: tuple[ShadowExample, ...] = ()

    @property
    def by(self) -> str:
        return f"{self.kind}@{self.version}"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an organisation's learning stands."""

    judgements: int  # that count
    new: int  # since the last model
    tried_at: datetime | None
    note: str
    influence: tuple["Person", ...]


@dataclass(frozen=True, slots=True)
class Person:
    """How much of one person's judgements counts."""

    name: str
    influence: Influence
