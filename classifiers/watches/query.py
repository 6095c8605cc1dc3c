"""A query as it was understood: a tree of frozen values."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """Which written forms a word stands for; classifiers.watches.forms says exactly which."""

    LOOSE = "loose"  # inflected, and as a part of compounds
    INFLECTED = "inflected"
    EXACT = "exact"
    CASED = "cased"  # exact, and upper and lower case count
    BEGINNING = "beginning"
    END = "end"


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    form: Form = Form.LOOSE


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words side by side; `joined` is the same in one word, as epost for e-post."""

    words: tuple[Word, ...]
    joined: Word | None = None


Spot = Word | Phrase  # what stands at a place in the text


@dataclass(frozen=True, slots=True)
class Near:
    """One of `left` and one of `right` with at most `distance` words between them."""

    left: tuple[Spot, ...]
    right: tuple[Spot, ...]
    distance: int
    in_order: bool


@dataclass(frozen=True, slots=True)
class Both:
    """AND: all of them."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """OR: one of them, or more."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Neither:
    """NOT."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Zone:
    """Looks in the title, or in the title and the first two sentences."""

    name: str  # title or lead
    part: "Node"


@dataclass(frozen=True, slots=True)
class Sentence:
    """All within one sentence."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Attribute:
    """Not the text but something known of the signal: its source, language, topic ..."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What another watch matches."""

    name: str


Node = Word | Phrase | Near | Both | Either | Neither | Zone | Sentence | Attribute | Saved


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be read. Without a root it matches everything."""

    text: str
    root: Node | None

    def words(self) -> tuple[Word, ...]:
        """The words it looks for, each once."""
        return tuple(dict.fromkeys(words_in(self.root))) if self.root else ()

    def watches(self) -> tuple[str, ...]:
        """Names of the watches inside it."""
        return tuple(dict.fromkeys(saved_in(self.root))) if self.root else ()

    def explain(self) -> str:
        """How it was understood, an indented line for each part."""
        from classifiers.watches.explaining import explain

        return explain(self.root)


def children(node: Node) -> tuple[Node, ...]:
    match node:
        case Phrase(words, joined):
            return (*words, joined) if joined else words
        case Near(left, right):
            return left + right
        case Both(parts) | Either(parts):
            return parts
        case Neither(part) | Zone(_, part) | Sentence(part):
            return (part,)
        case _:
            return ()


def words_in(node: Node) -> Iterator[Word]:
    if isinstance(node, Word):
        yield node
    for child in children(node):
        yield from words_in(child)


def saved_in(node: Node) -> Iterator[str]:
    if isinstance(node, Saved):
        yield node.name
    for child in children(node):
        yield from saved_in(child)


def holds_on_nothing(node: Node) -> bool:
    """Whether it matches a signal in which nothing of it stands: then it would match almost everything."""
    match node:
        case Neither(part):
            return not holds_on_nothing(part)
        case Both(parts):
            return all(holds_on_nothing(part) for part in parts)
        case Either(parts):
            return any(holds_on_nothing(part) for part in parts)
        case Zone(_, part) | Sentence(part):
            return holds_on_nothing(part)
        case _:
            return False
