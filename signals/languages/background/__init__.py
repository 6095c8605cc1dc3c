"""How often words are written: a table per language to begin with, and what we have read since."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

TABLE_WEIGHT = 20_000.0  # a table counts like so many signals
HALF_LIFE = 100_000.0  # signals after which what was read counts half
COMMON = 0.25  # a term in more than this share of signals says nothing
FEWEST_COMMON = 25.0
REBASE = 1e30
_CAPACITY = 300_000  # terms per language; beyond it the rarest go


@dataclass(frozen=True, slots=True)
class Table:
    """In how many of a number of short texts a term (a word's first six letters) stands; those in one or two are left
    out."""

    texts: int
    counts: Mapping[str, int]


@cache
def load_table(language: str) -> Table:
    """Empty where there is none."""
    path = files(__name__) / f"{language}.tsv.gz"
    if not path.is_file():
        return Table(0, {})
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    counts = (line.split("\t") for line in lines[1:])
    return Table(int(lines[0]), {term: int(count) for term, count in counts})


class _Counts:
    """Fading counts of the signals that hold a term, in one language. Inflated like the weights of stories."""

    def __init__(self, table: Table, weight: float) -> None:
        self._unit = 1.0
        self.signals = weight if table.texts else 0.0
        factor = weight / table.texts if table.texts else 0.0
        self._by_term = {term: count * factor for term, count in table.counts.items()}
        self._unknown = factor  # a term that the table leaves out stood in one text or two, or in none

    @property
    def total(self) -> float:
        return self.signals / self._unit

    def of(self, term: str) -> float:
        return self._by_term.get(term, self._unknown) / self._unit

    def learn(self, terms: Iterable[str]) -> None:
        self._unit *= 2.0 ** (1.0 / HALF_LIFE)
        self.signals += self._unit
        for term in terms:
            self._by_term[term] = self._by_term.get(term, self._unknown) + self._unit
        if len(self._by_term) > _CAPACITY or self._unit > REBASE:
            self._tidy()

    def _tidy(self) -> None:
        """Back to a unit of one, without the rarer half of the terms if there are too many."""
        counts = {term: count / self._unit for term, count in self._by_term.items()}
        if len(counts) > _CAPACITY:
            least = sorted(counts.values())[len(counts) // 2]
            counts = {term: count for term, count in counts.items() if count > least}
        self.signals, self._unknown = self.signals / self._unit, self._unknown / self._unit
        self._unit, self._by_term = 1.0, counts


class Frequencies:
    """How rare a term is in a language, learned as we read."""

    def __init__(self, table_weight: float = TABLE_WEIGHT, common: float = COMMON) -> None:
        self._table_weight = table_weight
        self._common = common
        self._by_language: dict[str, _Counts] = {}

    def _counts(self, language: str) -> _Counts:
        known = self._by_language.get(language)
        if known is None:
            table = load_table(language) if self._table_weight else Table(0, {})
            known = self._by_language[language] = _Counts(table, self._table_weight)
        return known

    def learn(self, terms: Iterable[str], language: str) -> None:
        self._counts(language).learn(terms)

    def rarity(self, term: str, language: str) -> float:
        """The inverse document frequency; 0 for a term too common to say anything."""
        counts = self._counts(language)
        total, held = counts.total, counts.of(term)
        if held > max(FEWEST_COMMON, self._common * total):
            return 0.0
        return max(0.0, log(total + 1.0) - log(held + 0.5))

    def surprise(self, language: str) -> float:
        """The rarity that a single chance meeting among all signals of a language has."""
        return log(self._counts(language).total + 1.0)
