"""All watches together: which of them a signal matches, without asking each.

A watch is looked at only if one of the words stands in the signal that it cannot do without: of all the sets of words
it requires (classifiers.watches.plan), those of the set that calls it least often; on common words also one of the
next set (classifiers.watches.queues). A watch that can do without any word, such as `source:NRK`, is always looked at.
So the answer is the same as asking each.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from classifiers.types import Label
from classifiers.watches.errors import QueryError
from classifiers.watches.index import WordIndex
from classifiers.watches.matching import Said, Sight, holds
from classifiers.watches.parsing import parse_query
from classifiers.watches.plan import Planner
from classifiers.watches.query import Form, Node, Query, Word
from classifiers.watches.queues import Listed, Queues
from classifiers.watches.saved import Inside, same_name
from classifiers.watches.terms import WatchTerms
from classifiers.watches.wording import Wording

SHORT = 4  # a word of so few letters stands in many texts
COST_OF_SHORT, COST_OF_OPEN, COST_OF_COMMON = 20, 10, 3  # times as often: short, with a star, no name


class WatchBook:
    def __init__(self, terms: Sequence[WatchTerms]) -> None:
        self._terms: dict[int, WatchTerms] = {}
        self._rank: dict[int, int] = {}  # the order in which they were given
        self._queries: dict[int, Query] = {}  # that can be read
        self._wrong: dict[int, str] = {}
        self._named: defaultdict[str, set[int]] = defaultdict(set)
        self._users: defaultdict[str, set[int]] = defaultdict(set)  # by name of the watch inside
        self._words = WordIndex()
        self._uses: Counter[Word] = Counter()  # in how many watches
        self._listed: dict[int, Listed] = {}  # in which nothing is wrong
        self._queues = Queues()
        self.update(terms)

    @property
    def broken(self) -> tuple[tuple[str, str], ...]:
        """Name, and what is wrong in words: these match nothing."""
        return tuple(
            (self._terms[key].name, self._wrong[key]) for key in sorted(self._wrong, key=self._rank.__getitem__)
        )

    def update(self, terms: Sequence[WatchTerms]) -> None:
        """From now on these; only what is new or has changed is read anew."""
        given = {one.id: one for one in terms}
        self._rank = {key: rank for rank, key in enumerate(given)}
        gone = [key for key in self._terms if key not in given]
        self._change(gone, [one for key, one in given.items() if self._terms.get(key) != one])

    def put(self, terms: WatchTerms) -> None:
        """Add this watch, or change the one of the same id."""
        self._rank.setdefault(terms.id, 1 + max(self._rank.values(), default=-1))
        self._change((), (terms,))

    def match(self, signal: Said, labels: Sequence[Label]) -> tuple[int, ...]:
        """The ids of the watches that the signal matches, in the order in which they were given."""
        return self.matched(self.sight_of(signal, labels))

    def sight_of(self, signal: Said, labels: Sequence[Label]) -> Sight:
        """The signal as all watches see it."""
        answers: dict[str, bool] = {}

        def saved(name: str) -> bool:
            if name not in answers:
                answers[name] = self._listed[self._id_of(name)].matches(sight)
            return answers[name]

        sight = Sight(signal, labels, self._words, saved)
        return sight

    def matched(self, sight: Sight) -> tuple[int, ...]:
        """The ids of the watches that match what is seen."""
        return tuple(sorted(self._queues.matching(sight), key=self._rank.__getitem__))

    def match_asking_each(self, signal: Said, labels: Sequence[Label]) -> tuple[int, ...]:
        """The same as `match`, the slow and simple way: what tests and benchmarks compare with."""
        answers: dict[int, bool] = {}

        def matches(key: int) -> bool:
            if key not in answers:
                root = self._queries[key].root
                answers[key] = self._terms[key].is_in_language(signal.language) and (
                    root is None or holds(root, sight, sight.wording.whole)
                )
            return answers[key]

        sight = Sight(signal, labels, self._words, lambda name: matches(self._id_of(name)))
        return tuple(key for key in self._rank if key in self._listed and self._terms[key].is_active and matches(key))

    @property
    def has_words(self) -> bool:
        """Whether any of the watches looks for words."""
        return len(self._words) > 0

    def required_words(self, watch_id: int) -> tuple[frozenset[Word], ...]:
        """Of each of these sets at least one word stands in every signal that the watch matches."""
        groups = self._listed[watch_id].plan.required
        return tuple(frozenset(map(self._words.word, group)) for group in groups)

    def words_seen(self, sight: Sight) -> tuple[Word, ...]:
        """The words of the watches that stand in what is seen."""
        return tuple(map(self._words.word, sorted(sight.present)))

    def root_of(self, name: str) -> Node | None:
        """What the watch of that name asks for; None: everything."""
        return self._queries[self._id_of(name)].root

    def words_found_in(self, written: str, language: str) -> Iterator[Word]:
        """The words of the watches that a written word is one of the forms of."""
        return self._words.words_found_in(written, language)

    def written_forms(self, signal: Said) -> Iterator[tuple[Word, str]]:
        """Each word of the watches with each written word of the signal that it is found in."""
        for written in Wording.of(signal).words:
            for word in self._words.words_found_in(written, signal.language):
                yield word, written

    def _id_of(self, name: str) -> int:
        """Of two watches with one name, the first."""
        return min(self._named[same_name(name)], key=self._rank.__getitem__)

    def _terms_named(self, name: str) -> WatchTerms | None:
        return self._terms[self._id_of(name)] if self._named.get(same_name(name)) else None

    def _change(self, gone: Iterable[int], changed: Sequence[WatchTerms]) -> None:
        touched = {self._forget(key) for key in gone}
        touched |= {self._forget(one.id) for one in changed if one.id in self._terms}
        for one in changed:
            self._read(one)
            touched.add(same_name(one.name))
        self._list_anew(self._with_users({one.id for one in changed}, touched))

    def _forget(self, key: int) -> str:
        """The name that it had."""
        terms = self._terms.pop(key)
        self._unlist(key)
        self._wrong.pop(key, None)
        if query := self._queries.pop(key, None):
            self._uses.subtract(query.words())
            for name in query.watches():
                self._users[same_name(name)].discard(key)
        name = same_name(terms.name)
        self._named[name].discard(key)
        return name

    def _read(self, terms: WatchTerms) -> None:
        self._terms[terms.id] = terms
        self._named[same_name(terms.name)].add(terms.id)
        try:
            query = parse_query(terms.query)
        except QueryError as error:
            self._wrong[terms.id] = str(error)
            return
        self._queries[terms.id] = query
        for word in query.words():
            self._words.number_of(word)
            self._uses[word] += 1
        for name in query.watches():
            self._users[same_name(name)].add(terms.id)

    def _with_users(self, keys: set[int], names: set[str]) -> set[int]:
        """These watches, and those in which one of them or of these names stands, however deep."""
        waiting = [*names]
        while waiting:
            for key in self._users.get(waiting.pop(), set()) - keys:
                keys.add(key)
                waiting.append(same_name(self._terms[key].name))
        return keys

    def _list_anew(self, keys: set[int]) -> None:
        inside = Inside(self._terms_named, self._queries)
        readable = sorted(key for key in keys if key in self._queries)
        for key in readable:
            self._unlist(key)
            self._wrong.pop(key, None)
            if reason := inside.trouble(self._terms[key]):
                self._wrong[key] = reason
        planner = Planner(self._words.number_of, self._cost, self.root_of)
        for key in readable:
            if key not in self._wrong:
                self._list(Listed(self._terms[key], planner.plan(self._queries[key].root)))

    def _cost(self, word: Word) -> float:
        """What many watches ask for is common in texts too, and so is a short word; a name is not."""
        cost = float(self._uses[word] + 1)
        if word.form in (Form.BEGINNING, Form.END):
            cost *= COST_OF_OPEN
        if word.form is not Form.CASED:
            cost *= COST_OF_SHORT if len(word.text) <= SHORT else 1
            cost *= 1 if word.text[:1].isupper() else COST_OF_COMMON
        return cost - len(word.text) / 100

    def _list(self, one: Listed) -> None:
        self._listed[one.terms.id] = one
        if one.terms.is_active:
            self._queues.add(one)

    def _unlist(self, key: int) -> None:
        one = self._listed.pop(key, None)
        if one and one.terms.is_active:
            self._queues.remove(one)
