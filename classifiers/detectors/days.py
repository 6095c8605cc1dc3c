"""A watch's days as the slow detectors remember them: what was said, how long we listened, what moved it.

Theory of operation. Closed buckets are added up to local days. A day of which less than half was listened to teaches
nothing and counts for nothing. Sources that were added after the past that we compare with began are counted apart: a
watch with more ears is no watch on which more is said. Of the hits a day remembers how many carry which topic, and the
ids of the latest few, so that what moved a week can be named without reading it again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from classifiers.detectors.evidence import AGREEMENT, wanted
from classifiers.types import Hit, WatchNews
from signals.types import Sensitivity

DAY = timedelta(days=1)
KEPT = 70  # days
MOST_IDS = 10  # of a day
LEAST_HEARD = 0.5  # share of a day
LATE = timedelta(hours=2)  # an item that comes later than this belongs to the day on which it was said


@dataclass(slots=True)
class Day:
    number: int  # proleptic ordinal of the local date
    signals: int = 0
    heard: float = 0.0  # buckets
    newcomers: dict[int, int] = field(default_factory=dict)  # day of adding -> hits of sources added then
    own: int = 0  # hits in words of their own
    topics: dict[str, list[float]] = field(default_factory=dict)  # how many, summed score
    ids: list[int] = field(default_factory=list)

    def to_state(self) -> list[Any]:
        late = {str(added): count for added, count in self.newcomers.items()}
        return [self.number, self.signals, self.heard, late, self.own, self.topics, self.ids]

    @classmethod
    def from_state(cls, state: Sequence[Any]) -> Self:
        number, signals, heard, late, own, topics, ids = state
        newcomers = {int(added): count for added, count in late.items()}
        return cls(number, signals, heard, newcomers, own, {name: list(two) for name, two in topics.items()}, list(ids))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of whole days: what was said in the parts of them in which we listened."""

    first: date
    last: date
    signals: float
    days: float  # listened to

    @property
    def a_day(self) -> float:
        return self.signals / self.days if self.days else 0.0


