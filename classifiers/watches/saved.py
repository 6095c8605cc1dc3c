"""Watches inside watches: reads all queries, and finds those that name a watch that is not there or goes in circles."""

from collections.abc import Mapping, Sequence

from classifiers.watches.errors import QueryError
from classifiers.watches.parsing import parse_query
from classifiers.watches.query import Query
from classifiers.watches.terms import WatchTerms
from signals.languages import fold, tokens

DEEPEST = 32


def same_name(name: str) -> str:
    """What two spellings of a watch's name have in common."""
    return " ".join(map(fold, tokens(name))) or name.strip().lower()


def read_queries(terms: Sequence[WatchTerms]) -> tuple[dict[int, Query], tuple[tuple[str, str], ...]]:
    """The queries that can be read, by id of the watch; and of the others the name and what is wrong."""
    queries: dict[int, Query] = {}
    wrong: dict[int, str] = {}
    for one in terms:
        try:
            queries[one.id] = parse_query(one.query)
        except QueryError as error:
            wrong[one.id] = str(error)
    inside = _Inside({same_name(one.name): one for one in reversed(terms)}, queries)
    for one in terms:
        if one.id in queries and (reason := inside.trouble(one)):
            wrong[one.id] = reason
    good = {key: query for key, query in queries.items() if key not in wrong}
    return good, tuple((one.name, wrong[one.id]) for one in terms if one.id in wrong)


class _Inside:
    """Follows `watch:name` from watch to watch."""

    def __init__(self, by_name: Mapping[str, WatchTerms], queries: Mapping[int, Query]) -> None:
        self._by_name, self._queries = by_name, queries
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
        inner = self._by_name.get(same_name(name))
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
