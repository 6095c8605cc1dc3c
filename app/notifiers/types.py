"""The values of telling: Message, Target, Outcome, and what every notifier does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.alerts.types import Level, TransitionKind
from signals.fetch import Outbound
from signals.types import Sensitivity


@dataclass(frozen=True, slots=True)
class Quote:
    """One signal behind an alert, as it is shown in a message."""

    title: str
    source: str
    at: datetime
    url: str
    language: str = ""
    sensitivity: Sensitivity = Sensitivity.OPEN
    tone: str = ""  # toward the one it is about; empty: not judged


@dataclass(frozen=True, slots=True)
class Message:
    """An alert at one of its transitions: all that a receiver is told."""

    id: str  # constant over retries
    kind: TransitionKind
    at: datetime
    actor: str
    reason: str
    update: int  # how many transitions the alert has had before this one
    alert_id: int
    title: str
    watch: str
    owner: str
    level: Level
    severity: int
    state: str
    because: str
    topics: tuple[str, ...]
    signal_count: int
    publisher_count: int
    observed: float | None
    expected: float | None
    raised_at: datetime
    quotes: tuple[Quote, ...]
    link: str  # to the alert's page; empty where nobody told us our address
    is_restricted: bool = False
    coverage: float | None = None  # share of what is usually said that was heard; None: not known
    stage: str = ""  # where the story stands in its life cycle for the watch; empty: nowhere yet
    proposed: str = ""  # where Forkant thinks it should stand; empty: there
    is_bare: bool = False  # about a restricted tip: title and link are all that may be told


@dataclass(frozen=True, slots=True)
class Target:
    address: str
    secret: str


class Result(StrEnum):
    SENT = "sent"
    AGAIN = "again"  # this message may go through later; others may go through now
    WAIT = "wait"  # the other side is down or asks for a pause: nothing may be sent meanwhile
    DROP = "drop"  # the other side will never take this message, but may take others
    DISABLE = "disable"  # the other side is gone for good


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt."""

    result: Result
    status: int | None = None
    error: str = ""
    wait: timedelta | None = None


class Notifier(Protocol):
    """One way of telling. `pause` is the shortest time between two messages to one receiver."""

    kind: str
    pause: timedelta

    async def send(self, message: Message, target: Target, outbound: Outbound, now: datetime) -> Outcome: ...
