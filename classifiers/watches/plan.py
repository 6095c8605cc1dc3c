"""How to decide fast whether a watch matches: sets of word numbers that settle most of it, and a check for the rest.

A signal that matches holds at least one word of each set in `required` and none in `forbidden`. That is all there is
to `(a OR b) (c OR d) NOT e`; what asks for more, such as a phrase, has a `check` too. The sets follow from the query
alone, so the answer is always that of classifiers.watches.matching, only sooner.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifiers.watches.matching import Sight, holds
from classifiers.watches.query import Both, Either, Near, Neither, Node, Phrase, Saved, Sentence, Spot, Word, Zone

Group = frozenset[int]
Groups = tuple[Group, ...]
Check = Callable[[Sight], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    required: Groups = ()
    forbidden: Group = frozenset()
    check: Check | None = None  # what the sets leave open
    sure: Groups = ()  # of each required set the words with which nothing is left open; none: there is always something


class Planner:
    """`number_of` a word; `cost` of waiting for it: how often it calls for nothing; `root_of` the watch of a name."""

    def __init__(
        self, number_of: Callable[[Word], int], cost: Callable[[Word], float], root_of: Callable[[str], Node | None]
    ) -> None:
        self._number_of, self._cost, self._root_of = number_of, cost, root_of
        self._costs: dict[int, float] = {}
        self._of_watches: dict[str, Groups] = {}

    def plan(self, root: Node | None) -> Plan:
        if root is None:
            return Plan()
        required: dict[Group, Group] = {}  # with the words that are sure
        forbidden: set[int] = set()
        checks: list[Check] = []
        is_open = False
        for part in root.parts if isinstance(root, Both) else (root,):
            if isinstance(part, Neither) and (words := _plain_words(part.part)) is not None:
                forbidden |= self._numbers(words)
                continue
            sure = self._numbers(_words_of_any(part))
            groups = self.required(part)
            is_open = is_open or not groups
            for group in groups:
                required[group] = required.get(group, group) & sure
            if groups != (sure,):
                checks.append(self._check(part))
        cheapest_first = tuple(sorted(required, key=self.cost_of))
        settling = () if is_open else tuple(map(required.__getitem__, cheapest_first))
        return Plan(cheapest_first, frozenset(forbidden), _all(checks) if checks else None, settling)

    def cost_of(self, group: Group) -> float:
        return sum(self._costs[number] for number in group)

    def required(self, node: Node) -> Groups:
        """Sets of words of each of which at least one must stand in a signal that matches."""
        match node:
            case Word() | Phrase():
                return self._of_spot(node)
            case Near(left, right):
                return tuple(self._cheapest_of_any([self._of_spot(spot) for spot in side]) for side in (left, right))
            case Both(parts):
                return tuple(dict.fromkeys(group for part in parts for group in self.required(part)))
            case Either(parts):
                every = [self.required(part) for part in parts]
                return (self._cheapest_of_any(every),) if all(every) else ()
            case Zone(_, part) | Sentence(part):
                return self.required(part)
            case Saved(name):
                return self._of_watch(name)
            case _:
                return ()

    def _of_watch(self, name: str) -> Groups:
        if name not in self._of_watches:
            root = self._root_of(name)
            self._of_watches[name] = self.required(root) if root else ()
        return self._of_watches[name]

    def _of_spot(self, spot: Spot) -> Groups:
        if isinstance(spot, Word):
            return (self._numbers((spot,)),)
        joined = (spot.joined,) if spot.joined else ()
        return tuple(dict.fromkeys(self._numbers((word, *joined)) for word in spot.words))

    def _cheapest_of_any(self, every: Sequence[Groups]) -> Group:
        return frozenset().union(*(min(groups, key=self.cost_of) for groups in every))

    def _numbers(self, words: Sequence[Word]) -> Group:
        for word in words:
            number = self._number_of(word)
            if number not in self._costs:
                self._costs[number] = self._cost(word)
        return frozenset(map(self._number_of, words))

    def _check(self, node: Node) -> Check:
        match node:
            case Word():
                number = self._number_of(node)
                return lambda sight: number in sight.present
            case Both(parts):
                return _all([self._check(part) for part in parts])
            case Either(parts):
                words = self._numbers([part for part in parts if isinstance(part, Word)])
                return _any(words, [self._check(part) for part in parts if not isinstance(part, Word)])
            case Neither(part):
                inner = self._check(part)
                return lambda sight: not inner(sight)
            case _:
                return _with_places(node, self.required(node))


def _plain_words(node: Node) -> tuple[Word, ...] | None:
    """The words, if it asks for one of them and nothing else."""
    if isinstance(node, Word):
        return (node,)
    if isinstance(node, Either):
        words = tuple(part for part in node.parts if isinstance(part, Word))
        return words if len(words) == len(node.parts) else None
    return None


def _words_of_any(node: Node) -> tuple[Word, ...]:
    """The words of which each alone is enough."""
    parts = node.parts if isinstance(node, Either) else (node,)
    return tuple(part for part in parts if isinstance(part, Word))


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) == 1:
        return checks[0]
    return lambda sight: all(check(sight) for check in checks)


def _any(words: Group, checks: Sequence[Check]) -> Check:
    return lambda sight: not words.isdisjoint(sight.present) or any(check(sight) for check in checks)


def _with_places(node: Node, required: Groups) -> Check:
    """Looks at places and labels only where the words are there at all."""

    def check(sight: Sight) -> bool:
        present = sight.present
        for group in required:
            if group.isdisjoint(present):
                return False
        return holds(node, sight, sight.wording.whole)

    return check
