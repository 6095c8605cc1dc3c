"""What rises in a week, and what it is called: the titles behind the radar."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from classifiers.naming import Names, capital_words_in, surnames_in, what_is_named
from classifiers.radar_values import PassedOver, PastTitle
from classifiers.terms import LONG_WORD, Document, RisingTerm, TermPast, read_title, rising_terms
from signals.languages import fold
from signals.publishers import voice_of
from signals.types import Signal

LEAST_PAST = 200  # titles of a language before we can say what is usual there
LEAST_Z = 2.5
SAME = 0.6  # overlap of titles from which two terms are one matter: in a week two matters share many
MOST_MATTERS = 400  # of a language
SUBJECT_SHARE = 1 / 2  # of the matter's titles: what is called its subject stands in them
RARE = 1.5e-4  # of the titles of the past: a word that stands in more is no subject, unless it is a name
COMPOUNDING = frozenset({"no", "sv", "da", "nl"})  # where a long word is a compound that says something by itself
NORDIC = frozenset({"no", "sv", "da"})
LEAST_NAME = 4  # letters without the s of a genitive
LONG_IN_PAIR = 6  # letters of one of two words, where there are no compounds
MOST_COMPANIONS = 4
MOST_TERMS = 200_000

_COMPOUND = re.compile(r"-[^\W\d_A-ZÆØÅÄÖ]+$")  # EU-toppmøte, M-politiker: made with a name, but none itself


@dataclass(frozen=True, slots=True)
class Matter:
    """What rises, in one language or several: terms of the same titles."""

    keys: tuple[str, ...]  # the shown one first
    numbers: frozenset[int]
    z: float


@dataclass(frozen=True, slots=True)
class Subject:
    """What a matter is called."""

    key: str
    term: str
    is_name: bool


def tongue(language: str) -> str:
    """Languages whose titles are compared with each other: the two Norwegian ones are."""
    return "no" if language in ("nb", "nn") else language


class Titles:
    """The titles of a week, beside those of the weeks before."""

    def __init__(self, signals: Sequence[Signal], past: Sequence[PastTitle]) -> None:
        self.documents = {one.id: _read(one) for one in signals}
        self._spoken = Counter(tongue(one.language) for one in self.documents.values())
        before = [_read_past(one) for one in past if tongue(one.language) in self._spoken]
        self._past = _learned(before)
        self._small = {
            (tongue(one.language), key)
            for one in (*self.documents.values(), *before)
            for key, word in one.terms.items()
            if word[:1].islower()
        }
        written = [*(one.title for one in past), *(one.title for one in signals)]
        self._surnames = surnames_in(written)
        self._capitals = capital_words_in(written)

    def matters(self, least_voices: int) -> tuple[Matter, ...]:
        """Strongest first."""
        found: dict[str, Matter] = {}
        for spoken in sorted(self._spoken):
            documents = [one for one in self.documents.values() if tongue(one.language) == spoken]
            past = self._past.get(spoken, TermPast())
            if past.titles >= LEAST_PAST:
                for one in rising_terms(
                    documents, past, most=MOST_MATTERS, least_z=LEAST_Z, least_voices=least_voices, same=SAME
                ):
                    name = fold(one.term.lower())
                    found[name] = _united(found.get(name), one)
        return tuple(sorted(found.values(), key=lambda one: (-one.z, one.keys)))

    def holding(self, key: str) -> frozenset[int]:
        """Numbers of the titles that hold a term."""
        return frozenset(number for number, one in self.documents.items() if key in one.terms)

    def expected(self, key: str) -> float:
        """How many titles of the week would usually hold it."""
        holders = [self.documents[number] for number in sorted(self.holding(key))]
        spoken = {tongue(one.language): one.language for one in holders}
        return sum(
            self._past[one].rate(key, language) * self._spoken[one]
            for one, language in spoken.items()
            if one in self._past
        )

    def subject_of(self, matter: Matter) -> Subject | PassedOver:
        """A name that most of its titles hold, else a rare compound; never a person's name, nor a country's. Where a
        person is named, the organisation that stands beside."""
        holders = [self.documents[number] for number in sorted(matter.numbers)]
        common = Counter(key for one in holders for key in one.terms)
        often = [key for key, count in common.items() if count >= SUBJECT_SHARE * len(holders)]
        often.sort(key=lambda key: (-len(key.split()), -common[key], key))
        own = [self._called(key, holders) for key in often if key in matter.keys]
        names = {one: what_is_named(one.term, self._surnames) for one in own if one.is_name}
        is_person = Names.PERSON in names.values()
        beside = [self._called(key, holders) for key in often if key not in matter.keys] if is_person else []
        for one in (*names, *(one for one in beside if one.is_name)):
            if what_is_named(one.term, self._surnames) is Names.OTHER:
                return self._whole(one, holders)
        telling = (one for one in own if not one.is_name and self._is_telling(one.key, one.term, holders))
        if (word := next(telling, None)) is not None:
            return word
        return PassedOver.PERSON if is_person else PassedOver.WIDE if names else PassedOver.NO_SUBJECT

    def is_person(self, term: str) -> bool:
        return what_is_named(term, self._surnames) is Names.PERSON

    def companions_of(self, subject: Subject, numbers: Collection[int]) -> tuple[str, ...]:
        """Names and compounds that stand in several of its titles and seldom elsewhere, people's names apart."""
        holders = [self.documents[number] for number in sorted(numbers)]
        common = Counter(key for one in holders for key in one.terms)
        everywhere = Counter(key for one in self.documents.values() for key in one.terms if key in common)
        own = set(fold(subject.term.lower()).split()) | set(subject.key.split())
        least = max(2.0, len(holders) / 6)
        near = [key for key, count in common.items() if count >= least and not own & set(key.split())]
        near.sort(key=lambda key: (-common[key] * common[key] / everywhere[key], -len(key), key))
        found: dict[str, str] = {}
        for key in near:
            one = self._called(key, holders)
            is_new = not any(set(key.split()) & set(seen.split()) for seen in found)
            is_telling = one.is_name or self._is_telling(key, one.term, holders)
            if is_new and is_telling and not self.is_person(one.term):
                found[key] = one.term
        return tuple(found.values())[:MOST_COMPANIONS]

    def _called(self, key: str, holders: Iterable[Document]) -> Subject:
        """A name, where it is written like one; at the head of a title where its words are never written small."""
        holding = [one for one in holders if key in one.terms]
        written = Counter(one.terms[key] for one in holding)
        term = min(written, key=lambda word: (-written[word], word))
        is_written_so = 2 * sum(key in one.names for one in holding) >= len(holding)
        language = holding[0].language
        is_never_small = not any((tongue(language), part) in self._small for part in key.split())
        is_name = (is_written_so or is_never_small) and not _COMPOUND.search(term)
        return Subject(key, self._bare(term, language), is_name)

    def _bare(self, term: str, language: str) -> str:
        """Without the s of a genitive, where the name stands without it too."""
        bare, last = term.removesuffix("s"), term.split()[-1].removesuffix("s")
        is_genitive = tongue(language) in NORDIC and len(last) >= LEAST_NAME and last in self._capitals
        return bare if is_genitive else term

    def _whole(self, subject: Subject, holders: Sequence[Document]) -> Subject:
        """Terms are pairs at most: a name of three words is put together from two of them."""
        holding = [one for one in holders if subject.key in one.terms]
        least = SUBJECT_SHARE * len(holding)
        for key in sorted({key for one in holding for key in one.names if len(key.split()) == 2}):
            if sum(key in one.names for one in holding) < least or key == subject.key:
                continue
            other = self._called(key, holding).term.split()
            words = subject.term.split()
            if len(words) == 2 and words[-1] == other[0]:
                return Subject(subject.key, " ".join((*words, other[1])), is_name=True)
            if len(words) == 2 and words[0] == other[1]:
                return Subject(subject.key, " ".join((other[0], *words)), is_name=True)
        return subject

    def _is_telling(self, key: str, term: str, holders: Sequence[Document]) -> bool:
        """A compound, or in a language without them two words, and none that papers use every week."""
        spoken = tongue(next(one.language for one in holders if key in one.terms))
        past, words = self._past.get(spoken, TermPast()), term.split()
        longest = max(map(len, words))
        is_made = longest >= LONG_WORD if spoken in COMPOUNDING else len(words) > 1 and longest >= LONG_IN_PAIR
        return is_made and past.counts.get(key, 0.0) <= RARE * past.titles


def _read(signal: Signal) -> Document:
    return read_title(signal.id, signal.title, signal.language, signal.source_name, voice_of(signal))


def _read_past(one: PastTitle) -> Document:
    return read_title(0, one.title, one.language, one.source_name)


def _learned(documents: Iterable[Document]) -> Mapping[str, TermPast]:
    """How often terms have stood in titles, by tongue."""
    new: Callable[[], TermPast] = partial(TermPast, most=MOST_TERMS)
    past: defaultdict[str, TermPast] = defaultdict(new)
    for one in documents:
        past[tongue(one.language)].learn(one.terms)
    return dict(past)


def _united(before: Matter | None, rising: RisingTerm) -> Matter:
    keys = (rising.key, *rising.same_keys)
    numbers = frozenset(rising.documents)
    if before is None:
        return Matter(keys, numbers, rising.z)
    return Matter(tuple(dict.fromkeys((*before.keys, *keys))), before.numbers | numbers, max(before.z, rising.z))
