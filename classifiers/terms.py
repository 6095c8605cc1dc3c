"""Terms that rise: names and words that stand in far more of today's titles than the past lets expect.

Theory of operation. A title gives its words, and its pairs of neighbouring words, without what carries no subject:
stop words, weekdays, months, numbers, the name of the publisher. Words are kept by their stem and shown as they were
written. In the past a term stood in so many of so many titles (fading counts: half-life 90 days), and to begin with as
often as in the language at large (a table of word frequencies that weighs like 50 titles). That gives how many are
expected among today's, and the surprise (negative binomial, as for surges) at how many there are. Terms that stand in
the same titles are one matter and told once, by the longest name among them.

Why not log-odds with a Dirichlet prior: for a term with no count in the past, which a new name mostly is, its variance
is that of the prior alone. benchmarks/bench_new_term.py measures what is done here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, Self

from classifiers.surprise import surprise
from signals.languages import LANGUAGES, fold, stem
from signals.languages.background import load_table
from signals.story_terms import PREFIX
from signals.text import without_publisher

HALF_LIFE = 90.0  # days
PRIOR_TITLES = 50.0
PRIOR_COUNT = 0.05  # of a term that nobody has written: so many titles' worth
PAIR_SHARE = 0.05  # how often the rarer word of a pair stands beside the other, to begin with
DISPERSION = 0.05
LEAST_Z = 2.5
LEAST_TITLES = 3
LEAST_VOICES = 2
SAME = 0.3  # overlap of titles from which two terms of a day are one matter
LONG_WORD = 9  # letters from which a word is probably a compound that says something by itself
WEIGHT_OF_COMPOUND, WEIGHT_OF_WORD = 0.9, 0.8  # of its surprise, where a name has the whole
SHOUTED = 0.6  # share of capitals from which a title's capitals tell no names
MOST_TERMS = 20_000

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_CLAUSE = re.compile(r"[:;.!?|–—\"“”„«»•]+\s|\s[-–—|]\s|\s[\"“”„«‘']")
_GENITIVE = re.compile(r"['’]s?$|(?<=[A-ZÆØÅÄÖ]{2})s$")
_NO_SUBJECT = Path(__file__).with_name("no_subject.txt")


class Document(NamedTuple):
    """A title as the search for rising terms sees it: terms by key, each as it is written, names told apart."""

    number: int
    voice: str
    language: str
    terms: Mapping[str, str]
    names: frozenset[str]


class _Word(NamedTuple):
    """A word of a title that carries a subject."""

    key: str
    written: str
    is_name: bool

    @classmethod
    def of(cls, word: str, place: int, language: str, furniture: set[str], is_shouted: bool) -> "_Word | None":
        """`place`: in its clause, whose first word has a capital anyway."""
        written = _GENITIVE.sub("", word)
        if not _carries(written, language) or fold(written.lower()) in furniture:
            return None
        is_name = not is_shouted and written[:1].isupper() and (place > 0 or written[1:2].isupper())
        return cls(stem(written.lower(), language), written, is_name)


@dataclass(frozen=True, slots=True)
class RisingTerm:
    term: str  # as people write it
    key: str
    is_name: bool
    documents: tuple[int, ...]  # numbers of the titles that hold it, or another term of the same matter
    voices: int
    observed: int
    expected: float
    z: float
    score: float
    same: tuple[str, ...] = ()  # other terms of the matter, as they are written
    same_keys: tuple[str, ...] = ()


@dataclass(slots=True)
class TermPast:
    """Fading counts of the titles that held a term."""

    titles: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)
    day: int = 0  # ordinal up to which it has faded
    most: int = MOST_TERMS
    _learned: set[str] = field(default_factory=set)
    _is_faded: bool = False

    def fade_to(self, day: date) -> None:
        number = day.toordinal()
        if self.day and number > self.day:
            kept = 0.5 ** ((number - self.day) / HALF_LIFE)
            self.titles *= kept
            self.counts = {key: count * kept for key, count in self.counts.items()}
            self._is_faded = True
        self.day = max(self.day, number)
        if len(self.counts) > self.most:
            longest = sorted(self.counts, key=lambda key: (-self.counts[key], key))[: self.most * 3 // 4]
            self.counts = {key: self.counts[key] for key in longest}

    def learn(self, keys: Iterable[str]) -> None:
        self.titles += 1
        for key in keys:
            self.counts[key] = self.counts.get(key, 0.0) + 1
            self._learned.add(key)

    def rate(self, key: str, language: str) -> float:
        """Share of titles that hold the term, as far as the past and the language know."""
        prior = max(PRIOR_TITLES * rate_in_language(key, language), PRIOR_COUNT)
        return (self.counts.get(key, 0.0) + prior) / (self.titles + PRIOR_TITLES)

    def settle(self) -> None:
        """What storing it and reading it back would make of it."""
        self.titles = round(self.titles, 3)
        if self._is_faded:
            self.counts = {key: round(count, 2) for key, count in self.counts.items() if count >= 0.05}
        else:
            self.counts.update({key: round(self.counts[key], 2) for key in self._learned})
        self._learned, self._is_faded = set(), False

    def to_state(self) -> dict[str, Any]:
        counts = {key: round(count, 2) for key, count in self.counts.items() if count >= 0.05}
        return {"titles": round(self.titles, 3), "day": self.day, "counts": counts}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], most: int = MOST_TERMS) -> Self:
        return cls(state.get("titles", 0.0), dict(state.get("counts", {})), state.get("day", 0), most)


def rate_in_language(key: str, language: str) -> float:
    """Share of the short texts of a language that hold a term; 0 where there is no table."""
    table = load_table(language)
    if not table.texts:
        return 0.0
    rates = [table.counts.get(word[:PREFIX], 1) / table.texts for word in key.split()]
    return min(rates) * (PAIR_SHARE if len(rates) > 1 else 1.0)


def read_title(number: int, title: str, language: str, publisher: str, voice: str = "") -> Document:
    """The terms of a title.

    >>> sorted(read_title(1, "Jon Fosse får Nobelprisen i litteratur", "nb", "NRK").terms.values())
    ['Fosse', 'Jon', 'Jon Fosse', 'Nobelprisen', 'litteratur']
    """
    title = without_publisher(title, publisher)
    words = _WORD.findall(title)
    is_shouted = len(words) > 2 and sum(word[:1].isupper() for word in words) > SHOUTED * len(words)
    furniture = {fold(word.lower()) for word in _WORD.findall(publisher)}
    terms: dict[str, str] = {}
    names: set[str] = set()
    for clause in _CLAUSE.split(title):
        kept = [
            _Word.of(word, place, language, furniture, is_shouted) for place, word in enumerate(_WORD.findall(clause))
        ]
        for one in filter(None, kept):
            terms.setdefault(one.key, one.written)
            names.update({one.key} if one.is_name else ())
        for first, second in pairwise(kept):
            if first and second and first.key != second.key:
                key = f"{first.key} {second.key}"
                terms.setdefault(key, f"{first.written} {second.written}")
                if second.is_name and (first.is_name or first.written[:1].isupper()):
                    names.add(key)
    return Document(number, voice or publisher, language, terms, frozenset(names))


@cache
def _furniture() -> frozenset[str]:
    lines = _NO_SUBJECT.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _carries(word: str, language: str) -> bool:
    low = word.lower()
    if len(low) < 3 and not (len(low) == 2 and word.isupper()):
        return False
    known = LANGUAGES.get(language)
    is_furniture = low in _furniture() or (known is not None and low in known.stop_words)
    return not is_furniture and not low[0].isdigit()


def rising_terms(
    today: Sequence[Document],
    past: TermPast,
    *,
    most: int = 10,
    least_titles: int = LEAST_TITLES,
    least_voices: int = LEAST_VOICES,
    least_z: float = LEAST_Z,
    same: float = SAME,
) -> tuple[RisingTerm, ...]:
    """What rises among today's titles against the past (which must not hold them), strongest first."""
    if len({document.voice for document in today}) < least_voices:
        return ()
    counts = Counter(key for document in today for key in document.terms)
    holding: defaultdict[str, set[int]] = defaultdict(set)
    for place, document in enumerate(today):
        for key in document.terms:
            if counts[key] >= least_titles:
                holding[key].add(place)
    found = []
    for key, places in holding.items():
        voices = {today[place].voice for place in places}
        if len(voices) < least_voices:
            continue
        expected = past.rate(key, today[min(places)].language) * len(today)
        z = surprise(len(places), expected, DISPERSION)
        if z >= least_z:
            found.append(_rising(key, places, voices, expected, z, today))
    return _one_each(sorted(found, key=lambda one: (-one.score, one.key)), most, same)


