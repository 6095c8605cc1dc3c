"""The constants of the detector of surges, for buckets of any length."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self

HOURS = 24  # slots of a day
_DAY_MINUTES = 24 * 60
_SPANS = (15, 60, 4 * 60, 12 * 60)  # minutes


@dataclass(frozen=True, slots=True)
class VolumeSettings:
    """Every constant of the detector; none is per series. Lengths are in buckets, decays per bucket.

    The defaults are frozen: they may not change together with the benchmark that measures them.
    """

    bucket: timedelta
    windows: tuple[int, ...]  # shortest first
    buckets_an_hour: int
    warm_up: int
    cool_down: int
    least_expected: float
    shape_prior: float
    shape_decay: float
    level_decay: float
    dispersion_decay: float
    record_decay: float
    tail_share: float
    threshold: float = 0.72
    warm_up_threshold: float = 1.0
    escalation: float = 2.0
    gate_z: float = 3.5
    gate_mentions: float = 3.0
    gated_score: float = 0.3
    free_learning: int = 24
    dispersion_prior: float = 0.5
    dispersion_prior_weight: float = 50.0
    tail_step: float = 0.02
    tail_excess_cap: float = 4.0
    least_tail: float = 0.5
    least_record: float = 1.25

    @classmethod
    def for_bucket(cls, minutes: int) -> Self:
        """The frozen defaults for buckets of this many minutes, best at 5 to 15.

        Longer buckets see less: on NAB 30 minutes lose 1 point of 86, an hour 8, two hours 28.
        """
        if minutes < 1:
            raise ValueError("a bucket must last at least one minute")
        a_day = _DAY_MINUTES / minutes
        slot_visits_a_day = max(1.0, a_day / HOURS)
        return cls(
            bucket=timedelta(minutes=minutes),
            windows=_windows(minutes),
            buckets_an_hour=max(1, round(60 / minutes)),
            warm_up=max(HOURS, round(a_day)),
            cool_down=max(1, round(a_day / 2)),
            least_expected=0.004 * minutes,
            shape_prior=25 * slot_visits_a_day,
            shape_decay=_decay(50 * slot_visits_a_day),
            level_decay=_decay(14 * a_day),
            dispersion_decay=_decay(30 * a_day),
            record_decay=_decay(45 * a_day),
            # 0.5 % up to 15 minutes, then the same time between returns: once in two days, not in eight.
            tail_share=0.005 * max(1.0, min(minutes, 60) / 15),
        )


def _windows(minutes: int) -> tuple[int, ...]:
    minutes = min(minutes, 60)  # longer buckets look over as many of themselves as an hour does
    return tuple(sorted({max(1, round(span / minutes)) for span in _SPANS}))


def _decay(half_life: float) -> float:
    return float(0.5 ** (1 / half_life))
