"""What a window of the detector of surges remembers of its past: its dispersion, its tail and its record."""

from dataclasses import dataclass
from math import log
from typing import NamedTuple

from classifiers.detectors.volume_settings import VolumeSettings
from classifiers.surprise import believable_excess

_LN10 = log(10)


class View(NamedTuple):
    """One window as it looks at one bucket."""

    length: int
    observed: float
    expected: float
    dispersion: float = 0.0
    z: float = 0.0
    rarity: float = 0.0
    record: float = 0.0


@dataclass(slots=True)
class WindowMemory:
    """Of one window."""

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

    def learn(self, view: View, settings: VolumeSettings, is_full_hour: bool) -> None:
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

    def _learn_dispersion(self, view: View, settings: VolumeSettings) -> None:
        expected, decay = view.expected, settings.dispersion_decay
        residual = min(view.observed - expected, believable_excess(expected, view.dispersion))
        self.squares = max(self.squares * decay + residual * residual - expected, 0.0)
        self.squares_weight = self.squares_weight * decay + expected * expected
