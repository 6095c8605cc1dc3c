"""Which stories tell of the same event in different languages: linked, not merged.

Two stories are linked when their headlines share a name, place or number that few living stories have (who or where),
something that happened or a telling figure (what), three marks at least, and little else stands beside them. It is
meant to be right rather than complete: a missed link leaves two stories side by side, a wrong one hides an event.

What organisations are called stands in story after story of those who listen for them. So a name that many living
stories hold does not tell who: then more must agree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from signals.languages.background import Frequencies
from signals.marks import NORDIC, Kind, Mark, marks_of
from signals.stories import WIDESPREAD, WIDESPREAD_SHARE, WINDOW, Merge
from signals.story_terms import terms_in
from signals.text import without_publisher
from signals.types import Sensitivity, Signal

FURTHEST = timedelta(hours=48)  # between the end of one story and the beginning of the other
LIKE_ENOUGH = 0.5  # cosine of the marks
FEWEST = 3  # marks in common
FEWEST_OF_KNOWN = 4  # where the only names in common are those of many stories
ENOUGH_WITHOUT_EVENT = 5  # and where they share no happening that we know by name
TELLING = 4.0  # weight from which a name or place tells who or where
LONG_NUMBER = 3  # digits from which a number tells what
CAPPED = 6.0  # of concepts, whose rarity is that of their words in one language
READ = 8  # signals of a story that are read; later ones repeat
_SHARE = 3  # a mark must stand in a third of a story's signals

_FACTORS = {
    Kind.RELATED: 0.5,
    Kind.THING: 0.6,
    Kind.HAPPENING: 0.8,
    Kind.NUMBER: 0.8,
    Kind.PLACE: 0.8,
    Kind.NAME: 1.0,
}


@dataclass(frozen=True, slots=True)
class Link:
    """Two stories of one event, the older first, and the words that they share, as the older has them."""

    one: int
    other: int
    score: float  # 0 to 1
    because: tuple[str, ...]


@dataclass(slots=True)
class Profile:
    """What a story is known by in other languages."""

    language: str
    first: datetime
    last: datetime
    read: int = 0
    counts: dict[Mark, int] = field(default_factory=dict)
    weights: dict[Mark, float] = field(default_factory=dict)
    words: dict[Mark, str] = field(default_factory=dict)
    _steady: dict[Mark, float] | None = None

    def take(self, weights: Mapping[Mark, float], words: Mapping[Mark, str]) -> None:
        self.read += 1
        self._steady = None
        for mark, weight in weights.items():
            self.counts[mark] = self.counts.get(mark, 0) + 1
            self.weights[mark] = max(weight, self.weights.get(mark, 0.0))
            self.words.setdefault(mark, words[mark])

    def steady(self) -> dict[Mark, float]:
        """The marks that more than a few of its signals have."""
        if self._steady is None:
            self._steady = {
                mark: weight for mark, weight in self.weights.items() if self.counts[mark] * _SHARE >= self.read
            }
        return self._steady


def weigh(marks: Mapping[Mark, str], language: str, frequencies: Frequencies) -> dict[Mark, float]:
    """How much each mark says: the rarity of its word in its language, and its kind."""
    weights = {}
    for mark, word in marks.items():
        kind, value = mark
        rarity = max((frequencies.rarity(term, language) for term in terms_in(word, language)), default=0.0)
        if kind is Kind.NUMBER:
            rarity = max(1.0, min(rarity, 1.5 + 1.5 * len(value.replace(".", ""))))
        elif kind in (Kind.THING, Kind.HAPPENING):
            rarity = min(rarity, CAPPED)
        if rarity:
            weights[mark] = rarity * _FACTORS[kind]
    return weights


def likeness(one: Mapping[Mark, float], other: Mapping[Mark, float]) -> float:
    """Cosine of weighted marks; what both have counts with the mean of its two weights."""
    lengths = sqrt(sum(w * w for w in one.values())) * sqrt(sum(w * w for w in other.values()))
    shared = sum(sqrt(weight * other[mark]) ** 2 for mark, weight in one.items() if mark in other)
    return min(1.0, shared / lengths) if lengths else 0.0


def is_one_event(shared: Mapping[Mark, float], like: float, known: Iterable[Mark] = ()) -> bool:
    """Whether what two headlines share names one event; `known`: names that many living stories have."""
    if len(shared) < FEWEST or like < LIKE_ENOUGH:
        return False
    who = [mark for mark, weight in shared.items() if mark[0] >= Kind.PLACE and weight >= TELLING]
    what = [mark for mark in shared if mark[0] in (Kind.RELATED, Kind.HAPPENING) or _is_long_number(mark)]
    if not who or not (what or len(shared) >= ENOUGH_WITHOUT_EVENT):
        return False
    return bool(set(who) - set(known)) or (len(shared) >= FEWEST_OF_KNOWN and len(what) > 1)


def _disagree(one: Mapping[Mark, float], other: Mapping[Mark, float]) -> bool:
    """Both say what happened, and nothing of it is the same."""
    left, right = ({mark for mark in marks if mark[0] is Kind.HAPPENING} for marks in (one, other))
    return bool(left and right) and not left & right


def _is_long_number(mark: Mark) -> bool:
    """A count or a reference, not a round sum: "12.5 million" is paid for many things."""
    return mark[0] is Kind.NUMBER and mark[1].isdigit() and len(mark[1]) >= LONG_NUMBER


class LinkIndex:
    """The living stories by their marks. Fed with what the grouping decided, in order."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self._frequencies = frequencies or Frequencies()
        self._profiles: dict[int, Profile] = {}
        self._postings: dict[Mark, set[int]] = {}
        self._touched: set[int] = set()
        self._linked: set[tuple[int, int]] = set()

    def add(self, signal: Signal, story_id: int) -> None:
        """A signal joined a story. Copies say nothing new, and what is restricted is linked with nothing."""
        if signal.sensitivity is Sensitivity.RESTRICTED:
            return
        profile = self._profiles.get(story_id)
        if profile is None:
            profile = self._profiles[story_id] = Profile(signal.language, signal.at, signal.at)
        profile.first, profile.last = min(profile.first, signal.at), max(profile.last, signal.at)
        if profile.read >= READ or (signal.copy_of is not None and profile.read):
            return
        words = marks_of(without_publisher(signal.title, signal.source_name), signal.language)
        profile.take(weigh(words, signal.language, self._frequencies), words)
        for mark in words:
            self._postings.setdefault(mark, set()).add(story_id)
        self._touched.add(story_id)

    def merge(self, merge: Merge) -> None:
        """A story became part of an older one, which keeps what it is known by."""
        young, old = self._profiles.get(merge.young), self._profiles.get(merge.old)
        if young and old:
            old.first, old.last = min(old.first, young.first), max(old.last, young.last)
            self._touched.add(merge.old)
        self._linked |= {
            _pair(*(merge.old if key == merge.young else key for key in pair))
            for pair in self._linked
            if merge.young in pair
        }
        self._drop(merge.young)

    def links(self, now: datetime) -> tuple[Link, ...]:
        """The pairs found since the last look, each once."""
        found = []
        for story_id in sorted(self._touched & self._profiles.keys()):
            for other_id in self._candidates(story_id, now):
                link = self._link(*_pair(story_id, other_id))
                if link:
                    self._linked.add((link.one, link.other))
                    found.append(link)
        self._touched.clear()
        return tuple(found)

    def linked_already(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Links found before a restart: they are not told again."""
        self._linked |= {_pair(*pair) for pair in pairs}

    def forget(self, before: datetime) -> None:
        """Stories silent since then are linked no more."""
        for story_id in [key for key, profile in self._profiles.items() if profile.last < before]:
            self._drop(story_id)
        self._linked = {pair for pair in self._linked if set(pair) <= self._profiles.keys()}

    def _candidates(self, story_id: int, now: datetime) -> list[int]:
        """Living stories in other languages with a name, place or long number in common."""
        own = self._profiles[story_id]
        near: set[int] = set()
        for mark in own.steady():
            if mark[0] >= Kind.PLACE or _is_long_number(mark):
                near |= self._postings[mark]
        return [
            key
            for key in sorted(near - {story_id})
            if _group(self._profiles[key].language) != _group(own.language)
            and self._profiles[key].last >= now - WINDOW
            and _gap(own, self._profiles[key]) <= FURTHEST
            and _pair(story_id, key) not in self._linked
        ]

    def _link(self, one: int, other: int) -> Link | None:
        first, second = self._profiles[one], self._profiles[other]
        left, right = first.steady(), second.steady()
        common = left.keys() & right.keys()
        if len(common) < FEWEST:
            return None
        shared = {mark: sqrt(left[mark] * right[mark]) for mark in common}
        like = likeness(left, right)
        known = [mark for mark in shared if self._is_widespread(mark)]
        if not is_one_event(shared, like, known) or _disagree(left, right):
            return None
        telling = sorted(shared, key=lambda mark: (-shared[mark], mark))
        return Link(one, other, round(like, 3), tuple(dict.fromkeys(first.words[mark] for mark in telling)))

    def _is_widespread(self, mark: Mark) -> bool:
        spread = len(self._postings[mark])
        return spread >= WIDESPREAD and spread > WIDESPREAD_SHARE * len(self._profiles)

    def _drop(self, story_id: int) -> None:
        if profile := self._profiles.pop(story_id, None):
            for mark in profile.words:
                posting = self._postings.get(mark)
                if posting:
                    posting.discard(story_id)
                    if not posting:
                        del self._postings[mark]
        self._touched.discard(story_id)


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _group(language: str) -> str:
    """Bokmål and nynorsk share their words, and so their stories."""
    return "nb" if language in NORDIC - {"sv", "da"} else language


def _gap(one: Profile, other: Profile) -> timedelta:
    return max(timedelta(0), one.first - other.last, other.first - one.last)
