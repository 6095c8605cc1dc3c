"""Slow rise: simulated watches, steady or growing eightfold in 30 days, from a signal in three days to 40 a day.

Run with `python -m benchmarks.bench_slow_rise` (ten seconds). Days are negative binomial (variance mean + 0.2 mean²)
with a weekday pattern; seeds are fixed. A rise is found in time if it is told before the volume has reached four times
the usual. "By chance" is how often a steady watch says something within as many days: what is found beyond it is real.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench_surge import Goal, report
from classifiers.detectors.days import Stretch
from classifiers.detectors.slow_rise import BASELINE, COOL_DOWN, LAGS, LEAST_BASELINE, WINDOWS, judge

RATES = (0.3, 1.0, 3.0, 10.0, 40.0)  # signals a day
SWING = 0.2
WEEK_SHAPE = np.array([1.1, 1.15, 1.15, 1.1, 1.05, 0.7, 0.75])
KNOWN_DAYS = (35, 63)  # how long the watch was known before the rise
STEADY_DAYS, RUNS = 120, 200
RAMP_DAYS, GROWTH, IN_TIME = 30, 8.0, 20  # fourfold on the 20th day

Days = NDArray[np.int64]
START = date(2026, 1, 5)


def stream(rate: float, days: int, random: np.random.Generator, ramp_from: int | None = None) -> Days:
    mean = rate * WEEK_SHAPE[np.arange(days) % 7]
    if ramp_from is not None:
        mean = mean * GROWTH ** (np.clip(np.arange(days) + 0.5 - ramp_from, 0, RAMP_DAYS) / RAMP_DAYS)
    return random.poisson(random.gamma(1 / SWING, SWING * mean))


def stretch(counts: Days, first: int, last: int) -> Stretch:
    signals = float(counts[first : last + 1].sum())
    return Stretch(START + timedelta(first), START + timedelta(last), signals, last + 1 - first)


def tells(counts: Days, closed: int) -> bool:
    """What the detector decides when the day `closed` is over, on whole days that were all listened to."""
    for length in WINDOWS:
        begin = closed - length + 1
        ends = [begin - 1 - lag for lag in LAGS]
        known = [stretch(counts, max(0, last - BASELINE + 1), last) for last in ends if last + 1 >= LEAST_BASELINE]
        usual = min(known, key=lambda one: (one.signals + 0.5) / one.days)
        if judge(stretch(counts, begin, closed), usual, float(counts[begin : closed + 1].max())):
            return True
    return False


def alerts(counts: Days, first: int) -> list[int]:
    told: list[int] = []
    for closed in range(first, len(counts)):
        if (not told or closed - told[-1] >= COOL_DOWN) and tells(counts, closed):
            told.append(closed)
    return told


def main() -> int:
    goals = []
    print(
        f"{'a day':>6} {'known':>6} {'false a month':>14} {'found before x4':>16} {'by chance':>10} {'median day':>11}"
    )
    for rate in RATES:
        for known in KNOWN_DAYS:
            steady = [
                alerts(stream(rate, known + STEADY_DAYS, np.random.default_rng([1, run])), known) for run in range(RUNS)
            ]
            rising = [
                alerts(stream(rate, known + IN_TIME, np.random.default_rng([2, run]), known), known)
                for run in range(RUNS)
            ]
            false = sum(map(len, steady)) / RUNS / (STEADY_DAYS / 30)
            found = sum(map(bool, rising)) / RUNS
            chance = sum(any(at < known + IN_TIME for at in run) for run in steady) / RUNS
            day = float(np.median([run[0] - known + 1 for run in rising if run]))
            print(f"{rate:>6g} {known:>6} {false:>14.2f} {found:>16.0%} {chance:>10.0%} {day:>11.0f}")
            goals.append(Goal(f"{rate:g} a day, known {known} days: share found before x4", found, 0.80))
            goals.append(Goal(f"{rate:g} a day, known {known} days: false a month", false, 1.0, at_least=False))
    return report(goals)


if __name__ == "__main__":
    sys.exit(main())
