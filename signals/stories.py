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
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from math import log, sqrt
from typing import NamedTuple

from signals.languages.background import Frequencies
from signals.living_stories import WINDOW, LivingStories, LivingStory
from signals.story_terms import terms_of
from signals.types import Membership, Signal

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

_DAY = 86_400.0


class Merge(NamedTuple):
    """Two stories turned out to be one; the older keeps its name."""

    young: int
    old: int


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a vector fits a story."""

    story: LivingStory
    score: float
    is_chance: bool


class StoryIndex:
    """The stories of the last 72 hours."""

    def __init__(self, frequencies: Frequencies | None = None) -> None:
        self._frequencies = frequencies or Frequencies()
        self._living = LivingStories()
        self._touched: set[int] = set()
        self._merged: dict[int, int] = {}
        self._apart: dict[int, set[int]] = {}  # what people have split is not merged again

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
            self._living.stay(story_id, moment)
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
            self._living.stay(story_id, moment)
        self._frequencies.learn(terms, signal.language)

    def recast(self, stories: Iterable[int], members: Iterable[tuple[Signal, int]]) -> None:
        """People have moved signals between these stories: build them anew from their members, in order."""
        for story_id in stories:
            self._merged.pop(story_id, None)
            if story := self._living.find(story_id):
                self._remove(story)
        for signal, story_id in members:
            if signal.copy_of is None or story_id == signal.id:
                vector = self._vector(Counter(terms_of(signal)), signal.language)
                self._grow(story_id, vector, signal.at.timestamp(), signal.language)
            else:
                self._living.stay(story_id, signal.at.timestamp())

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
            story = self._living.find(story_id)  # may just have been merged away
            if story and story.last >= oldest and (other := self._twin(story)):
                young, old = sorted((story, other), key=lambda one: one.id, reverse=True)
                self._absorb(young, old)
                found.append(Merge(young.id, old.id))
        self._touched.clear()
        return tuple(found)

    def forget(self, before: datetime) -> None:
        """Stories silent since then take no more signals."""
        oldest = before.timestamp()
        for story in self._living.silent_since(oldest):
            self._remove(story)
        self._merged = {young: old for young, old in self._merged.items() if self.story_of(old) in self._living}

    def __len__(self) -> int:
        return len(self._living)

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

    def _fits(self, vector: Mapping[str, float], moment: float, language: str) -> Iterable[_Fit]:
        for story, cosine in self._living.nearest(vector, moment):
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

    def _twin(self, story: LivingStory) -> LivingStory | None:
        """The story that tells the same, by the heaviest terms of this one."""
        heaviest = nsmallest(MERGE_TERMS, story.weights.items(), key=lambda pair: (-pair[1], pair[0]))
        length = sqrt(sum(weight * weight for _, weight in heaviest)) or 1.0
        vector = {term: weight / length for term, weight in heaviest}
        chance = CHANCE_MERGE * self._frequencies.surprise(story.language)
        for other, cosine in sorted(
            self._living.nearest(vector, story.last, without=story.id), key=lambda pair: (-pair[1], pair[0].id)
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
        spread = self._living.spread(term)
        return spread >= WIDESPREAD and spread > WIDESPREAD_SHARE * len(self._living)

    # --- changing ------------------------------------------------------------------------------------------

    def _grow(self, story_id: int, vector: Mapping[str, float], moment: float, language: str) -> None:
        self._living.grow(story_id, vector, moment, language)
        self._touched.add(story_id)

    def _absorb(self, young: LivingStory, old: LivingStory) -> None:
        self._living.absorb(young, old)
        self._touched.discard(young.id)
        self._merged[young.id] = old.id
        for other in self._apart.pop(young.id, ()):
            self._apart[other].discard(young.id)
            self._apart[other].add(old.id)
            self._apart.setdefault(old.id, set()).add(other)

    def _remove(self, story: LivingStory) -> None:
        self._living.remove(story)
        self._touched.discard(story.id)


def _fewest(language: str, other: str) -> int:
    """Terms that must be shared. Across languages names weigh all there is: two of them name who, but not what."""
    return 1 if language == other or {language, other} == {"nb", "nn"} else ACROSS_TERMS


def _by_score(fit: _Fit) -> tuple[float, int]:
    return fit.score, -fit.story.id
