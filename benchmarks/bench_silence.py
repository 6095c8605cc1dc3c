"""How soon a source that has fallen silent is called so, and how often one that has not, on the times of real items.

Run with `python -m benchmarks.bench_silence` (some two minutes). We begin to listen to each source of ../shared/data
(NU.nl and its sections, the BBC, the police of Swedish places) and to simulated ones (newspapers, offices) at two
moments by chance, learn its rhythm every day as the ledger does, and follow it for eight weeks; then once more for
each of a few days on which it dies. Gaps in the data themselves count as false: the figures are too high by these.
"""

import sys
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from random import Random
from statistics import median_low
from zoneinfo import ZoneInfo

from benchmarks.bench_rhythm import BBC, DATA, NU, POLICE, _lenient, lines
from signals.expectation import DAY, HOUR, SHORTEST_WAIT, learn, silent_after
from tests.support.rhythm_play import LOCAL_DAY, NEWSPAPER_DAY, OFFICE_DAY, OFFICE_WEEK, WHOLE_WEEK, published

ZONE = ZoneInfo("Europe/Oslo")
FOLLOWED, STARTS = 56, 2  # days; for each source
AGES = ((0, 7), (7, 14), (14, 28), (28, FOLLOWED))
DEATHS = (5, 8, 12, 20, 40)
GIVEN_UP = 21  # days after which nobody waits any more
BUSY, SOME = 8.0, 2.0  # items a day
SIMULATED = (
    (7 * 40, NEWSPAPER_DAY, WHOLE_WEEK),
    (7 * 12, LOCAL_DAY, WHOLE_WEEK),
    (7 * 3, LOCAL_DAY, WHOLE_WEEK),
    (7 * 12, OFFICE_DAY, OFFICE_WEEK),
    (25, OFFICE_DAY, OFFICE_WEEK),
    (10, OFFICE_DAY, OFFICE_WEEK),
    (3, OFFICE_DAY, OFFICE_WEEK),
)

Hours = Mapping[datetime, int]


@dataclass
class Findings:
    false: Counter[int] = field(default_factory=Counter)  # by age
    days: Counter[int] = field(default_factory=Counter)
    waits: defaultdict[tuple[str, int], list[float]] = field(default_factory=lambda: defaultdict(list))  # hours


def sources() -> Iterator[Hours]:
    groups: defaultdict[str, list[datetime]] = defaultdict(list)
    for line in lines(NU):
        at = datetime.fromisoformat(line["published_at"])
        groups["NU.nl"].append(at)
        groups[f"NU.nl {line['section_name']}"].append(at)
    groups["BBC"] = [datetime.fromisoformat(line["first_seen"]) for line in lines(BBC)]
    for line in lines(POLICE):
        groups[f"police {line['location']['name']}"].append(_lenient(line["datetime"]))
    for number, (a_week, day, week) in enumerate(3 * SIMULATED):
        groups[f"simulated {number}"] = list(published(a_week, day, week, range(182), number))
    for moments in groups.values():
        hours = Counter(at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) for at in moments)
        if len(moments) > 150 and max(hours) - min(hours) > (FOLLOWED + 14) * DAY:
            yield dict(sorted(hours.items()))


class Listener:
    """What the ledger would say of one source, listened to from a moment on."""

    def __init__(self, spoken: Hours, since: datetime, *, is_priority: bool) -> None:
        self._spoken, self._since, self._is_priority = spoken, since, is_priority
        self._limit = cache(self._silent_after)

    def _silent_after(self, day: int, last_at: datetime) -> datetime | None:
        now = self._since + day * DAY
        known = learn({hour: count for hour, count in self._spoken.items() if hour < now}, self._since, now, ZONE)
        return silent_after(known, last_at, ZONE, is_priority=self._is_priority) if known else None

    def called_silent(self, last_at: datetime, until: datetime) -> datetime | None:
        """The first hour of a pause in which it is called silent."""
        now = last_at + SHORTEST_WAIT
        while now < until:
            limit = self._limit((now - self._since) // DAY, last_at)
            if limit is not None and now >= limit:
                return now
            now += HOUR
        return None


def follow(hours: Hours, first: datetime, chance: Random, found: Findings, *, is_priority: bool) -> None:
    spoken = {hour: count for hour, count in hours.items() if first < hour <= first + FOLLOWED * DAY}
    listener, known = Listener(spoken, first, is_priority=is_priority), list(spoken)
    for begin, end in AGES:
        found.days[begin] += end - begin
    for earlier, later in pairwise([*known, first + FOLLOWED * DAY]):
        if at := listener.called_silent(earlier, later):
            found.false[next(begin for begin, end in AGES if (at - first) // DAY < end)] += 1
    for day in DEATHS:
        dies_at = first + day * DAY + chance.randrange(24) * HOUR
        heard = known[: bisect_right(known, dies_at)]
        if len(heard) < 4:
            continue
        alone = Listener({hour: spoken[hour] for hour in heard}, first, is_priority=is_priority)
        at = alone.called_silent(heard[-1], dies_at + GIVEN_UP * DAY)
        a_day = sum(spoken[hour] for hour in heard) / ((dies_at - first) / DAY)
        kind = "busy" if a_day >= BUSY else "some" if a_day >= SOME else "few"
        found.waits[kind, day].append((at - dies_at) / HOUR if at else GIVEN_UP * 24.0)


def measure(all_sources: Sequence[Hours], *, is_priority: bool) -> Findings:
    chance, found = Random(1), Findings()
    for hours in all_sources:
        known = list(hours)
        for _ in range(STARTS):
            days = chance.randrange((known[-1] - known[0]).days - FOLLOWED)
            follow(hours, known[0] + days * DAY + chance.randrange(24) * HOUR, chance, found, is_priority=is_priority)
    return found


def tell(found: Findings) -> str:
    false = ", ".join(f"{begin}-{end} d {30 * found.false[begin] / found.days[begin]:.2f}" for begin, end in AGES)
    told = [f"  called silent though it spoke again, a source and month, by how long it was known: {false}"]
    for kind in ("busy", "some", "few"):
        waits = ", ".join(f"{day} d {median_low(found.waits[kind, day]):.0f}" for day in DEATHS)
        told.append(f"  hours from its death until it is called silent, median, {kind}: {waits}")
    return "\n".join(told)


if __name__ == "__main__":
    if not DATA.is_dir():
        sys.exit(f"no data at {DATA}: nothing measured")
    heard = list(sources())
    sys.stdout.write(f"{len(heard)} sources, followed {STARTS} times for {FOLLOWED} days\n")
    for name, is_priority in (("without priority", False), ("with priority", True)):
        sys.stdout.write(f"{name}\n{tell(measure(heard, is_priority=is_priority))}\n")
