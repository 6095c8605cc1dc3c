"""Which written forms a word of a query stands for, in the language of the signal.

Theory of operation. A written word gives keys, a word of a query gives keys, and the two meet where they share one.
So a single rule serves the index over thousands of watches and the look at one.

- Spelling is folded (æ ae, ø oe, å aa, é e), and inflected forms meet in their stem. Nynorsk goes through its bridge
  to bokmål, and a query in nynorsk finds bokmål too. Text of unknown language is tried in all six.
- A word with a capital is a name: it may grow an ending (Bergens, Postens), but loses none but a vowel (Bergen is
  not "berg").
- NS, KLM, eBay (see `counts_its_capitals`) are found with just these capitals, and with a genitive s: NRKs.
- Compounds (nb nn sv da nl): a word of four letters or more is found as either part of a compound whose last part is a
  head known to the language; one of five or more also at the beginning of any word that goes on for four letters or
  more (brann: brannvesenet) and at the end of any word after three or more (brann: skogbrannen). A name is not found
  at the end of another name: Posten is not in Aftenposten.

Known special cases, all found by reading what frequent words match in a year of headlines: a verb's particle is no
first part (verbrand, forhandling, ontsporing), and some words begin like a shorter one they have nothing to do with
(politikk and politi, kontor and konto). What is missed on purpose, `brann*` and `*brann` still find; what is found too
much, `=brann` or "brann" leave out.
"""

import re
from collections.abc import Collection, Iterator

from classifiers.watches.query import Form, Word
from signals.languages import LANGUAGES, bridge, fold, parts_of_compound, stem
from signals.languages.types import words

SHORTEST_PART = 4
SHORTEST_FREE_PART = 5  # beside a part that we do not know
SHORTEST_REST = 4
SHORTEST_START = 3
LONGEST = 40

_NORDIC = "be for fra gen gjen inn med mis mot ned opp over sam til unna under ut van ved etter"
_PARTICLES = {
    "nb": words(_NORDIC),
    "nn": words(_NORDIC),
    "da": words("be for fore frem gen ind med mis mod ned om op over sam til ud under van ved"),
    "sv": words("be foer fram genom in med mis miss mot ned om oever sam till und under upp ut van vid"),
    "nl": words(
        """aan af be bij door ge her in mee mis na om onder ont op over tegen toe uit van ver voor weg
        aange afge be inge ontge opge overge uitge voorge aanver"""
    ),
}
_LONGER_BEGINNINGS = {
    "nb": ("politik", "politisk", "kontor", "kommunik", "kommunis", "halvann", "farvann", "veiled"),
    "nn": ("politik", "politisk", "kontor", "kommunik", "kommunis", "halvann", "farvatn", "rettlei"),
    "da": ("politik", "politisk", "kontor", "kommunik", "kommunis", "halvand", "farvand", "vejled"),
    "sv": ("politik", "politisk", "kontor", "kommunik", "kommunic", "kommunis"),
    "nl": ("brandstof", "spoorlo", "politiek"),
}
# Where a stemmer leaves an ending on: olyckan, though it makes olycka, olyckor and olyckorna one; and lederne.
_LEFT_ON = {
    "sv": re.compile(r"(\w{3,}a)ns?"),
    "nb": re.compile(r"(\w{3,}er)nes?"),
    "nn": re.compile(r"(\w{3,}ar)anes?"),
    "da": re.compile(r"(\w{3,}er)nes?"),
}
_NO_FREE_REST = ("ig", "isk")  # kraft is not in kraftigere


def is_found_in(word: Word, written: str, language: str) -> bool:
    """Whether a written word, as it stands in a text of that language, is one of the forms.

    >>> is_found_in(Word("drikkevann"), "drikkevannet", "nb"), is_found_in(Word("NS", Form.CASED), "ns", "nl")
    (True, False)
    """
    return not keys_of_word(word, language).isdisjoint(keys_of_written(written, language))


def keys_of_word(word: Word, language: str) -> frozenset[str]:
    """The keys that a word of a query looks for in text of that language."""
    folded = fold(word.text)
    match word.form:
        case Form.CASED:
            return frozenset({f"A{word.text}"})
        case Form.EXACT:
            return frozenset({f"x{folded}"})
        case Form.BEGINNING:
            return frozenset({f"b{folded}"})
        case Form.END:
            return frozenset({f"e{folded}"})
        case Form.INFLECTED:
            return frozenset(_inflected(word.text, language))
        case Form.LOOSE:
            return frozenset((*_inflected(word.text, language), *_in_compounds(word.text, language)))


def _inflected(word: str, language: str) -> Iterator[str]:
    folded, named = fold(word), is_name(word)
    yield f"x{folded}"
    for code in stemmed_in(language):
        for stemmed in stems_of(word, code):
            yield f"g{code}{stemmed}/{kept_of_name(folded)}" if named else f"s{code}{stemmed}"


