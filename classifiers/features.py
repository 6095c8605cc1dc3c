"""What of a text the topic classifier sees: words, pairs of words, pieces of words, and phrases of the lexicon.

Every feature belongs to a word, or to a few words, so the score of a text is the sum of the scores of its words:
the `because` of a label is the calculation itself and not an estimate of it. That, and the cache that it allows, is
why we hash the pieces ourselves (CRC-32) where scikit-learn's HashingVectorizer would do the same for whole texts.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifiers.lexicon import groups, load_lexicon
from signals.languages import LANGUAGES, bridge, fold, stem

EDITION = 1  # raise it when the code below changes what a text looks like
BITS = 18
HASHED = 1 << BITS
LONGEST = 1_000  # characters: a headline and its first paragraphs tell what it is about
LONGEST_WORD = 40

STEM = 1.0
PIECES = 1.0  # all pieces of a word together
PAIR = 0.7
PHRASE = 1.5

PIECE = crc32(b"c ")  # with which the hash of every piece begins

WORD = re.compile(r"\d+[-–:]\d+|[^\W_]+")
_DIGITS = re.compile(r"\d+")

Indices = NDArray[np.int32]
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feature:
    """Some hashed places with their values, and the words of the text that they come from."""

    words: tuple[int, ...]
    indices: Indices
    values: Values


def width() -> int:
    """How many places there are: the hashed ones, then one for each group of the lexicon."""
    return HASHED + len(groups())


def words_of(passage: str) -> list[Word]:
    return [Word(found[0], found.start(), found.end()) for found in WORD.finditer(passage[:LONGEST])]


def features_of(words: Sequence[Word], language: str) -> Iterator[Feature]:
    """The features of a text; a word that comes again counts once."""
    seen: set[str] = set()
    stems = [stem_of(word.text, language) for word in words]
    for place, word in enumerate(words):
        if stems[place] in seen:
            continue
        seen.add(stems[place])
        if not is_filler(word.text, language):
            yield Feature((place,), *word_places(word.text, language))
    pairs: set[tuple[str, str]] = set()
    for place, pair in enumerate(itertools.pairwise(stems)):
        if pair not in pairs:
            pairs.add(pair)
            yield Feature((place, place + 1), *_pair(*pair))
    told: set[tuple[str, str]] = set()
    for found in load_lexicon(language).find([fold_of(word.text) for word in words]):
        key = (found.group, words[found.words[0]].text)
        if key not in told:
            told.add(key)
            yield Feature(found.words, *phrase_places(found.group))


def to_row(features: Sequence[Feature], word_count: int) -> tuple[Indices, Values]:
    """The features of a text as one row, scaled so that long texts do not shout."""
    if not features:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    scale = scale_of(word_count)
    return (
        np.concatenate([feature.indices for feature in features]),
        np.concatenate([feature.values for feature in features]) * scale,
    )


def scale_of(word_count: int) -> np.float32:
    return np.float32(1.0 / np.sqrt(4.0 + word_count))


def to_matrix(rows: Sequence[tuple[Indices, Values]]) -> Any:
    """Rows as a sparse matrix; a place that occurs twice in a row counts twice."""
    ends = np.cumsum([0, *(len(indices) for indices, _ in rows)])
    indices = np.concatenate([indices for indices, _ in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([values for _, values in rows]) if rows else np.empty(0, np.float32)
    return csr_matrix((values, indices, ends), shape=(len(rows), width()))


def _place(name: str) -> int:
    return crc32(name.encode()) & (HASHED - 1)


def _shape(word: str) -> str:
    return _DIGITS.sub("0", word[:LONGEST_WORD].lower())


@lru_cache(maxsize=100_000)
def fold_of(word: str) -> str:
    return fold(_shape(word))


@lru_cache(maxsize=100_000)
def stem_of(word: str, language: str) -> str:
    return stem(_shape(word), language)


def is_filler(word: str, language: str) -> bool:
    known = LANGUAGES.get(language)
    return known is not None and word.lower() in known.stop_words


@lru_cache(maxsize=50_000)
def word_places(word: str, language: str) -> tuple[Indices, Values]:
    shape = _shape(word)
    whole = [_place(f"w {stem_of(word, language)}"), _place(f"{language} {shape}")]
    pieces = sorted({crc32(piece, PIECE) & (HASHED - 1) for piece in _pieces(fold(bridge(shape, language)))})
    values = [STEM, STEM * 0.5] + [PIECES / len(pieces) ** 0.5] * len(pieces)
    return np.array(whole + pieces, np.int32), np.array(values, np.float32)


def _pieces(word: str) -> Iterator[bytes]:
    """
    >>> list(_pieces("brann"))[:6]
    [b' br', b'bra', b'ran', b'ann', b'nn ', b' bra']
    """
    padded = f" {word} "
    plain = padded.encode() if padded.isascii() else None  # folded words mostly are, and bytes are cut faster
    for length in (3, 4, 5):
        for start in range(max(len(padded) - length + 1, 0)):
            end = start + length
            yield plain[start:end] if plain else padded[start:end].encode()


@lru_cache(maxsize=100_000)
def _pair(first: str, second: str) -> tuple[Indices, Values]:
    return np.array([_place(f"p {first} {second}")], np.int32), np.array([PAIR], np.float32)


@lru_cache(maxsize=1_000)
def phrase_places(group: str) -> tuple[Indices, Values]:
    return np.array([HASHED + groups().index(group)], np.int32), np.array([PHRASE], np.float32)


def features_version() -> str:
    """Changes whenever a model trained before would see something else now."""
    settings = f"{BITS} {LONGEST} {STEM} {PIECES} {PAIR} {PHRASE} {groups()}"
    return f"{EDITION}.{crc32(settings.encode()):08x}"
