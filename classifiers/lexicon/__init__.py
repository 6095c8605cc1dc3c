"""Phrases that tell of a topic, or of none, in each language: what a small corpus alone cannot teach.

A file holds lines of `group<TAB>patterns`. A group is a topic, `none_…` for a field of news that carries
none, or `about_…` for whom a text speaks of.
A pattern of five letters or more stands for every word that begins with it, of four letters for the word and its
endings of two letters, a shorter one for itself alone. `=word` is the word itself, `~part` any word that holds it.
The words of a phrase come in this order and may have up to two others between them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from signals.languages import fold

FOLDER = Path(__file__).parent
FILES = {"nb": "no", "nn": "no", "sv": "sv", "da": "da", "nl": "nl", "en": "en"}
DIGITS = re.compile(r"\d+")
BREAKS = re.compile(r"[^\w=~]+|_")  # what parts words in a text parts them in a pattern too
GAP = 2  # words that may stand between two words of a phrase
PIECE = 3  # letters by which `~part` is looked up


@dataclass(frozen=True, slots=True)
class Pattern:
    """One word of a phrase, folded."""

    text: str
    is_exact: bool = False
    is_part: bool = False

    def matches(self, word: str) -> bool:
        if self.is_part:
            return self.text in word
        if not word.startswith(self.text):
            return False
        longer = len(word) - len(self.text)
        if self.is_exact or len(self.text) < 4:
            return longer == 0
        return longer <= 2 or len(self.text) > 4


@dataclass(frozen=True, slots=True)
class Phrase:
    group: str
    patterns: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase in a text: its group, and which words of the text it took."""

    group: str
    words: tuple[int, ...]


class PatternIndex:
    """Which of many patterns match a word: found by its beginnings and its pieces, however many there are."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = tuple(patterns)
        self._by_beginning: defaultdict[str, list[int]] = defaultdict(list)
        self._by_piece: defaultdict[str, list[int]] = defaultdict(list)
        for number, pattern in enumerate(self._patterns):
            if pattern.is_part:
                self._by_piece[pattern.text[:PIECE]].append(number)
            else:
                self._by_beginning[pattern.text].append(number)
        self._lengths = sorted({len(text) for text in self._by_beginning})
        self._pieces = sorted({len(piece) for piece in self._by_piece})
        self._known: dict[str, tuple[int, ...]] = {}

    def matching(self, word: str) -> tuple[int, ...]:
        """The numbers of the patterns that match a word, smallest first."""
        if (known := self._known.get(word)) is not None:
            return known
        if len(self._known) > 100_000:
            self._known.clear()
        fits = {number for number in self._near(word) if self._patterns[number].matches(word)}
        self._known[word] = tuple(sorted(fits))
        return self._known[word]

    def _near(self, word: str) -> list[int]:
        near: list[int] = []
        for length in self._lengths:
            if some := self._by_beginning.get(word[:length]):
                near += some
        for length in self._pieces:
            for start in range(len(word) - length + 1):
                if some := self._by_piece.get(word[start : start + length]):
                    near += some
        return near


class Lexicon:
    """The phrases of one language. Each word of a text is looked up once as the first word of phrases and once as
    their second, so that a search takes no longer with more of them."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        firsts = {pattern: at for at, pattern in enumerate(dict.fromkeys(one.patterns[0] for one in self.phrases))}
        longer = [one for one in self.phrases if len(one.patterns) > 1]
        seconds = {pattern: at for at, pattern in enumerate(dict.fromkeys(one.patterns[1] for one in longer))}
        self._firsts, self._seconds = PatternIndex(tuple(firsts)), PatternIndex(tuple(seconds))
        self._words: list[list[Phrase]] = [[] for _ in firsts]  # phrases of one word, by their pattern
        self._begun: list[defaultdict[int, list[Phrase]]] = [defaultdict(list) for _ in firsts]
        for phrase in self.phrases:
            first = firsts[phrase.patterns[0]]
            if len(phrase.patterns) == 1:
                self._words[first].append(phrase)
            else:
                self._begun[first][seconds[phrase.patterns[1]]].append(phrase)

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Every phrase in these folded words."""
        seconds: list[tuple[int, ...]] = []  # of each word, looked up when a phrase has begun
        for place, word in enumerate(words):
            for first in self._firsts.matching(word):
                for phrase in self._words[first]:
                    yield Found(phrase.group, (place,))
                if begun := self._begun[first]:
                    seconds = seconds or [self._seconds.matching(other) for other in words]
                    yield from _followed(begun, words, seconds, place)


def _followed(
    begun: Mapping[int, Sequence[Phrase]], words: Sequence[str], seconds: Sequence[tuple[int, ...]], place: int
) -> Iterator[Found]:
    """Of phrases begun at a place, by their second pattern: those whose other words follow."""
    tried: set[int] = set()  # a pattern takes the first word that it matches
    for at in range(place + 1, min(place + 2 + GAP, len(words))):
        for second in seconds[at]:
            if second in begun and second not in tried:
                tried.add(second)
                for phrase in begun[second]:
                    if rest := _follow(phrase.patterns[1:], words, at):
                        yield Found(phrase.group, (place, *rest))


def _follow(patterns: tuple[Pattern, ...], words: Sequence[str], place: int) -> tuple[int, ...]:
    """The places of all patterns, the first of which stands at `place`; empty where one does not follow."""
    taken = [place]
    for pattern in patterns[1:]:
        ahead = range(taken[-1] + 1, min(taken[-1] + 2 + GAP, len(words)))
        following = next((at for at in ahead if pattern.matches(words[at])), None)
        if following is None:
            return ()
        taken.append(following)
    return tuple(taken)


def parse_phrase(group: str, text: str) -> Phrase:
    """
    >>> parse_phrase("goodwill", "=food bank").patterns[0].is_exact
    True
    """
    return Phrase(group, tuple(_pattern(word) for word in BREAKS.sub(" ", text).split()))


def _pattern(word: str) -> Pattern:
    """Numbers are told by their shape alone, as in the texts: "CO2" and "E18" are CO0 and E0."""
    shape = DIGITS.sub("0", fold(word.strip("=~")))
    return Pattern(shape, is_exact=word.startswith("="), is_part=word.startswith("~"))


@cache
def load_lexicon(language: str) -> Lexicon:
    """The phrases of a language; none for one that we do not know."""
    name = FILES.get(language)
    return Lexicon(list(read_phrases(FOLDER / f"{name}.tsv")) if name else [])


def read_phrases(path: Path) -> Iterator[Phrase]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            group, _, patterns = line.partition("\t")
            for text in sorted({pattern.strip() for pattern in patterns.split(",")} - {""}):
                yield parse_phrase(group, text)


@cache
def groups() -> tuple[str, ...]:
    """The names of all groups, in one order for all languages."""
    return tuple(
        sorted({phrase.group for name in set(FILES.values()) for phrase in read_phrases(FOLDER / f"{name}.tsv")})
    )