def kept_of_name(name: str) -> str:
    """What an inflected form keeps of a name: all but a last e or a, since many a "Kommune" begins with a capital."""
    return name[:-1] if len(name) >= SHORTEST_FREE_PART and name[-1] in "ae" else name


def _in_compounds(word: str, language: str) -> Iterator[str]:
    if language not in _PARTICLES or len(word) < SHORTEST_PART:
        return
    folded, named = fold(word), is_name(word)
    stemmed = stem(word.lower(), language)
    yield f"f={folded}" if named else f"f{stemmed}"
    yield f"l={folded}" if named else f"l{stemmed}"
    if len(word) >= SHORTEST_FREE_PART:
        yield f"F{folded}"
        # A stem that lost more than a vowel is another word: at the end of Tønsberg stands no Bergen.
        if len(stemmed) >= max(SHORTEST_FREE_PART, len(folded) - 1):
            yield f"L={stemmed}" if named else f"L{stemmed}"


def keys_of_written(written: str, language: str) -> frozenset[str]:
    """The keys that a word in a text offers, but for those of beginnings and ends."""
    return frozenset(_offered(written, language))


def _offered(written: str, language: str) -> Iterator[str]:
    yield f"A{written}"
    if len(written) > 2 and written[-1] == "s" and written[-2].isupper():
        yield f"A{written[:-1]}"
    if len(written) > 1 and written.isupper():
        yield f"A{written.capitalize()}"  # a headline in capitals
    folded = fold(written)
    yield f"x{folded}"
    if len(written) > LONGEST:
        return
    for code in stemmed_in(language):
        for stemmed in stems_of(written, code):
            yield f"s{code}{stemmed}"
            for length in range(2, len(folded) + 1):
                yield f"g{code}{stemmed}/{folded[:length]}"
    if language in _PARTICLES:
        yield from _known_parts(written, language)
        yield from _free_parts(written, language)


def _known_parts(written: str, language: str) -> Iterator[str]:
    parts = parts_of_compound(written, language)
    if not parts:
        return
    first, last = parts
    if fold(first) in _PARTICLES[language] or len(fold(first)) < _longer_beginning(fold(written), language):
        return
    yield f"f{stem(first, language)}"
    yield f"f={fold(first)}"
    yield f"l{stem(last, language)}"
    if not written[:1].isupper():
        yield f"l={fold(last)}"


def _free_parts(written: str, language: str) -> Iterator[str]:
    folded = fold(written)
    shortest = max(SHORTEST_FREE_PART, _longer_beginning(folded, language))
    for cut in range(shortest, len(folded) - SHORTEST_REST + 1):
        if not folded[cut:].startswith(_NO_FREE_REST):
            yield f"F{folded[:cut]}"
    stemmed = stem(written.lower(), language)
    for cut in range(SHORTEST_START, len(stemmed) - SHORTEST_FREE_PART + 1):
        if stemmed[:cut] not in _PARTICLES[language]:
            yield f"L{stemmed[cut:]}"
            if not written[:1].isupper():
                yield f"L={stemmed[cut:]}"


def _longer_beginning(folded: str, language: str) -> int:
    return max((len(one) for one in _LONGER_BEGINNINGS[language] if folded.startswith(one)), default=0)


def beginnings(written: str, lengths: Collection[int]) -> Iterator[str]:
    folded = fold(written)
    return (f"b{folded[:length]}" for length in lengths if length <= len(folded))


def ends(written: str, lengths: Collection[int]) -> Iterator[str]:
    folded = fold(written)
    return (f"e{folded[-length:]}" for length in lengths if length <= len(folded))


def has_compounds(language: str) -> bool:
    return language in _PARTICLES


def is_name(word: str) -> bool:
    return word[:1].isupper() and not word.isupper()


def stemmed_in(language: str) -> tuple[str, ...]:
    return tuple(LANGUAGES) if language not in LANGUAGES and language in ("", "und") else (language,)


def stems_of(word: str, language: str) -> frozenset[str]:
    """The stem, also of the word in folded spelling, and in Norwegian with the bridge to bokmål and without.

    The word itself is among them: leder is the stem of lederne, though its own is led.
    """
    word = word.lower()
    found = {fold(word), stem(word, language), stem(fold(word), language)}
    if language == "nn":
        found.add(stem(word, "nb"))
    if language in _LEFT_ON and (left := _LEFT_ON[language].fullmatch(word)):
        found |= {fold(left[1]), stem(left[1], language)}
    if language == "nb" and (other := bridge(word, "nn")) != word:
        found.add(stem(other, language))
    return frozenset(found)
