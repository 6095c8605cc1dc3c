"""Tips as they are given, and what became of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from signals.tips import Tip


class TipOutcome(StrEnum):
    NEW = "new"
    EDITED = "edited"  # the same reference with other words
    KNOWN = "known"  # the same reference with the same words


@dataclass(frozen=True, slots=True)
class GivenTip:
    """A tip in its place in what was sent, and the door it came to."""

    index: int
    tip: Tip
    source: str = ""  # name or id of an inbound source; empty: Tips from colleagues


@dataclass(frozen=True, slots=True)
class TakenTip:
    index: int
    reference: str
    outcome: TipOutcome
    signal_id: int


@dataclass(frozen=True, slots=True)
class RefusedTip:
    index: int
    field: str
    because: str


@dataclass(frozen=True, slots=True)
class TipReport:
    taken: tuple[TakenTip, ...]
    refused: tuple[RefusedTip, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """An Idempotency-Key, and the hash of what was sent under it."""

    name: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class TipLink:
    """The address at which colleagues give tips without signing in; the address itself is not stored."""

    made_by: str
    made_at: datetime
