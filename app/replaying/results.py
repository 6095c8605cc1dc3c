"""What a replay told, as people look at it: a row for each alert, and one for each matter that woke nobody."""

from dataclasses import replace
from datetime import datetime

from app.alerts.types import AlertState, HoldReason, Level
from app.records.replays import Outcome, ReplayResult, Side
from app.replaying.heard import Telling
from classifiers.types import EmergenceKind

MOST_HELD = 2_000  # of each side, the most serious first; a watch on everything holds back whatever is said

Matter = tuple[object, ...]


class Gathering:
    """Of what was told before `begins_at` nothing is shown, nor how it went on."""

    def __init__(self, side: Side, begins_at: datetime, ends_at: datetime) -> None:
        self._side, self._begins_at, self._ends_at = side, begins_at, ends_at
        self._alerts: dict[int, ReplayResult] = {}
        self._held: dict[Matter, ReplayResult] = {}
        self._raised: set[Matter] = set()

    def add(self, told: Telling) -> None:
        if told.change == "raised":
            self._raised.add(_matter(told))
        if not self._begins_at <= told.at < self._ends_at:
            return
        if told.change == "held":
            if told.alert is None:
                known = self._held.get(_matter(told))
                self._held[_matter(told)] = _strongest(known, to_result(self._side, told))
        elif told.change == "raised" and told.alert is not None:
            self._alerts[told.alert] = to_result(self._side, told)
        elif told.alert in self._alerts:
            self._alerts[told.alert] = _changed(self._alerts[told.alert], told)

    def rows(self) -> list[ReplayResult]:
        """Oldest first. What woke nobody is there where the matter was never raised."""
        silent = [one for matter, one in self._held.items() if matter not in self._raised]
        silent.sort(key=lambda one: (-one.severity, one.at))
        return sorted([*self._alerts.values(), *silent[:MOST_HELD]], key=lambda one: one.at)


def _matter(told: Telling) -> Matter:
    """The story; where there is none, what a detector found on one day."""
    return (told.story,) if told.story else (told.kind, told.at.date())


def _strongest(known: ReplayResult | None, new: ReplayResult) -> ReplayResult:
    if known is None:
        return replace(new, changes=1)
    return replace(new if new.severity > known.severity else known, changes=known.changes + 1)


def _changed(alert: ReplayResult, told: Telling) -> ReplayResult:
    is_growth = told.change in ("escalated", "updated")
    more = map(int, told.items) if is_growth and told.story else ()  # a series is about what moved it first
    return replace(
        alert,
        peak=max(alert.peak, told.severity),
        state=AlertState(told.state),
        changes=alert.changes + is_growth,
        signal_ids=tuple(dict.fromkeys((*alert.signal_ids, *more))),
    )


def to_result(side: Side, told: Telling) -> ReplayResult:
    """Signals are named by the numbers that they have live."""
    is_held = told.change == "held"
    return ReplayResult(
        side=side,
        outcome=Outcome.HELD if is_held else Outcome.RAISED,
        at=told.at,
        kind=EmergenceKind(told.kind),
        severity=told.severity,
        level=Level(told.level),
        peak=told.severity,
        state=None if is_held else AlertState(told.state),
        topics=told.topics,
        title=told.title,
        because=told.because,
        story_id=int(told.story) if told.story else None,
        signal_ids=tuple(map(int, told.items)),
        first_seen_at=told.story_began_at,
        changes=0,
        hold=HoldReason(told.hold) if told.hold else None,
        decided=told.reason,
    )
