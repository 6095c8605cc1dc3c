"""Letters that must stand in a text for a word of a query to be found there: a sieve before the exact look.

Theory of operation. What a word is found in is decided by stems (classifiers.watches.forms), which no index of a
database knows: its parser keeps "nrk.no" and "brann/ulykke" together, has stop words, and knows no compounds. But a
stem is nearly always the beginning of the word it stems from, so those letters must stand in the text. Such a sieve
lets through all that is found and little else; what it lets through is looked at exactly.

Known special cases. English turns a last y into i, and dying into die. Dutch takes a "ge" away wherever it stands, and
spells up to three last letters anew. Nynorsk words reach their stem over a bridge, so the letters before the bridge are
looked for too. Folding makes one letter two (ø is oe): letters at the edge that may be half of such a pair are not
asked for. A text with any letter beyond a to z and æ ø å ä ö is let through: who knows how it folds.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from classifiers.watches.forms import has_compounds, is_name, kept_of_name, stemmed_in, stems_of
from classifiers.watches.query import Form, Word
from signals.languages import LANGUAGES, fold, stem

SHORTEST = 2  # one letter stands in every text
MOST_SPELLINGS = 12  # of one probe
PLAIN = re.compile(r"[A-Za-z0-9æøåäöÆØÅÄÖ]+")

_RESPELT = {"en": 1, "nl": 3}  # last letters of a stem that may be no letters of the word
_ALSO = {"die": "dy", "lie": "ly", "tie": "ty"}  # dying
_PAIRS = ("ae", "oe", "aa")  # of æ and ä, ø and ö, å


@lru_cache(maxsize=10_000)
def probes_of(word: Word, language: str) -> frozenset[str]:
    """Each plain written word of that language in which the word is found holds one of these, when folded.

    Empty: nothing so simple can be said.
    """
    found = frozenset(_without_longer(_probes(word, language)))
    return frozenset() if any(len(probe) < SHORTEST for probe in found) else found


def may_stand(probes: Iterable[str], written: str) -> bool:
    """False: a word with these probes is not found in the written word."""
    if not PLAIN.fullmatch(written):
        return True
    folded = fold(written)
    return any(probe in folded for probe in probes)


def _probes(word: Word, language: str) -> Iterator[str]:
    folded = fold(word.text)
    match word.form:
        case Form.CASED | Form.EXACT:
            yield folded
        case Form.BEGINNING:
            yield _without_half_at_end(folded)
        case Form.END:
            yield _without_half_at_begin(folded)
        case _ if is_name(word.text):
            yield _without_half_at_end(kept_of_name(folded))
            if word.form is Form.LOOSE and has_compounds(language):
                yield from _letters_of(stem(word.text.lower(), language), language)
        case _:
            for code in stemmed_in(language):
                for one in stems_of(word.text, code):
                    yield from _letters_of(one, code)


def _letters_of(stemmed: str, language: str) -> Iterator[str]:
    """What stands in every word of that stem."""
    respelt = _RESPELT.get(language, 0)
    sure = stemmed[: max(len(stemmed) - respelt, min(SHORTEST, len(stemmed) - 1))] if respelt else stemmed
    yield _trimmed(sure)
    match language:
        case "en":
            yield from (written for end, written in _ALSO.items() if stemmed.endswith(end))
        case "nl":
            yield from (_trimmed(f"{sure[:place]}ge{sure[place:]}") for place in range(1, len(sure) + 1))
        case "nb" | "nn":
            yield from map(_trimmed, _before_bridges(stemmed))


def _before_bridges(stemmed: str) -> Iterator[str]:
    """The letters of words that come to the stem over a bridge: for ledels, leiing."""
    for one, other in _bridges():
        for place in range(len(other)):
            rest = other[place:]
            if rest.startswith(stemmed):
                yield one
            elif stemmed.startswith(rest):
                yield one + stemmed[len(rest) :]


@lru_cache(maxsize=1)
def _bridges() -> tuple[tuple[str, str], ...]:
    return tuple((fold(one), fold(other)) for one, other in (LANGUAGES["nn"].bridges or {}).items())


def _trimmed(letters: str) -> str:
    return _without_half_at_begin(_without_half_at_end(letters))


def _without_half_at_end(letters: str) -> str:
    return letters.rstrip("ao")


def _without_half_at_begin(letters: str) -> str:
    return letters.lstrip("ae")


def _without_longer(probes: Iterable[str]) -> Iterator[str]:
    """What stands wherever another probe stands is not needed."""
    kept: list[str] = []
    for probe in sorted(set(probes), key=lambda one: (len(one), one)):
        if not any(one in probe for one in kept):
            kept.append(probe)
            yield probe


def spellings(probe: str) -> tuple[str, ...]:
    """How the letters may stand in a plain text in lower case; _ for æ ä, ø ö or å, whatever became of their capitals.

    >>> spellings("oere"), spellings("hus")
    (('_re', 'oere'), ('hus',))
    """
    found = set(_spelt(probe))
    if len(found) > MOST_SPELLINGS:
        return spellings(_without_half_at_end(probe[:-1]))
    return tuple(sorted(found))


def _spelt(probe: str) -> Iterator[str]:
    if not probe:
        yield ""
        return
    yield from (probe[:1] + end for end in _spelt(probe[1:]))
    if probe[:2] in _PAIRS:
        yield from (f"_{end}" for end in _spelt(probe[2:]))
