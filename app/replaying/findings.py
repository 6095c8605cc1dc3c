"""What has been found so far in a replay, what was decided of it, and the alerts that came of it."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.alerts.false_alarms import BACK, STATISTICAL
from app.alerts.types import Alert, AlertState, Level, TransitionKind
from classifiers.types import Emergence, EmergenceKind


@dataclass(slots=True)
class Found:
    """An emergence, and what was decided of it."""

    id: int
    emergence: Emergence
    severity: int | None = None
    level: str = ""
    verdict: str = ""
    hold: str = ""
    reason: str = ""
    title: str = ""
    alert_id: int | None = None

    @property
    def about(self) -> int:
        """Its story; of what is about none, itself."""
        return self.emergence.story_id if self.emergence.story_id is not None else -self.id


@dataclass(frozen=True, slots=True)
class Change:
    """One transition of an alert."""

    alert_id: int
    kind: TransitionKind
    state: AlertState
    severity: int
    level: Level
    at: datetime
    reason: str
    found: Found | None


@dataclass(slots=True)
class AlertRow:
    """An alert, and what its value does not hold."""

    alert: Alert
    source_id: int | None = None
    dismiss_reason: str = ""


@dataclass(slots=True)
class OfWatch:
    """The findings of one watch, the oldest first."""

    recent: deque[Found] = field(default_factory=deque)
    undecided: list[Found] = field(default_factory=list)
    first_at: datetime | None = None
    kinds: defaultdict[int, set[EmergenceKind]] = field(default_factory=lambda: defaultdict(set))
    alerts: list[int] = field(default_factory=list)


class Findings:
    """The place of the tables of emergences, alerts and transitions."""

    def __init__(self, watch_ids: Iterable[int]) -> None:
        self.of = {key: OfWatch() for key in watch_ids}
        self.by_numbers: deque[Found] = deque()  # of the kinds that rest on numbers alone, of all watches
        self.first_at: datetime | None = None
        self.alerts: dict[int, AlertRow] = {}
        self.living: set[int] = set()
        self.undecided: set[int] = set()  # watches
        self.changes: list[Change] = []  # since they were told
        self.decided: list[Found] = []  # the same
        self._by_number: dict[int, Found] = {}  # of those that are not decided or not told
        self._count = 0

    def add(self, found: Sequence[Emergence]) -> None:
        for emergence in found:
            self._count += 1
            one = Found(self._count, emergence)
            mine = self.of[emergence.watch_id]
            mine.recent.append(one)
            mine.undecided.append(one)
            mine.first_at = min(mine.first_at or emergence.at, emergence.at)
            self.first_at = min(self.first_at or emergence.at, emergence.at)
            if emergence.story_id is not None:
                mine.kinds[emergence.story_id].add(emergence.kind)
            if emergence.kind in STATISTICAL:
                self.by_numbers.append(one)
            self.undecided.add(emergence.watch_id)
            self._by_number[one.id] = one

    def get(self, number: int) -> Found:
        return self._by_number[number]

    def since(self, watch_id: int, moment: datetime) -> Iterator[Found]:
        """Findings of a watch at or after a moment, the newest first."""
        for one in reversed(self.of[watch_id].recent):
            if one.emergence.at < moment:
                return
            yield one

    def put_alert(self, alert: Alert) -> None:
        row = self.alerts[alert.id]
        row.alert = alert
        (self.living.add if alert.state.is_living else self.living.discard)(alert.id)

    def change(self, change: Change) -> None:
        row = self.alerts[change.alert_id]
        severity = replace(row.alert.severity, score=change.severity, level=change.level)
        self.put_alert(replace(row.alert, state=change.state, severity=severity, changed_at=change.at))
        self.changes.append(change)

    def told(self) -> None:
        """What has changed and what was decided has been told."""
        for one in self.decided:
            self._by_number.pop(one.id, None)
        self.changes, self.decided = [], []

    def forget(self, now: datetime) -> None:
        for mine in self.of.values():
            while mine.recent and mine.recent[0].emergence.at < now - BACK:
                mine.recent.popleft()
        while self.by_numbers and self.by_numbers[0].emergence.at < now - BACK:
            self.by_numbers.popleft()
