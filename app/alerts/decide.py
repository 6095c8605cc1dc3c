"""Whether an emergence wakes anybody: one decision, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.alerts import hearing
from app.alerts.types import Alert, AlertState, Decision, HoldReason, Level, Severity, Verdict, Watch
from classifiers.types import Emergence

GROWN = 15  # points that a story must gain before it comes back after people have closed its alert
HIGHEST = 100
UPDATE_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a watch may say. `peaks` are the highest severities of its stories over the last `days`."""

    per_day: int
    raised_last_day: int
    peaks: Sequence[int]
    days: float

    @property
    def threshold(self) -> int:
        """The severity that so many stories a day have reached lately as the budget allows alerts a day."""
        allowed = max(1, round(self.per_day * max(self.days, 1.0)))
        if len(self.peaks) <= allowed:
            return 0
        return sorted(self.peaks, reverse=True)[allowed - 1]


def decide(given: Emergence, severity: Severity, watch: Watch, latest: Alert | None, budget: Budget) -> Decision:
    """What to do with `given`. `latest` is the living alert about the same, or else the one closed last."""
    if given.kind in hearing.KINDS:  # each loss of hearing is a matter of its own, and no news that a budget could hold
        is_living = latest is not None and latest.state.is_living
        return _grow(given, severity, latest) if latest and is_living else Decision(Verdict.RAISE, "we do not hear")
    if not given.topics:
        return _hold(HoldReason.OFF_TOPIC, "nothing in it touches a topic")
    if watch.topics and not set(given.topics) & set(watch.topics):
        return _hold(HoldReason.OFF_TOPIC, f"its topics ({', '.join(given.topics)}) are not the watch's")
    if latest and latest.state.is_living:
        return _grow(given, severity, latest)
    if latest and latest.state in (AlertState.HANDLED, AlertState.DISMISSED):
        return _reopen(severity, latest)
    return _raise(severity, budget)


def _grow(given: Emergence, severity: Severity, living: Alert) -> Decision:
    if severity.level.rank > living.severity.level.rank:
        return Decision(Verdict.ESCALATE, f"from {living.severity.level.value} to {severity.level.value}")
    if given.at - living.changed_at < UPDATE_PAUSE and severity.score <= living.severity.score:
        return _hold(HoldReason.BELOW_THRESHOLD, "the alert was changed less than five minutes ago")
    return Decision(Verdict.UPDATE, f"{given.kind.value} on a living alert")


def _reopen(severity: Severity, closed: Alert) -> Decision:
    needed = min(closed.severity.score + GROWN, HIGHEST)  # else nothing above 85 could ever come back
    if severity.score < needed:
        return _hold(HoldReason.DECIDED, f"{closed.state.value} at {closed.severity.score}; comes back at {needed}")
    return Decision(Verdict.RAISE, f"grew past {needed} after it was {closed.state.value}")


def _raise(severity: Severity, budget: Budget) -> Decision:
    if severity.level is Level.LOW:
        return _hold(HoldReason.BELOW_THRESHOLD, f"severity {severity.score} is low")
    if severity.level is Level.CRITICAL and budget.raised_last_day < 2 * budget.per_day:
        return Decision(Verdict.RAISE, f"severity {severity.score} is critical")
    if budget.raised_last_day >= budget.per_day:
        return _hold(HoldReason.BUDGET, f"{budget.raised_last_day} raised in the last day, budget {budget.per_day}")
    if severity.score < budget.threshold:
        return _hold(HoldReason.BUDGET, f"severity {severity.score} is below {budget.threshold}, this watch's bar")
    return Decision(Verdict.RAISE, f"severity {severity.score} reaches the watch's bar, {budget.threshold}")


def _hold(why: HoldReason, reason: str) -> Decision:
    return Decision(Verdict.HOLD, reason, why)
