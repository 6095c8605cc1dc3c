"""Whether an emergence wakes anybody: one decision, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.alerts import hearing
from app.alerts.false_alarms import STATISTICAL, FalseAlarms, reason_to_hold
from app.alerts.types import Alert, AlertState, Decision, HoldReason, Level, Severity, Verdict, Watch
from classifiers.types import Emergence, EmergenceKind

AT_MOST = 2  # times the budget, on one day
GROWN = 15  # points that a story must gain before it comes back after people have closed its alert
HIGHEST = 100
CATCH_UP = 3.0  # places on the bar for each alert that was allowed and not raised; see docs/decisions/0005
STEEPNESS = 5.0  # times as rare is what passes once the day's budget is spent; see docs/decisions/0018
FIRMNESS = 0.5  # of the budget, that a whole day in which nothing is told is worth
UPDATE_PAUSE = timedelta(minutes=5)
SLOW = frozenset({EmergenceKind.SLOW_RISE, EmergenceKind.FROM_ZERO, EmergenceKind.NEW_TERM})
MOSTLY = 2 / 3  # of its signals told in alerts of their own: a slow finding says nothing new then


@dataclass(frozen=True, slots=True)
class Budget:
    """How much a watch may say. `peaks` are the highest severities of its stories over the last `days`, in which it
    raised `raised_lately` alerts; today, of which the share `elapsed` is over, it raised `raised_today` of the kind
    that is decided on, threats or opportunities."""

    per_day: float
    raised_today: int
    peaks: Sequence[int]
    days: float
    raised_lately: int | None = None  # None: not known
    elapsed: float = 0.0

    @property
    def left(self) -> float:
        """How many fewer were raised over the last days than the budget allows; below 0: more."""
        return 0.0 if self.raised_lately is None else self._allowed - self.raised_lately

    @property
    def threshold(self) -> int:
        """The severity that so many stories a day have reached lately as the budget allows alerts a day: more of them
        where less was said than allowed, since a busy day leaves a quiet one nothing; fewer with each alert that was
        raised today, so that the last ones are left for what is clearly graver."""
        pace: float = STEEPNESS ** (FIRMNESS * self.elapsed - self.raised_today / self.per_day)
        places = max(1, round((self._allowed + CATCH_UP * self.left) * pace))
        if len(self.peaks) <= places:
            return 0
        return sorted(self.peaks, reverse=True)[places - 1]

    @property
    def _allowed(self) -> float:
        return self.per_day * max(self.days, 1.0)


def decide(
    given: Emergence,
    severity: Severity,
    watch: Watch,
    latest: Alert | None,
    budget: Budget,
    borne: FalseAlarms | None = None,
    told: float = 0.0,
) -> Decision:
    """What to do with `given`. `latest` is the living alert about the same, or else the one closed last; `borne` what
    the organisation bears of the kinds that rest on numbers alone; `told` the share of its signals whose stories the
    watch has told of lately."""
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
    if given.kind in SLOW and told >= MOSTLY:
        return _hold(HoldReason.TOLD, f"{told:.0%} of what it counts has been told already")
    raised = _raise(severity, budget)
    if borne is None or given.kind not in STATISTICAL or raised.verdict is not Verdict.RAISE:
        return raised
    reason = reason_to_hold(severity, borne)
    return _hold(HoldReason.FALSE_ALARMS, reason) if reason else raised


def _grow(given: Emergence, severity: Severity, living: Alert) -> Decision:
    if severity.level.rank > living.severity.level.rank:
        return Decision(Verdict.ESCALATE, f"from {living.severity.level.value} to {severity.level.value}")
    if given.at - living.changed_at < UPDATE_PAUSE and severity.score <= living.severity.score:
        return _hold(HoldReason.BELOW_THRESHOLD, "the alert was changed less than five minutes ago")
    return Decision(Verdict.UPDATE, f"{given.kind.value} on a living alert")


def _reopen(severity: Severity, closed: Alert) -> Decision:
    needed = comes_back_at(closed.severity.score)
    if severity.score < needed:
        return _hold(HoldReason.DECIDED, f"{closed.state.value} at {closed.severity.score}; comes back at {needed}")
    return Decision(Verdict.RAISE, f"grew past {needed} after it was {closed.state.value}")


def comes_back_at(closed: int) -> int:
    """The severity at which a story comes back after people have closed its alert."""
    return min(closed + GROWN, HIGHEST)  # else nothing above 85 could ever come back


def _raise(severity: Severity, budget: Budget) -> Decision:
    if severity.level is Level.LOW:
        return _hold(HoldReason.BELOW_THRESHOLD, f"severity {severity.score} is low")
    told = f"{budget.raised_today} raised today, budget {budget.per_day}"
    if budget.raised_today >= AT_MOST * budget.per_day:
        return _hold(HoldReason.BUDGET, told)
    if severity.level is Level.CRITICAL:
        return Decision(Verdict.RAISE, f"severity {severity.score} is critical")
    if budget.raised_today >= budget.per_day and budget.left < 1:
        return _hold(HoldReason.BUDGET, f"{told}, and none is left of the days before")
    if severity.score < budget.threshold:
        return _hold(HoldReason.BUDGET, f"severity {severity.score} is below {budget.threshold}, this watch's bar")
    return Decision(Verdict.RAISE, f"severity {severity.score} reaches the watch's bar, {budget.threshold}")


def midnight(now: datetime, time_zone: str) -> datetime:
    """When the day began, where the watch's people are."""
    return now.astimezone(ZoneInfo(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def share_of_day(now: datetime, time_zone: str) -> float:
    """How much of the day is over, where the watch's people are."""
    return min((now - midnight(now, time_zone).astimezone(UTC)) / timedelta(days=1), 1.0)


def _hold(why: HoldReason, reason: str) -> Decision:
    return Decision(Verdict.HOLD, reason, why)
