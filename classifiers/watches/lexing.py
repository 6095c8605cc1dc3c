"""Cuts a query into its pieces, and finds what is wrong with their order while it knows the character."""

import re
from collections.abc import Iterator
from itertools import pairwise

from lark import Token
from lark.lexer import Lexer

from classifiers.watches.errors import QueryError, did_you_mean

LONGEST = 4_000
DEEPEST = 32
FARTHEST = 100  # words that NEAR may skip
TEXT_FIELDS = ("title", "lead")
FIELDS = (*TEXT_FIELDS, "source", "family", "group", "lang", "topic", "tone", "watch")

_PIECES = re.compile(
    r"""
      (?P<SPACE>\s+)
    | (?P<LPAR>\() | (?P<RPAR>\))
    | (?P<PHRASE>=?(?:"[^"]*"|[“”„][^“”"]*[“”"]|«[^»]*»))
    | (?P<OPEN_QUOTE>=?["“”„«»])
    | (?P<NEAR>O?NEAR/[^\s()"“”„«»:]*)
    | (?P<FIELD>[^\W\d_]+:)
    | (?P<WORD>(?:[^\s()"“”„«»:]|(?<=\d):(?=\d))+)
    | (?P<COLON>:)
    """,
    re.VERBOSE,
)
_OPERATORS = {"AND": "AND", "OR": "OR", "NOT": "NOT"}
_OTHER_NAMES = {
    **dict.fromkeys(("OG", "OCH", "&&", "&", "+"), "AND"),
    **dict.fromkeys(("ELLER", "||", "|"), "OR"),
    **dict.fromkeys(("IKKE", "IKKJE", "INTE", "NIET"), "NOT"),
}
_WAITING = frozenset({"AND", "OR", "NOT", "NEAR", "FIELD", "SENTENCE"})  # something must come after these
_JOINING = frozenset({"AND", "OR", "NEAR"})  # and something must stand before these


class QueryLexer(Lexer):
    """Lark's interface for a lexer of one's own."""

    def __init__(self, _conf: object = None) -> None:
        pass

    def lex(self, query: str) -> Iterator[Token]:  # type: ignore[override] # lark's simpler interface
        return iter(pieces_of(query))


def pieces_of(query: str) -> list[Token]:
    if len(query) > LONGEST:
        raise QueryError(f"A query may have {LONGEST:,} characters; use watch:name for a part of it", LONGEST)
    pieces = [_piece(found, query) for found in _PIECES.finditer(query) if found.lastgroup != "SPACE"]
    _check_brackets(pieces, query)
    _check_order(pieces, query)
    return pieces


def _piece(found: re.Match[str], query: str) -> Token:
    kind, text, position = found.lastgroup or "", found[0], found.start()
    match kind:
        case "OPEN_QUOTE":
            raise QueryError("A quotation mark has no partner: add the other one", position, query)
        case "COLON":
            raise QueryError("A colon stands alone: write the field before it, as in title:word", position, query)
        case "NEAR":
            _check_distance(text, position, query)
        case "FIELD" if text[:-1] not in FIELDS:
            known = ", ".join(f"{name}:" for name in FIELDS)
            raise QueryError(
                f'There is no field "{text}", only {known}; to look for the text itself, put it in quotation marks'
                f"{did_you_mean(text, [f'{name}:' for name in FIELDS])}",
                position,
                query,
            )
        case "WORD":
            kind = _kind_of_word(text, found.end(), position, query)
    return Token(kind, text, start_pos=position, end_pos=found.end())


def _kind_of_word(text: str, end: int, position: int, query: str) -> str:
    if text in _OPERATORS:
        return _OPERATORS[text]
    if text == "SENTENCE" and query[end:].lstrip()[:1] == "(":
        return "SENTENCE"
    if text in ("NEAR", "ONEAR"):
        raise QueryError(f"{text} needs a number of words, as in {text}/5", position, query)
    if text in ("and", "or", "not"):
        raise QueryError(
            f'Write {text.upper()} in capitals; to look for the word itself, write "{text}"', position, query
        )
    if text in _OTHER_NAMES:
        raise QueryError(
            f'Write {_OTHER_NAMES[text]} for {text}; to look for it itself, write "{text}"', position, query
        )
    if text[0] in "-!" and text[1:2].isalnum():
        raise QueryError(f"Write NOT {text[1:]}, with AND before it if you like", position, query)
    return "WORD"


def _check_distance(text: str, position: int, query: str) -> None:
    name, _, number = text.partition("/")
    if not (number.isascii() and number.isdecimal() and len(number) <= 3 and int(number) <= FARTHEST):
        raise QueryError(
            f"After {name}/ comes a number of words from 0 to {FARTHEST}, as in {name}/5",
            position + len(name) + 1,
            query,
        )


def _check_brackets(pieces: list[Token], query: str) -> None:
    open_at: list[int] = []
    for piece in pieces:
        position = piece.start_pos or 0
        if piece.type == "LPAR":
            open_at.append(position)
            if len(open_at) > DEEPEST:
                raise QueryError(f"Brackets may stand {DEEPEST} deep; use watch:name for a part", position, query)
        elif piece.type == "RPAR":
            if not open_at:
                raise QueryError('This bracket was never opened: add "(" before, or take it away', position, query)
            open_at.pop()
    if open_at:
        raise QueryError('This bracket is never closed: add ")"', open_at[-1], query)


def _check_order(pieces: list[Token], query: str) -> None:
    if not pieces:
        return
    first, last = pieces[0], pieces[-1]
    if first.type in _JOINING:
        raise QueryError(f"{first} needs something before it, or must go", first.start_pos or 0, query)
    for before, piece in pairwise(pieces):
        wrong = _wrong_neighbours(before, piece)
        if wrong:
            raise QueryError(wrong, piece.start_pos or 0, query)
    if last.type in _WAITING:
        raise QueryError(f"After {last} something is missing: add a word, or take it away", last.start_pos or 0, query)


def _wrong_neighbours(before: Token, piece: Token) -> str:
    """What is wrong with two pieces side by side; empty where nothing is."""
    if piece.type in _JOINING and before.type in _WAITING:
        return f"{before} and {piece} stand side by side: one of them must go"
    if piece.type in _JOINING and before.type == "LPAR":
        return f"{piece} needs something before it inside the brackets, or must go"
    if piece.type == "RPAR" and before.type == "LPAR":
        return "There is nothing between these brackets: fill them, or take them away"
    if piece.type == "RPAR" and before.type in _WAITING:
        return f"After {before} something is missing before the bracket closes"
    if before.type == "FIELD" and piece.type not in ("WORD", "PHRASE", "LPAR"):
        return f'After {before} comes a word, a "phrase" or brackets'
    if before.type == "NOT" and piece.type == "NOT":
        return "NOT NOT says nothing: take both away"
    if before.type == "NEAR" and piece.type not in ("WORD", "PHRASE", "LPAR"):
        return f'After {before} comes a word, a "phrase", or several of them with OR in brackets'
    return ""
