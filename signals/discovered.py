"""What a search for feeds finds: candidates to listen to, each with its last items, and words on what went wrong."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Lead:
    """An address where a feed may be, and why we think so."""

    address: str
    because: str
    is_named: bool = False  # the page itself says so: worth a word when it turns out wrong


@dataclass(frozen=True, slots=True)
class Peek:
    """One of a feed's last items, for people to see what they would get."""

    title: str
    url: str
    said_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that has been read once, just now."""

    kind: str  # a key of signals.collectors.COLLECTORS
    address: str
    title: str
    language: str  # a guess; empty: no idea
    because: str  # how we came by it
    entries: int
    items: tuple[Peek, ...]  # the last five


@dataclass(frozen=True, slots=True)
class Discovery:
    """The answer to a pasted address. Without candidates the notes say why there are none."""

    asked: str
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()
