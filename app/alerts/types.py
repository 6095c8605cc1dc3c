"""The values of who must know: Watch, Alert, Transition, Severity and what was decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from signals.types import Sensitivity as Sensitivity


class AlertState(StrEnum):
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"
    DISMISSED = "dismissed"
    FADED = "faded"

    @property
    def is_living(self) -> bool:
        return self in (AlertState.RAISED, AlertState.ACKNOWLEDGED)


class TransitionKind(StrEnum):
    """What changed; `escalated` and `updated` keep the state and tell that there is more."""

    RAISED = "raised"
    ESCALATED = "escalated"
    UPDATED = "updated"
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    FADED = "faded"


class DismissReason(StrEnum):
    DUPLICATE = "duplicate"
    WRONG_SUBJECT = "wrong_subject"
    NOT_RELEVANT = "not_relevant"
    OLD_NEWS = "old_news"
    BOILERPLATE = "boilerplate"
    ALREADY_HANDLED = "already_handled"
    TOO_LATE = "too_late"
    OTHER = "other"


class Level(StrEnum):
    LOW = "low"
    MODERATE = "moderate"
    SERIOUS = "serious"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class Factor:
    """One reason for a severity: what was seen, and how many of the 100 points it gave."""

    name: str
    value: str
    points: float


@dataclass(frozen=True, slots=True)
class Severity:
    score: int  # 0 to 100
    level: Level
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """What a team wants to be early about."""

    id: int
    name: str
    query: str  # empty: everything
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    owner: str = ""  # a role or a person's name
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: int = 2  # 1 matters most, 3 least
    alerts_per_day: int = 3
    time_zone: str = "Europe/Oslo"


@dataclass(frozen=True, slots=True)
class Alert:
    """An emergence that a watch must know. One lives per story and watch."""

    id: int
    watch_id: int
    story_id: int | None
    state: AlertState
    title: str
    severity: Severity
    topics: tuple[str, ...]
    because: str
    raised_at: datetime
    changed_at: datetime
    signal_count: int = 1
    publisher_count: int = 1


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of an alert, with its reason. Its id is the position in commit order that pollers follow."""

    id: int
    alert_id: int
    kind: TransitionKind
    state: AlertState
    level: Level
    at: datetime
    actor: str  # "forkant", or a person, or a key
    reason: str


class Verdict(StrEnum):
    """What is to be done with an emergence."""

    RAISE = "raise"
    ESCALATE = "escalate"
    UPDATE = "update"
    HOLD = "hold"


class HoldReason(StrEnum):
    """Why an emergence woke nobody. Held back is stored and listed, never lost."""

    BUDGET = "budget"
    FALSE_ALARMS = "false_alarms"  # enough alarms of numbers alone for this month
    BELOW_THRESHOLD = "below_threshold"
    OFF_TOPIC = "off_topic"
    MUTED = "muted"
    OLD_NEWS = "old_news"
    TOLD = "told"  # most of what a slow finding counts has been told one by one
    TOLD_ELSEWHERE = "told_elsewhere"  # another watch tells of the same story
    DECIDED = "decided"  # people closed this story's alert, and nothing grew past it


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    reason: str
    hold: HoldReason | None = None
    told_by: int | None = None  # the alert of another watch that tells the same


@dataclass(frozen=True, slots=True)
class Tally:
    """What one run of a stage did."""

    stage: str
    taken: int = 0
    made: int = 0
    passed_over: tuple[tuple[str, int], ...] = ()  # reason, how many
    took: timedelta = timedelta(0)