class Diary:
    """The days of one watch, oldest first; the last is still open."""

    def __init__(self, news: WatchNews, state: Mapping[str, Any], with_hits: bool = True) -> None:
        """`with_hits`: remember of the hits which they were and what they were about."""
        self._zone = ZoneInfo(news.time_zone)
        self._buckets = DAY / news.bucket
        self._stored: Sequence[Any] = state.get("days", ())
        self._today = Day.from_state(state["today"]) if state.get("today") else None
        self._with_hits = with_hits
        self._forgot = 0  # the open day when what is old was last forgotten
        self.began = int(state.get("began", self.number_of(news.now)))  # the day of the first look

    def take(self, news: WatchNews) -> int | None:
        """Write down what is new; the number of the newest day that this has closed, if any."""
        self._forget_old()
        before = self._open
        for count in news.counts:
            number = self.number_of(count.start)
            if number >= self._open or number in self._days:
                day = self._day(number)
                day.signals += count.signals
                day.heard += bool(count.listened)
                if number > self._open:
                    self._today = day
        for hit in news.hits:
            self._take_hit(hit, news)
        return self._open - 1 if self._open > before else None

    def _forget_old(self) -> None:
        """As storing and reading it back would."""
        if "_days" in self.__dict__ and self._forgot != self._open:
            self._forgot = self._open
            for number in [number for number in self._days if number <= self._open - KEPT]:
                del self._days[number]

    @property
    def _open(self) -> int:
        return self._today.number if self._today else 0

    @cached_property
    def _days(self) -> dict[int, Day]:
        """All days, read when they are asked for: most looks only add to the last."""
        days = {day.number: day for day in map(Day.from_state, self._stored)}
        return days | ({self._today.number: self._today} if self._today else {})

    def _take_hit(self, hit: Hit, news: WatchNews) -> None:
        if not is_evidence(hit):
            return
        number = self.number_of(said_on(hit))
        if number < self._open - KEPT:
            return
        day = self._day(number)
        self._count_newcomer(hit, day, news)
        if not self._with_hits:
            return
        day.own += 1
        day.ids = [*day.ids, hit.signal.id][-MOST_IDS:]
        for label in wanted(hit, frozenset()):
            counted = day.topics.setdefault(label.name, [0, 0.0])
            counted[0] += 1
            counted[1] = round(counted[1] + label.score, 3)

    def _count_newcomer(self, hit: Hit, day: Day, news: WatchNews) -> None:
        added = news.newcomers.get(hit.signal.source_id)
        if added is not None:
            since = self.number_of(added)
            day.newcomers[since] = day.newcomers.get(since, 0) + 1

    def _day(self, number: int) -> Day:
        if self._today is not None and number == self._today.number:
            return self._today
        return self._days.setdefault(number, Day(number))

    def number_of(self, moment: datetime) -> int:
        return moment.astimezone(self._zone).toordinal()

    @property
    def first(self) -> int | None:
        """The first day on which we listened."""
        return min((day.number for day in self._days.values() if self._share(day)), default=None)

    def end_of(self, number: int) -> datetime:
        return datetime.fromordinal(number + 1).replace(tzinfo=self._zone).astimezone(UTC)

    def stretch(self, first: int, last: int, known_since: int) -> Stretch:
        """The days from `first` to `last`, without what sources say that were added after `known_since`."""
        days = [day for number in range(first, last + 1) if (day := self._days.get(number)) and self._share(day)]
        signals = sum(self._counted(day, known_since) for day in days)
        return Stretch(date.fromordinal(first), date.fromordinal(last), signals, sum(self._share(day) for day in days))

    def busiest(self, first: int, last: int, known_since: int) -> float:
        return max((self._counted(day, known_since) for number, day in self._days.items() if first <= number <= last))

    def _counted(self, day: Day, known_since: int) -> float:
        late = sum(count for added, count in day.newcomers.items() if added > known_since)
        return max(0, day.signals - late)

    def _share(self, day: Day) -> float:
        share = min(1.0, day.heard / self._buckets)
        return share if share >= LEAST_HEARD else 0.0

    def moved_by(self, first: int, topics: frozenset[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """The topics that a third of the hits since `first` carry, and the latest of these hits."""
        days = [day for number, day in sorted(self._days.items()) if number >= first]
        own = sum(day.own for day in days)
        counts: Counter[str] = Counter()
        scores: defaultdict[str, float] = defaultdict(float)
        for day in days:
            for name, (count, score) in day.topics.items():
                if not topics or name in topics:
                    counts[name] += int(count)
                    scores[name] += score
        agreed = [name for name, count in counts.items() if count >= AGREEMENT * own]
        return tuple(sorted(agreed, key=lambda name: (-scores[name], name))), _ids(days)

    def to_state(self) -> dict[str, Any]:
        today = self._today.to_state() if self._today else None
        return {"began": self.began, "today": today, "days": self._closed()}

    def _closed(self) -> list[Any]:
        if "_days" not in self.__dict__:  # nobody asked for them: as they were stored
            return list(self._stored)
        kept = [number for number in sorted(self._days) if self._open - KEPT < number != self._open]
        return [self._days[number].to_state() for number in kept]


def _ids(days: Iterable[Day]) -> tuple[int, ...]:
    return tuple(sorted({number for day in days for number in day.ids}))


def is_evidence(hit: Hit) -> bool:
    """News in words of its own, that is not ours. What numbers say of a restricted tip would tell of it."""
    one = hit.signal
    is_open = one.sensitivity is not Sensitivity.RESTRICTED
    return hit.is_fresh and not hit.is_again and one.copy_of is None and one.release is None and is_open


def said_on(hit: Hit) -> datetime:
    """When a hit counts: when we saw it, or when it was said if we came late."""
    one = hit.signal
    return one.at if one.seen_at - one.at > LATE else one.seen_at
