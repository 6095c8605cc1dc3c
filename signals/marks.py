"""What a text holds that is written alike in other languages: names, places, numbers, related words, known concepts.

A name keeps its letters from language to language; a place that does not is looked up (exonyms.tsv), and so are some
hundred concepts of the news (concepts.tsv: fire, recall, strike, patient), by the beginnings of their words. Words of
one origin ("explosion", "eksplosjon", "explosie") meet by their first letters, spelled in one way.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files

from signals.languages import LANGUAGES, fold

NORDIC = frozenset({"nb", "nn", "no", "sv", "da"})
SHORTEST_NAME = 3
SHORTEST_RELATED = 6
PREFIX = 5
LONGEST_STEM = 16
SHORT_ENDING = 3
_SHORT_STEM = 4  # and shorter: the whole word, or with a short ending

_THOUSANDS = re.compile(r"(?<=\d)[ .,\u00a0\u202f](?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_][\w-]*")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_SPELLINGS = (
    ("ks", "x"), ("cc", "x"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("qu", "kv"), ("sch", "sk"), ("ij", "i"),
    ("ae", "e"), ("oe", "o"), ("c", "k"), ("z", "s"), ("w", "v"), ("y", "i"), ("j", "i"),
)  # fmt: skip


class Kind(IntEnum):
    """Of a mark, from what says least of one event to what says most."""

    RELATED = 0
    THING = 1
    HAPPENING = 2
    NUMBER = 3
    PLACE = 4
    NAME = 5


Mark = tuple[Kind, str]


def marks_of(text: str, language: str) -> dict[Mark, str]:
    """The marks of a text, each with the word that bore it first."""
    found: dict[Mark, str] = {}
    for mark, word in _marks(_POSSESSIVE.sub("", _THOUSANDS.sub("", text)), language):
        found.setdefault(mark, word)
    return found


def _marks(text: str, language: str) -> Iterator[tuple[Mark, str]]:
    known = LANGUAGES.get(language)
    stop_words = known.stop_words if known else frozenset[str]()
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word[0].isdigit():
            if not _YEAR.fullmatch(word):
                yield (Kind.NUMBER, word.replace(",", ".")), word
            continue
        if word.lower() in stop_words:
            continue
        folded = fold(word)
        if place := _place(folded):
            yield (Kind.PLACE, place), word
            continue
        concepts = concepts_of(folded, language)
        for kind, concept in concepts:
            yield (kind, concept), word
        opens = match.start() == 0 or text[: match.start()].rstrip(" \"«”“'-").endswith((".", "!", "?", ":", "\n"))
        if word[0].isupper() and len(folded) >= SHORTEST_NAME and not (opens and concepts):
            yield (Kind.NAME, _bare(folded)), word
        elif len(folded) >= SHORTEST_RELATED and not concepts:
            yield (Kind.RELATED, spelled(folded)[:PREFIX]), word


def _bare(name: str) -> str:
    """Without the genitive, and cut: "Oxdals" and "Oxdal" are one name."""
    name = name.replace("ae", "a").replace("oe", "o").replace("aa", "a")
    name = name[:-1] if len(name) > SHORTEST_NAME and name.endswith("s") else name
    return name[: PREFIX + 1]


@lru_cache(maxsize=100_000)
def spelled(word: str) -> str:
    """A folded word in one spelling for several languages, double letters once.

    >>> spelled("eksplosjon")[:5] == spelled("explosion")[:5]
    True
    """
    for usual, one in _SPELLINGS:
        word = word.replace(usual, one)
    return re.sub(r"(.)\1+", r"\1", word)


@cache
def _places() -> dict[str, str]:
    return {name: key for key, names in _rows("exonyms.tsv") for name in names[0].split()}


def _place(folded: str) -> str:
    places = _places()
    return places.get(folded) or (places.get(folded[:-1], "") if folded.endswith("s") else "")


def _rows(name: str) -> Iterator[tuple[str, list[str]]]:
    for line in (files("signals") / name).read_text("utf-8").splitlines():
        key, *columns = line.split("\t")
        yield key, columns


@cache
def _stems(column: int) -> dict[str, tuple[Mark, ...]]:
    """Beginnings of words and their concepts, of one group of languages."""
    stems: dict[str, tuple[Mark, ...]] = {}
    for key, (kind, *columns) in _rows("concepts.tsv"):
        for stem in columns[column].split():
            stems[stem] = (*stems.get(stem, ()), (Kind[kind.upper()], key))
    return stems


@lru_cache(maxsize=100_000)
def concepts_of(folded: str, language: str) -> tuple[Mark, ...]:
    """The concepts that a folded word names: by its beginning, or, in languages that compound, by its end."""
    column = 0 if language in NORDIC else 1 if language == "nl" else 2 if language == "en" else -1
    if column < 0:
        return ()
    stems = _stems(column)
    found: set[Mark] = set()
    for end in range(1, min(len(folded), LONGEST_STEM) + 1):
        if end > _SHORT_STEM or len(folded) - end <= SHORT_ENDING:
            found.update(stems.get(folded[:end], ()))
    if column < 2:
        for begin in range(SHORTEST_NAME, len(folded) - _SHORT_STEM + 1):
            for end in range(begin + _SHORT_STEM, min(len(folded), begin + LONGEST_STEM) + 1):
                found.update(stems.get(folded[begin:end], ()))
    return tuple(sorted(found))
