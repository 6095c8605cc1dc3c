"""What a source usually says at this hour of the week, and from when on its silence is none of its habits: pure.

Theory of operation. Counts of items are Poisson with a rate for each of the 168 hours of the week, as the clocks of
the place show them. Eight weeks hold at most eight of each, so a rate is drawn towards the mean of its part of the
day (night, morning, afternoon, evening; weekday or weekend), and that towards the source's overall mean: a gamma
prior worth a few hours of listening (Gelman et al., *Bayesian Data Analysis*, 3rd ed., 2.6; the shrinkage is that of
Clayton & Kaldor, *Biometrics* 43, 1987). What is left over after the hour of the week, from day to day, is the
source's spread: a negative binomial with that size.
It is not the habit of `habits`, by which visits are timed: that is learnt from items alone, at each visit, so that it
cannot tell an hour of silence from one in which nobody listened, and says nothing of how sure it is.

Silence. After expecting `mass` items the chance of none is (1 + mass / size) ** -size, where the size is the spread
times the days waited, but never more than the occasions on which the source was heard to speak: whoever is little
known is given the benefit of the doubt, with priority less of it. A source is silent from the hour on at which that
chance falls below one in a thousand *and* the mass is half as large again as in its own usual pauses. Nights,
weekends and holidays that it keeps add little mass. A source that is as regular as a clock is silent after two and a
half of its longest pauses, however few they were. All of it moves one way as time passes, so that it can be said
beforehand: `silent_after`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil, log
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SLOTS = 168  # hours of the week, from Monday 0 o'clock
MEMORY = timedelta(weeks=8)
LEAST_ITEMS = 3  # fewer tell nothing
PART_PRIOR = 12.0  # hours of listening that the overall mean counts for, against a part of the day
SLOT_PRIOR = 2.0  # hours of listening that the part of the day counts for, against an hour of the week
LEAST_SPREAD, MOST_SPREAD = 0.5, 50.0

UNLIKELY = 0.001
BEYOND_USUAL = 1.5  # times the mass of its usual pauses
USUAL_SHARE = 0.95  # of its pauses are usual
BEYOND_LONGEST = 2.5  # times the longest pause
SHORTEST_WAIT = timedelta(hours=3)
LONGEST_WAIT = timedelta(days=60)
FADES = timedelta(weeks=4)  # silent for that long, and for three of its pauses: nothing is expected any more
# A source known for less than a fortnight has shown us at most one weekend: wait until one must be over.
FORTNIGHT = timedelta(days=14)
UNKNOWN_WAITS = ((timedelta(days=7), timedelta(hours=96)), (FORTNIGHT, timedelta(hours=72)))
# Of one whose silence is news of its own we want to know sooner: a day is enough then. But no Saturday or Sunday, also
# where one was heard: of busy offices half would be called silent on their first or second weekend.
PRIORITY_WAIT, PRIORITY_UNLIKELY = timedelta(hours=24), 0.003
SATURDAY = 5 * 24


@dataclass(frozen=True, slots=True)
class Expectation:
    """The rhythm of one source. `slots` are items an hour, by hour of the local week."""

    slots: tuple[float, ...]
    spread: float  # size of the negative binomial of a day; 50: hardly more than chance
    occasions: int  # hours in which it was heard to speak
    known_for: timedelta
    longest_pause: timedelta
    usual_mass: float  # items that were expected in the longest of its usual pauses

    @property
    def per_day(self) -> float:
        return sum(self.slots) / 7


ASLEEP = Expectation((0.0,) * SLOTS, MOST_SPREAD, 0, timedelta(0), timedelta(0), 0.0)


def learn(spoken: Mapping[datetime, int], since: datetime, now: datetime, zone: ZoneInfo) -> Expectation | None:
    """The rhythm behind some counts of items by hour (in UTC, of the last eight weeks, none left out).

    `since` is when we began to know of the source. None: it has said too little. A source that has slept for weeks
    is expected to say nothing (`ASLEEP`).
    """
    begin = _hour_of(max(since, now - MEMORY))
    end = _hour_of(now) - HOUR  # the open hour may still bring something
    counts = {hour: count for hour, count in sorted(spoken.items()) if begin <= hour <= end and count > 0}
    if sum(counts.values()) < LEAST_ITEMS:
        return None
    hours = list(counts)
    longest = max((later - earlier for earlier, later in pairwise(hours)), default=timedelta(0))
    if now - hours[-1] > max(FADES, 3 * longest):
        return ASLEEP
    # What it has not said since it fell silent is no habit of its.
    until = min(end, hours[-1] + max(2 * longest, DAY))
    all_hours = [begin + number * HOUR for number in range(int((until - begin) / HOUR) + 1)]
    slots = _rates(counts, all_hours, zone)
    return Expectation(
        slots=slots,
        spread=_spread(counts, all_hours, slots, zone),
        occasions=len(counts),
        known_for=now - begin,
        longest_pause=longest,
        usual_mass=_usual_mass(hours, slots, zone),
    )


def silent_after(
    known: Expectation, last_at: datetime, zone: ZoneInfo, *, is_priority: bool = False
) -> datetime | None:
    """The moment from which a source that has said nothing since `last_at` is silent; None: it never is.

    A source that we have known for less than a fortnight gets less of the doubt where it has priority.
    """
    if known.per_day <= 0:
        return None
    least = _least_wait(known)
    most = _most_wait(known)
    is_hurried = is_priority and known.known_for < FORTNIGHT
    place = slot_of(last_at, zone)
    mass, waited, on_weekdays = 0.0, timedelta(0), timedelta(0)
    while waited < most:
        is_weekday = place < SATURDAY
        mass += known.slots[place]
        waited += HOUR
        on_weekdays += is_weekday * HOUR
        place = (place + 1) % SLOTS
        if mass <= BEYOND_USUAL * known.usual_mass:
            continue
        if waited >= least and _chance(known, mass, waited) < UNLIKELY:
            break
        is_soon_enough = is_hurried and is_weekday and on_weekdays >= PRIORITY_WAIT
        if is_soon_enough and _chance(known, mass, waited) < PRIORITY_UNLIKELY:
            break
    return last_at + min(waited, most)


def chance_of_silence(known: Expectation, last_at: datetime, now: datetime, zone: ZoneInfo) -> float:
    """How likely it is to say nothing from one moment to the other."""
    return _chance(known, expected_between(known, last_at, now, zone), now - last_at)


def expected_between(known: Expectation, begin: datetime, end: datetime, zone: ZoneInfo) -> float:
    """Items that it usually says in that time."""
    hours = max((end - begin) / HOUR, 0.0)
    weeks, rest = divmod(hours, SLOTS)
    place = slot_of(begin, zone)
    whole = sum(known.slots[(place + number) % SLOTS] for number in range(int(rest)))
    return weeks * sum(known.slots) + whole + known.slots[(place + int(rest)) % SLOTS] * (rest % 1)


def slot_of(at: datetime, zone: ZoneInfo) -> int:
    """Which hour of the local week it is.

    >>> slot_of(datetime(2026, 3, 9, 23, tzinfo=UTC), ZoneInfo("Europe/Oslo"))
    24
    """
    return _slot_of_hour(_hour_of(at), zone)


@lru_cache(maxsize=20_000)
def _slot_of_hour(hour: datetime, zone: ZoneInfo) -> int:
    local = hour.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _part_of(slot: int) -> int:
    """Night, morning, afternoon or evening, of weekdays or of the weekend."""
    return (slot >= SATURDAY) * 4 + slot % 24 // 6


def _rates(counts: Mapping[datetime, int], hours: Sequence[datetime], zone: ZoneInfo) -> tuple[float, ...]:
    said, listened = [0] * SLOTS, [0] * SLOTS
    for hour in hours:
        slot = _slot_of_hour(hour, zone)
        listened[slot] += 1
        said[slot] += counts.get(hour, 0)
    mean = sum(said) / len(hours)
    part_said, part_listened = [0] * 8, [0] * 8
    for slot in range(SLOTS):
        part_said[_part_of(slot)] += said[slot]
        part_listened[_part_of(slot)] += listened[slot]
    parts = [(part_said[part] + PART_PRIOR * mean) / (part_listened[part] + PART_PRIOR) for part in range(8)]
    return tuple(
        (said[slot] + SLOT_PRIOR * parts[_part_of(slot)]) / (listened[slot] + SLOT_PRIOR) for slot in range(SLOTS)
    )


def _spread(counts: Mapping[datetime, int], hours: Sequence[datetime], slots: Sequence[float], zone: ZoneInfo) -> float:
    """By moments: how much more the days differ from what is expected of them than chance would have it."""
    said: defaultdict[int, int] = defaultdict(int)
    expected: defaultdict[int, float] = defaultdict(float)
    for number, hour in enumerate(hours):
        said[number // 24] += counts.get(hour, 0)
        expected[number // 24] += slots[_slot_of_hour(hour, zone)]
    squares = sum(mass * mass for mass in expected.values())
    excess = sum((said[day] - mass) ** 2 - mass for day, mass in expected.items())
    return max(LEAST_SPREAD, min(squares / excess, MOST_SPREAD)) if excess > 0 else MOST_SPREAD


def _usual_mass(hours: Sequence[datetime], slots: Sequence[float], zone: ZoneInfo) -> float:
    masses = []
    for earlier, later in pairwise(hours):
        gap = int((later - earlier) / HOUR)
        place = _slot_of_hour(earlier, zone)
        whole, rest = divmod(gap, SLOTS)
        masses.append(whole * sum(slots) + sum(slots[(place + step) % SLOTS] for step in range(rest)))
    return sorted(masses)[ceil(USUAL_SHARE * len(masses)) - 1] if masses else 0.0


def _least_wait(known: Expectation) -> timedelta:
    return next((wait for age, wait in UNKNOWN_WAITS if known.known_for < age), SHORTEST_WAIT)


def _most_wait(known: Expectation) -> timedelta:
    pauses = BEYOND_LONGEST * known.longest_pause
    is_known = known.known_for >= FORTNIGHT and known.occasions > LEAST_ITEMS
    return min(max(pauses, SHORTEST_WAIT if is_known else timedelta(days=7)), LONGEST_WAIT)


def _chance(known: Expectation, mass: float, waited: timedelta) -> float:
    size = max(min(float(known.occasions), known.spread * max(waited / DAY, 1.0)), LEAST_SPREAD)
    return float((1 + mass / size) ** -size) if log(1 + mass / size) * size < 700 else 0.0
