"""Signals and stories."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.records.paging import Named
from classifiers.types import Label
from signals.types import CopyKind, Release, Sensitivity, Stakeholder


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal as lists show it; `topics` are the names of its topic labels, strongest first."""

    id: int
    source_id: int
    source_name: str
    title: str
    text: str
    language: str
    url: str
    said_at: datetime | None
    seen_at: datetime
    stakeholder: Stakeholder
    tier: int
    family: str
    copy_of: int | None
    copy_kind: CopyKind | None
    story_id: int | None
    topics: tuple[str, ...]
    sensitivity: Sensitivity = Sensitivity.OPEN
    wire: str = ""  # the agency or release service that signs it
    release: Release | None = None

    @property
    def at(self) -> datetime:
        return self.said_at or self.seen_at

    @property
    def passage(self) -> str:
        """What the spans of `because` point into, as in `signals.types.Signal`."""
        return f"{self.title}\n{self.text}" if self.text else self.title


@dataclass(frozen=True, slots=True)
class SignalFull:
    signal: SignalRow
    labels: tuple[Label, ...]
    watches: tuple[Named, ...]  # that it matched
    copies: tuple[SignalRow, ...]  # that repeat it
    told_by: str | None = None  # of a tip: who gave it, empty: anonymous; None: no tip


@dataclass(frozen=True, slots=True)
class StoryRow:
    id: int
    title: str
    language: str
    first_seen_at: datetime
    last_seen_at: datetime
    signals: int
    independent: int
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    best_tier: int
    novelty: float
    merged_into: int | None
    reprinters: tuple[str, ...] = ()  # papers that print a release of our own


class Copies(StrEnum):
    """Whether copies are among the signals asked for."""

    ALL = "all"
    NONE = "none"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class SignalFilter:
    """Which signals. Empty fields ask nothing; since and until ask when it counts as said."""

    words: str = ""  # as in a web search: all words, "a phrase", or, -not
    source_id: int | None = None
    language: str = ""
    topic: str = ""
    watch_id: int | None = None
    story_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    copies: Copies = Copies.ALL
    tone: str = ""


@dataclass(frozen=True, slots=True)
class StoryFilter:
    watch_id: int | None = None  # with a signal that matched it
    since: datetime | None = None  # grown at or after
    least_independent: int = 1
