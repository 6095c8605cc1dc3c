"""The values of the demo's week: Outlet, Piece, Thread, Week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.records import ReceiverDraft, WatchDraft
from signals.types import Stakeholder


class Format(StrEnum):
    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"


class FaultKind(StrEnum):
    PAGE = "page"  # a web page where the feed should be
    BROKEN = "broken"  # HTTP 500


class ThreadKind(StrEnum):
    """What is expected of a thread."""

    ISSUE = "issue"  # noticed before its peak
    OPPORTUNITY = "opportunity"  # noticed
    WIRE = "wire"  # one voice, however many print it
    DECOY = "decoy"  # raises nothing


@dataclass(frozen=True, slots=True)
class Fault:
    kind: FaultKind
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Outlet:
    """Somebody who speaks in the demo's week."""

    id: str
    name: str
    language: str  # empty: several
    country: str
    tier: int
    family: str
    stakeholder: Stakeholder
    format: Format
    charset: str
    stock: str  # the file in `ordinary/` that it speaks from
    rhythm: str
    a_day: float  # ordinary items on a working day
    is_priority: bool
    silent_from: datetime | None
    faults: tuple[Fault, ...]

    def fault_at(self, now: datetime) -> FaultKind | None:
        return next((fault.kind for fault in self.faults if fault.begins <= now < fault.ends), None)


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that an outlet says. The number is its own in the whole week."""

    number: int
    outlet: str
    at: datetime
    title: str
    lede: str
    thread: str = ""  # empty: an ordinary item
    edited_at: datetime | None = None
    edited_title: str = ""

    def is_edited(self, now: datetime) -> bool:
        return self.edited_at is not None and self.edited_at <= now

    def title_at(self, now: datetime) -> str:
        return self.edited_title if self.is_edited(now) else self.title

    @property
    def guid(self) -> str:
        return f"tag:{self.outlet}.example,2026:{self.number}"


@dataclass(frozen=True, slots=True)
class Thread:
    """What belongs together, written by hand: an issue, an opportunity, a wire story or a decoy."""

    id: str
    kind: ThreadKind
    title: str
    pieces: tuple[Piece, ...]

    @property
    def first_at(self) -> datetime:
        return self.pieces[0].at

    @property
    def peak_at(self) -> datetime:
        return busiest([piece.at for piece in self.pieces])


@dataclass(frozen=True, slots=True)
class Telling:
    """A receiver of the demo, and the path under which it listens on loopback."""

    draft: ReceiverDraft
    path: str


@dataclass(frozen=True, slots=True)
class Week:
    """All that is said, from a day before the start, so that no feed begins empty."""

    organisation: str
    about: str
    zone: ZoneInfo
    begins: datetime
    ends: datetime
    outlets: tuple[Outlet, ...]
    pieces: tuple[Piece, ...]  # in the order of time
    threads: tuple[Thread, ...]
    watches: tuple[WatchDraft, ...]
    tellings: tuple[Telling, ...]


BUSY = timedelta(hours=1)


def busiest(times: Sequence[datetime]) -> datetime:
    """When the hour begins in which most was said; the first of equals.

    >>> moments = [datetime(2026, 3, 1, 8, minute) for minute in (0, 30, 45, 59)]
    >>> busiest([datetime(2026, 3, 1, 1), *moments, datetime(2026, 3, 1, 20)])
    datetime.datetime(2026, 3, 1, 8, 0)
    """
    ordered = sorted(times)
    return max(ordered, key=lambda begin: (sum(begin <= at < begin + BUSY for at in ordered), -ordered.index(begin)))
