"""Phrases that tell of a topic, or of none, in each language: what a small corpus alone cannot teach.

A file holds lines of `group<TAB>patterns`. A group is a topic, `none_…` for a field of news that carries
none, or `about_…` for whom a text speaks of.
A pattern of five letters or more stands for every word that begins with it, of four letters for the word and its
endings of two letters, a shorter one for itself alone. `=word` is the word itself, `~part` any word that holds it.
The words of a phrase come in this order and may have up to two others between them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from signals.languages import fold

FOLDER = Path(__file__).parent
FILES = {"nb": "no", "nn": "no", "sv": "sv", "da": "da", "nl": "nl", "en": "en"}
GAP = 2  # words that may stand between two words of a phrase


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


class Lexicon:
    """The phrases of one language."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._by_beginning: dict[str, list[Phrase]] = {}
        self._anywhere: list[Phrase] = []
        for phrase in self.phrases:
            first = phrase.patterns[0]
            if first.is_part:
                self._anywhere.append(phrase)
            else:
                self._by_beginning.setdefault(first.text, []).append(phrase)
        self._begun: dict[str, tuple[Phrase, ...]] = {}

    def find(self, words: Sequence[str]) -> Iterator[Found]:
        """Every phrase in these folded words."""
        for place, word in enumerate(words):
            for phrase in self._begun_by(word):
                if taken := _follow(phrase.patterns, words, place):
                    yield Found(phrase.group, taken)

    def _begun_by(self, word: str) -> tuple[Phrase, ...]:
        if (known := self._begun.get(word)) is not None:
            return known
        if len(self._begun) > 100_000:
            self._begun.clear()
        beginnings = (self._by_beginning.get(word[:length], ()) for length in range(1, len(word) + 1))
        fits = [phrase for found in beginnings for phrase in found if phrase.patterns[0].matches(word)]
        fits += [phrase for phrase in self._anywhere if phrase.patterns[0].matches(word)]
        self._begun[word] = tuple(fits)
        return self._begun[word]


def _follow(patterns: tuple[Pattern, ...], words: Sequence[str], place: int) -> tuple[int, ...]:
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
    return Phrase(group, tuple(_pattern(word) for word in text.replace("-", " ").replace("'", " ").split()))


def _pattern(word: str) -> Pattern:
    return Pattern(fold(word.strip("=~")), is_exact=word.startswith("="), is_part=word.startswith("~"))


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
