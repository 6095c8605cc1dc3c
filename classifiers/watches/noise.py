"""Says when a watch finds more than people read, which word brings most of it, and which queries would find less."""

from collections import Counter
from dataclasses import dataclass, field

from classifiers.types import Label
from classifiers.watches.matching import Said
from classifiers.watches.narrowing import narrower, positive_words, shown
from classifiers.watches.query import Word
from classifiers.watches.trial import DRAFT, Trial

HANDFUL = 5  # hits a day; with more, people stop looking
MOST_NARROWER = 3


@dataclass(frozen=True, slots=True)
class Narrower:
    """A query that would find less, and how much."""

    query: str
    hits_a_day: float
    why: str


@dataclass(frozen=True, slots=True)
class Noise:
    """More than a handful a day: which word brings most, and what would bring less."""

    word: str  # empty: no word brings them
    hits: int  # in which it stands
    narrower: tuple[Narrower, ...]


@dataclass
class Sample:
    """At most twice `most` of all that it is given, evenly: enough to see what a narrower query would find."""

    most: int = 1_000
    kept: list[tuple[Said, tuple[Label, ...]]] = field(default_factory=list)
    given: int = 0
    _step: int = 1

    def add(self, said: Said, labels: tuple[Label, ...] = ()) -> None:
        if self.given % self._step == 0:
            self.kept.append((said, labels))
            if len(self.kept) >= 2 * self.most:
                self.kept = self.kept[::2]
                self._step *= 2
        self.given += 1

    def found_by(self, trial: Trial) -> float:
        """How many of all would be found by another query, judged by those that were kept."""
        found = sum(trial.look(said, labels).is_found for said, labels in self.kept)
        return found * self.given / len(self.kept) if self.kept else 0.0


def noise_of(trial: Trial, words: Counter[Word], sample: Sample, days: float) -> Noise | None:
    """`words`: in how many hits each stands. None: it is no more than a handful a day."""
    if sample.given <= HANDFUL * days:
        return None
    root = trial.root(DRAFT)
    sought = set(positive_words(root)) if root else set[Word]()
    brought = [(hits, shown(word), word) for word, hits in words.items() if word in sought]
    if root is None or not brought:
        return Noise("", 0, ())
    hits, name, noisy = max(brought, key=lambda one: (one[0], one[1]))
    found = []
    for query, why in narrower(root, noisy):
        left = sample.found_by(trial.with_query(query))
        if left < sample.given:
            found.append(Narrower(query, round(left / days, 1), why))
    return Noise(name, hits, tuple(sorted(found, key=lambda one: -one.hits_a_day)[:MOST_NARROWER]))
