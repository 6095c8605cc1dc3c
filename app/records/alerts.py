"""Alerts with their why and their changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.alerts.types import AlertState, DismissReason, Factor, Level, Transition
from app.records.signals import SignalRow
from app.records.stories import StageRow
from classifiers.types import EmergenceKind


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
    also: tuple[str, ...] = ()  # other watches that hit the same story and left the telling to this one


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
class AlertFull:
    """An alert with its why: emergences newest first, the signals that moved it, what happened, who was told."""

    alert: AlertRow
    emergences: tuple[EmergenceRow, ...]
    signals: tuple[SignalRow, ...]
    transitions: tuple[Transition, ...]
    deliveries: tuple[DeliveryRow, ...]
    stage: StageRow | None = None  # where its story stands for its watch


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
