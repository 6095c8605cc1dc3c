"""Whether we hear, and whether we can serve."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether we hear what we mean to hear. Blind is not calm."""

    at: datetime
    sources: int  # active ones
    by_health: Mapping[str, int]
    share: float  # heard as expected, 0 to 1; 0 when nobody listens
    is_listening: bool  # a `work` process was seen in the last minute
    last_poll_at: datetime | None
    last_signal_at: datetime | None
    because: str  # one sentence

    @property
    def is_blind(self) -> bool:
        return self.sources == 0 or not self.is_listening or self.share < 0.2

    @property
    def is_stale(self) -> bool:
        """More than a fifth of the sources are not heard: worth a banner (UX-11)."""
        return self.share < 0.8


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    ok: bool
    because: str


@dataclass(frozen=True, slots=True)
class Readiness:
    checks: tuple[Check, ...]

    @property
    def is_ready(self) -> bool:
        return all(check.ok for check in self.checks)


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures for the metrics page, counted in the database."""

    items: int
    signals: int
    alerts: Mapping[str, int]  # by state
    sources: Mapping[str, int]  # by health
    deliveries: Mapping[str, int]  # by state
    waiting: Mapping[str, int]  # items on their way, by stage
    quarantined: int
    workers: int
