"""Which signals tell of the same event: one pass, online, with a merge of stories that turn out to be one.

Theory of operation. A signal is its headline and the beginning of its text, as weighted terms: words cut to six
letters, rarer ones heavier. A story is the sum of its signals, fading by half every twelve hours. A new signal joins
the story it fits best, if it fits well and if what they share is too much for chance; else it opens a story. Joining
is cautious, because a wrong member pulls more wrong ones in; instead, stories that grew are compared with each other
from time to time, and merged eagerly: whole stories hold more evidence than one headline.

How rare a term is, we know from a background table per language and from what has been read so far, which fades too.
That a term is rare in the language does not make it telling: the name of an organisation we listen for is hardly ever
written elsewhere, and here it stands in story after story, with the words of its trade in its train. So a term that
stands in many living stories at once says what they are all about, not which event this one is: for a merge it is no
evidence, what else they share must be beyond chance. Likeness still counts it, and so does joining: a headline is too
short to do without its name, and joining asks for more likeness.

Across languages hardly anything but names is shared, and those weigh all there is: there, more terms must be shared.
What shares fewer may still be linked; see `signals.links`.

Everything is deterministic: ties go to the story with the lower id, and re-adding members in order rebuilds the index.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest, nsmallest
from math import log, sqrt
from typing import NamedTuple

from signals.languages.background import Frequencies
from signals.story_terms import terms_of
from signals.types import Membership, Signal

WINDOW = timedelta(hours=72)  # a story silent for longer takes no more signals
EPISODE = timedelta(days=7)  # and no story does for longer: a theme that lasts becomes several
HALF_LIFE = timedelta(hours=12)

JOIN = 0.40  # score from which a signal joins
MERGE = 0.22  # likeness from which two stories merge
SHARED_TERMS = 0.2  # of the score for sharing six terms or more
RARE_TERM = 0.2  # of the score for the weight of the heaviest shared term
FADE = 0.15  # of the score lost for each day of silence
CHANCE_JOIN = 0.8  # how far beyond coincidence the shared terms must be, for one signal
CHANCE_MERGE = 0.6  # and for two stories, which are whole before they are compared
WIDESPREAD = 4  # living stories from which a term may be no evidence for a merge
WIDESPREAD_SHARE = 0.02  # if they are more than this share of all: pieces of one large event are fewer
ACROSS_TERMS = 3  # that two languages must share; what shares less may be linked, see signals.links
MERGE_TERMS = 24
STORY_TERMS = 100
CANDIDATES = 4
LONG_POSTING = 400
REBASE = 1e30

_DAY = 86_400.0


class Merge(NamedTuple):
    """Two stories turned out to be one; the older keeps its name."""

    young: int
    old: int


@dataclass(slots=True, eq=False)
class _Story:
    """A story in memory. Weights are inflated instead of letting all others fade: see `_scale`."""

    id: int
    language: str
    first: float
    last: float
    count: float = 0.0
    norm2: float = 0.0
    weights: dict[str, float] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)

    def presence(self, term: str) -> float:
        """How surely the story is about a term: its share of the signals, thrice, at most 1."""
        return min(1.0, 3.0 * self.counts.get(term, 0.0) / self.count) if self.count else 0.0


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a vector fits a story."""

    story: _Story
    score: float
    is_chance: bool


