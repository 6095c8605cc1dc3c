"""Surges: how unusual the number of mentions is right now, bucket by bucket, against the series' own past.

Theory of operation
-------------------
A series is a row of counts, one a bucket (5 or 15 minutes). Each bucket is first judged, then learned from:

1. *Expectation*: a slowly forgetting level times the usual shape of the day (24 hour slots).
2. *Surprise* z: over several windows (15 minutes to 12 hours), the observed count against the expected one,
   with a dispersion learned from the series; about N(0, 1) on an ordinary day.
3. *Rarity* E: how far out in this series' own tail z lies. E = 1 is its own 0.5 % tail, each further unit is
   ten times rarer.
4. *Record* R: z against the largest z of recent weeks, a burst never being compared with itself.
5. *Score*: the geometric mean of the mean rarity and the mean record. Noisy series have a fat tail and high
   records, quiet ones neither, so that one threshold serves four orders of magnitude of volume.
6. *Gate*: fewer than three mentions are never a surge, however quiet the series.

Known special cases: a bucket in which the collectors did not run is no zero, call `skip`. Surges are upward
only; a fall to zero is a matter for the coverage ledger. Nothing ever depends on a later bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import log, sqrt
from typing import Any, NamedTuple, Self

from classifiers.surprise import believable_excess, surprise

LARGEST_COUNT = 1e12  # beyond it squares lose their precision

_HOURS = 24
_DAY_MINUTES = 24 * 60
_SPANS = (15, 60, 4 * 60, 12 * 60)  # minutes
_LN10 = log(10)
_LONGEST_RETURN = timedelta(days=36_525)


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
        slot_visits_a_day = max(1.0, a_day / _HOURS)
        return cls(
            bucket=timedelta(minutes=minutes),
            windows=_windows(minutes),
            buckets_an_hour=max(1, round(60 / minutes)),
            warm_up=max(_HOURS, round(a_day)),
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What one bucket tells. The figures shown are those of the window with the largest surprise."""

    score: float
    is_alert: bool
    escalated: bool
    gate_passed: bool
    window: timedelta
    observed: float
    expected: float
    z: float
    rarity: float
    record: float
    bucket: timedelta
    tail_share: float

    @property
    def once_every(self) -> timedelta:
        """How often this series shows the like by itself, from rarity 1 up; a century at most."""
        buckets = 10 ** min(self.rarity - 1, 12.0) / self.tail_share
        longest = _LONGEST_RETURN / self.bucket
        return self.bucket * min(buckets, longest)


class _Moment(NamedTuple):
    """One bucket beside what was expected of it: level times shape of the day, never quite nothing."""

    mentions: float
    hour: int
    level: float
    shape: float
    expected: float


class _View(NamedTuple):
    """One window as it looks at one bucket."""

    length: int
    observed: float
    expected: float
    dispersion: float
    z: float
    rarity: float
    record: float


