"""Texts at a glance: the features of classifiers.features as numbers of what was seen before, for quick scores.

Most words of a text have been seen in others. What such a word gives a model (the weights of its stem, form and
pieces, added up) is worked out once and then looked up, so that the score of a text is a sum of a few dozen rows. The
sums are those of `features_of`, to rounding; only who wants the `because` of a label needs the features themselves.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.features import (
    HASHED,
    LONGEST,
    PAIR,
    WORD,
    Indices,
    Values,
    fold_of,
    is_filler,
    phrase_places,
    scale_of,
    stem_of,
    word_places,
)
from classifiers.lexicon import Found, load_lexicon

MOST_KNOWN = 200_000  # words; then we begin anew
MOST_RECENT = 4_000  # texts, some 2 kB each; more than a batch, so that they are rarely forgotten within one
NONE = -1  # of words that carry no subject


class Known(NamedTuple):
    """A word that was seen before."""

    stem: str
    folded: str
    unit: int


@dataclass(frozen=True, slots=True)
class Glance:
    """A text: numbers of its words and phrases, hashed places of its pairs of words, and how many words it has."""

    units: tuple[int, ...]
    pairs: tuple[int, ...]
    words: int
    folded: tuple[str, ...] = ()  # its words, for who looks for phrases of other kinds
    found: tuple[Found, ...] = ()  # its phrases


class Trace(NamedTuple):
    """The same, and which words of the text every number comes from."""

    spans: tuple[tuple[int, int], ...]
    units: tuple[tuple[int, tuple[int, ...]], ...]
    pairs: tuple[tuple[int, tuple[int, ...]], ...]


class Vocabulary:
    """Words and groups of phrases by number, with their features. Numbers hold until `edition` changes."""

    def __init__(self) -> None:
        self.edition = 0
        self.features: list[tuple[Indices, Values]] = []
        self._words: dict[str, dict[str, Known]] = {}
        self._groups: dict[str, int] = {}
        self._recent: dict[tuple[str, str], Glance] = {}  # what one classifier looked at, the next will look at too

    def make_room(self) -> None:
        """Between batches only: within one the numbers must hold."""
        if len(self._recent) > MOST_RECENT:
            self._recent = {}
        if len(self.features) > MOST_KNOWN:
            self.edition += 1
            self.features, self._words, self._groups, self._recent = [], {}, {}, {}

    def glance(self, passage: str, language: str) -> Glance:
        if (seen := self._recent.get((passage, language))) is not None:
            return seen
        known = self._words.setdefault(language, {})
        texts = WORD.findall(passage[:LONGEST])
        words = [known.get(text) or self._learn(known, text, language) for text in texts]
        once = {word.stem: word.unit for word in reversed(words)}  # the first of a stem is the one that counts
        pairs = dict.fromkeys((one.stem, two.stem) for one, two in itertools.pairwise(words))
        folded = tuple(word.folded for word in words)
        found = tuple(load_lexicon(language).find(folded))
        told = dict.fromkeys((one.group, texts[one.words[0]]) for one in found)
        units = [unit for unit in once.values() if unit != NONE] + [self._group(group) for group, _ in told]
        places = [_pair_place(one, two) for one, two in pairs]
        seen = Glance(tuple(units), tuple(places), len(words), folded, found)
        self._recent[passage, language] = seen
        return seen

    def trace(self, passage: str, language: str) -> Trace:
        """A text that somebody wants explained."""
        seen = self.glance(passage, language)
        known = self._words[language]
        matches = list(WORD.finditer(passage[:LONGEST]))
        words = [known[match[0]] for match in matches]
        firsts = {word.stem: place for place, word in zip(range(len(words) - 1, -1, -1), reversed(words), strict=True)}
        units: list[tuple[int, tuple[int, ...]]] = [
            (words[place].unit, (place,)) for place in firsts.values() if words[place].unit != NONE
        ]
        told = {(one.group, matches[one.words[0]][0]): one.words for one in reversed(seen.found)}
        units += [(self._group(group), places) for (group, _), places in told.items()]
        beside = dict.fromkeys(itertools.pairwise(word.stem for word in words), -1)
        for place, pair in enumerate(itertools.pairwise(word.stem for word in words)):
            if beside[pair] < 0:
                beside[pair] = place
        pairs = tuple((at, (place, place + 1)) for at, place in zip(seen.pairs, beside.values(), strict=True))
        return Trace(tuple(match.span() for match in matches), tuple(units), pairs)

    def _learn(self, known: dict[str, Known], text: str, language: str) -> Known:
        unit = NONE if is_filler(text, language) else self._add(word_places(text, language))
        known[text] = Known(stem_of(text, language), fold_of(text), unit)
        return known[text]

    def _group(self, group: str) -> int:
        if group not in self._groups:
            self._groups[group] = self._add(phrase_places(group))
        return self._groups[group]

    def _add(self, feature: tuple[Indices, Values]) -> int:
        self.features.append(feature)
        return len(self.features) - 1


def _pair_place(one: str, two: str) -> int:
    return crc32(f"p {one} {two}".encode()) & (HASHED - 1)


VOCABULARY = Vocabulary()


class Pulls:
    """What every known word pulls in one linear model, worked out when it is first wanted."""

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        self._matrix = matrix
        self._table = np.zeros((0, matrix.shape[1]))
        self._known = 0
        self._edition = -1

    def add_up(self, glances: Sequence[Glance]) -> NDArray[np.float64]:
        """The decision of each text, without the model's bias."""
        self._learn()
        units = _rows([one.units for one in glances], self._known) @ self._table[: self._known]
        pairs = _rows([one.pairs for one in glances], len(self._matrix), np.float32) @ self._matrix
        scales = np.array([scale_of(one.words) for one in glances], np.float64)
        total: NDArray[np.float64] = (units + PAIR * pairs) * scales[:, None]
        return total

    def of_trace(self, trace: Trace, towards: NDArray[np.float64]) -> list[tuple[tuple[int, ...], float]]:
        """What each part of a text pulls in one direction of the columns, with the words that it comes from."""
        self._learn()
        units = self._table[[unit for unit, _ in trace.units]] @ towards
        pairs = PAIR * (self._matrix[[place for place, _ in trace.pairs]] @ towards)
        return [
            *((places, float(pull)) for (_, places), pull in zip(trace.units, units, strict=True)),
            *((places, float(pull)) for (_, places), pull in zip(trace.pairs, pairs, strict=True)),
        ]

    def _learn(self) -> None:
        if self._edition != VOCABULARY.edition:
            self._known, self._edition = 0, VOCABULARY.edition
        new = VOCABULARY.features[self._known :]
        if not new:
            return
        wanted = self._known + len(new)
        if wanted > len(self._table):
            larger = np.zeros((max(wanted, 2 * len(self._table)), self._matrix.shape[1]))
            larger[: self._known] = self._table[: self._known]
            self._table = larger
        rows = _rows([one[0] for one in new], len(self._matrix), values=[one[1] for one in new])
        self._table[self._known : wanted] = rows @ self._matrix
        self._known = wanted


def _rows(
    places: Sequence[Sequence[int] | Indices],
    width: int,
    kind: Any = np.float64,
    values: Sequence[Values] | None = None,
) -> Any:
    """A sparse matrix with a row for each text; a place that occurs twice in a row counts twice."""
    ends = np.cumsum([0, *(len(row) for row in places)])
    count = int(ends[-1])
    columns = np.fromiter(itertools.chain.from_iterable(places), np.int32, count)
    weights = np.ones(count, kind) if values is None else np.concatenate([*values, np.empty(0, np.float32)])
    return csr_matrix((weights, columns, ends), shape=(len(places), width))
