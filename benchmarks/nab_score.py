"""The Numenta Anomaly Benchmark's score for 0/1 alerts, written from its published definition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp


@dataclass(frozen=True, slots=True)
class Profile:
    """What a caught window, a false alert and a missed window weigh."""

    name: str
    caught: float
    false: float
    missed: float


STANDARD = Profile("standard", 1.0, 0.11, 1.0)
LOW_FALSE_POSITIVES = Profile("low FP", 1.0, 0.22, 1.0)
LOW_FALSE_NEGATIVES = Profile("low FN", 1.0, 0.11, 2.0)
PROFILES = (STANDARD, LOW_FALSE_POSITIVES, LOW_FALSE_NEGATIVES)


@dataclass(frozen=True, slots=True)
class Window:
    """A labelled stretch of rows, both ends included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and self.first <= row <= self.last


@dataclass(frozen=True, slots=True)
class Tally:
    """What the alerts on one file came to; tallies of several files are added up before normalising."""

    windows: int = 0
    caught: int = 0
    false: int = 0
    reward: float = 0.0
    penalty: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.windows + other.windows,
            self.caught + other.caught,
            self.false + other.false,
            self.reward + other.reward,
            self.penalty + other.penalty,
        )


def sigmoid(x: float) -> float:
    return -1.0 if x > 3 else 2 / (1 + exp(5 * x)) - 1


def probation(rows: int) -> int:
    """How many rows at the start of a file count neither for nor against."""
    return int(min(0.15 * rows, 750))


def row_weight(row: int, windows: Sequence[Window]) -> float:
    """What an alert on this row is worth before the profile's weights."""
    for window in windows:
        if row in window:
            return sigmoid(-(window.last - row + 1) / window.length)
    before = [window for window in windows if window.last < row]
    if not before:
        return -1.0
    last = before[-1]
    return sigmoid((row - last.last) / max(1, last.length - 1))


def tally_alerts(rows: int, windows: Sequence[Window], alerts: Iterable[int]) -> Tally:
    """Weigh the alerted rows of one file of so many rows against its windows, sorted by time."""
    counted = [row for row in alerts if row >= probation(rows)]
    outside = [row for row in counted if not any(row in window for window in windows)]
    best = [
        max(row_weight(row, windows) for row in inside)
        for window in windows
        if (inside := [row for row in counted if row in window])
    ]
    return Tally(
        windows=len(windows),
        caught=len(best),
        false=len(outside),
        reward=sum(best) / sigmoid(-1),
        penalty=sum(row_weight(row, windows) for row in outside),
    )


def normalised(tally: Tally, profile: Profile) -> float:
    """0 for a detector that never alerts, 100 for one that alerts on the first row of each window only."""
    missed = tally.windows - tally.caught
    score = profile.caught * tally.reward - profile.missed * missed + profile.false * tally.penalty
    silent = -profile.missed * tally.windows
    perfect = profile.caught * tally.windows
    return 100 * (score - silent) / (perfect - silent)
