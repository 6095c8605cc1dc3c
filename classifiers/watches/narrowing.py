"""Queries that find less than a noisy one: without the word that brings most, without its compounds, in titles only."""

from collections.abc import Iterator, Sequence

from classifiers.watches.query import (
    Attribute,
    Both,
    Either,
    Form,
    Near,
    Neither,
    Node,
    Phrase,
    Saved,
    Sentence,
    Spot,
    Word,
    Zone,
    holds_on_nothing,
)

_MARKS = {Form.EXACT: "={}", Form.CASED: "={}", Form.BEGINNING: "{}*", Form.END: "*{}"}


def narrower(root: Node, noisy: Word) -> Iterator[tuple[str, str]]:
    """Each query, and in plain words what it does."""
    without = _without(root, noisy)
    if without is not None and without != root and not holds_on_nothing(without):
        yield written(without), f"leaves out {shown(noisy)}"
    if noisy.form is Form.LOOSE:
        bare = _replaced(root, noisy, Word(noisy.text, Form.INFLECTED))
        if bare != root:
            yield written(bare), f"finds {noisy.text} by itself, no longer inside compounds"
    if not isinstance(root, Zone):
        yield f"title:{_inside(root)}", "looks only in titles"


def positive_words(node: Node) -> Iterator[Word]:
    """The words that it looks for, without those that must not stand there."""
    match node:
        case Word():
            yield node
        case Phrase(words, joined):
            yield from words
            if joined:
                yield joined
        case Near(left, right):
            for spot in (*left, *right):
                yield from positive_words(spot)
        case Both(parts) | Either(parts):
            for part in parts:
                yield from positive_words(part)
        case Zone(_, part) | Sentence(part):
            yield from positive_words(part)


def shown(word: Word) -> str:
    """As it would be written in a query."""
    return _MARKS.get(word.form, "{}").format(word.text)


def written(node: Node) -> str:
    """The query of a tree."""
    match node:
        case Word(text, Form.INFLECTED):
            return f'"{text}"'
        case Word():
            return shown(node)
        case Phrase((word,), Word(form=form)):
            return f"{'=' if form in (Form.EXACT, Form.CASED) else ''}{word.text}'s"
        case Phrase(words, joined):
            return _hyphened(words) if joined else _quoted(words)
        case Near(left, right, distance, in_order):
            return f"{_side(left)} {'O' if in_order else ''}NEAR/{distance} {_side(right)}"
        case Both(parts):
            return " AND ".join(_inside(part) if isinstance(part, Either) else written(part) for part in parts)
        case Either(parts):
            return " OR ".join(map(written, parts))
        case Neither(part):
            return f"NOT {_inside(part)}"
        case Zone(name, part):
            return f"{name}:{_inside(part)}"
        case Sentence(part):
            return f"SENTENCE({written(part)})"
        case Attribute(name, value):
            return f'{name}:"{value}"' if " " in value else f"{name}:{value}"
        case Saved(name):
            return f'watch:"{name}"'


def _hyphened(words: Sequence[Word]) -> str:
    return "-".join(word.text for word in words)


def _quoted(words: Sequence[Word]) -> str:
    inner = " ".join(
        f"{word.text}*" if word.form is Form.BEGINNING else f"*{word.text}" if word.form is Form.END else word.text
        for word in words
    )
    is_exact = all(word.form in (Form.EXACT, Form.CASED) for word in words)
    return f'="{inner}"' if is_exact else f'"{inner}"'


def _side(spots: Sequence[Spot]) -> str:
    return written(spots[0]) if len(spots) == 1 else f"({' OR '.join(map(written, spots))})"


def _inside(node: Node) -> str:
    return written(node) if isinstance(node, Word | Phrase | Attribute | Saved | Zone) else f"({written(node)})"


def _without(node: Node, noisy: Word) -> Node | None:
    """Without the word where it is one of several; None: nothing would be left."""
    match node:
        case Word():
            return None if node == noisy else node
        case Either(parts):
            kept = tuple(left for part in parts if (left := _without(part, noisy)) is not None)
            return None if not kept else kept[0] if len(kept) == 1 else Either(kept)
        case Both(parts):
            every = tuple(_without(part, noisy) for part in parts)
            found = tuple(part for part in every if part is not None)
            return Both(found) if len(found) == len(parts) else None  # one part less would find more
        case Zone(name, part):
            left = _without(part, noisy)
            return None if left is None else Zone(name, left)
        case _:
            return node


def _replaced(node: Node, word: Word, other: Word) -> Node:
    match node:
        case Word():
            return other if node == word else node
        case Either(parts):
            return Either(tuple(_replaced(part, word, other) for part in parts))
        case Both(parts):
            return Both(tuple(_replaced(part, word, other) for part in parts))
        case Zone(name, part):
            return Zone(name, _replaced(part, word, other))
        case Sentence(part):
            return Sentence(_replaced(part, word, other))
        case _:
            return node
