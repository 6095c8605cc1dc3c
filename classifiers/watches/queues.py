"""Which watches wait for which word, so that a signal meets only those that its words call.

Theory of operation. A watch waits for each word of one of the sets that it requires. Where few wait for a word, each of
them is asked when it is said. A crowd is parted by the second word that each one needs, so that only those are called
of which both words stand there; and where two words settle all that a watch asks for, it is not asked at all: whole
sets of ids are united, and those are taken away that a forbidden word bars. On words that nearly every text holds, that
is 5 to 20 times as fast. Few are not parted, for asking them is faster, and takes less room.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from classifiers.watches.matching import Sight
from classifiers.watches.plan import Group, Plan
from classifiers.watches.terms import WatchTerms

CROWD = 16  # more than so many watches that wait for a word are parted


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """A watch in which nothing is wrong. It waits for the words of the first set that it requires."""

    terms: WatchTerms
    plan: Plan

    def matches(self, sight: Sight) -> bool:
        present, plan = sight.present, self.plan
        for group in plan.required:
            if group.isdisjoint(present):
                return False
        return (
            plan.forbidden.isdisjoint(present)
            and (not self.terms.languages or self.terms.is_in_language(sight.signal.language))
            and (plan.check is None or plan.check(sight))
        )

    @property
    def second(self) -> Group:
        """What it requires beside what it waits for: most are let go by it."""
        return self.plan.required[1 if len(self.plan.required) > 1 else 0]

    def is_settled_by(self, first: int, second: int) -> bool:
        """Whether it matches where these words stand, and none that it forbids."""
        sure = self.plan.sure
        return 0 < len(sure) <= 2 and first in sure[0] and second in sure[-1] and not self.terms.languages


@dataclass(slots=True)
class _Crowd:
    """The watches that wait for one word, by the second that they need: ids of the settled, and those to be asked."""

    settled: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    asked: defaultdict[int, set[Listed]] = field(default_factory=lambda: defaultdict(set))

    def add(self, one: Listed, first: int) -> None:
        for second in _seconds(one, first):
            if one.is_settled_by(first, second):
                self.settled[second].add(one.terms.id)
            else:
                self.asked[second].add(one)

    def remove(self, one: Listed, first: int) -> None:
        for second in _seconds(one, first):
            if one.is_settled_by(first, second):
                self.settled[second].discard(one.terms.id)
            else:
                self.asked[second].discard(one)


def _seconds(one: Listed, first: int) -> Iterator[int]:
    yield from one.second if len(one.plan.required) > 1 else (first,)


class Queues:
    """Of each watch its place, or its places; it may come and go at any time."""

    def __init__(self) -> None:
        self._always: list[Listed] = []  # they need no word
        self._few: dict[int, list[tuple[Group, Listed]]] = {}  # by number of the word; with `second`
        self._crowds: dict[int, _Crowd] = {}
        self._barred: defaultdict[int, set[int]] = defaultdict(set)  # ids of those in crowds, by forbidden word

    def add(self, one: Listed) -> None:
        if not one.plan.required:
            self._always.append(one)
        for number in one.plan.required[0] if one.plan.required else ():
            if number in self._crowds:
                self._join(number, one)
            else:
                queue = self._few.setdefault(number, [])
                queue.append((one.second, one))
                if len(queue) > CROWD:
                    self._part(number)

    def remove(self, one: Listed) -> None:
        if not one.plan.required:
            self._always.remove(one)
        for number in one.plan.required[0] if one.plan.required else ():
            if number in self._crowds:
                self._crowds[number].remove(one, number)
            else:
                self._few[number].remove((one.second, one))
        for number in one.plan.forbidden & self._barred.keys():
            self._barred[number].discard(one.terms.id)

    def _part(self, number: int) -> None:
        self._crowds[number] = _Crowd()
        for _, one in self._few.pop(number):
            self._join(number, one)

    def _join(self, number: int, one: Listed) -> None:
        self._crowds[number].add(one, number)
        for forbidden in one.plan.forbidden:
            self._barred[forbidden].add(one.terms.id)

    def matching(self, sight: Sight) -> set[int]:
        """The ids of the watches that match what is seen."""
        found = {one.terms.id for one in self._always if one.matches(sight)}
        present, few = sight.present, self._few
        for number in present:
            if number in few:
                for second, one in few[number]:
                    if not second.isdisjoint(present) and one.terms.id not in found and one.matches(sight):
                        found.add(one.terms.id)
        return found | self._matching_in_crowds(sight) if self._crowds else found

    def _matching_in_crowds(self, sight: Sight) -> set[int]:
        present = sight.present
        settled, asked = set[int](), set[Listed]()
        for number in present & self._crowds.keys():
            crowd = self._crowds[number]
            for second in present & crowd.settled.keys():
                settled |= crowd.settled[second]
            for second in present & crowd.asked.keys():
                asked |= crowd.asked[second]
        for number in present & self._barred.keys():
            settled = settled - self._barred[number]
        return settled | {one.terms.id for one in asked if one.terms.id not in settled and one.matches(sight)}
