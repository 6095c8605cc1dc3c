"""The living stories by their terms: sums of their signals that fade, and which of them lie nearest to a vector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from heapq import nlargest
from math import sqrt

WINDOW = timedelta(hours=72)  # a story silent for longer takes no more signals
EPISODE = timedelta(days=7)  # and no story does for longer: a theme that lasts becomes several
HALF_LIFE = timedelta(hours=12)

STORY_TERMS = 100
CANDIDATES = 4
LONG_POSTING = 400
REBASE = 1e30


@dataclass(slots=True, eq=False)
class LivingStory:
    """A story in memory. Weights are inflated instead of letting all others fade: see `LivingStories._scale`."""

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


class LivingStories:
    """All stories in memory, and in which of them each term stands."""

    def __init__(self) -> None:
        self._stories: dict[int, LivingStory] = {}
        self._postings: dict[str, dict[int, float]] = {}
        self._lengths: dict[int, float] = {}  # of the stories' weights: asked for very often
        self._start: float | None = None  # when a weight of one counts as one

    def find(self, story_id: int) -> LivingStory | None:
        return self._stories.get(story_id)

    def silent_since(self, moment: float) -> list[LivingStory]:
        return [story for story in self._stories.values() if story.last < moment]

    def spread(self, term: str) -> int:
        """In how many stories a term stands."""
        return len(self._postings.get(term, ()))

    def __contains__(self, story_id: int) -> bool:
        return story_id in self._stories

    def __len__(self) -> int:
        return len(self._stories)

    def nearest(self, vector: Mapping[str, float], moment: float, without: int = 0) -> list[tuple[LivingStory, float]]:
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
        nearest: list[tuple[LivingStory, float]] = []
        for most in (4 * CANDIDATES, len(cosines)):  # nearly all that are remembered live: the second is rarely needed
            ranked = nlargest(most, cosines)
            living = [pair for pair in ranked if self._takes(self._stories[-pair[1]], moment)][:CANDIDATES]
            if len(living) == CANDIDATES or most >= len(cosines):
                break
        for cosine, name in living:
            rest = sum(vector[term] * self._postings[term].get(-name, 0.0) for term in skipped)
            nearest.append((self._stories[-name], cosine + rest / lengths[-name]))
        return nearest

    def _takes(self, story: LivingStory, moment: float) -> bool:
        """Whether a story is alive then, and not too old."""
        window, episode = WINDOW.total_seconds(), EPISODE.total_seconds()
        return story.last >= moment - window and moment - episode <= story.first <= moment + window

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

    def stay(self, story_id: int, moment: float) -> None:
        """A copy keeps a story alive, and no more."""
        if story := self._stories.get(story_id):
            story.last = max(story.last, moment)

    def grow(self, story_id: int, vector: Mapping[str, float], moment: float, language: str) -> None:
        scale = self._scale(moment)
        story = self._stories.setdefault(story_id, LivingStory(story_id, language, moment, moment))
        story.first, story.last = min(story.first, moment), max(story.last, moment)
        story.count += scale
        for term, weight in vector.items():
            story.counts[term] = story.counts.get(term, 0.0) + scale
            self._set(story, term, story.weights.get(term, 0.0) + weight * scale)
        self._trim(story)
        self._measure(story)

    def _measure(self, story: LivingStory) -> None:
        self._lengths[story.id] = sqrt(story.norm2)  # 0 where all its weights are too old to be told from nothing

    def _set(self, story: LivingStory, term: str, weight: float) -> None:
        before = story.weights.get(term, 0.0)
        story.norm2 += weight * weight - before * before
        story.weights[term] = weight
        self._postings.setdefault(term, {})[story.id] = weight

    def _unset(self, story: LivingStory, term: str) -> None:
        weight = story.weights.pop(term)
        story.norm2 = max(0.0, story.norm2 - weight * weight)
        posting = self._postings[term]
        del posting[story.id]
        if not posting:
            del self._postings[term]

    def _trim(self, story: LivingStory) -> None:
        """Only the heaviest terms stay, with some slack so that it need not be done each time."""
        if len(story.weights) <= STORY_TERMS * 5 // 4:
            return
        kept = set(nlargest(STORY_TERMS, story.weights, key=lambda term: (story.weights[term], term)))
        for term in [term for term in story.weights if term not in kept]:
            self._unset(story, term)
            del story.counts[term]

    def absorb(self, young: LivingStory, old: LivingStory) -> None:
        """One story becomes part of another."""
        for term, weight in young.weights.items():
            old.counts[term] = old.counts.get(term, 0.0) + young.counts[term]
            self._set(old, term, old.weights.get(term, 0.0) + weight)
        old.count += young.count
        old.first, old.last = min(old.first, young.first), max(old.last, young.last)
        self.remove(young)
        self._trim(old)
        self._measure(old)

    def remove(self, story: LivingStory) -> None:
        for term in list(story.weights):
            self._unset(story, term)
        self._lengths.pop(story.id, None)
        del self._stories[story.id]
