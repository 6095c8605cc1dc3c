"""Where in a signal the words stand that brought it to a watch."""

from collections.abc import Callable, Iterator

from classifiers.watches.matching import Sight, Span, holds, overlap, places_of, sentences, spans_at
from classifiers.watches.query import Both, Either, Near, Neither, Node, Phrase, Saved, Sentence, Word, Zone
from classifiers.watches.wording import Written, letters_of

RootOf = Callable[[str], Node | None]


def spans_of(root: Node, sight: Sight, said: Written, root_of: RootOf) -> tuple[Span, ...]:
    """From which letter to which, in title, line break, text; words that must not be there are none of them."""
    letters = letters_of(said)
    places = sorted(set(_carrying(root, sight, sight.wording.whole, root_of)))
    return tuple(letters[place] for place in places if place in letters)


def _carrying(node: Node, sight: Sight, within: range, root_of: RootOf) -> Iterator[int]:
    """The places of what holds."""
    match node:
        case Word():
            yield from places_of(node, sight, within)
        case Phrase():
            for first, last in spans_at(node, sight, within):
                yield from range(first, last + 1)
        case Near(left, right):
            if holds(node, sight, within):
                for spot in (*left, *right):
                    yield from _carrying(spot, sight, within, root_of)
        case Both(parts) | Either(parts):
            for part in parts:
                if holds(part, sight, within):
                    yield from _carrying(part, sight, within, root_of)
        case Zone(name, part):
            zone = sight.wording.title if name == "title" else sight.wording.lead
            yield from _carrying(part, sight, overlap(zone, within), root_of)
        case Sentence(part):
            for sentence in sentences(part, sight, within):
                if holds(part, sight, sentence):
                    yield from _carrying(part, sight, sentence, root_of)
        case Saved(name):
            inner = root_of(name)
            if inner is not None and sight.saved(name):
                yield from _carrying(inner, sight, within, root_of)
        case Neither():
            return
