"""slow_rise: a week or two above the month before: what grows too slowly for any hour to stand out.

Each time a local day closes, its last 7 and its last 14 days are compared with the 28 days before them, and with the 28
days that ended a fortnight earlier; the lower of the two is what is usual. So a ramp does not raise its own bar: while
it has lasted for three weeks, the older month still lies before it.

The bar z is 1.5 on a watch with a signal in three days and 3 on one with ten a day. A quiet watch says too little to
be surer (see benchmarks/bench_slow_rise.py); what no topic explains is held back later. One loud day is a burst and no
rise: without its busiest day the week must still lie above what is usual.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log10
from typing import Any

from classifiers.detectors.days import DAY, Diary, Stretch
from classifiers.detectors.evidence import about
from classifiers.detectors.remembering import kept, recalled
from classifiers.surprise import surprise, tail_of
from classifiers.types import Emergence, EmergenceKind, Finding, WatchNews

WINDOWS = (7, 14)
BASELINE = 28
LAGS = (0, 14)
LEAST_BASELINE = 14.0  # days listened to
LEAST_RISE = 1.5  # times the usual
LEAST_REST = 1.25  # times the usual, without the busiest day
LEAST_SIGNALS = 4
SWING = 0.2  # of a day, against a Poisson day
BAR_AT_ONE_A_DAY, LOWEST_BAR, HIGHEST_BAR = 2.0, 1.5, 3.0
COOL_DOWN = 14  # days
STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rise:
    window: Stretch
    usual: Stretch
    z: float
    bar: float

    @property
    def expected(self) -> float:
        return _a_day(self.usual) * self.window.days


@dataclass(slots=True)
class _Memory:
    diary: Diary
    told: Sequence[float] | None  # day, signals a day

    def to_state(self) -> dict[str, Any]:
        return self.diary.to_state() | {"told": self.told}


class SlowRiseDetector:
    kind = EmergenceKind.SLOW_RISE
    version = "1"

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        memory = recalled(state, lambda stored: _Memory(Diary(news, stored), stored.get("told")))
        diary, told = memory.diary, memory.told
        closed = diary.take(news)
        found: tuple[Emergence, ...] = ()
        rise = find_rise(diary, closed) if closed is not None else None
        if closed is not None and rise is not None and news.now - diary.end_of(closed) <= STALE:
            again = told is None or closed - told[0] >= COOL_DOWN or rise.window.a_day >= 2 * told[1]
            if again:
                memory.told = [closed, rise.window.a_day]
                found = (self._emergence(rise, diary, news),)
        return Finding(found, kept(state, memory, _Memory.to_state))

    def _emergence(self, rise: Rise, diary: Diary, news: WatchNews) -> Emergence:
        topics, ids = diary.moved_by(rise.window.first.toordinal(), news.topics)
        days = (rise.window.last - rise.window.first).days + 1
        times = rise.window.signals / rise.expected
        return Emergence(
            kind=self.kind,
            watch_id=news.watch_id,
            story_id=None,
            at=news.now,
            observed=rise.window.signals,
            expected=round(rise.expected, 2),
            window=days * DAY,
            tail=tail_of(rise.z),
            strength=round(rise.z / rise.bar, 3),
            signal_ids=ids,
            topics=topics,
            terms=(),
            because=(
                f"{rise.window.signals:.0f} signals in {days} days where {rise.expected:.1f} were usual between "
                f"{rise.usual.first} and {rise.usual.last}: {times:.1f} times as many{about(topics)}."
            ),
            by=f"{self.kind.value}@{self.version}",
            coverage=news.coverage,
            facts={
                "z": round(rise.z, 2),
                "bar": round(rise.bar, 2),
                "times": round(times, 2),
                "usual_signals": rise.usual.signals,
                "usual_days": round(rise.usual.days, 2),
                "usual_from": rise.usual.first.isoformat(),
                "usual_until": rise.usual.last.isoformat(),
                "from": rise.window.first.isoformat(),
                "until": rise.window.last.isoformat(),
                "heard_days": round(rise.window.days, 2),
            },
        )


def find_rise(diary: Diary, closed: int) -> Rise | None:
    """The rise that stands out most among the windows ending with the day `closed`."""
    first = diary.first
    if first is None:
        return None
    rises = [rise for length in WINDOWS if (rise := _rise(diary, closed, length, first)) is not None]
    return max(rises, key=lambda rise: rise.z / rise.bar, default=None)


def _rise(diary: Diary, closed: int, length: int, first: int) -> Rise | None:
    begin = closed - length + 1
    if begin < diary.began:  # what was said before we looked teaches what is usual, and is no news
        return None
    pairs = []
    for lag in LAGS:
        last = begin - 1 - lag
        oldest = max(first, last - BASELINE + 1)
        usual = diary.stretch(oldest, last, oldest) if last >= oldest else None
        if usual is not None and usual.days >= LEAST_BASELINE:
            pairs.append((_a_day(usual), usual, oldest))
    if not pairs:
        return None
    _, usual, known_since = min(pairs, key=lambda pair: pair[0])
    window = diary.stretch(begin, closed, known_since)
    return judge(window, usual, diary.busiest(begin, closed, known_since)) if window.days >= length / 2 else None


def judge(window: Stretch, usual: Stretch, busiest: float) -> Rise | None:
    """Whether so much in the window is a rise above what is usual."""
    expected = _a_day(usual) * window.days
    uncertain = 1 / (usual.signals + 0.5)  # how little we know of what is usual
    z = surprise(window.signals, expected, SWING / window.days + uncertain)
    bar = bar_at(_a_day(usual))
    rest = window.signals - busiest
    is_lasting = rest >= LEAST_REST * _a_day(usual) * (window.days - 1)
    is_much = window.signals >= max(LEAST_SIGNALS, LEAST_RISE * expected)
    return Rise(window, usual, z, bar) if z >= bar and is_lasting and is_much else None


def bar_at(a_day: float) -> float:
    """z that a rise must reach on a watch with so many signals a day.

    >>> [round(bar_at(rate), 2) for rate in (0.1, 1, 10, 100)]
    [1.5, 2.0, 3.0, 3.0]
    """
    return min(HIGHEST_BAR, max(LOWEST_BAR, BAR_AT_ONE_A_DAY + log10(a_day)))


def _a_day(usual: Stretch) -> float:
    return (usual.signals + 0.5) / usual.days