@dataclass(slots=True)
class _WindowMemory:
    """What is remembered of one window's past: its dispersion, its tail and its record."""

    squares: float = 0.0
    squares_weight: float = 0.0
    tail_start: float = 2.0
    tail_count: float = 3.0
    tail_excess: float = 3.75
    record: float = 5.0
    peak_this_hour: float = 0.0
    peak_last_hour: float = 0.0

    def to_state(self) -> list[float]:
        """In the order in which it is made of them."""
        return [
            self.squares,
            self.squares_weight,
            self.tail_start,
            self.tail_count,
            self.tail_excess,
            self.record,
            self.peak_this_hour,
            self.peak_last_hour,
        ]

    def dispersion(self, settings: VolumeSettings) -> float:
        prior = settings.dispersion_prior_weight
        return (self.squares + settings.dispersion_prior * prior) / (self.squares_weight + prior)

    def rarity_of(self, z: float) -> float:
        if z > self.tail_start:
            return 1 + (z - self.tail_start) * self.tail_count / (self.tail_excess * _LN10)
        return max(z, 0.0) / max(self.tail_start, 0.1)

    def learn(self, view: _View, settings: VolumeSettings, is_full_hour: bool) -> None:
        self._learn_record(view.z, settings, is_full_hour)
        self._learn_tail(view.z, settings)
        self._learn_dispersion(view, settings)

    def _learn_record(self, z: float, settings: VolumeSettings, is_full_hour: bool) -> None:
        self.record *= settings.record_decay
        self.peak_this_hour = max(self.peak_this_hour, z)
        if is_full_hour:  # the hour before the one just finished: a burst must not raise its own bar
            self.record = max(self.record, self.peak_last_hour)
            self.peak_last_hour, self.peak_this_hour = self.peak_this_hour, 0.0

    def _learn_tail(self, z: float, settings: VolumeSettings) -> None:
        step = settings.tail_step * max(1.0, self.tail_start)
        share = settings.tail_share
        self.tail_start += step * (1 - share) if z > self.tail_start else -step * share
        self.tail_start = max(self.tail_start, settings.least_tail)
        if z > self.tail_start:
            self.tail_count += 1
            self.tail_excess += min(z - self.tail_start, settings.tail_excess_cap)

    def _learn_dispersion(self, view: _View, settings: VolumeSettings) -> None:
        expected, decay = view.expected, settings.dispersion_decay
        residual = min(view.observed - expected, believable_excess(expected, view.dispersion))
        self.squares = max(self.squares * decay + residual * residual - expected, 0.0)
        self.squares_weight = self.squares_weight * decay + expected * expected


