"""Bench C: a simulated brand, from a mention in ten hours to ten an hour, with and without injected bursts.

Run with `python -m benchmarks.bench_surge_brand` (two minutes). Stories come at random, with a daily and weekly
rhythm and days livelier than others; each brings copies within hours, 1.6 mentions on average. Seeds are fixed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench_surge import Goal, report
from classifiers.detectors.volume import VolumeDetector
from classifiers.detectors.volume_settings import VolumeSettings

MINUTES = 5
A_DAY = 24 * 60 // MINUTES
RATES = (0.1, 0.3, 1.0, 3.0, 10.0)  # mentions an hour
BACKGROUND_DAYS, BACKGROUND_RUNS = 56, 30
WARM_DAYS, BURST_RUNS = 28, 60
MENTIONS_A_STORY = 1.6
DAY_SWING = 0.35
COPY_DELAY = 60 / MINUTES  # buckets, mean
DAY_SHAPE = 1 + 0.6 * np.sin(2 * np.pi * (np.arange(A_DAY) / A_DAY - 0.375))
WEEK_SHAPE = np.array([1.1, 1.15, 1.15, 1.1, 1.05, 0.7, 0.75])

SETTINGS = VolumeSettings.for_bucket(MINUTES)

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Burst:
    """So many extra mentions, spread over so many hours; a growing burst gets denser all the way."""

    name: str
    mentions: int
    hours: float
    grows: bool

    def draw(self, start: int, length: int, random: np.random.Generator) -> Counts:
        places = random.random(self.mentions)
        places = np.sqrt(places) if self.grows else places
        buckets = start + (places * self.hours * 60 / MINUTES).astype(np.int64)
        return np.bincount(buckets, minlength=length)[:length].astype(np.int64)


BURSTS = (
    Burst("flash, 10", 10, 0.5, grows=False),
    Burst("flash, 20", 20, 0.5, grows=False),
    Burst("growing over 3 h, 20", 20, 3, grows=True),
    Burst("growing over 3 h, 50", 50, 3, grows=True),
)


@dataclass(frozen=True, slots=True)
class Found:
    """How often a burst raised an alert within a day, and how late."""

    share: float
    delay: float  # minutes from the start of the burst, median


def brand(rate: float, days: int, random: np.random.Generator) -> Counts:
    """Five-minute counts of mentions of a brand whose mean is `rate` an hour."""
    swings = random.lognormal(-(DAY_SWING**2) / 2, DAY_SWING, days)
    day_levels = swings * WEEK_SHAPE[np.arange(days) % 7]
    stories = rate * MINUTES / 60 / MENTIONS_A_STORY * np.outer(day_levels, DAY_SHAPE).ravel()
    counts = random.poisson(stories)
    origins = np.repeat(np.arange(len(counts)), counts)
    copies = np.repeat(origins, random.geometric(1 / MENTIONS_A_STORY, len(origins)) - 1)
    late = copies + random.exponential(COPY_DELAY, len(copies)).astype(np.int64)
    return counts + np.bincount(late[late < len(counts)], minlength=len(counts))


def alerts(detector: VolumeDetector, counts: Counts, start: int = 0) -> list[int]:
    """The buckets from `start` on at which the detector alerts."""
    return [
        bucket
        for bucket, count in enumerate(counts[start:].tolist(), start)
        if detector.observe(count, bucket % A_DAY * 24 // A_DAY).is_alert
    ]


def false_a_week(rate: float) -> float:
    """Alerts on a brand on which nothing happens."""
    total = 0
    for seed in range(BACKGROUND_RUNS):
        counts = brand(rate, BACKGROUND_DAYS, np.random.default_rng(seed))
        total += len(alerts(VolumeDetector(SETTINGS), counts))
    return total / (BACKGROUND_RUNS * BACKGROUND_DAYS / 7)


def find_bursts(rate: float) -> dict[str, Found]:
    """Inject each burst at a random time of the day after four weeks of ordinary life, in many runs."""
    delays: dict[str, list[int]] = {burst.name: [] for burst in BURSTS}
    for seed in range(BURST_RUNS):
        random = np.random.default_rng([seed, 1])
        counts = brand(rate, WARM_DAYS + 2, random)
        start = WARM_DAYS * A_DAY + int(random.integers(A_DAY))
        warm = VolumeDetector(SETTINGS)
        alerts(warm, counts[:start])
        for burst in BURSTS:
            disturbed = (counts + burst.draw(start, len(counts), random))[: start + A_DAY]
            detector = VolumeDetector.from_state(SETTINGS, warm.to_state())
            delays[burst.name] += [at - start for at in alerts(detector, disturbed, start)][:1]
    return {name: _found(late) for name, late in delays.items()}


def _found(delays: list[int]) -> Found:
    return Found(len(delays) / BURST_RUNS, median(delays) * MINUTES if delays else float("nan"))


def main() -> int:
    print(f"{'mentions an hour':24}" + "".join(f"{rate:>14g}" for rate in RATES))
    false = {rate: false_a_week(rate) for rate in RATES}
    print(f"{'false a series-week':24}" + "".join(f"{false[rate]:>14.2f}" for rate in RATES))
    found = {rate: find_bursts(rate) for rate in RATES}
    for burst in BURSTS:
        row = (found[rate][burst.name] for rate in RATES)
        print(f"{burst.name:24}" + "".join(f"{f'{cell.share:.0%}, {cell.delay:.0f} min':>14}" for cell in row))
    growing, flash = found[1.0]["growing over 3 h, 50"], found[0.1]["flash, 10"]
    return report(
        [
            *(Goal(f"{rate:g} an hour, false a week", false[rate], 0.4, at_least=False) for rate in RATES),
            Goal("1 an hour, 50 growing over 3 h: share found", growing.share, 0.95),
            Goal("1 an hour, 50 growing over 3 h: minutes", growing.delay, 90, at_least=False),
            Goal("0.1 an hour, flash of 10: share found", flash.share, 0.90),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
