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
from math import sqrt
from typing import Any, NamedTuple, Self

from classifiers.detectors.volume_memory import View, WindowMemory
from classifiers.detectors.volume_settings import HOURS, VolumeSettings
from classifiers.surprise import believable_excess, surprise

LARGEST_COUNT = 1e12  # beyond it squares lose their precision

_LONGEST_RETURN = timedelta(days=36_525)


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


class VolumeDetector:
    """Follows one series. Give it every bucket in order: `observe` if the collectors ran, else `skip`."""

    def __init__(self, settings: VolumeSettings) -> None:
        self._settings = settings
        self._now = 0  # buckets gone by, skipped ones included
        self._seen = 0
        self._level = self._level_weight = 0.0
        self._slot_counts = [0.0] * HOURS
        self._slot_weights = [0.0] * HOURS
        self._counts: list[float] = []
        self._expectations: list[float] = []
        self._memories = [WindowMemory() for _ in settings.windows]
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

    @property
    def is_still(self) -> bool:
        """Whether nothing was said in the longest window."""
        return not any(self._counts)

    def rest(self, hour: int) -> None:
        """Learn from one more empty bucket where all is still, as `observe` would: there is nothing to judge."""
        moment = self._expect(0.0, hour)
        self._move_on(0.0, moment.expected)
        self._learn(moment, [View(length, 0.0, self._expected(length)) for length in self._settings.windows])

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

    def _view(self, length: int, memory: WindowMemory) -> View:
        observed = sum(self._counts[-length:])
        expected = self._expected(length)
        dispersion = memory.dispersion(self._settings)
        z = surprise(observed, expected, dispersion)
        record = max(z, 0.0) / max(memory.record, self._settings.least_record)
        return View(length, observed, expected, dispersion, z, memory.rarity_of(z), record)

    def _expected(self, length: int) -> float:
        return sum(self._expectations[-length:])

    def _judge(self, views: list[View]) -> Reading:
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

    def _learn(self, moment: _Moment, views: list[View]) -> None:
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
        detector._memories = [WindowMemory(*memory) for memory in state["windows"]]
        detector._last_alert_at, detector._last_alert_score = state["last_alert"]
        return detector
