"""What a text holds that is written alike in other languages: names, places, numbers, related words, known concepts.

A name keeps its letters from language to language; a place that does not is looked up (exonyms.tsv), and so are some
hundred concepts of the news (concepts.tsv: fire, recall, strike, patient), by the beginnings of their words, and some
hundred everyday words (words.tsv: summer, north, missing). Words of one origin ("explosion", "eksplosjon", "explosie")
meet by their first letters, spelled in one way.
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
        concepts = concepts_of(folded, language) or word_of(folded, language)
        opens = match.start() == 0 or text[: match.start()].rstrip(" \"«”“'-").endswith((".", "!", "?", ":", "\n"))
        is_name = word[0].isupper() and len(folded) >= SHORTEST_NAME and not (opens and concepts)
        for mark in concepts_of(folded, language) if is_name else concepts:
            yield mark, word
        if is_name:
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


@cache
def _words(column: int) -> dict[str, tuple[Mark, ...]]:
    """Beginnings of everyday words, of one group of languages; of two that begin alike the first."""
    words: dict[str, tuple[Mark, ...]] = {}
    for key, columns in _rows("words.tsv"):
        for stem in columns[column].split():
            words.setdefault(stem, ((Kind.THING, key),))
    return words


@lru_cache(maxsize=100_000)
def concepts_of(folded: str, language: str) -> tuple[Mark, ...]:
    """The concepts that a folded word names: by its beginning, or, in languages that compound, by its end."""
    column = _column(language)
    if column is None:
        return ()
    stems = _stems(column)
    found: set[Mark] = set()
    for end in _ends(folded):
        found.update(stems.get(folded[:end], ()))
    if column < 2:
        for begin in range(SHORTEST_NAME, len(folded) - _SHORT_STEM + 1):
            for end in range(begin + _SHORT_STEM, min(len(folded), begin + LONGEST_STEM) + 1):
                found.update(stems.get(folded[begin:end], ()))
    return tuple(sorted(found))


@lru_cache(maxsize=100_000)
def word_of(folded: str, language: str) -> tuple[Mark, ...]:
    """The everyday word that a folded word is, by its longest beginning: inside of others such words are chance, and
    inside of names ("Hallsberg", "Westland") they say nothing."""
    column = _column(language)
    if column is None:
        return ()
    words = _words(column)
    return next((words[folded[:end]] for end in reversed(_ends(folded)) if folded[:end] in words), ())


def _column(language: str) -> int | None:
    """Of the tables, which give the Nordic languages together."""
    return 0 if language in NORDIC else {"nl": 1, "en": 2}.get(language)


def _ends(folded: str) -> list[int]:
    """Where a beginning may end: a short one must be nearly the whole word."""
    longest = min(len(folded), LONGEST_STEM)
    return [end for end in range(1, longest + 1) if end > _SHORT_STEM or len(folded) - end <= SHORT_ENDING]
