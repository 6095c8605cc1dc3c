"""What people are shown of a watch before it is kept: what it would have found, and told, of what has been said."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.records.signals import SignalRow
from classifiers.watches.noise import Noise

Span = tuple[int, int]  # of a signal's passage: title, line break, text


def heard_days(since: datetime, until: datetime) -> float:
    return max((until - since) / timedelta(days=1), 1.0)


@dataclass(frozen=True, slots=True)
class DayOfHits:
    day: date  # in the organisation's time zone
    hits: int


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the hits are of one language, of one group of speakers, or touch one topic."""

    name: str
    hits: int


@dataclass(frozen=True, slots=True)
class Example:
    signal: SignalRow
    spans: tuple[Span, ...]  # the words that brought it
    is_telling: bool = False  # chosen for what it says; else for being new


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One alert that the watch would have raised."""

    at: datetime
    kind: str
    level: str
    severity: int
    title: str


@dataclass(frozen=True, slots=True)
class AlertEstimate:
    """Alerts that the watch would have raised over the last `days`; `method` says how that was found."""

    days: float
    raised: int
    held: int  # by budget, bar or topic: listed, not told
    method: str
    newest: tuple[Rehearsed, ...]

    @property
    def a_week(self) -> float:
        return round(7 * self.raised / self.days, 1) if self.days else 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """Against the version that is live."""

    before: int
    added: int
    lost: int
    added_examples: tuple[Example, ...]
    lost_examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    query: str
    since: datetime
    heard_since: datetime  # the first that is stored: before it nothing could be found
    until: datetime
    time_zone: str
    searched: int  # signals that were there to be found
    total: int  # hits
    counted: int  # of them no copies: what series and detectors count
    days: tuple[DayOfHits, ...]
    languages: tuple[Share, ...]
    groups: tuple[Share, ...]
    topics: tuple[Share, ...]
    examples: tuple[Example, ...]
    alerts: AlertEstimate
    noise: Noise | None
    hint: str  # what to do where nothing was found; empty: something was
    change: Change | None

    @property
    def hits_a_day(self) -> float:
        return round(self.total / heard_days(self.heard_since, self.until), 1)


@dataclass(frozen=True, slots=True)
class WrittenForm:
    """A word as it stands in texts, why it counts as one of the query's, and in how many signals it stands."""

    written: str
    way: str  # itself, inflection, compound, bridge, beginning, end
    hits: int


@dataclass(frozen=True, slots=True)
class ExpandedWord:
    word: str  # as it is written in a query
    hits: int  # signals with any of its forms
    forms: tuple[WrittenForm, ...]  # the commonest first
    more: int  # further forms


@dataclass(frozen=True, slots=True)
class Explained:
    """How a query was understood, and what its words stand for in what has been said."""

    query: str
    understood: tuple[str, ...]  # indented lines
    since: datetime
    until: datetime
    searched: int
    words: tuple[ExpandedWord, ...]
    is_sampled: bool = False  # only the newest signals with these words were read


@dataclass(frozen=True, slots=True)
class Remark:
    """What an imported query lost or how it was changed; `position` is None where it holds for the whole."""

    position: int | None
    message: str


@dataclass(frozen=True, slots=True)
class ImportedQuery:
    service: str
    given: str
    query: str
    understood: tuple[str, ...]
    remarks: tuple[Remark, ...]
