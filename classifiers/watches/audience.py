"""Whom a watch listens to: the sources that its languages and its query leave it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from classifiers.watches.errors import QueryError
from classifiers.watches.parsing import parse_query
from classifiers.watches.query import Attribute, Both, Either, Node
from signals.languages import fold
from signals.types import Source

OF_SOURCES = frozenset({"source", "family", "group", "lang"})


@dataclass(frozen=True, slots=True)
class Audience:
    """One of each of `choices` must hold of a source; nothing: it listens to all."""

    choices: tuple[tuple[Attribute, ...], ...]

    def hears(self, source: Source) -> bool:
        return all(any(_holds(one, source) for one in choice) for choice in self.choices)


def audience_of(query: str, languages: Iterable[str]) -> Audience:
    """What must hold of every source whose signals the watch can match; what cannot be read asks nothing."""
    spoken = tuple(Attribute("lang", language) for language in languages)
    try:
        root = parse_query(query).root
    except QueryError:
        root = None
    choices = tuple(_choices(root)) if root else ()
    return Audience((*choices, spoken) if spoken else choices)


def _choices(node: Node) -> Iterator[tuple[Attribute, ...]]:
    """What stands beside the words, not inside an alternative to them."""
    match node:
        case Attribute(name, _) if name in OF_SOURCES:
            yield (node,)
        case Either(parts) if all(isinstance(part, Attribute) and part.name in OF_SOURCES for part in parts):
            yield tuple(part for part in parts if isinstance(part, Attribute))
        case Both(parts):
            for part in parts:
                yield from _choices(part)


def _holds(one: Attribute, source: Source) -> bool:
    if one.name == "lang":
        known = source.language.lower().partition("-")[0]
        return known in ("", "und", one.value.lower().partition("-")[0])  # unknown: it may well be
    if one.name == "group":
        return source.stakeholder == one.value
    return fold(one.value) in fold(source.name if one.name == "source" else source.family or source.name)
