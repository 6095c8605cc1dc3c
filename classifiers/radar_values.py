"""What the radar is given and what it finds, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from classifiers.types import Label, LabelKind
from classifiers.watches import WatchTerms
from signals.types import Signal


class PassedOver(StrEnum):
    """Why something that rises is not suggested."""

    COVERED = "covered"  # a watch has a good part of it
    ANSWERED = "answered"  # people were asked about it lately
    PERSON = "person"  # its words name a person, and no organisation with them
    WIDE = "wide"  # a country, a large city, a field as a whole
    NO_SUBJECT = "no_subject"  # no name, no telling word: nothing to ask for
    NOT_AT_RISK = "not_at_risk"  # too little of it touches a topic
    FEW_SIGNALS = "few_signals"
    NO_QUERY = "no_query"  # no query finds it without bringing too much
    SAME = "same"  # as one that is suggested
    LIGHTER = "lighter"  # it weighs too little, or others weigh more


class PastTitle(NamedTuple):
    """A title of the weeks before: what is usual."""

    title: str
    language: str
    source_name: str


@dataclass(frozen=True, slots=True)
class Heard:
    """A signal of the week, with its labels and the story that it stands in."""

    signal: Signal
    labels: tuple[Label, ...]
    story_id: int

    def topics(self) -> tuple[Label, ...]:
        return tuple(label for label in self.labels if label.kind is LabelKind.TOPIC)


@dataclass(frozen=True, slots=True)
class Guard:
    """A watch that there is, waking or resting: what it has is covered."""

    terms: WatchTerms
    topics: frozenset[str] = frozenset()  # only these are of interest; empty: all


@dataclass(frozen=True, slots=True)
class Answered:
    """What people were asked about lately: the stems it is known by, and the stories that it was made from."""

    keys: frozenset[str]
    story_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Taught:
    """What answers have taught: weights around 1, and what not to ask again."""

    topics: Mapping[str, float] = field(default_factory=dict)
    groups: Mapping[str, float] = field(default_factory=dict)
    answered: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A watch that somebody might want, with the figures that speak for it."""

    term: str
    keys: tuple[str, ...]  # stems by which it is known again, its own first
    query: str
    languages: tuple[str, ...]  # for the watch; empty: all
    companions: tuple[str, ...]  # what else stands in the same titles
    topics: tuple[str, ...]  # strongest first
    groups: tuple[str, ...]  # of the sources that speak, most signals first
    spoken_in: tuple[str, ...]  # languages
    signal_ids: tuple[int, ...]
    example_ids: tuple[int, ...]
    titles: int  # of the week that hold the term
    expected: float
    voices: int
    at_risk: int  # of `signal_ids`
    days: int
    week_hits: int  # what the query would have brought in the week
    score: float


@dataclass(frozen=True, slots=True)
class Radar:
    """What one look found."""

    suggestions: tuple[Suggestion, ...]
    heard: int
    rising: int
    passed_over: Mapping[PassedOver, int]
