"""Are we deaf? A source that matters has fallen silent, or too little is heard of all that usually is: pure decisions.

They look at the coverage ledger, not at signals, once an hour when it is written; so they are no `Detector` of a
watch. A time in which nobody listened proves nothing about a source: it is silent only when it was asked after the
moment by which it should have spoken, and failing only when it was asked three times.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from classifiers.detectors.evidence import span_in_words
from classifiers.types import Emergence, EmergenceKind
from signals.expectation import HOUR, Expectation, chance_of_silence, expected_between

BY_SILENCE, BY_LOSS = "source_silent@1", "coverage_lost@1"
LEAST_FAILURES = 3
FAILS_FOR, MISSED = timedelta(hours=2), 3.0  # failing for so long, and so many items missed
FAILS_AT_MOST = timedelta(hours=24)

LOST = 0.7  # share of what was expected that must be heard
WELL = 0.85  # share at which it is well again
WELL_HOURS = 2
WINDOWS = (3, 6, 12, 24)  # hours; the shortest in which enough is expected
ENOUGH, LEAST = 10.0, 3.0  # items expected, and what must be in the longest window
LEAST_OF_A_HOUSE = 3  # sources of one family or host that are a loss of their own


@dataclass(frozen=True, slots=True)
class Hearing:
    """What we know of a source that must not be silent."""

    source_id: int
    name: str
    tier: int
    health: str
    is_active: bool
    failures: int
    error: str
    created_at: datetime
    heard_at: datetime | None  # last item
    asked_at: datetime | None  # last visit that went well
    silent_after: datetime | None
    known: Expectation | None


@dataclass(frozen=True, slots=True)
class HeardHour:
    """An hour of the ledger over many sources. `weighed`: the same with sources of tier 1 counting four, 2 two."""

    hour: datetime
    expected: float
    heard: float
    weighed_expected: float
    weighed_heard: float
    not_asked: float  # of the expected, in hours in which nobody listened

    @property
    def share(self) -> float:
        return self.heard / self.expected if self.expected else 1.0


@dataclass(frozen=True, slots=True)
class House:
    """Sources of one family or host of which nothing was heard."""

    name: str
    sources: int
    expected: float


@dataclass(frozen=True, slots=True)
class Loss:
    """What is missing, from `begin` on."""

    begin: datetime
    expected: float
    heard: float
    share: float  # the lower of the share of items and the share weighed by tier
    houses: tuple[House, ...]


def find_silence(one: Hearing, watch_id: int, now: datetime, zone: ZoneInfo) -> Emergence | None:
    """An emergence as long as the source is not to be heard; the caller tells of it once."""
    if one.health == "retired":
        return _silence(one, watch_id, one.asked_at or one.created_at, f"{one.name} is gone: {one.error}", now, zone)
    if not one.is_active:
        return None
    if one.health in ("failing", "blocked"):
        since = one.asked_at or one.created_at
        missed = expected_between(one.known, since, now, zone) if one.known else 0.0
        is_long = now - since >= FAILS_AT_MOST or (now - since >= FAILS_FOR and missed >= MISSED)
        if one.failures < LEAST_FAILURES or not is_long:
            return None
        what = "refuses to let us in" if one.health == "blocked" else "cannot be read"
        words = f"{one.name} {what} since {span_in_words(now - since)}: {one.error}"
        return _silence(one, watch_id, since, words, now, zone)
    is_asked = one.silent_after is not None and one.asked_at is not None and one.asked_at >= one.silent_after
    if not is_asked or one.silent_after is None or one.heard_at is None or now < one.silent_after:
        return None
    words = f"{one.name} has said nothing for {span_in_words(now - one.heard_at)}"
    return _silence(one, watch_id, one.heard_at, words, now, zone)


def _silence(one: Hearing, watch_id: int, since: datetime, words: str, now: datetime, zone: ZoneInfo) -> Emergence:
    expected = expected_between(one.known, since, now, zone) if one.known else 0.0
    usual = f"; {expected:.0f} items would have been usual" if expected >= 1 else ""
    return Emergence(
        kind=EmergenceKind.SOURCE_SILENT,
        watch_id=watch_id,
        story_id=None,
        source_id=one.source_id,
        at=now,
        observed=0.0,
        expected=round(expected, 1),
        window=now - since,
        tail=chance_of_silence(one.known, since, now, zone) if one.known else 1.0,
        strength=1.0,
        signal_ids=(),
        topics=(),
        terms=(),
        because=f"{words.rstrip('. ')}{usual}.",
        by=BY_SILENCE,
        facts={
            "state": one.health if one.health in ("failing", "blocked", "retired") else "silent",
            "tier": one.tier,
            "source": one.name,
        },
    )


def window_of(hours: Sequence[HeardHour]) -> Sequence[HeardHour]:
    """The newest hours that are enough to judge by (`hours` in order); empty: nothing can be said.

    Hours in which nobody listened are left out: they are known to be lost, and no fault of a source.
    """
    asked = [one for one in hours if one.not_asked <= one.expected / 2]
    if not asked or asked[-1] is not hours[-1] or len(asked) < WINDOWS[0]:
        return ()
    for length in WINDOWS:
        window = asked[-length:]
        total = sum(one.expected for one in window)
        if total >= ENOUGH or (length == WINDOWS[-1] and total >= LEAST):
            return window
    return ()


def find_loss(window: Sequence[HeardHour], houses: Sequence[House]) -> Loss | None:
    """What a window has lost: too much of the whole, or all of a house."""
    if not window:
        return None
    expected, heard = sum(one.expected for one in window), sum(one.heard for one in window)
    weighed = sum(one.weighed_expected for one in window)
    share = min(heard / expected, sum(one.weighed_heard for one in window) / weighed)
    lost = tuple(house for house in houses if house.sources >= LEAST_OF_A_HOUSE)
    return Loss(window[0].hour, expected, heard, share, lost) if share < LOST or lost else None


def is_well(hours: Sequence[HeardHour], loss: Loss | None) -> bool:
    """Heard again: the last hours were as they should be, and no house is missing."""
    last = [one for one in hours[-WELL_HOURS:] if one.not_asked <= one.expected / 2]
    enough = len(last) == WELL_HOURS and all(one.share >= WELL for one in last)
    return enough and not (loss and loss.houses)


def tell_loss(loss: Loss, watch_id: int, now: datetime) -> Emergence:
    hours = (now - loss.begin) / HOUR
    words = f"We hear {loss.share:.0%} of what is usually said in these {hours:.0f} hours"
    if loss.houses:
        named = ", ".join(f"{house.name} ({house.sources} sources)" for house in loss.houses[:3])
        words += f"; nothing at all of {named}"
    return Emergence(
        kind=EmergenceKind.COVERAGE_LOST,
        watch_id=watch_id,
        story_id=None,
        at=now,
        observed=round(loss.heard, 1),
        expected=round(loss.expected, 1),
        window=now - loss.begin,
        tail=0.0,
        strength=(1 - loss.share) / (1 - LOST) if loss.share < LOST else 1.0,
        signal_ids=(),
        topics=(),
        terms=(),
        because=f"{words}.",
        by=BY_LOSS,
        coverage=loss.share,
        facts={"share": round(loss.share, 3), "houses": [house.name for house in loss.houses[:10]]},
    )
