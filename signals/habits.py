"""When a source usually speaks, learnt from the times of its items, and how long to leave it alone for that.

Theory of operation. To hear all items soonest with a number of visits, spread them as the square root of how much is
said: four times the items, twice the visits. We go a little below the root, because one item of a source that seldom
speaks is worth more than the hundredth of a newspaper. How much is said is learnt from the items' own times, fading
over a month: so many a day, shared out over the hours of the day and the days of the week once these are known, each
with a grain of doubt, so that no hour is ever written off. What was said in the last hours counts beside the habit: a
blog that wakes up is followed while it is awake. docs/decisions/0009 has the figures.

Beside it stands `expectation`, which knows what silence means: it needs the hours in which nothing was said, learnt
from weeks of items once a day, where a visit must have its habit at once, from the items of the first one on.

Hours are in UTC. The change to summer time moves a habit by an hour, which the smoothing over neighbours covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from typing import Self

ENOUGH = 3.0  # items, what has faded not counted, before a habit is a habit
VISITS = 3.1  # an hour, to a source that says one item an hour
ROOT = 0.4
LONGEST_LOOK = 24  # hours ahead
MOST_LEARNT = 2_000  # items of one visit

HOUR = 3_600.0
DAY = 24 * HOUR
MEMORY = 30 * DAY
BURST = 3 * HOUR
KNOWS_HOURS, KNOWS_DAYS = 3 * DAY, 21 * DAY  # how long a source must be known for the shape of its day and week
DOUBT_HOURS, DOUBT_DAYS = 6.0, 4.0  # items, spread evenly, that we pretend to have seen besides
_HEAD, _HOURS, _DAYS = 3, 24, 7


@dataclass(frozen=True, slots=True)
class Habit:
    """Fading counts of items: of the last hours, by hour of the day, by day of the week."""

    since: float = 0.0  # unix time of the oldest item
    at: float = 0.0  # unix time to which the counts have faded
    recent: float = 0.0
    hours: tuple[float, ...] = (0.0,) * _HOURS
    days: tuple[float, ...] = (0.0,) * _DAYS

    @classmethod
    def from_numbers(cls, numbers: Sequence[float]) -> Self:
        """What `to_numbers` gave; no habit where the row has another shape."""
        if len(numbers) != _HEAD + _HOURS + _DAYS:
            return cls()
        since, at, recent, *shapes = numbers
        return cls(since, at, recent, tuple(shapes[:_HOURS]), tuple(shapes[_HOURS:]))

    def to_numbers(self) -> list[float]:
        return [self.since, self.at, self.recent, *self.hours, *self.days]

    def learn(self, said: Sequence[datetime], now: datetime) -> Self:
        """The habit after items were found that were said at these moments."""
        if not said:
            return self
        times = sorted((min(moment.timestamp(), now.timestamp()) for moment in said), reverse=True)[:MOST_LEARNT]
        at = now.timestamp()
        faded = exp((self.at - at) / MEMORY) if self.at else 0.0
        hours, days = [count * faded for count in self.hours], [count * faded for count in self.days]
        recent = self.recent * exp((self.at - at) / BURST) if self.at else 0.0
        for time in times:
            weight = exp((time - at) / MEMORY)
            hours[int(time // HOUR) % _HOURS] += weight
            days[int(time // DAY) % _DAYS] += weight
            recent += exp((time - at) / BURST)
        since = min(times[-1], self.since or times[-1])
        return replace(self, since=since, at=at, recent=recent, hours=tuple(hours), days=tuple(days))

    @property
    def is_known(self) -> bool:
        return sum(self.hours) >= ENOUGH

    def expected(self, begin: datetime, end: datetime) -> float:
        """How many items it usually says between two moments, a week apart at most."""
        begin_at = max(begin.timestamp(), end.timestamp() - 7 * DAY)
        total, usual = 0.0, _Usual(self, begin_at)
        while begin_at < end.timestamp():
            until = min(end.timestamp(), (begin_at // HOUR + 1) * HOUR)
            total += usual.an_hour(begin_at, 0.0) * (until - begin_at) / HOUR
            begin_at = until
        return total

    def wait(self, now: datetime) -> timedelta:
        """How long to leave it alone: until as much has come together as makes a visit worth its while."""
        start = at = now.timestamp()
        usual, due = _Usual(self, start), 0.0
        while at - start < LONGEST_LOOK * HOUR:
            until = (at // HOUR + 1) * HOUR
            visits = VISITS * usual.an_hour(at, at - start) ** ROOT
            due_in_this_hour = visits * (until - at) / HOUR
            if visits and due + due_in_this_hour >= 1:
                return timedelta(seconds=at - start + (1 - due) / visits * HOUR)
            due, at = due + due_in_this_hour, until
        return timedelta(hours=LONGEST_LOOK)


class _Usual:
    """What is usual in an hour, as seen from one moment."""

    def __init__(self, habit: Habit, at: float) -> None:
        self._habit = habit
        self._known = max(at - habit.since, HOUR)
        self._count = sum(habit.hours)
        exposure = MEMORY * (1 - exp(-self._known / MEMORY)) / HOUR
        age = max(0.0, at - habit.at)
        self._mean = self._count * exp(-age / MEMORY) / exposure
        self._burst = max(0.0, habit.recent * exp(-age / BURST) - 1) * HOUR / BURST

    def an_hour(self, at: float, ahead: float) -> float:
        """Items in the hour that holds this moment, which is `ahead` seconds from now."""
        usual = self._mean * self._of_the_day(int(at // HOUR) % _HOURS) * self._of_the_week(int(at // DAY) % _DAYS)
        return max(usual, self._burst * exp(-ahead / BURST))

    def _of_the_day(self, hour: int) -> float:
        if self._known < KNOWS_HOURS:
            return 1.0
        hours = self._habit.hours
        smooth = (hours[hour - 1] + 2 * hours[hour] + hours[(hour + 1) % _HOURS]) / 4
        return (smooth * _HOURS + DOUBT_HOURS) / (self._count + DOUBT_HOURS)

    def _of_the_week(self, day: int) -> float:
        if self._known < KNOWS_DAYS:
            return 1.0
        return (self._habit.days[day] * _DAYS + DOUBT_DAYS) / (self._count + DOUBT_DAYS)


NO_HABIT = Habit()