class StoryIndex:
    """The stories of the last 72 hours."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self._frequencies = frequencies or Frequencies()
        self._stories: dict[int, _Story] = {}
        self._postings: dict[str, dict[int, float]] = {}
        self._lengths: dict[int, float] = {}  # of the stories' weights: asked for very often
        self._touched: set[int] = set()
        self._merged: dict[int, int] = {}
        self._apart: dict[int, set[int]] = {}  # what people have split is not merged again
        self._start: float | None = None  # when a weight of one counts as one

    def add(self, signal: Signal, copy_of_story: int | None = None) -> Membership:
        """The story of a signal. A copy stands with what it repeats, and does not change what that is about."""
        moment = signal.at.timestamp()
        terms = Counter(terms_of(signal))
        vector = self._vector(terms, signal.language)
        fits = list(self._fits(vector, moment, signal.language))
        self._frequencies.learn(terms, signal.language)
        novelty = 1.0 - max((min(1.0, fit.score) for fit in fits), default=0.0)
        if copy_of_story is not None:
            story_id = self.story_of(copy_of_story)
            self._stay(story_id, moment)
            return Membership(signal.id, story_id, 1.0, novelty)
        best = max((fit for fit in fits if fit.score >= JOIN and not fit.is_chance), key=_by_score, default=None)
        story_id = best.story.id if best else signal.id
        self._grow(story_id, vector, moment, signal.language)
        return Membership(signal.id, story_id, min(1.0, best.score) if best else 0.0, novelty)

    def restore(self, signal: Signal, story_id: int) -> None:
        """Put a stored member back, in the order in which it was grouped."""
        moment = signal.at.timestamp()
        terms = Counter(terms_of(signal))
        if signal.copy_of is None or story_id == signal.id:
            self._grow(story_id, self._vector(terms, signal.language), moment, signal.language)
        else:
            self._stay(story_id, moment)
        self._frequencies.learn(terms, signal.language)

    def recast(self, stories: Iterable[int], members: Iterable[tuple[Signal, int]]) -> None:
        """People have moved signals between these stories: build them anew from their members, in order."""
        for story_id in stories:
            self._merged.pop(story_id, None)
            if story := self._stories.get(story_id):
                self._remove(story)
        for signal, story_id in members:
            if signal.copy_of is None or story_id == signal.id:
                vector = self._vector(Counter(terms_of(signal)), signal.language)
                self._grow(story_id, vector, signal.at.timestamp(), signal.language)
            else:
                self._stay(story_id, signal.at.timestamp())

    def keep_apart(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Stories that people have split, all of them: these pairs never merge, nor does what they merge into."""
        self._apart = {}
        for one, other in pairs:
            self._apart.setdefault(one, set()).add(other)
            self._apart.setdefault(other, set()).add(one)

    def story_of(self, story_id: int) -> int:
        """The story that a story is part of by now."""
        while story_id in self._merged:
            story_id = self._merged[story_id]
        return story_id

    def merges(self, now: datetime) -> tuple[Merge, ...]:
        """Stories that turned out to be one since the last look, in order: a chain names its links one by one."""
        found: list[Merge] = []
        oldest = (now - WINDOW).timestamp()
        for story_id in sorted(self._touched):
            story = self._stories.get(story_id)  # may just have been merged away
            if story and story.last >= oldest and (other := self._twin(story)):
                young, old = sorted((story, other), key=lambda one: one.id, reverse=True)
                self._absorb(young, old)
                found.append(Merge(young.id, old.id))
        self._touched.clear()
        return tuple(found)

    def forget(self, before: datetime) -> None:
        """Stories silent since then take no more signals."""
        oldest = before.timestamp()
        for story in [story for story in self._stories.values() if story.last < oldest]:
            self._remove(story)
        self._merged = {young: old for young, old in self._merged.items() if self.story_of(old) in self._stories}

    def __len__(self) -> int:
        return len(self._stories)

    @property
    def frequencies(self) -> Frequencies:
        """How rare terms are by now."""
        return self._frequencies

    # --- reading -------------------------------------------------------------------------------------------

    def _vector(self, terms: Counter[str], language: str) -> dict[str, float]:
        """Terms with their weights, of length one, heaviest first; common terms are left out."""
        weights: dict[str, float] = {}
        for term, times in terms.items():
            if rarity := self._frequencies.rarity(term, language):
                weights[term] = (1.0 + log(times)) * rarity
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        heaviest = sorted(weights, key=lambda term: (-weights[term], term))
        return {term: weights[term] / length for term in heaviest}

    # --- finding -------------------------------------------------------------------------------------------

    def _nearest(self, vector: Mapping[str, float], moment: float, without: int = 0) -> list[tuple[_Story, float]]:
        """The four stories with the highest cosine, living at that moment."""
        sums: dict[int, float] = {}
        skipped: list[str] = []
        for term, weight in vector.items():
            posting = self._postings.get(term)
            if posting is None:
                continue
            if len(posting) > LONG_POSTING and sums:
                skipped.append(term)
                continue
            for story_id, held in posting.items():
                sums[story_id] = sums.get(story_id, 0.0) + weight * held
        sums.pop(without, None)
        lengths = self._lengths
        cosines = [(total / length, -story_id) for story_id, total in sums.items() if (length := lengths.get(story_id))]
        nearest: list[tuple[_Story, float]] = []
        for most in (4 * CANDIDATES, len(cosines)):  # nearly all that are remembered live: the second is rarely needed
            ranked = nlargest(most, cosines)
            living = [pair for pair in ranked if self._takes(self._stories[-pair[1]], moment)][:CANDIDATES]
            if len(living) == CANDIDATES or most >= len(cosines):
                break
        for cosine, name in living:
            rest = sum(vector[term] * self._postings[term].get(-name, 0.0) for term in skipped)
            nearest.append((self._stories[-name], cosine + rest / lengths[-name]))
        return nearest

    def _takes(self, story: _Story, moment: float) -> bool:
        """Whether a story is alive then, and not too old."""
        window, episode = WINDOW.total_seconds(), EPISODE.total_seconds()
        return story.last >= moment - window and moment - episode <= story.first <= moment + window

    def _fits(self, vector: Mapping[str, float], moment: float, language: str) -> Iterable[_Fit]:
        for story, cosine in self._nearest(vector, moment):
            shared = [term for term in vector if term in story.weights]
            if len(shared) < _fewest(story.language, language):
                continue
            score = (
                cosine
                + SHARED_TERMS * min(6, len(shared)) / 6
                + RARE_TERM * max(vector[term] for term in shared)
                - FADE * max(0.0, moment - story.last) / _DAY
            )
            evidence = sum(self._frequencies.rarity(term, language) * story.presence(term) for term in shared)
            yield _Fit(story, score, evidence < CHANCE_JOIN * self._frequencies.surprise(language))

    def _twin(self, story: _Story) -> _Story | None:
        """The story that tells the same, by the heaviest terms of this one."""
        heaviest = nsmallest(MERGE_TERMS, story.weights.items(), key=lambda pair: (-pair[1], pair[0]))
        length = sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
        vector = {term: weight / length for term, weight in heaviest}
        chance = CHANCE_MERGE * self._frequencies.surprise(story.language)
        for other, cosine in sorted(
            self._nearest(vector, story.last, without=story.id), key=lambda pair: (-pair[1], pair[0].id)
        ):
            if other.id in self._apart.get(story.id, ()):
                continue
            gap = max(0.0, story.first - other.last, other.first - story.last) / _DAY
            evidence = sum(
                self._frequencies.rarity(term, story.language) * min(story.presence(term), other.presence(term))
                for term in vector
                if term in other.weights and not self._is_widespread(term)
            )
            shared = sum(term in other.weights for term in vector)
            if shared < _fewest(story.language, other.language):
                continue
            if cosine - FADE * gap >= MERGE and evidence >= chance:
                return other
        return None

    def _is_widespread(self, term: str) -> bool:
        """Whether a term stands in so many living stories that it tells none of them apart."""
        spread = len(self._postings[term])
        return spread >= WIDESPREAD and spread > WIDESPREAD_SHARE * len(self._stories)

    # --- changing ------------------------------------------------------------------------------------------

    def _scale(self, moment: float) -> float:
        """What one counts for at a moment: twice as much every twelve hours, so that nothing old need be touched."""
        if self._start is None:
            self._start = moment
        scale: float = 2.0 ** min((moment - self._start) / HALF_LIFE.total_seconds(), 1000.0)
        if scale > REBASE:
            self._rebase(1.0 / scale)
            self._start = moment
            return 1.0
        return scale

    def _rebase(self, factor: float) -> None:
        self._lengths = {story_id: length * factor for story_id, length in self._lengths.items()}
        for story in self._stories.values():
            story.count *= factor
            story.norm2 *= factor * factor
            story.counts = {term: count * factor for term, count in story.counts.items()}
            story.weights = {term: weight * factor for term, weight in story.weights.items()}
            for term, weight in story.weights.items():
                self._postings[term][story.id] = weight

    def _stay(self, story_id: int, moment: float) -> None:
        """A copy keeps a story alive, and no more."""
        if story := self._stories.get(story_id):
            story.last = max(story.last, moment)

    def _grow(self, story_id: int, vector: Mapping[str, float], moment: float, language: str) -> None:
        scale = self._scale(moment)
        story = self._stories.setdefault(story_id, _Story(story_id, language, moment, moment))
        story.first, story.last = min(story.first, moment), max(story.last, moment)
        story.count += scale
        for term, weight in vector.items():
            story.counts[term] = story.counts.get(term, 0.0) + scale
            self._set(story, term, story.weights.get(term, 0.0) + weight * scale)
        self._trim(story)
        self._measure(story)
        self._touched.add(story_id)

    def _measure(self, story: _Story) -> None:
        self._lengths[story.id] = sqrt(story.norm2)  # 0 where all its weights are too old to be told from nothing

    def _set(self, story: _Story, term: str, weight: float) -> None:
        before = story.weights.get(term, 0.0)
        story.norm2 += weight * weight - before * before
        story.weights[term] = weight
        self._postings.setdefault(term, {})[story.id] = weight

    def _unset(self, story: _Story, term: str) -> None:
        weight = story.weights.pop(term)
        story.norm2 = max(0.0, story.norm2 - weight * weight)
        posting = self._postings[term]
        del posting[story.id]
        if not posting:
            del self._postings[term]

    def _trim(self, story: _Story) -> None:
        """Only the heaviest terms stay, with some slack so that it need not be done each time."""
        if len(story.weights) <= STORY_TERMS * 5 // 4:
            return
        kept = set(nlargest(STORY_TERMS, story.weights, key=lambda term: (story.weights[term], term)))
        for term in [term for term in story.weights if term not in kept]:
            self._unset(story, term)
            del story.counts[term]

    def _absorb(self, young: _Story, old: _Story) -> None:
        for term, weight in young.weights.items():
            old.counts[term] = old.counts.get(term, 0.0) + young.counts[term]
            self._set(old, term, old.weights.get(term, 0.0) + weight)
        old.count += young.count
        old.first, old.last = min(old.first, young.first), max(old.last, young.last)
        self._remove(young)
        self._trim(old)
        self._measure(old)
        self._merged[young.id] = old.id
        for other in self._apart.pop(young.id, ()):
            self._apart[other].discard(young.id)
            self._apart[other].add(old.id)
            self._apart.setdefault(old.id, set()).add(other)

    def _remove(self, story: _Story) -> None:
        for term in list(story.weights):
            self._unset(story, term)
        self._lengths.pop(story.id, None)
        del self._stories[story.id]
        self._touched.discard(story.id)


def _fewest(language: str, other: str) -> int:
    """Terms that must be shared. Across languages names weigh all there is: two of them name who, but not what."""
    return 1 if language == other or {language, other} == {"nb", "nn"} else ACROSS_TERMS


def _by_score(fit: _Fit) -> tuple[float, int]:
    return fit.score, -fit.story.id