def _rising(
    key: str, places: set[int], voices: set[str], expected: float, z: float, today: Sequence[Document]
) -> RisingTerm:
    holders = [today[place] for place in sorted(places)]
    is_name = 2 * sum(key in one.names for one in holders) >= len(holders)
    written = Counter(one.terms[key] for one in holders)
    term = min(written, key=lambda word: (-written[word], word))
    is_compound = len(max(term.split(), key=len)) >= LONG_WORD
    documents = tuple(one.number for one in holders)
    score = z * (1.0 if is_name else WEIGHT_OF_COMPOUND if is_compound else WEIGHT_OF_WORD)
    return RisingTerm(term, key, is_name, documents, len(voices), len(holders), expected, z, score)


def _one_each(found: Sequence[RisingTerm], most: int, same: float) -> tuple[RisingTerm, ...]:
    """Terms of the same titles told once."""
    matters: list[list[RisingTerm]] = []
    for one in found:
        for matter in matters:
            if _overlap(one, matter[0]) >= same:
                matter.append(one)
                break
        else:
            matters.append([one])
    return tuple(_told(matter) for matter in matters[:most])


def _overlap(one: RisingTerm, other: RisingTerm) -> float:
    mine, theirs = set(one.documents), set(other.documents)
    return len(mine & theirs) / len(mine | theirs)


def _told(matter: Sequence[RisingTerm]) -> RisingTerm:
    """The strongest, shown by the longest name that tells the same."""
    head = matter[0]
    shown = max(matter, key=lambda one: (one.is_name, len(one.key.split()), one.score))
    documents = tuple(sorted({number for one in matter for number in one.documents}))
    others = [one for one in matter if one is not shown]
    return RisingTerm(
        term=shown.term,
        key=shown.key,
        is_name=shown.is_name,
        documents=documents,
        voices=head.voices,
        observed=shown.observed,
        expected=shown.expected,
        z=shown.z,
        score=head.score,
        same=tuple(one.term for one in others),
        same_keys=tuple(one.key for one in others),
    )
