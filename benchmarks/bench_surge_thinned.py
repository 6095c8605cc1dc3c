"""Bench B: the same series thinned to a tenth, hundredth and thousandth, one threshold for all volumes.

Run with `python -m benchmarks.bench_surge_thinned`. Each mention is kept by chance, with fixed seeds, so that
the busy American tickers come down to what a Norwegian municipality sees.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

from benchmarks.bench_surge import Goal, report, surge
from benchmarks.nab_score import Tally, probation
from benchmarks.nab_series import FOLDER, LabelledSeries, load_nab, tally_all
from classifiers.detectors.volume_settings import VolumeSettings

ROWS_A_WEEK = 7 * 288
REPLICATES = 4
GOALS = {1: 0.85, 10: 0.85, 100: 0.50, 1000: 0.0}  # thinned to one in so many: share of windows to find
FALSE_A_WEEK = 0.6


def thin(series: LabelledSeries, one_in: int, random: np.random.Generator) -> LabelledSeries:
    kept = random.binomial(np.asarray(series.counts, dtype=np.int64), 1 / one_in)
    return replace(series, counts=tuple(kept.tolist()))


def run(corpus: list[LabelledSeries], one_in: int) -> tuple[Tally, float]:
    """All alerts over the replicates, and how many series-weeks they were spread over."""
    replicates = 1 if one_in == 1 else REPLICATES
    new = surge(VolumeSettings.for_bucket(5))
    tally = Tally()
    for seed in range(replicates):
        random = np.random.default_rng(seed)
        tally += tally_all([thin(series, one_in, random) for series in corpus], new)
    rows = sum(len(series.counts) - probation(len(series.counts)) for series in corpus)
    return tally, replicates * rows / ROWS_A_WEEK


def main() -> int:
    corpus = load_nab()
    if not corpus:
        print(f"Skipped: {FOLDER} is absent.")
        return 0
    print(f"{'kept':>10} {'false a series-week':>20} {'windows found':>14}")
    goals = []
    for one_in, share in GOALS.items():
        tally, weeks = run(corpus, one_in)
        false, found = tally.false / weeks, tally.caught / tally.windows
        print(f"{'1 in ' + str(one_in):>10} {false:>20.2f} {found:>14.0%}")
        goals.append(Goal(f"1 in {one_in}, false a series-week", false, FALSE_A_WEEK, at_least=False))
        goals.append(Goal(f"1 in {one_in}, share of windows found", found, share))
    return report(goals)


if __name__ == "__main__":
    sys.exit(main())
