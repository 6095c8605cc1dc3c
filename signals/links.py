"""Which stories tell of the same event in different languages: linked, not merged.

Two stories are linked when their headlines share a name, place or number that few living stories have (who or where),
something that happened or a telling figure (what), three marks at least, and little else stands beside them; or a name
or place, and nearly the same runs of letters, as in two languages that are close. It is meant to be right rather than
complete: a missed link leaves two stories side by side, a wrong one hides an event.

What organisations are called stands in story after story of those who listen for them. So a name that many living
stories hold does not tell who: then more must agree.

Nothing is read before two languages are heard: where all speak one, keeping links in mind costs next to nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import sqrt

from signals.languages.background import Frequencies
from signals.likeness import (
    FEWEST,
    FEWEST_SPELLED,
    SPELLED_ALIKE,
    alike,
    disagree,
    is_long_number,
    is_one_event,
    likeness,
    weigh,
    who_in,
)
from signals.living_stories import WINDOW
from signals.marks import NORDIC, Kind, Mark, marks_of
from signals.runs import cosine, runs_of
from signals.stories import WIDESPREAD, WIDESPREAD_SHARE, Merge
from signals.text import without_publisher
from signals.types import Sensitivity, Signal

FURTHEST = timedelta(hours=48)  # between the end of one story and the beginning of the other
READ = 8  # signals of a story that are read; later ones repeat
_SHARE = 3  # a mark must stand in a third of a story's signals


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
    headline: tuple[str, str]  # of its first signal, and the language of that
    group: str = field(init=False)  # the language, or those that share its words
    unread: list[tuple[str, str]] = field(default_factory=list)
    read: int = 0
    counts: dict[Mark, int] = field(default_factory=dict)
    weights: dict[Mark, float] = field(default_factory=dict)
    words: dict[Mark, str] = field(default_factory=dict)
    _steady: dict[Mark, float] | None = None
    _runs: dict[str, float] | None = None

    def __post_init__(self) -> None:
        self.group = _group(self.language)

    @property
    def taken(self) -> int:
        return self.read + len(self.unread)

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

    def runs(self, frequencies: Frequencies) -> dict[str, float]:
        """The runs of letters of its first headline."""
        if self._runs is None:
            self._runs = runs_of(*self.headline, frequencies)
        return self._runs


class LinkIndex:
    """The living stories by their marks. Fed with what the grouping decided, in order."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self._frequencies = frequencies or Frequencies()
        self._profiles: dict[int, Profile] = {}
        self._spoken: Counter[str] = Counter()  # living stories in each language
        self._postings: dict[Mark, set[int]] = {}
        self._unread: set[int] = set()
        self._touched: set[int] = set()
        self._linked: set[tuple[int, int]] = set()

    def add(self, signal: Signal, story_id: int) -> None:
        """A signal joined a story. Copies say nothing new, and what is restricted is linked with nothing."""
        if signal.sensitivity is Sensitivity.RESTRICTED:
            return
        headline = without_publisher(signal.title, signal.source_name), signal.language
        profile = self._profiles.get(story_id)
        if profile is None:
            profile = self._profiles[story_id] = Profile(signal.language, signal.at, signal.at, headline)
            self._spoken[profile.group] += 1
        profile.first, profile.last = min(profile.first, signal.at), max(profile.last, signal.at)
        if profile.taken >= READ or (signal.copy_of is not None and profile.taken):
            return
        profile.unread.append(headline)
        self._unread.add(story_id)
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
        if len(self._spoken) < 2:
            self._touched.clear()  # the first story in another language will find them
            return ()
        self._read()
        found = []
        for story_id in sorted(self._touched & self._profiles.keys()):
            for other_id in self._candidates(story_id, now):
                link = self._link(*_pair(story_id, other_id))
                if link:
                    self._linked.add((link.one, link.other))
                    found.append(link)
        self._touched.clear()
        return tuple(found)

    def recast(self, stories: Collection[int], members: Iterable[tuple[Signal, int]]) -> None:
        """People have moved signals between these stories: read them anew from their members, in order. Which of them
        are linked is to be told anew as well."""
        for story_id in stories:
            self._drop(story_id)
        self._linked = {pair for pair in self._linked if not set(pair) & set(stories)}
        for signal, story_id in members:
            self.add(signal, story_id)

    def linked_already(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Links found before a restart: they are not told again."""
        self._linked |= {_pair(*pair) for pair in pairs}

    def forget(self, before: datetime) -> None:
        """Stories silent since then are linked no more."""
        for story_id in [key for key, profile in self._profiles.items() if profile.last < before]:
            self._drop(story_id)
        self._linked = {pair for pair in self._linked if set(pair) <= self._profiles.keys()}

    def _read(self) -> None:
        """What was heard since the last look, in order."""
        for story_id in sorted(self._unread):
            profile = self._profiles[story_id]
            for text, language in profile.unread:
                words = marks_of(text, language)
                profile.take(weigh(words, language, self._frequencies), words)
                for mark in words:
                    self._postings.setdefault(mark, set()).add(story_id)
            profile.unread.clear()
        self._unread.clear()

    def _candidates(self, story_id: int, now: datetime) -> list[int]:
        """Living stories in other languages with a name, place or long number in common."""
        own = self._profiles[story_id]
        near: set[int] = set()
        for mark in own.steady():
            if mark[0] >= Kind.PLACE or is_long_number(mark):
                near |= self._postings[mark]
        return [
            key
            for key in sorted(near - {story_id})
            if self._profiles[key].group != own.group
            and self._profiles[key].last >= now - WINDOW
            and _gap(own, self._profiles[key]) <= FURTHEST
            and _pair(story_id, key) not in self._linked
        ]

    def _link(self, one: int, other: int) -> Link | None:
        first, second = self._profiles[one], self._profiles[other]
        left, right = first.steady(), second.steady()
        common = left.keys() & right.keys()
        if len(common) < FEWEST_SPELLED:  # as nearly all candidates do
            return None
        shared = {mark: sqrt(left[mark] * right[mark]) for mark in common}
        known = [mark for mark in shared if self._is_widespread(mark)]
        is_named = bool(set(who_in(shared)) - set(known))
        if not (is_named or len(shared) >= FEWEST) or disagree(left, right):
            return None
        like = likeness(left, right)
        runs = cosine(first.runs(self._frequencies), second.runs(self._frequencies))
        if not (is_named and runs >= SPELLED_ALIKE) and not is_one_event(shared, like, known):
            return None
        telling = sorted(shared, key=lambda mark: (-shared[mark], mark))
        because = tuple(dict.fromkeys(first.words[mark] for mark in telling))
        return Link(one, other, round(alike(like, runs), 3), because)

    def _is_widespread(self, mark: Mark) -> bool:
        spread = len(self._postings[mark])
        return spread >= WIDESPREAD and spread > WIDESPREAD_SHARE * len(self._profiles)

    def _drop(self, story_id: int) -> None:
        if profile := self._profiles.pop(story_id, None):
            self._spoken[profile.group] -= 1
            if not self._spoken[profile.group]:
                del self._spoken[profile.group]
            for mark in profile.words:
                posting = self._postings.get(mark)
                if posting:
                    posting.discard(story_id)
                    if not posting:
                        del self._postings[mark]
        self._touched.discard(story_id)
        self._unread.discard(story_id)


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


def _group(language: str) -> str:
    """Bokmål and nynorsk share their words, and so their stories."""
    return "nb" if language in NORDIC - {"sv", "da"} else language


def _gap(one: Profile, other: Profile) -> timedelta:
    return max(timedelta(0), one.first - other.last, other.first - one.last)
