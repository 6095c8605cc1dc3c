"""Tries a watch on what has been said before it is kept, beside the version that is live."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from classifiers.types import Label
from classifiers.watches.book import WatchBook
from classifiers.watches.matching import Said
from classifiers.watches.query import Attribute, Node, Word, children
from classifiers.watches.saved import watches_inside
from classifiers.watches.sieve import Pass, labels_in, sieves_of
from classifiers.watches.terms import WatchTerms

DRAFT, LIVE = -1, -2
NAME_OF_LIVE = "⁂"  # no name that a query could mean: it may have the same as the draft
LABELLED = frozenset({"topic", "tone", "group"})


@dataclass(frozen=True, slots=True)
class Verdict:
    is_found: bool  # by the draft
    was_found: bool  # by the live version
    words: tuple[Word, ...]  # of both, that stand in it


class Trial:
    """`others`: the watches that may stand inside, under their names. The draft must be one that can be kept."""

    def __init__(self, draft: WatchTerms, others: Iterable[WatchTerms] = (), live: WatchTerms | None = None) -> None:
        own = [replace(draft, id=DRAFT, is_active=True)]
        if live is not None:
            own.append(replace(live, id=LIVE, name=NAME_OF_LIVE, is_active=True))
        others = tuple(others)
        reached = watches_inside([*own, *others])
        inside = {one.id: one for key in (DRAFT, LIVE) for one in reached.get(key, ())}
        self._own, self._others, self._draft = own, others, draft
        self.book = WatchBook([*own, *(replace(inside[key], is_active=False) for key in sorted(inside))])
        self.has_live = live is not None and NAME_OF_LIVE not in dict(self.book.broken)
        self._roots = [self.book.root_of(one.name) for one in (*own, *inside.values()) if self._is_readable(one)]

    def root(self, key: int) -> Node | None:
        """What the draft asks for, or the live version; None: everything."""
        return self.book.root_of(next(one.name for one in self._own if one.id == key))

    def with_query(self, query: str) -> "Trial":
        """The draft with another query, alone."""
        return Trial(replace(self._draft, query=query), self._others)

    def _is_readable(self, one: WatchTerms) -> bool:
        return one.name not in dict(self.book.broken)

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Of the draft, and of the live version: what passes one of them must be looked at."""
        keys = (DRAFT, LIVE) if self.has_live else (DRAFT,)
        return tuple(Pass(sieves_of(self.book.required_words(key)), labels_in(self.root(key))) for key in keys)

    @property
    def languages(self) -> frozenset[str] | None:
        """Only these can be found; None: all."""
        spoken = [one.languages for one in self._own]
        if not all(spoken):
            return None
        codes = {code for languages in spoken for code in languages}
        return frozenset(codes | {"nb", "nn"}) if "no" in codes else frozenset(codes)

    @property
    def reads_labels(self) -> bool:
        return any(_reads_labels(root) for root in self._roots if root)

    @property
    def reads_text(self) -> bool:
        return self.book.has_words

    def look(self, said: Said, labels: Sequence[Label] = ()) -> Verdict:
        sight = self.book.sight_of(said, labels)
        found = self.book.matched(sight)
        return Verdict(DRAFT in found, LIVE in found, self.book.words_seen(sight) if found else ())


def _reads_labels(node: Node) -> bool:
    if isinstance(node, Attribute) and node.name in LABELLED:
        return True
    return any(_reads_labels(child) for child in children(node))
