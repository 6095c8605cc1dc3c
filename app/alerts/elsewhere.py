"""Which of an organisation's watches tells of a story that several of them hit: one decision, with its reason.

All watches fill one inbox and the same receivers, so that a second alert about a story only tells people what they
know. The watch that matters more, or else the narrower one, tells; the others stand on its alert ("also") and keep what
they found among what was held back. Why so: docs/decisions/0018-what-a-watch-says-when-it-may-say-little.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.alerts.decide import comes_back_at
from app.alerts.types import AlertState, Decision, HoldReason, Level, Severity, Verdict

TELL: Final = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED, AlertState.HANDLED})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Of a watch among those of its organisation: the lowest tells first."""

    priority: int  # 1 matters most
    is_everything: bool
    hits: int  # in the last seven days: fewer is narrower
    watch_id: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An alert of another watch about the same story: living, or handled."""

    alert_id: int
    watch_id: int
    watch: str
    owner: str
    state: AlertState
    severity: int
    level: Level
    is_noted: bool  # whether the watch that asks stands on it already


def give_way(
    decision: Decision, severity: Severity, owner: str, mine: Place, others: Sequence[tuple[Elsewhere, Place]]
) -> Decision:
    """What to do with a finding that the watch would raise, where `others` tell of the same story."""
    if decision.verdict is not Verdict.RAISE:
        return decision
    telling = next((other for other, place in others if _tells_for(other, place, severity, owner, mine)), None)
    if telling is None:
        return decision
    reason = f"{telling.watch} tells of the same story: alert {telling.alert_id}"
    return Decision(Verdict.HOLD, reason, HoldReason.TOLD_ELSEWHERE, telling.alert_id)


def _tells_for(other: Elsewhere, place: Place, severity: Severity, owner: str, mine: Place) -> bool:
    """A narrow watch gives way to a broad one that was first only where the same people answer for both."""
    if place > mine and other.owner != owner:
        return False
    if other.state is AlertState.HANDLED:
        return severity.score < comes_back_at(other.severity)
    return severity.level.rank <= other.level.rank
