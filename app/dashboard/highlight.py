"""Which words of a text carried a judgement: spans cut to pieces that a page can mark."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.records import SignalRow
from classifiers.types import Because, Label

# Direction overrides and isolates can make a title run over its neighbours (SE-05).
UNRULY = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]")
LONGEST = 420


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A signal's title and text, each in pieces."""

    title: tuple[Piece, ...]
    text: tuple[Piece, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(piece.text for piece in (*self.title, *self.text) if piece.is_marked)


def mark(signal: SignalRow, labels: Iterable[Label], least: float = 0.0) -> Marked:
    """The pieces of a signal with the words that carried its topics; words that spoke against one are not marked."""
    topics = (label for label in labels if label.kind == "topic")
    spans = [because for label in topics for because in label.because if because.weight > least]
    passage = signal.passage
    border = len(signal.title)
    merged = merge(spans, len(passage))
    title = cut(signal.title, [(start, min(end, border)) for start, end in merged if start < border])
    behind = border + 1
    text = cut(signal.text, [(max(start - behind, 0), end - behind) for start, end in merged if end > behind])
    return Marked(title, shorten(text, LONGEST))


def merge(spans: Iterable[Because], length: int) -> list[tuple[int, int]]:
    """Spans within a text of that length, in order, those that touch made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((one.start, one.end) for one in spans if 0 <= one.start < one.end <= length):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def cut(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """
    >>> [piece.text for piece in cut("the tap is dry", [(4, 7)])]
    ['the ', 'tap', ' is dry']
    """
    pieces = []
    place = 0
    for start, end in spans:
        pieces += [Piece(text[place:start]), Piece(text[start:end], is_marked=True)]
        place = end
    pieces.append(Piece(text[place:]))
    return tuple(Piece(plain(piece.text), piece.is_marked) for piece in pieces if piece.text)


def shorten(pieces: tuple[Piece, ...], most: int) -> tuple[Piece, ...]:
    """At most so many characters, cut at a word."""
    kept: list[Piece] = []
    room = most
    for piece in pieces:
        if len(piece.text) > room:
            words = piece.text[:room].rsplit(" ", 1)[0] if not piece.is_marked else ""
            kept.append(Piece(f"{words} …", False))
            break
        kept.append(piece)
        room -= len(piece.text)
    return tuple(kept)


def plain(text: str) -> str:
    return UNRULY.sub("", text)
