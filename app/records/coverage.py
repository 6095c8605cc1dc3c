"""The coverage ledger as people read it: by hour, by source, and the account of what was fetched."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from classifiers.detectors.hearing import HeardHour

GRACE = timedelta(minutes=6)  # an hour closes a little late: its last visits are still under way


class State(StrEnum):
    """How it stood with a source in an hour."""

    SEEN = "seen"  # heard, and it said something
    QUIET = "quiet"  # heard, and it said nothing, as it well may
    SILENT = "silent"  # heard, and it said nothing for longer than is its way
    LATE = "late"  # nobody visited it when it was due: our fault
    FAILING = "failing"
    BLOCKED = "blocked"
    NOT_ASKED = "not_asked"  # nobody listened at all


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def last_closed(now: datetime) -> datetime:
    """The end of the newest hour that nothing can be added to any more."""
    return hour_of(now - GRACE)


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which part of the ledger. Empty fields ask nothing."""

    source_ids: tuple[int, ...] | None = None
    stakeholder: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class HourRow:
    heard: HeardHour
    seen: int
    sources: int
    heard_sources: int

    @property
    def hour(self) -> datetime:
        return self.heard.hour

    @property
    def share(self) -> float:
        """Of what was expected; of the sources, where nothing was."""
        return self.heard.share if self.heard.expected > 0 else self.heard_sources / self.sources


@dataclass(frozen=True, slots=True)
class SourceHours:
    """A source over some hours, each with its state, what was expected and what came."""

    source_id: int
    name: str
    stakeholder: str
    tier: int
    is_priority: bool
    expected: float
    heard: float  # of the expected, in hours that were heard
    seen: int
    silent_after: datetime | None
    hours: tuple[tuple[datetime, str, float, int], ...]

    @property
    def share(self) -> float:
        if self.expected > 0:
            return self.heard / self.expected
        good = sum(state in ("seen", "quiet") for _, state, _, _ in self.hours)
        return good / len(self.hours) if self.hours else 1.0


@dataclass(frozen=True, slots=True)
class Account:
    """What was fetched, and what became of it: everything is somewhere, or the books are wrong."""

    entries: int  # in the documents that were fetched
    stored: int  # of these, new items
    edited: int  # new versions of known items
    known: int  # known and unchanged
    dropped: Mapping[str, int]  # reason to number
    own: int  # of the stored and edited: signals that say something of their own
    copies: Mapping[str, int]  # kind of copy to number
    waiting: int  # on their way to becoming signals that everything is known of
    set_aside: int  # tried three times in vain
    taken_back: int  # by their author, before they were understood
    lost: int  # items that are nowhere; never anything but 0

    @property
    def left(self) -> tuple[int, int]:
        """What was fetched, and the sum of all that became of it."""
        became = self.known + sum(self.dropped.values()) + self.own + sum(self.copies.values())
        return self.entries, became + self.waiting + self.set_aside + self.taken_back

    @property
    def is_balanced(self) -> bool:
        fetched, became = self.left
        return fetched == became and self.lost == 0 and self.entries == self._of_polls

    @property
    def _of_polls(self) -> int:
        return self.stored + self.edited + self.known + sum(self.dropped.values())


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of a time."""

    begin: datetime
    until: datetime
    hours: tuple[HourRow, ...]
    sources: tuple[SourceHours, ...]
    states: Mapping[str, int]  # state to how many sources had such an hour
    total: int  # sources in the ledger
    share: float | None  # None: no hour of it is written
    account: Account
