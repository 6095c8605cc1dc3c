"""Suggestions of the radar as people read and answer them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from app.records.signals import SignalRow
from classifiers.radar_values import PassedOver


class SuggestionState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class NotWanted(StrEnum):
    """Why a suggestion is dismissed."""

    NOT_OURS = "not_ours"  # no concern of theirs: the next of its topics and groups weigh less
    KNOWN = "known"  # followed in another way
    TOO_WIDE = "too_wide"
    NO_SUBJECT = "no_subject"  # the word says nothing
    PERSON = "person"  # it is about a private person
    OTHER = "other"


TEACHES: Final = frozenset({NotWanted.NOT_OURS})  # the other reasons say nothing of topics and sources


class Kind(StrEnum):
    """What has a weight."""

    TOPIC = "topic"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    id: int
    week: date  # its Monday, where the organisation is
    rank: int
    term: str
    query: str
    languages: tuple[str, ...]
    companions: tuple[str, ...]
    topics: tuple[str, ...]
    groups: tuple[str, ...]
    spoken_in: tuple[str, ...]
    signals: int
    titles: int
    expected: float
    voices: int
    at_risk: int
    days: int
    week_hits: int
    score: float
    because: str
    made_at: datetime
    state: SuggestionState
    answered_at: datetime | None
    answered_by: str
    reason: NotWanted | None
    note: str
    watch_id: int | None
    examples: tuple[SignalRow, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightRow:
    """What answers have taught of a topic or a group of sources."""

    kind: Kind
    name: str
    accepted: int
    dismissed: int
    weight: float


@dataclass(frozen=True, slots=True)
class LookRow:
    """What a look found."""

    week: date
    looked_at: datetime | None
    heard: int
    rising: int
    passed_over: Mapping[PassedOver, int]
    error: str


@dataclass(frozen=True, slots=True)
class RadarPage:
    """What waits for an answer, heaviest first; what was answered, latest first; and how it came about."""

    look: LookRow | None  # the latest
    open: tuple[SuggestionRow, ...]
    answered: tuple[SuggestionRow, ...]
    weights: tuple[WeightRow, ...]
