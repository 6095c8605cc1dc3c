"""Finds the words of all watches in a signal with one look-up per written word."""

from collections.abc import Callable, Iterable

from classifiers.watches.forms import beginnings, ends, keys_of_word, keys_of_written
from classifiers.watches.query import Both, Either, Form, Near, Node, Phrase, Saved, Sentence, Spot, Word, Zone
from classifiers.watches.wording import Wording
from signals.languages import fold

REMEMBERED = 100_000  # written words per language whose meaning for the watches is kept

Need = frozenset[Word] | None  # None: it can do without any word


class WordIndex:
    """Finds in a signal the words that any watch asks for."""

    def __init__(self, words: set[Word]) -> None:
        self._words = sorted(words, key=lambda word: (word.text, word.form))
        self._beginning_lengths = _lengths(self._words, Form.BEGINNING)
        self._end_lengths = _lengths(self._words, Form.END)
        self._by_key: dict[str, dict[str, list[Word]]] = {}
        self._found: dict[str, dict[str, tuple[Word, ...]]] = {}

    def places_in(self, wording: Wording, language: str) -> dict[Word, list[int]]:
        places: dict[Word, list[int]] = {}
        for written, place in zip(wording.words, wording.places, strict=True):
            for word in self.found_in(written, language):
                places.setdefault(word, []).append(place)
        return places

    def found_in(self, written: str, language: str) -> tuple[Word, ...]:
        remembered = self._found.setdefault(language, {})
        found = remembered.get(written)
        if found is None:
            if len(remembered) >= REMEMBERED:
                remembered.clear()
            found = remembered[written] = self._look_up(written, language)
        return found

    def _look_up(self, written: str, language: str) -> tuple[Word, ...]:
        by_key = self._keys_for(language)
        keys = [
            *keys_of_written(written, language),
            *beginnings(written, self._beginning_lengths),
            *ends(written, self._end_lengths),
        ]
        return tuple({word: None for key in keys for word in by_key.get(key, ())})

    def _keys_for(self, language: str) -> dict[str, list[Word]]:
        if language not in self._by_key:
            by_key: dict[str, list[Word]] = {}
            for word in self._words:
                for key in keys_of_word(word, language):
                    by_key.setdefault(key, []).append(word)
            self._by_key[language] = by_key
        return self._by_key[language]


def _lengths(words: Iterable[Word], form: Form) -> frozenset[int]:
    return frozenset(len(fold(word.text)) for word in words if word.form is form)


def words_needed(node: Node | None, of_watch: Callable[[str], Need]) -> Need:
    """Words of which at least one must stand in a signal that matches; None if it can match without any."""
    match node:
        case Word() | Phrase():
            return _of_spot(node)
        case Near(left, right):
            return _most_telling([_of_any(map(_of_spot, side)) for side in (left, right)])
        case Both(parts):
            return _most_telling([words_needed(part, of_watch) for part in parts])
        case Either(parts):
            return _of_any(words_needed(part, of_watch) for part in parts)
        case Zone(_, part) | Sentence(part):
            return words_needed(part, of_watch)
        case Saved(name):
            return of_watch(name)
        case _:
            return None


def _of_spot(spot: Spot) -> Need:
    if isinstance(spot, Word):
        return frozenset({spot})
    longest = max(spot.words, key=lambda word: len(word.text))
    return frozenset({longest, spot.joined} if spot.joined else {longest})


def _of_any(needs: Iterable[Need]) -> Need:
    every: set[Word] = set()
    for need in needs:
        if need is None:
            return None
        every |= need
    return frozenset(every)


def _most_telling(needs: Iterable[Need]) -> Need:
    """The need that the fewest signals meet, as far as the number and the length of its words tell."""
    known = [need for need in needs if need is not None]
    return min(known, key=lambda need: (len(need), -min(len(word.text) for word in need)), default=None)
