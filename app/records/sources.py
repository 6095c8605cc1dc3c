"""Sources with how it goes, and their visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from signals.families import proposed_family
from signals.types import Source, Stakeholder


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source with how it goes (UX-11)."""

    source: Source
    is_active: bool
    created_at: datetime
    health: str  # new, heard, silent, late, failing, blocked, retired
    every: timedelta
    failures: int
    last_error: str  # in plain words; empty: the last poll went well
    last_error_kind: str
    last_polled_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    next_poll_at: datetime | None  # None: no status yet
    signals_day: int  # seen in the last 24 hours
    oddity: str = ""  # the last strange thing that it did, such as giving its archive new dates; in plain words
    oddity_at: datetime | None = None
    remarks: tuple[str, ...] = ()  # on its last changed document


@dataclass(frozen=True, slots=True)
class PollRow:
    """One visit to a source, and its account."""

    id: int
    at: datetime
    outcome: str
    took_ms: int
    size: int
    entries: int
    stored: int
    edited: int
    known: int
    dropped: Mapping[str, int]
    error: str


@dataclass(frozen=True, slots=True)
class SourceFilter:
    health: str = ""
    stakeholder: Stakeholder | None = None
    words: str = ""  # in its name or address
    active_only: bool = False


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """What can be said of a source when adding or changing it."""

    address: str
    name: str = ""  # empty: its host, until it says its own
    kind: str = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 2
    family: str = ""
    country: str = ""
    language: str = ""
    is_priority: bool = False
    is_own: bool = False

    @property
    def proposed_family(self) -> str:
        """What the table of owners says; it holds where no family is given."""
        return proposed_family(self.address)
