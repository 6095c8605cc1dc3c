"""Watches inside watches: which stand in which, and what is wrong where one is not there or they go in circles."""

from collections.abc import Callable, Mapping, Sequence

from classifiers.watches.errors import QueryError
from classifiers.watches.lexing import pieces_of
from classifiers.watches.parsing import parse_query
from classifiers.watches.query import Query
from classifiers.watches.terms import WatchTerms
from signals.languages import fold, tokens

DEEPEST = 32


def same_name(name: str) -> str:
    """What two spellings of a watch's name have in common."""
    return " ".join(map(fold, tokens(name))) or name.strip().lower()


def watches_inside(terms: Sequence[WatchTerms]) -> dict[int, tuple[WatchTerms, ...]]:
    """By id of each watch that names others: all that stand inside it, however deep, in order of id.

    A name that no watch has is passed over, and so is what cannot be read.
    """
    by_name = {same_name(one.name): one for one in reversed(terms)}
    named = {one.id: _named_in(one, by_name) for one in terms if "watch" in one.query}
    return {key: _reached(key, named) for key, direct in named.items() if direct}


def _named_in(terms: WatchTerms, by_name: Mapping[str, WatchTerms]) -> tuple[WatchTerms, ...]:
    try:
        names = parse_query(terms.query).watches()
    except QueryError:
        return ()
    return tuple(by_name[same_name(name)] for name in names if same_name(name) in by_name)


def _reached(start: int, named: Mapping[int, tuple[WatchTerms, ...]]) -> tuple[WatchTerms, ...]:
    reached: dict[int, WatchTerms] = {}
    waiting = list(named[start])
    while waiting:
        one = waiting.pop()
        if one.id not in reached and one.id != start:
            reached[one.id] = one
            waiting += named.get(one.id, ())
    return tuple(reached[key] for key in sorted(reached))


def place_of(query: str, name: str) -> int:
    """The character at which a query names that watch."""
    named = same_name(name)
    is_value = False
    for piece in pieces_of(query):
        if piece.type == "FIELD":
            is_value = piece == "watch:"
        elif is_value and piece.type in ("WORD", "PHRASE") and same_name(piece) == named:
            return piece.start_pos or 0
    return 0


class Inside:
    """Follows `watch:name` from watch to watch."""

    def __init__(self, named: Callable[[str], WatchTerms | None], queries: Mapping[int, Query]) -> None:
        self._named, self._queries = named, queries
        self._depths: dict[int, int] = {}  # of watches in which nothing is wrong

    def trouble(self, terms: WatchTerms) -> str:
        """What is wrong with the watches inside, in words; empty where nothing is."""
        try:
            self._depth(terms, ())
        except _Trouble as found:
            return str(found)
        return ""

    def _depth(self, terms: WatchTerms, above: tuple[str, ...]) -> int:
        """How many watches stand inside each other, at most; the first trouble ends the search."""
        if terms.id in self._depths:
            return self._depths[terms.id]
        path = (*above, terms.name)
        depth = len(path) if len(path) > DEEPEST else 1 + self._depth_inside(terms, path)
        if depth > DEEPEST:
            raise _Trouble(f"more than {DEEPEST} watches stand inside each other")
        self._depths[terms.id] = depth
        return depth

    def _depth_inside(self, terms: WatchTerms, path: tuple[str, ...]) -> int:
        names = self._queries[terms.id].watches()
        return max((self._depth(self._inner(name, path), path) for name in names), default=0)

    def _inner(self, name: str, path: tuple[str, ...]) -> WatchTerms:
        inner = self._named(same_name(name))
        within = f"in the watch “{path[-1]}”: " if len(path) > 1 else ""
        if inner is None:
            raise _Trouble(f"{within}there is no watch “{name}”")
        if inner.name in path:
            circle = (*path[path.index(inner.name) :], inner.name)
            raise _Trouble(f"goes in a circle: {' → '.join(circle)}")
        if inner.id not in self._queries:
            raise _Trouble(f"{within}the query of the watch “{inner.name}” cannot be read")
        return inner


class _Trouble(Exception):
    """Ends the search."""
