"""The languages we read, one file each. A new file here is found by itself."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules

import Stemmer

from signals.languages.types import Language

__all__ = ["LANGUAGES", "Language", "bridge", "fold", "parts_of_compound", "stem", "stems", "tokens"]

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’`´]s\b", re.IGNORECASE)
_FOLDS = str.maketrans(
    {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ü": "u", "ð": "d", "þ": "th", "ß": "ss", "đ": "d"}
)
_LONGEST_WORD = 40


def _discover() -> dict[str, Language]:
    modules = (import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if not found.ispkg)
    languages = [module.LANGUAGE for module in modules if hasattr(module, "LANGUAGE")]
    return {language.code: language for language in sorted(languages, key=lambda language: language.code)}


LANGUAGES: dict[str, Language] = _discover()


def tokens(text: str) -> list[str]:
    """Words in lower case, without the English 's; single letters are left out, single digits stay.

    >>> tokens("NRK's sak: 3 døde i en ulykke på E6")
    ['nrk', 'sak', '3', 'døde', 'en', 'ulykke', 'på', 'e6']
    """
    words = _WORD.findall(_POSSESSIVE.sub("", text).lower())
    return [word for word in words if len(word) > 1 or word.isdigit()]


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """One spelling for letters that are written in several ways: æ ä ae, ø ö oe, å aa; accents go.

    >>> fold("kjøre") == fold("kjoere"), fold("Ålesund") == fold("aalesund"), fold("idé")
    (True, True, 'ide')
    """
    folded = unicodedata.normalize("NFC", word).lower().translate(_FOLDS)
    if folded.isascii():
        return folded
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(letter))


def bridge(word: str, language: str) -> str:
    """The word as its neighbour language writes it, where we know: nynorsk "sjukehuset" is "sykehuset"."""
    known = LANGUAGES.get(language)
    if known is None or not known.bridges:
        return word
    for length in range(min(len(word), 15), 4, -1):  # shorter beginnings are those of too many other words
        if (other := known.bridges.get(word[:length])) is not None:
            return other + word[length:]
    return known.bridges.get(word, word)


@cache
def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(algorithm)


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """The folded stem of one word; nynorsk through its bridge to bokmål. Unknown languages: folded only."""
    known = LANGUAGES.get(language)
    if known is None or len(word) > _LONGEST_WORD:
        return fold(word)
    return fold(_stemmer(known.stemmer).stemWord(bridge(word, language)))


def stems(text: str, language: str) -> list[str]:
    """Folded stems of the words that carry a subject, in order."""
    known = LANGUAGES.get(language)
    stop_words = known.stop_words if known else frozenset[str]()
    return [stem(word, language) for word in tokens(text) if word not in stop_words]


@cache
def _compound_pattern(language: str) -> re.Pattern[str] | None:
    known = LANGUAGES.get(language)
    if known is None or not known.compound_heads:
        return None
    heads = "|".join(sorted(known.compound_heads, key=lambda head: (-len(head), head)))
    links = "|".join(known.compound_links) or "(?!)"
    endings = "|".join(sorted(known.head_endings, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(\w{{3,}}?)(?:{links})?({heads})(?:{endings})?")


@lru_cache(maxsize=100_000)
def parts_of_compound(word: str, language: str) -> tuple[str, ...]:
    """The two parts of a compound whose last part is a known head; empty where we see none.

    >>> parts_of_compound("helseforetakslederen", "nb")
    ('helseforetak', 'leder')
    """
    pattern = _compound_pattern(language)
    if pattern is None or len(word) > _LONGEST_WORD:
        return ()
    found = pattern.fullmatch(word.lower())
    if not found:
        return ()
    before = found.string[: found.start(2)]
    # The s of "sykehusdirektør" belongs to "sykehus", not between the parts: "hus" is a head itself.
    return (before if before.endswith(LANGUAGES[language].compound_heads) else found[1], found[2])
