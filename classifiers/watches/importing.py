"""Queries of other services in our language, with a note on all that was changed or could not be carried over."""

import re
import unicodedata
from dataclasses import dataclass

from classifiers.watches.dialects import DIALECTS, Dialect, Piece, pieces_of
from classifiers.watches.errors import QueryError
from classifiers.watches.lexing import DEEPEST, FARTHEST, LONGEST
from classifiers.watches.parsing import FEWEST_BEFORE_STAR, parse_query

_PLAIN = re.compile(r"\*?[^\W_]+(?:-[^\W_]+)*\*?")
_LETTERS = re.compile(r"[^\W_]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Note:
    """What is not as it was; `position` counts characters from 0, and is None where it holds for the whole query."""

    position: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Imported:
    query: str
    notes: tuple[Note, ...]


def import_query(text: str, dialect: str) -> Imported:
    """The query in our language. QueryError says what cannot be read, and where in the text given.

    >>> import_query('headline:streik ANDNOT "FC Utopia"', "retriever").query
    'title:streik AND NOT "FC Utopia"'
    """
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST:
        raise QueryError(f"A query may have {LONGEST:,} characters: import it in parts", LONGEST, text)
    reader = _Reader(text, DIALECTS[dialect])
    part = reader.read()
    if part is None:
        raise QueryError("Nothing of this can be carried over", 0, text)
    try:
        parse_query(part.text)
    except QueryError as error:
        raise QueryError(f"What can be carried over, {part.text}, is no query here: {error.message}", 0, text) from None
    return Imported(
        part.text, tuple(sorted(reader.notes, key=lambda note: -1 if note.position is None else note.position))
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of our query; `joined` by AND or OR on top, `is_spot`: a word, a phrase, or several of them with OR."""

    text: str
    joined: str = ""
    is_spot: bool = False

    def inside(self, *harmless: str) -> str:
        return self.text if self.joined in ("", *harmless) else f"({self.text})"


class _Reader:
    """Reads from left to right. What cannot be carried over gives None, and a note."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._text, self._dialect = text, dialect
        self.notes = {Note(None, message): None for message in dialect.always}
        self._pieces = pieces_of(text, dialect)
        self._at = self._depth = 0
        self._widened = 0  # ANDs that lost one of their parts

    def read(self) -> _Part | None:
        part = self._either()
        if self._next() == "RPAR":
            raise self._error('This bracket was never opened: add "(" before, or take it away')
        return part

    def _either(self) -> _Part | None:
        parts = [self._both()]
        while self._take("OR"):
            parts.append(self._both())
        found = [part for part in parts if part]
        if len(found) < 2:
            return found[0] if found else None
        return _Part(
            " OR ".join(part.inside("OR", "NOT", "NEAR") for part in found), "OR", all(one.is_spot for one in found)
        )

    def _both(self) -> _Part | None:
        found: list[_Part] = []
        read = 0
        while self._next() not in ("", "OR", "RPAR"):
            is_joined = self._take("AND") is not None
            if read and not is_joined and self._dialect.beside and self._next() in ("WORD", "PHRASE"):
                self._note(self._pieces[self._at], self._dialect.beside)
            read += 1
            if part := self._one():
                found.append(part)
        if not read:
            raise self._error("Here something is missing: a word, or one operator less")
        self._widened += len(found) < read
        return _joined_by_and(found)

    def _one(self) -> _Part | None:
        with _Deeper(self):
            if mark := self._take("NOT") or self._take("MINUS"):
                return self._not(mark)
            self._take("PLUS")
            return self._near()

    def _not(self, mark: Piece) -> _Part | None:
        """`NOT (a author:b)` must not become `NOT a`, which would hide more than was asked."""
        before = self._widened
        part = self._one()
        if part and self._widened > before:
            self._note(mark, f"NOT {part.inside()} was left out: without what it lost it would hide too much")
            return None
        return _Part(f"NOT {part.inside()}", "NOT") if part else None

    def _near(self) -> _Part | None:
        parts, marks = [self._atom()], list[Piece]()
        while mark := self._take("NEAR"):
            marks.append(mark)
            parts.append(self._atom())
        found = [part for part in parts if part]
        if len(found) < len(parts):
            self._widened += 1
            return _joined_by_and(found)
        if not all(part.is_spot for part in found) and marks:
            self._note(marks[0], f"{marks[0].text} became AND: here it joins words, phrases, or several with OR")
            return _joined_by_and(found)
        if not marks:
            return found[0]
        words = "".join(f" {self._distance(mark)} {part.inside()}" for mark, part in zip(marks, found[1:], strict=True))
        return _Part(found[0].inside() + words, "NEAR")

    def _distance(self, mark: Piece) -> str:
        name, _, number = mark.text.upper().partition("/")
        if number.endswith("F"):
            name = "ONEAR"
        words = int(number.rstrip("F")) if number else self._dialect.near
        ours = f"{name}/{min(words, FARTHEST)}"
        if words > FARTHEST:
            self._note(mark, f"{mark.text} became {ours}: no more words may lie between")
        elif ours != mark.text.upper():
            self._note(mark, f"{mark.text} became {ours}")
        return ours

    def _atom(self) -> _Part | None:
        piece = self._pieces[self._at] if self._at < len(self._pieces) else None
        if piece is None or piece.kind in ("AND", "OR", "NOT", "NEAR", "RPAR", "MINUS", "PLUS"):
            raise self._error("Here something is missing: a word, or one operator less")
        self._at += 1
        match piece.kind:
            case "LPAR":
                return self._after(self._group(piece), piece)
            case "FIELD":
                return self._field(piece)
            case "PHRASE" | "SINGLE":
                return self._after(self._phrase(piece, piece.text[1:-1]), piece)
            case "EXACT":
                return self._after(self._exact(piece, piece.text[1:-1]), piece)
            case "WORD":
                return self._after(self._word(piece), piece)
            case "PATTERN":
                return self._lost(piece, "regular expressions are not carried over")
            case _:
                return self._lost(piece, "it means nothing here")

    def _group(self, left: Piece) -> _Part | None:
        with _Deeper(self):
            part = self._either()
        if not self._take("RPAR"):
            raise QueryError('This bracket is never closed: add ")"', left.position, self._text)
        return part

    def _after(self, part: _Part | None, piece: Piece) -> _Part | None:
        """`"a b"~5` and `word^3`."""
        while mark := (self._take("WEIGHT") or self._take("SPREAD")):
            if mark.kind == "WEIGHT":
                self._note(mark, f"{mark.text} was left out: nothing is weighted here")
            elif piece.kind == "PHRASE" and mark.text[1:] and part and part.is_spot and " " in part.text:
                part = self._spread(part, mark)
            else:
                self._note(mark, f"{mark.text} was left out: it means nothing after this")
        return part

    def _spread(self, part: _Part, mark: Piece) -> _Part:
        number = min(int(mark.text[1:]), FARTHEST)
        words = part.text.strip('"').split()
        self._note(mark, f"{mark.text} became NEAR/{number} between each word and the next")
        return _Part(f" NEAR/{number} ".join(self._quoted(word) for word in words), "NEAR")

    def _field(self, piece: Piece) -> _Part | None:
        ours = self._dialect.fields.get(piece.text[:-1].lower())
        if ours == "raw" and self._next() in ("WORD", "PHRASE"):
            value = self._pieces[self._at]
            self._at += 1
            return self._exact(value, value.text.strip('"“”„«»'))
        notes = dict(self.notes)
        with _Deeper(self):
            part = self._atom()
        value_text = self._text[piece.position : self._end()]
        if ours is None or ours == "raw":
            self.notes = notes  # what was said about what is left out
            return self._lost(Piece("FIELD", value_text, piece.position), f"there is no {piece.text} here")
        if part is None:
            return None
        return self._renamed(piece, ours, part, value_text)

    def _renamed(self, piece: Piece, ours: str, part: _Part, value_text: str) -> _Part | None:
        match ours:
            case "text":
                self._note(piece, f"{piece.text} was left out: the words are looked for in the title too")
                return part
            case "lang" if not _LANGUAGE.fullmatch(part.text):
                return self._lost(
                    Piece("FIELD", value_text, piece.position), "lang: takes a code of two letters, such as nb"
                )
            case "site":
                name = part.text.strip('"').removeprefix("www.").partition(".")[0]
                self._note(piece, f"{value_text} became source:{name}: it asks for the source's name, see if it fits")
                return _Part(f"source:{name}") if _PLAIN.fullmatch(name) else None
            case "source" if not part.is_spot:
                return self._lost(Piece("FIELD", value_text, piece.position), "source: takes names with OR between")
        if f"{ours}:" != piece.text:
            self._note(piece, f"{piece.text} became {ours}:")
        return _Part(f"{ours}:{part.inside()}")

    def _phrase(self, piece: Piece, inner: str) -> _Part | None:
        if not _LETTERS.search(inner):
            return self._lost(piece, "there is no word in it")
        words = [self._starred(word, piece, in_phrase=True) for word in inner.replace('"', " ").split()]
        return _Part(f'"{" ".join(word for word in words if word)}"', is_spot=True)

    def _exact(self, piece: Piece, inner: str) -> _Part | None:
        words = _LETTERS.findall(inner)
        if not words:
            return self._lost(piece, "there is no word in it")
        if "".join(words) != inner.replace(" ", ""):
            self._note(piece, f"{piece.text} became {' '.join(words)}: only letters and digits are compared")
        return _Part(f"={words[0]}" if len(words) == 1 else f'="{" ".join(words)}"', is_spot=True)

    def _word(self, piece: Piece) -> _Part | None:
        if piece.text.startswith("#") and self._dialect.name == "FreshRSS":
            return self._lost(piece, "there are no tags here")
        word = self._starred(piece.text, piece, in_phrase=False)
        if not _LETTERS.search(word):
            return self._lost(piece, f"beside a star at least {FEWEST_BEFORE_STAR} letters are needed, else a word")
        if word[:1] == word[-1:] == "*":
            both = word.strip("*")
            self._note(piece, f"{piece.text} became ({both}* OR *{both}): not in the middle of words")
            return _Part(f"{both}* OR *{both}", "OR", is_spot=True)
        return _Part(self._quoted(word), is_spot=True)

    def _starred(self, word: str, piece: Piece, in_phrase: bool) -> str:
        """Stars where we may have them: `organi?ation` becomes `organi*`."""
        starred = word.replace("?", "*") if re.search(r"\w\?|\?\w", word) and not in_phrase else word.replace("?", "")
        begins = starred.startswith("*")
        bare = starred.strip("*")
        head = bare.partition("*")[0]
        ours = ("*" if begins else "") + head + ("*" if starred.endswith("*") or head != bare else "")
        letters = len("".join(_LETTERS.findall(head)))
        if "*" in ours and letters < FEWEST_BEFORE_STAR:
            return ""
        if in_phrase and ours[:1] == ours[-1:] == "*":
            ours = ours[1:]
        if ours != word:
            self._note(piece, f"{word} became {ours}: a star stands only at the end of a word or at its beginning")
        return ours

    def _quoted(self, word: str) -> str:
        """Bare where our language can read it so as a word."""
        if _PLAIN.fullmatch(word):
            try:
                parse_query(word)
            except QueryError:
                return f'"{word}"'
            return word
        return f'"{word}"'

    def _lost(self, piece: Piece, why: str) -> _Part | None:
        self._note(piece, f"{piece.text} was left out: {why}")
        return None

    def _note(self, piece: Piece, message: str) -> None:
        self.notes[Note(piece.position, message)] = None

    def _next(self) -> str:
        return self._pieces[self._at].kind if self._at < len(self._pieces) else ""

    def _end(self) -> int:
        last = self._pieces[self._at - 1]
        return last.position + len(last.text)

    def _take(self, kind: str) -> Piece | None:
        if self._next() != kind:
            return None
        self._at += 1
        return self._pieces[self._at - 1]

    def _error(self, message: str) -> QueryError:
        position = self._pieces[self._at].position if self._at < len(self._pieces) else len(self._text)
        return QueryError(message, position, self._text)

    def deeper(self, steps: int) -> None:
        self._depth += steps
        if self._depth > 3 * DEEPEST:
            raise self._error(f"Brackets may stand {DEEPEST} deep")


class _Deeper:
    """Counts how deep the reader is, so that no query exhausts the stack."""

    def __init__(self, reader: _Reader) -> None:
        self._reader = reader

    def __enter__(self) -> None:
        self._reader.deeper(1)

    def __exit__(self, *_: object) -> None:
        self._reader.deeper(-1)


def _joined_by_and(parts: list[_Part]) -> _Part | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    return _Part(" AND ".join(part.inside("AND", "NOT", "NEAR") for part in parts), "AND")
