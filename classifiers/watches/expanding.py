"""Which written words a word of a query stood for in what has been said, and why each counts."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from classifiers.watches.book import WatchBook
from classifiers.watches.forms import is_found_in
from classifiers.watches.matching import Said
from classifiers.watches.query import Form, Word
from classifiers.watches.wording import Wording
from signals.languages import fold

BRIDGED = ("nb", "nn")
AS_IT_BEGINS = 3  # letters that a word and its inflections share, where no bridge lies between them


@dataclass
class Expansion:
    """Counts of signals: in how many each word stands, and each of its written forms."""

    book: WatchBook
    hits: Counter[Word] = field(default_factory=Counter)
    forms: defaultdict[Word, Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))
    read: int = 0

    def add(self, said: Said) -> None:
        self.read += 1
        seen: set[tuple[Word, str]] = set()
        for written in dict.fromkeys(Wording.of(said).words):
            for word in self.book.words_found_in(written, said.language):
                seen.add((word, written if word.form is Form.CASED else written.lower()))
        for word in {word for word, _ in seen}:
            self.hits[word] += 1
        for word, form in seen:
            self.forms[word][form, said.language] += 1

    def forms_of(self, word: Word) -> Sequence[tuple[str, str, int]]:
        """Written form, way, signals; the commonest first."""
        found: Counter[tuple[str, str]] = Counter()
        for (form, language), hits in self.forms[word].items():
            found[form, way_of(word, form, language)] += hits
        ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
        return [(form, way, hits) for (form, way), hits in ordered]


def way_of(word: Word, written: str, language: str) -> str:
    """Why a written word counts: itself, inflection, compound, bridge (to bokmål or nynorsk), beginning or end.

    >>> way_of(Word("sykehus"), "sjukehusa", "nn"), way_of(Word("vann"), "drikkevann", "nb")
    ('bridge', 'compound')
    """
    if word.form in (Form.BEGINNING, Form.END):
        return word.form.value
    if fold(written) == fold(word.text):
        return "itself"
    if word.form is Form.LOOSE and not is_found_in(Word(word.text, Form.INFLECTED), written, language):
        return "compound"
    shared = fold(written)[:AS_IT_BEGINS] == fold(word.text)[:AS_IT_BEGINS]
    return "bridge" if language in BRIDGED and not shared else "inflection"
