"""What a capitalised term names: a person, something too wide, or what can be watched, such as an organisation.

There is no model behind this, but three tables and the titles themselves. A word is a surname where titles often put a
given name, or an office such as minister, before it, or an age after it. Firms called like people are known by name.
What looks like a person is not suggested: Forkant keeps no profiles of people, and would rather miss a firm.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

from signals.languages import fold
from signals.languages.types import words

SHARE = 0.1  # of the times a word stands in titles: it has a given name or an office before it

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_AGED = re.compile(r"\b([A-ZÆØÅÄÖÉ][^\W\d_]+) ?[,(]\s?\d{1,3}\b(?=[),:]|\s*$)")  # Anna, 23, and Anna (23)
_PARTICLES = words("van de der den het ter ten von zu af av la le di da del bin al el 't")
_OFFICES = words(
    """president minister premier statsminister utenriksminister finansminister justisminister helseminister
    statsråd statssekretær statssekreterare staatssecretaris bondskanselier kansler förbundskansler
    forbundskansler kong kung kongen koning koningin dronning drottning queen king prince princess prins prinsesse
    prinses kronprins pave påve paus pope senator burgemeester ordfører borgmester mayor trainer coach
    bondscoach landslagssjef doelman speler zanger zangeres zangers rapper acteur actrice skuespiller skådespelare
    skådespelaren sångaren artisten presentator presentatrice actor actress singer footballer chancellor secretary"""
)
# Firms, fields and brands called like people.
_FIRMS = (
    "albert heijn", "johan sverdrup", "martin linge", "edvard grieg", "ivar aasen", "philip morris", "morgan stanley",
    "ernst young", "john deere", "harley davidson", "louis vuitton", "hugo boss", "calvin klein", "ralph lauren",
    "tommy hilfiger", "stella artois", "jack daniels", "jim beam", "charlie hebdo", "max burgers", "ben jerry",
    "oscar properties", "frank energy", "anne frank", "bernard matthews", "john lewis", "marie curie", "max planck",
    "philips", "siemens",
)  # fmt: skip


class Names(StrEnum):
    """What a term is the name of, as far as its words tell."""

    PERSON = "person"
    WIDE = "wide"
    OTHER = "other"


@cache
def _given_names() -> frozenset[str]:
    return frozenset(fold(name) for name in _table("given_names.txt"))


@cache
def _wide_names() -> frozenset[str]:
    nations = files("signals").joinpath("exonyms.tsv").read_text(encoding="utf-8")
    return frozenset(fold(name) for name in (*_table("wide_names.txt"), *nations.split()))


def _table(name: str) -> list[str]:
    text = files("classifiers").joinpath(name).read_text(encoding="utf-8")
    return [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def surnames_in(titles: Iterable[str]) -> frozenset[str]:
    """Words that titles use as surnames.

    >>> sorted(surnames_in(["Ook Sigrid Kaag stapt op", "Kaag vertrekt", "Minister Van der Wal blijft", "NS staakt"]))
    ['kaag', 'wal']
    """
    stands: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for title in titles:
        named.update(fold(word.lower()) for word in _AGED.findall(title))
        found = _WORD.findall(title)
        for place, word in enumerate(found):
            if word[0].isupper() and word.lower() not in _PARTICLES:
                low = fold(word.lower())
                stands[low] += 1
                if _has_name_before(found, place):
                    named[low] += 1
    return frozenset(word for word, count in named.items() if count >= SHARE * stands[word])


def _has_name_before(found: Sequence[str], place: int) -> bool:
    before = place - 1
    while before >= 0 and found[before].lower() in _PARTICLES:
        before -= 1
    if before < 0:
        return False
    first = found[before].lower()
    pair = f"{fold(first)} {fold(found[place].lower())}"
    is_name = found[before][0].isupper() and fold(first) in _given_names()
    return (is_name or first in _OFFICES) and pair not in _FIRMS


def capital_words_in(titles: Iterable[str]) -> frozenset[str]:
    """Words as they are written with a capital."""
    return frozenset(word for title in titles for word in _WORD.findall(title) if word[0].isupper())


def what_is_named(term: str, surnames: frozenset[str]) -> Names:
    """Of a term as it is written.

    >>> kaag = surnames_in(["Sigrid Kaag stapt op"])
    >>> [what_is_named(term, kaag).value for term in ("Kaag", "Oekraïne", "Tata Steel", "Albert Heijn")]
    ['person', 'wide', 'other', 'other']
    """
    parts = [fold(word.lower()) for word in _WORD.findall(term)]
    if len(parts) == 1:  # Ulla-Lena is as much a person as Ulla
        parts = parts[0].split("-")
    if not parts or " ".join(parts) in _FIRMS:
        return Names.OTHER
    if all(_is_of_person(part, surnames) for part in parts if part not in _PARTICLES):
        return Names.PERSON
    if all(part.removesuffix("s") in _wide_names() or part in _wide_names() for part in parts):
        return Names.WIDE
    return Names.OTHER


def _is_of_person(word: str, surnames: frozenset[str]) -> bool:
    names = _given_names()
    return any(one in surnames or one in names for one in (word, word.removesuffix("s"))) or word in _OFFICES
