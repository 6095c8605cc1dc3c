"""Finds the words of all watches in a signal with one look-up per written word."""

from collections.abc import Iterable, Iterator, Sequence

from classifiers.watches.forms import beginnings, ends, keys_of_word, keys_of_written
from classifiers.watches.probes import may_stand, probes_of
from classifiers.watches.query import Form, Word
from classifiers.watches.wording import Wording
from signals.languages import fold

FEW = 60  # words that are sought letter by letter first: cheaper than taking each written word apart
REMEMBERED = 100_000  # written words per language whose meaning for the watches is kept


class WordIndex:
    """The words that any watch asks for, each with a number; new ones may come at any time, none is taken away."""

    def __init__(self) -> None:
        self._words: list[Word] = []
        self._numbers: dict[Word, int] = {}
        self._beginning_lengths: set[int] = set()
        self._end_lengths: set[int] = set()
        self._by_key: dict[str, dict[str, list[int]]] = {}
        self._found: dict[str, dict[str, tuple[int, ...]]] = {}
        self._probes: dict[str, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._words)

    def number_of(self, word: Word) -> int:
        """The word's number; a word that was not known is looked for from now on."""
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = len(self._words)
            self._words.append(word)
            self._look_for(word, number)
        return number

    def _look_for(self, word: Word, number: int) -> None:
        if word.form is Form.BEGINNING:
            self._beginning_lengths.add(len(fold(word.text)))
        elif word.form is Form.END:
            self._end_lengths.add(len(fold(word.text)))
        for language, by_key in self._by_key.items():
            _add(by_key, word, number, language)
        self._probes.clear()
        for remembered in self._found.values():
            remembered.clear()  # any of them may be a form of the new word

    def found_among(self, written: Iterable[str], language: str) -> set[int]:
        """Numbers of the words that stand in a text of these written words."""
        remembered = self._found.get(language)
        if remembered is None:
            remembered = self._found[language] = {}
        if len(remembered) >= REMEMBERED:
            remembered.clear()
        for one in written:
            if one not in remembered:
                remembered[one] = self._look_up(one, language)
        return set().union(*map(remembered.__getitem__, written))

    def places_in(self, wording: Wording, language: str) -> dict[int, Sequence[int]]:
        """Where each word stands, in order."""
        self.found_among(wording.words, language)
        remembered = self._found[language]
        places: dict[int, list[int]] = {}
        for written, place in zip(wording.words, wording.places, strict=True):
            for number in remembered[written]:
                places.setdefault(number, []).append(place)
        return dict(places)

    def word(self, number: int) -> Word:
        return self._words[number]

    def words_found_in(self, written: str, language: str) -> Iterator[Word]:
        return (self._words[number] for number in sorted(self.found_among((written,), language)))

    def _look_up(self, written: str, language: str) -> tuple[int, ...]:
        if len(self._words) <= FEW and (probes := self._probes_in(language)) and not may_stand(probes, written):
            return ()
        by_key = self._keys_for(language)
        keys = [
            *keys_of_written(written, language),
            *beginnings(written, self._beginning_lengths),
            *ends(written, self._end_lengths),
        ]
        return tuple({number for key in keys for number in by_key.get(key, ())})

    def _probes_in(self, language: str) -> frozenset[str]:
        """Of all words; empty where one of them has none."""
        if language not in self._probes:
            every = [probes_of(word, language) for word in self._words]
            self._probes[language] = frozenset().union(*every) if all(every) else frozenset()
        return self._probes[language]

    def _keys_for(self, language: str) -> dict[str, list[int]]:
        if language not in self._by_key:
            by_key: dict[str, list[int]] = {}
            for number, word in enumerate(self._words):
                _add(by_key, word, number, language)
            self._by_key[language] = by_key
        return self._by_key[language]


def _add(by_key: dict[str, list[int]], word: Word, number: int, language: str) -> None:
    for key in keys_of_word(word, language):
        by_key.setdefault(key, []).append(number)