class VolumeDetector:
    """Follows one series. Give it every bucket in order: `observe` if the collectors ran, else `skip`."""

    def __init__(self, settings: VolumeSettings) -> None:
        self._settings = settings
        self._now = 0  # buckets gone by, skipped ones included
        self._seen = 0
        self._level = self._level_weight = 0.0
        self._slot_counts = [0.0] * _HOURS
        self._slot_weights = [0.0] * _HOURS
        self._counts: list[float] = []
        self._expectations: list[float] = []
        self._memories = [_WindowMemory() for _ in settings.windows]
        self._last_alert_at: int | None = None
        self._last_alert_score = 0.0

    def observe(self, count: float, hour: int) -> Reading:
        """Judge the count of the next bucket, then learn from it; `hour` is the audience's local hour."""
        if not 0 <= count <= LARGEST_COUNT:
            raise ValueError(f"a count must be a number from 0 up, not {count}")
        moment = self._expect(count, hour)
        self._move_on(count, moment.expected)
        views = [self._view(*pair) for pair in zip(self._settings.windows, self._memories, strict=True)]
        reading = self._judge(views)
        if reading.is_alert:
            self._last_alert_at, self._last_alert_score = self._now, reading.score
        self._learn(moment, views)
        return reading

    def skip(self, buckets: int = 1) -> None:
        """Let buckets go by in which the collectors did not run: nothing is scored, nothing learned."""
        remembered = min(buckets, self._settings.windows[-1])
        for _ in range(remembered):
            self._move_on(0.0, 0.0)  # observed nothing and expected nothing: neutral in every window
        self._now += buckets - remembered

    def _expect(self, count: float, hour: int) -> _Moment:
        least = self._settings.least_expected
        level = (self._level + least) / (self._level_weight + 1) if self._seen else max(count, least)
        prior = self._settings.shape_prior * level
        shape = (self._slot_counts[hour] + prior) / (self._slot_weights[hour] + prior)
        return _Moment(count, hour, level, shape, max(level * shape, least))

    def _move_on(self, count: float, expected: float) -> None:
        self._now += 1
        self._counts.append(count)
        self._expectations.append(expected)
        if len(self._counts) > self._settings.windows[-1]:
            del self._counts[0], self._expectations[0]

    def _view(self, length: int, memory: _WindowMemory) -> _View:
        observed = sum(self._counts[-length:])
        expected = sum(self._expectations[-length:])
        dispersion = memory.dispersion(self._settings)
        z = surprise(observed, expected, dispersion)
        record = max(z, 0.0) / max(memory.record, self._settings.least_record)
        return _View(length, observed, expected, dispersion, z, memory.rarity_of(z), record)

    def _judge(self, views: list[_View]) -> Reading:
        settings = self._settings
        gate_passed = any(v.z >= settings.gate_z and v.observed >= settings.gate_mentions for v in views)
        score = sqrt(sum(v.rarity for v in views) * sum(v.record for v in views)) / len(views)
        if not gate_passed:
            score = min(score, settings.gated_score)
        is_alert, escalated = self._decide(score)
        most = max(views, key=lambda view: view.z)
        return Reading(
            score=score,
            is_alert=is_alert,
            escalated=escalated,
            gate_passed=gate_passed,
            window=settings.bucket * most.length,
            observed=most.observed,
            expected=most.expected,
            z=most.z,
            rarity=most.rarity,
            record=most.record,
            bucket=settings.bucket,
            tail_share=settings.tail_share,
        )

    def _decide(self, score: float) -> tuple[bool, bool]:
        """Whether to alert, and whether that is an escalation of an alert still cooling down."""
        settings = self._settings
        is_young = self._seen < settings.warm_up
        if score < (settings.warm_up_threshold if is_young else settings.threshold):
            return False, False
        if self._last_alert_at is None or self._now - self._last_alert_at >= settings.cool_down:
            return True, False
        escalated = score >= settings.escalation * self._last_alert_score
        return escalated, escalated

    def _learn(self, moment: _Moment, views: list[_View]) -> None:
        settings = self._settings
        self._seen += 1
        is_full_hour = self._seen % settings.buckets_an_hour == 0
        for memory, view in zip(self._memories, views, strict=True):
            memory.learn(view, settings, is_full_hour)
        count = self._believed(moment)
        self._level = self._level * settings.level_decay + count
        self._level_weight = self._level_weight * settings.level_decay + moment.shape
        counts, weights, hour = self._slot_counts, self._slot_weights, moment.hour
        counts[hour] = counts[hour] * settings.shape_decay + count
        weights[hour] = weights[hour] * settings.shape_decay + moment.level

    def _believed(self, moment: _Moment) -> float:
        """As much of the count as may move the level: a burst must not become the new normal."""
        if self._seen <= self._settings.free_learning:
            return moment.mentions
        dispersion = self._memories[0].dispersion(self._settings)
        return min(moment.mentions, moment.expected + believable_excess(moment.expected, dispersion))

    def to_state(self) -> dict[str, Any]:
        """All that must be stored to go on later exactly as if there had been no pause."""
        return {
            "bucket_seconds": self._settings.bucket.total_seconds(),
            "now": self._now,
            "seen": self._seen,
            "level": [self._level, self._level_weight],
            "slot_counts": list(self._slot_counts),
            "slot_weights": list(self._slot_weights),
            "counts": list(self._counts),
            "expectations": list(self._expectations),
            "windows": [memory.to_state() for memory in self._memories],
            "last_alert": [self._last_alert_at, self._last_alert_score],
        }

    @classmethod
    def from_state(cls, settings: VolumeSettings, state: Mapping[str, Any]) -> Self:
        """Go on from a stored state, which must come from a detector with buckets of the same length."""
        if state["bucket_seconds"] != settings.bucket.total_seconds():
            raise ValueError(f"this state has buckets of {state['bucket_seconds']:g} seconds, not {settings.bucket}")
        detector = cls(settings)
        detector._now, detector._seen = state["now"], state["seen"]
        detector._level, detector._level_weight = state["level"]
        detector._slot_counts = list(state["slot_counts"])
        detector._slot_weights = list(state["slot_weights"])
        detector._counts = list(state["counts"])
        detector._expectations = list(state["expectations"])
        detector._memories = [_WindowMemory(*memory) for memory in state["windows"]]
        detector._last_alert_at, detector._last_alert_score = state["last_alert"]
        return detector
