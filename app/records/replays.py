"""Replays: what is asked of the past, how far it is, and what would have been told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.alerts.types import AlertState, HoldReason, Level, Sensitivity
from app.records.watches import WatchDraft
from classifiers.types import EmergenceKind


class ReplayState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (ReplayState.DONE, ReplayState.FAILED, ReplayState.CANCELLED)


class Side(StrEnum):
    """By which settings something would have been told."""

    LIVE = "live"
    DRAFT = "draft"


class Outcome(StrEnum):
    RAISED = "raised"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class ReplayAsk:
    """What would `watch_id` as it is, or `draft`, or both side by side, have told in a time?"""

    begins_at: datetime
    ends_at: datetime
    watch_id: int | None = None
    draft: WatchDraft | None = None


@dataclass(frozen=True, slots=True)
class ReplayRow:
    id: int
    asked_by: str
    asked_at: datetime
    watch_id: int | None
    live: WatchDraft | None  # the watch as it was set when asked
    draft: WatchDraft | None
    begins_at: datetime
    ends_at: datetime
    state: ReplayState
    error: str
    attempts: int
    begun_at: datetime | None
    ended_at: datetime | None
    total: int
    played: int
    heard_from: datetime | None
    heard: int

    @property
    def name(self) -> str:
        """Of the watch, or of the draft."""
        named = self.live or self.draft
        return named.name if named else ""

    @property
    def share(self) -> float:
        """How much of it is played, 0 to 1."""
        if self.state is ReplayState.DONE:
            return 1.0
        return min(self.played / self.total, 1.0) if self.total else 0.0


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """One thing that a replay told, or held back. Signals have the numbers that they have live."""

    side: Side
    outcome: Outcome
    at: datetime
    kind: EmergenceKind
    severity: int
    level: Level
    peak: int
    state: AlertState | None
    topics: tuple[str, ...]
    title: str
    because: str
    story_id: int | None
    signal_ids: tuple[int, ...]
    first_seen_at: datetime | None
    changes: int
    hold: HoldReason | None = None
    decided: str = ""

    @property
    def delay(self) -> timedelta | None:
        """From the first item of the story to the alert. A series has no first item."""
        if self.outcome is Outcome.HELD or self.story_id is None or self.first_seen_at is None:
            return None
        return self.at - self.first_seen_at


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result with its number, and what people said live of an alert about the same: useful, or not."""

    id: int
    told: ReplayResult
    is_useful: bool | None
    alert_id: int | None  # the live alert about the same


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a replay; `refusal`: why it cannot be played, in words."""

    heard_from: datetime | None = None
    heard: int = 0
    results: tuple[ReplayResult, ...] = ()
    refusal: str = ""


def to_settings(draft: WatchDraft) -> dict[str, Any]:
    """Settings of a watch as they are stored with a replay."""
    return {
        "name": draft.name,
        "query": draft.query,
        "languages": list(draft.languages),
        "topics": list(draft.topics),
        "owner": draft.owner,
        "sensitivity": draft.sensitivity.value,
        "priority": draft.priority,
        "alerts_per_day": draft.alerts_per_day,
        "time_zone": draft.time_zone,
    }


def from_settings(given: Mapping[str, Any]) -> WatchDraft:
    lists = {name: tuple(given[name]) for name in ("languages", "topics")}
    return WatchDraft(**{**given, **lists, "sensitivity": Sensitivity(given["sensitivity"])})
