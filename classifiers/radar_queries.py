"""Queries for what the radar finds: the term as a watch would ask for it, tried on the week before it is suggested."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.types import Label
from classifiers.watches import QueryError, WatchBook, WatchTerms, parse_query
from signals.types import Signal

CALM = 35  # signals a week that one query may bring, if enough of them are at risk
MOST_HITS = 70
SHARE_AT_RISK = 0.3
LEAST_FOUND = 0.5  # of the signals that it was made from
MOST_COMPANIONS = 4

_PLAIN = re.compile(r"[^\W_]+")
_OPERATORS = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True)
class Draft:
    query: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A query, and what it brings in the week."""

    draft: Draft
    hits: int
    at_risk: int
    found: int  # of the signals that it was made from


def quoted(term: str) -> str:
    """A term as the watch language writes it: one plain word as it is, anything else as a phrase.

    >>> quoted("Vitens"), quoted("Tata Steel"), quoted("NOT"), quoted("KLM-piloten")
    ('Vitens', '"Tata Steel"', '"NOT"', '"KLM-piloten"')
    """
    if _PLAIN.fullmatch(term) and term.lower() not in _OPERATORS:
        return term
    return f'"{term.replace(chr(34), " ")}"'


def drafts_for(term: str, companions: Sequence[str], languages: tuple[str, ...]) -> tuple[Draft, ...]:
    """The wide query first, then the one that wants a companion too.

    >>> [draft.query for draft in drafts_for("Tata Steel", ("IJmuiden", "grafietregen"), ())]
    ['"Tata Steel"', '"Tata Steel" AND (IJmuiden OR grafietregen)']
    """
    beside = " OR ".join(quoted(one) for one in companions[:MOST_COMPANIONS])
    queries = [quoted(term)]
    if beside:
        queries.append(f"{quoted(term)} AND ({beside})" if len(companions) > 1 else f"{quoted(term)} AND {beside}")
    return tuple(Draft(query, languages) for query in queries if _can_be_read(query))


def _can_be_read(query: str) -> bool:
    try:
        parse_query(query)
    except QueryError:
        return False
    return True


def try_out(
    drafts: Mapping[tuple[str, ...], Sequence[Draft]],
    wanted: Mapping[tuple[str, ...], frozenset[int]],
    said: Sequence[tuple[Signal, tuple[Label, ...], bool]],
) -> Mapping[tuple[str, ...], Tried | None]:
    """For each the query to suggest; None where none is fit. `said`: the week, and whether each is at risk."""
    places = [(keys, draft) for keys, given in drafts.items() for draft in given]
    book = WatchBook([WatchTerms(n, f"draft {n}", draft.query, draft.languages) for n, (_, draft) in enumerate(places)])
    counts = [[0, 0, 0] for _ in places]
    for signal, labels, is_at_risk in said:
        for number in book.match(signal, labels):
            counts[number][0] += 1
            counts[number][1] += is_at_risk
            counts[number][2] += signal.id in wanted[places[number][0]]
    tried = [Tried(draft, *count) for (_, draft), count in zip(places, counts, strict=True)]
    return {
        keys: fittest([one for (other, _), one in zip(places, tried, strict=True) if other == keys], len(wanted[keys]))
        for keys in drafts
    }


def fittest(tried: Sequence[Tried], signals: int) -> Tried | None:
    """The widest that is calm and to the point, else one that is narrower, else what is not too wide."""
    finds = [one for one in tried if one.found >= LEAST_FOUND * signals]
    calm = [one for one in finds if one.hits <= CALM and one.at_risk >= SHARE_AT_RISK * one.hits]
    return next(iter(calm or [one for one in finds if one.hits <= MOST_HITS]), None)
