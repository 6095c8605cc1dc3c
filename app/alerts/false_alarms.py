"""How many alarms an organisation bears in a month that rest on numbers alone: one budget for all its watches.

Each alarm of such a kind takes one from the budget for 30 days; those that people found useful, or a double, are given
back. The less is left, the graver must be what is told. Why so: docs/decisions/0016-one-budget-of-false-alarms.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from app.alerts.types import Level, Severity
from classifiers.types import EmergenceKind

STATISTICAL: Final = frozenset(
    {EmergenceKind.SURGE, EmergenceKind.SLOW_RISE, EmergenceKind.FROM_ZERO, EmergenceKind.NEW_TERM}
)
WEEK: Final = timedelta(days=7)
MONTH: Final = timedelta(days=30)
BACK: Final = timedelta(days=90)  # a bar made of the last few candidates would jump with each of them
STEEPNESS: Final = 3  # as many candidates for each alarm that is left: spends nine tenths of the budget on mere noise
A_MONTH_PER_WATCH: Final = 1
MOST_A_MONTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A finding of numbers alone that could have been told, with all about the same story and watch."""

    peak: int  # highest severity
    raised_at: datetime | None  # None: it was held back


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How the budget stands. `peaks`: of all candidates of the last `months`, at least one."""

    a_month: int
    spent: int  # in the last 30 days
    this_week: int  # of these, in the last seven
    peaks: Sequence[int]
    months: float

    @property
    def left(self) -> int:
        return max(0, self.a_month - self.spent)

    @property
    def a_week(self) -> int:
        """Half of it at most in a week: else a young organisation, or a storm, would spend it in a day."""
        return (self.a_month + 1) // 2

    @property
    def bar(self) -> int:
        """The severity that three times as many candidates a month have reached lately as alarms are left."""
        allowed = max(1, round(STEEPNESS * self.left * self.months))
        if len(self.peaks) <= allowed:
            return 0
        return sorted(self.peaks, reverse=True)[allowed - 1]

    def spend(self) -> Self:
        """After one more alarm."""
        return replace(self, spent=self.spent + 1, this_week=self.this_week + 1)


def standing(a_month: int, candidates: Sequence[Candidate], begun: datetime, now: datetime) -> FalseAlarms:
    """`candidates`: of the last 90 days, without those that people found useful; what is no false alarm takes no place.
    `begun`: since when the organisation's watches are looked at."""
    raised = [one.raised_at for one in candidates if one.raised_at]
    return FalseAlarms(
        a_month,
        spent=sum(at > now - MONTH for at in raised),
        this_week=sum(at > now - WEEK for at in raised),
        peaks=[one.peak for one in candidates],
        months=max(min(BACK, now - begun) / MONTH, 1.0),
    )


def reason_to_hold(severity: Severity, borne: FalseAlarms) -> str:
    """Why an alarm of numbers alone is not raised; empty: it is."""
    if severity.level is Level.CRITICAL and borne.spent < 2 * borne.a_month:
        return ""
    if not borne.left:
        return f"{borne.spent} alarms of numbers alone in 30 days, the organisation bears {borne.a_month}"
    if borne.this_week >= borne.a_week:
        return f"{borne.this_week} alarms of numbers alone in a week, of {borne.a_month} that are borne in 30 days"
    if severity.score < borne.bar:
        return f"severity {severity.score} is below {borne.bar}, the organisation's bar for numbers alone"
    return ""
