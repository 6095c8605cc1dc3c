"""Reads a query: the grammar, and the tree of values it gives."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from classifiers.types import Tone
from classifiers.watches.errors import QueryError, did_you_mean
from classifiers.watches.lexing import TEXT_FIELDS, QueryLexer
from classifiers.watches.query import (
    Attribute,
    Both,
    Either,
    Form,
    Near,
    Neither,
    Node,
    Phrase,
    Query,
    Saved,
    Sentence,
    Spot,
    Word,
    Zone,
    holds_on_nothing,
)
from signals.types import Stakeholder

GRAMMAR = r"""
    start: either
    ?either: both (OR both)*
    ?both: one (AND? one)*
    ?one: NOT one -> neither
        | near
    ?near: atom (NEAR atom)*
    ?atom: WORD -> word
        | PHRASE -> phrase
        | LPAR either RPAR -> group
        | SENTENCE LPAR either RPAR -> sentence
        | FIELD atom -> field
    %declare WORD PHRASE LPAR RPAR AND OR NOT NEAR SENTENCE FIELD
"""
TONES = tuple(Tone)
FEWEST_BEFORE_STAR = 2
MOST_CAPITALS = 5

_LETTERS = re.compile(r"[^\W_]+")
_HYPHENED = re.compile(r"[^\W_]+(?:-[^\W_]+)+")
_GENITIVE = re.compile(r"(?<=\w)['’´`][sS]\b")  # no word of its own in texts either: see classifiers.watches.wording
_SIGNS_IN_WORDS = frozenset("&'’´`.-–/+#@_:*=")  # as in AT&T, covid-19, nrk.no, #metoo


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=QueryLexer)


@lru_cache(maxsize=1_000)
def parse_query(text: str) -> Query:
    """The query of a text; QueryError says in plain words what is wrong, where, and what to do.

    >>> parse_query("streik NOT fotball").root
    Both(parts=(Word(text='streik', form=<Form.LOOSE: 'loose'>), Neither(part=Word(text='fotball', \
form=<Form.LOOSE: 'loose'>))))
    """
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        return Query(text, None)
    try:
        root: Node = _TreeBuilder(text).transform(_parser().parse(text))
    except VisitError as error:
        raise error.orig_exc from None
    except UnexpectedInput as error:
        raise QueryError("This cannot be read here", max(error.pos_in_stream or 0, 0), text) from None
    if holds_on_nothing(root):
        raise QueryError(
            "This says only what must not be there, and would match almost everything: add what to look for",
            len(text) - len(text.lstrip()),
            text,
        )
    return Query(text, root)


class _TreeBuilder(Transformer[Token, Node]):
    """Makes values of what the grammar found, bottom up."""

    def __init__(self, query: str) -> None:
        super().__init__()
        self._query = query

    def start(self, parts: list[Node]) -> Node:
        return parts[0]

    def either(self, parts: list[Node | Token]) -> Node:
        return Either(tuple(_flat(_nodes(parts), Either)))

    def both(self, parts: list[Node | Token]) -> Node:
        return Both(tuple(_flat(_nodes(parts), Both)))

    def neither(self, parts: list[Node]) -> Node:
        return Neither(parts[1])

    def group(self, parts: list[Node]) -> Node:
        return parts[1]

    @v_args(inline=True)
    def word(self, token: Token) -> Node:
        return _WordReader(self._query, token).bare()

    @v_args(inline=True)
    def phrase(self, token: Token) -> Node:
        return _WordReader(self._query, token).quoted()

    @v_args(inline=True)
    def sentence(self, name: Token, _left: Token, part: Node, _right: Token) -> Node:
        if holds_on_nothing(part):
            raise self._error("A SENTENCE needs something to look for, not only NOT", name)
        return Sentence(part)

    @v_args(inline=True)
    def field(self, token: Token, part: Node) -> Node:
        name = token[:-1]
        if name in TEXT_FIELDS:
            return Zone(name, part)
        return _replaced(part, lambda spot: self._attribute(name, spot, token), self._wrong_part(token))

    def near(self, parts: list[Node | Token]) -> Node:
        """`a NEAR/5 b NEAR/5 c`: b is near a, and c is near b."""
        pairs = []
        for place in range(1, len(parts), 2):
            mark = parts[place]
            assert isinstance(mark, Token)
            name, _, number = mark.partition("/")
            left, right = (self._spots(parts[place + step], mark) for step in (-1, 1))
            pairs.append(Near(left, right, int(number), name == "ONEAR"))
        return pairs[0] if len(pairs) == 1 else Both(tuple(pairs))

    def _spots(self, part: Node | Token, mark: Token) -> tuple[Spot, ...]:
        if isinstance(part, Word | Phrase):
            return (part,)
        if isinstance(part, Either) and all(isinstance(one, Word | Phrase) for one in part.parts):
            return tuple(one for one in part.parts if isinstance(one, Word | Phrase))
        if isinstance(part, Zone):
            raise self._error(f"{mark} stands inside the field: write {part.name}:(a {mark} b)", mark)
        raise self._error(f"{mark} joins words, phrases, or brackets with OR between words", mark)

    def _wrong_part(self, token: Token) -> Callable[[], QueryError]:
        return lambda: self._error(f"{token} takes words, joined by AND, OR or NOT", token)

    def _attribute(self, name: str, spot: Spot, token: Token) -> Node:
        value = ("_" if name == "topic" else " ").join(word.text for word in words_of(spot))
        match name:
            case "watch":
                return Saved(value)
            case "source" | "family":
                is_beginning = isinstance(spot, Word) and spot.form is Form.BEGINNING
                return Attribute(name, f"{value}*" if is_beginning else value)
            case "topic":
                return Attribute(name, value.lower())
            case "group":
                return self._one_of(name, value, (*Stakeholder, "competitors"), token)
            case "tone":
                return self._one_of(name, value, TONES, token)
            case _:
                return self._language(value, token)

    def _one_of(self, name: str, value: str, known: tuple[str, ...], token: Token) -> Node:
        if value.lower() not in known:
            there = f'There is no {name} "{value}"; there are {", ".join(known)}{did_you_mean(value, known)}'
            raise self._error(there, token, after=True)
        return Attribute(name, value.lower())

    def _language(self, value: str, token: Token) -> Node:
        code = value.lower()
        if not (code.isascii() and code.isalpha() and 2 <= len(code) <= 3):
            raise self._error(f'"{value}" is no language code such as nb, sv or nl', token, after=True)
        if code == "no":
            return Either((Attribute("lang", "nb"), Attribute("lang", "nn")))
        return Attribute("lang", code)

    def _error(self, message: str, token: Token, after: bool = False) -> QueryError:
        return QueryError(message, (token.end_pos if after else token.start_pos) or 0, self._query)


class _WordReader:
    """Makes a word or phrase of one piece of the query."""

    def __init__(self, query: str, token: Token) -> None:
        self._query = query
        self._position = token.start_pos or 0
        self._is_exact = token.startswith("=")
        self._text = str(token[1:] if self._is_exact else token)

    def quoted(self) -> Spot:
        words = [self._form_of(found, Form.INFLECTED) for found in self._found(self._text)]
        return self._one(words[0]) if len(words) == 1 else Phrase(tuple(words))

    def bare(self) -> Spot:
        """`covid-19` is a phrase, and so is `e-post`, which may also be written as one word."""
        self._check_signs()
        found = list(self._found(self._text))
        if len(found) == 1:
            return self._one(self._form_of(found[0], Form.LOOSE))
        is_hyphened = not self._is_exact and _HYPHENED.fullmatch(self._text)
        joined = Word(self._text.replace("-", ""), Form.INFLECTED) if is_hyphened else None
        return Phrase(tuple(self._form_of(one, Form.INFLECTED) for one in found), joined)

    def _one(self, word: Word) -> Spot:
        """`McDonald's` is read in texts as McDonald, as any genitive is; many write McDonalds, which is meant too."""
        if not _GENITIVE.search(self._text):
            return word
        form = Form.INFLECTED if word.form is Form.LOOSE else word.form
        joined = Form.INFLECTED if form is Form.CASED and not self._is_exact else form
        return Phrase((replace(word, form=form),), Word(f"{word.text}s", joined))

    def _found(self, text: str) -> Iterator[re.Match[str]]:
        found = list(_LETTERS.finditer(_GENITIVE.sub(lambda s: " " * len(s[0]), text)))
        if not found:
            raise self._error("There is no word here: write one, or take this away", 0)
        return iter(found)

    def _check_signs(self) -> None:
        for place, sign in enumerate(self._text):
            if sign == ",":
                raise self._error("A comma joins nothing: write OR between alternatives, a space for AND", place)
            if sign == "?":
                raise self._error('"?" stands for nothing here: write * at the end of a beginning', place)
            if not (sign.isalnum() or sign in _SIGNS_IN_WORDS or unicodedata.category(sign)[0] == "M"):
                raise self._error(f'"{sign}" means nothing in a query: put the text in quotation marks', place)
        if "*" in self._text.strip("*") or "**" in self._text:
            place = self._text.index("*", 1)
            raise self._error("A star may stand at the end of a word, or at its beginning: split the word", place)

    def _form_of(self, found: re.Match[str], form: Form) -> Word:
        word, text = found[0], self._text
        at_start = text[found.start() - 1 : found.start()] == "*"
        at_end = text[found.end() : found.end() + 1] == "*"
        if at_start or at_end:
            self._check_star(word, at_start and at_end, found.start())
            return Word(word, Form.END if at_start else Form.BEGINNING)
        if self._is_exact:
            return Word(word, Form.EXACT if word.islower() or word.isdecimal() else Form.CASED)
        return Word(word, Form.CASED if counts_its_capitals(word) else form)

    def _check_star(self, word: str, on_both_sides: bool, place: int) -> None:
        if self._is_exact:
            raise self._error("= asks for exactly this word, * for more than it: choose one", place)
        if on_both_sides:
            raise self._error("A star may stand at the end or at the beginning of a word, not at both", place)
        if len(word) < FEWEST_BEFORE_STAR:
            raise self._error(
                f"Beside a star at least {FEWEST_BEFORE_STAR} letters are needed: write more of the word", place
            )

    def _error(self, message: str, place: int) -> QueryError:
        return QueryError(message, self._position + self._is_exact + place, self._query)


def counts_its_capitals(word: str) -> bool:
    """Whether upper and lower case count: NS and KLM, eBay and DnB; not Bergen, not STREIKEN, not CO2.

    >>> [word for word in ("NS", "eBay", "DnB", "Bergen", "STREIKEN", "ns", "CO2") if counts_its_capitals(word)]
    ['NS', 'eBay', 'DnB']
    """
    is_short_name = word.isalpha() and word.isupper() and len(word) <= MOST_CAPITALS
    has_inner_capital = any(letter.isupper() for letter in word[1:]) and any(letter.islower() for letter in word)
    return is_short_name or has_inner_capital


def words_of(spot: Spot) -> tuple[Word, ...]:
    return (spot,) if isinstance(spot, Word) else spot.words


def _nodes(parts: list[Node | Token]) -> list[Node]:
    return [part for part in parts if not isinstance(part, Token)]


def _flat(parts: list[Node], kind: type[Both] | type[Either]) -> Iterator[Node]:
    """Brackets around the same operator change nothing."""
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        else:
            yield part


def _replaced(node: Node, make: Callable[[Spot], Node], wrong: Callable[[], QueryError]) -> Node:
    """The tree with `make` of each of its words; `wrong` where there is anything but words in it."""
    match node:
        case Word() | Phrase():
            return make(node)
        case Both(parts):
            return Both(tuple(_replaced(part, make, wrong) for part in parts))
        case Either(parts):
            return Either(tuple(_replaced(part, make, wrong) for part in parts))
        case Neither(part):
            return Neither(_replaced(part, make, wrong))
        case _:
            raise wrong()
