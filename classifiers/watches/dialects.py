"""How other services write queries: operators, fields and signs, after their public documentation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from classifiers.watches.errors import QueryError

_ENGLISH = {"AND": "AND", "OR": "OR", "NOT": "NOT", "ANDNOT": "NOT"}
_NORDIC = {
    **dict.fromkeys(("OG", "OCH"), "AND"),
    **dict.fromkeys(("ELLER",), "OR"),
    **dict.fromkeys(("IKKE", "IKKJE", "INTE"), "NOT"),
}
BESIDE = "Two words side by side are read as AND: put them in quotation marks if they belong together"
INFLECTED = "A word is found here in all its inflections and inside compounds: write = before it to find only itself"
INSIDE = "A word is found here in its inflections and in compounds, no longer in the middle of any other word"


@dataclass(frozen=True, slots=True)
class Dialect:
    """`fields` gives ours for theirs; every other is left out, and told."""

    name: str
    fields: Mapping[str, str]
    operators: Mapping[str, str] = field(default_factory=lambda: _ENGLISH)
    in_any_case: bool = False  # operators
    near: int = 4  # words between, where none are given
    regular_expressions: bool = False
    single_quotes: bool = False
    always: tuple[str, ...] = (INFLECTED,)  # told with every query
    beside: str = ""  # told where words stand side by side


_SOURCES = {"source": "source", "sourcename": "source", "language": "lang", "lang": "lang"}

DIALECTS: Mapping[str, Dialect] = {
    "meltwater": Dialect(
        "Meltwater",
        {**_SOURCES, "title": "title", "ingress": "lead"},
        in_any_case=True,
        beside=BESIDE,
    ),
    "retriever": Dialect(
        "Retriever",
        {"headline": "title", "intros": "lead", "srcname": "source", "lang": "lang"},
        operators={**_ENGLISH, **_NORDIC},
        beside=BESIDE,
    ),
    "brandwatch": Dialect(
        "Brandwatch",
        {**_SOURCES, "title": "title", "headline": "title", "site": "site", "raw": "raw"},
    ),
    "freshrss": Dialect(
        "FreshRSS",
        {"intitle": "title", "intext": "text"},
        regular_expressions=True,
        single_quotes=True,
        always=(INSIDE,),
    ),
}

_PIECES = re.compile(
    r"""
      (?P<SPACE>\s+|<<<.*?>>>)
    | (?P<LPAR>\() | (?P<RPAR>\))
    | (?P<PHRASE>"[^"]*"|[“”„][^“”"]*[“”"]|«[^»]*»)
    | (?P<SINGLE>(?<![^\s(:!-])'[^']*'(?!\w))
    | (?P<OPEN>["“”„«])
    | (?P<EXACT>\{[^{}]*\})
    | (?P<PATTERN>(?<![^\s(:!-])/(?:\\.|[^/\\\s])(?:\\.|[^/\\])*/\w*)
    | (?P<NEAR>(?i:O?NEAR)(?:/\d+f?)?(?=[\s(]|$))
    | (?P<SPREAD>~\d*) | (?P<WEIGHT>\^\d*)
    | (?P<MINUS>(?<![^\s(])[-!](?=[^\s)])) | (?P<PLUS>(?<![^\s(])\+(?=[^\s)]))
    | (?P<FIELD>[^\W\d_]\w*:(?=\S))
    | (?P<WORD>[^\s()"“”„«»{}~^]+)
    | (?P<OTHER>.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Piece:
    kind: str
    text: str
    position: int


def pieces_of(text: str, dialect: Dialect) -> list[Piece]:
    """QueryError where a quotation mark is missing."""
    return [_piece(found, text, dialect) for found in _PIECES.finditer(text) if found.lastgroup != "SPACE"]


def _piece(found: re.Match[str], query: str, dialect: Dialect) -> Piece:
    kind, text = found.lastgroup or "", found[0]
    if kind == "OPEN":
        raise QueryError("A quotation mark has no partner: add the other one", found.start(), query)
    if (kind == "SINGLE" and not dialect.single_quotes) or (kind == "PATTERN" and not dialect.regular_expressions):
        kind = "WORD"
    if kind == "WORD":
        kind = dialect.operators.get(text.upper() if dialect.in_any_case else text, "WORD")
    return Piece(kind, text, found.start())
