"""All watches together: which of them a signal matches, without asking each.

A watch is looked at only if one of the words stands in the signal that it cannot do without. For a word that is the
word itself; for AND it is those of the part that offers the fewest and longest, for OR those of all parts. A watch
that can do without any word, such as `source:NRK`, is always looked at. So the answer is the same as asking each.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from classifiers.types import Label
from classifiers.watches.index import WordIndex, words_needed
from classifiers.watches.matching import Sight, holds
from classifiers.watches.query import Node, Word
from classifiers.watches.saved import read_queries, same_name
from classifiers.watches.terms import WatchTerms
from classifiers.watches.wording import Wording
from signals.types import Signal


class WatchBook:
    def __init__(self, terms: Sequence[WatchTerms]) -> None:
        queries, broken = read_queries(terms)
        self.broken: tuple[tuple[str, str], ...] = broken  # name, and what is wrong in words: these match nothing
        self._watches = tuple((one, queries[one.id].root) for one in terms if one.id in queries)
        self._by_name = {same_name(one.name): number for number, (one, _) in reversed([*enumerate(self._watches)])}
        self._words = WordIndex({word for query in queries.values() for word in query.words()})
        self._waiting_for: defaultdict[Word, list[int]] = defaultdict(list)
        self._always: list[int] = []
        self._sort_by_need()

    def _sort_by_need(self) -> None:
        known: dict[int, frozenset[Word] | None] = {}

        def need_of_watch(number: int) -> frozenset[Word] | None:
            if number not in known:
                root = self._watches[number][1]
                known[number] = words_needed(root, lambda name: need_of_watch(self._by_name[same_name(name)]))
            return known[number]

        for number in range(len(self._watches)):
            need = need_of_watch(number)
            if need is None:
                self._always.append(number)
            else:
                for word in need:
                    self._waiting_for[word].append(number)

    def match(self, signal: Signal, labels: Sequence[Label]) -> tuple[int, ...]:
        """The ids of the watches that the signal matches, in the order in which they were given."""
        wording = Wording.of(signal)
        places = self._words.places_in(wording, signal.language)
        candidates = set(self._always)
        for word in places:
            candidates.update(self._waiting_for.get(word, ()))
        asked = _Asked(self._watches, self._by_name, signal, labels, wording, places)
        return tuple(self._watches[number][0].id for number in sorted(candidates) if asked.matches(number))

    def match_asking_each(self, signal: Signal, labels: Sequence[Label]) -> tuple[int, ...]:
        """The same as `match`, the slow and simple way: what tests compare with."""
        wording = Wording.of(signal)
        places = self._words.places_in(wording, signal.language)
        asked = _Asked(self._watches, self._by_name, signal, labels, wording, places)
        return tuple(one.id for number, (one, _) in enumerate(self._watches) if asked.matches(number))

    def written_forms(self, signal: Signal) -> Iterator[tuple[Word, str]]:
        """Each word of the watches with each written word of the signal that it is found in."""
        for written in Wording.of(signal).words:
            for word in self._words.found_in(written, signal.language):
                yield word, written


class _Asked:
    """One signal before the watches; each is asked once, also where it stands inside others."""

    def __init__(
        self,
        watches: Sequence[tuple[WatchTerms, Node | None]],
        by_name: Mapping[str, int],
        signal: Signal,
        labels: Sequence[Label],
        wording: Wording,
        places: Mapping[Word, Sequence[int]],
    ) -> None:
        self._watches, self._by_name = watches, by_name
        self._sight = Sight(signal, labels, wording, places, self._saved)
        self._answers: dict[int, bool] = {}

    def matches(self, number: int) -> bool:
        if number not in self._answers:
            terms, root = self._watches[number]
            self._answers[number] = (
                terms.is_in_language(self._sight.signal.language)
                and (root is None or holds(root, self._sight, self._sight.wording.whole))
            )  # fmt: skip
        return self._answers[number]

    def _saved(self, name: str) -> bool:
        return self.matches(self._by_name[same_name(name)])
