"""Whether a query holds for one signal, given where its words stand."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import merge
from typing import Protocol

from classifiers.types import Label, LabelKind
from classifiers.watches.index import WordIndex
from classifiers.watches.query import (
    Attribute,
    Both,
    Either,
    Near,
    Neither,
    Node,
    Phrase,
    Saved,
    Sentence,
    Spot,
    Word,
    Zone,
    words_in,
)
from classifiers.watches.wording import Wording
from signals.languages import fold, tokens

Span = tuple[int, int]  # first and last place

_LETTERS = re.compile(r"[^\W_]+")


class Said(Protocol):
    """What a query reads of a signal; a row of a database holds it too."""

    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    @property
    def family(self) -> str: ...
    @property
    def stakeholder(self) -> str: ...


class Sight:
    """All that a query may look at: one signal, taken apart once for all watches, and no further than they ask."""

    def __init__(self, signal: Said, labels: Sequence[Label], index: WordIndex, saved: Callable[[str], bool]) -> None:
        self.signal, self.labels = signal, labels
        self.saved = saved  # whether the watch of that name matches the signal
        self._index = index
        # Numbers of the words that stand in it.
        self.present = index.found_among(self._written(), signal.language) if len(index) else set[int]()

    def _written(self) -> Collection[str]:
        """The words as they are written, each once; with less work than `wording`, which knows a genitive 's."""
        both = f"{self.signal.title}\n{self.signal.text}"
        written = set(_LETTERS.findall(both if both.isascii() else unicodedata.normalize("NFC", both)))
        return set(self.wording.words) if "s" in written or "S" in written else written

    @cached_property
    def wording(self) -> Wording:
        return Wording.of(self.signal)

    @cached_property
    def _places(self) -> Mapping[int, Sequence[int]]:
        return self._index.places_in(self.wording, self.signal.language)

    def places_of(self, word: Word) -> Sequence[int]:
        """Where the word stands, in order."""
        return self._places.get(self._index.number_of(word), ())


def holds(node: Node, sight: Sight, within: range) -> bool:
    match node:
        case Word():
            return bool(places_of(node, sight, within))
        case Phrase():
            return any(True for _ in spans_at(node, sight, within))
        case Near():
            return _is_near(node, sight, within)
        case Both(parts):
            return all(holds(part, sight, within) for part in parts)
        case Either(parts):
            return any(holds(part, sight, within) for part in parts)
        case Neither(part):
            return not holds(part, sight, within)
        case Zone(name, part):
            return holds(part, sight, overlap(sight.wording.title if name == "title" else sight.wording.lead, within))
        case Sentence(part):
            return any(holds(part, sight, sentence) for sentence in sentences(part, sight, within))
        case Attribute(name, value):
            return _is_known(name, value, sight)
        case Saved(name):
            return sight.saved(name)


def overlap(one: range, other: range) -> range:
    return range(max(one.start, other.start), min(one.stop, other.stop))


def places_of(word: Word, sight: Sight, within: range) -> Sequence[int]:
    places = sight.places_of(word)
    if not places:
        return ()
    return places[bisect_left(places, within.start) : bisect_left(places, within.stop)]


def spans_at(spot: Spot, sight: Sight, within: range) -> Iterator[Span]:
    if isinstance(spot, Word):
        yield from ((place, place) for place in places_of(spot, sight, within))
        return
    first, *others = [places_of(word, sight, within) for word in spot.words]
    following = [frozenset(places) for places in others]
    sides = (
        (place, place + len(following))
        for place in first
        if all(place + step in places for step, places in enumerate(following, start=1))
    )
    joined = spans_at(spot.joined, sight, within) if spot.joined else iter(())
    yield from merge(sides, joined)


def _is_near(near: Near, sight: Sight, within: range) -> bool:
    left, right = (
        sorted({span for spot in side for span in spans_at(spot, sight, within)}) for side in (near.left, near.right)
    )
    return _follows(left, right, near.distance) or (not near.in_order and _follows(right, left, near.distance))


def _follows(earlier: Sequence[Span], later: Sequence[Span], distance: int) -> bool:
    """Whether one of `later` begins after one of `earlier` ends, with at most `distance` words between."""
    begins = [begin for begin, _ in later]
    for _, end in earlier:
        place = bisect_left(begins, end + 1)
        if place < len(begins) and begins[place] - end - 1 <= distance:
            return True
    return False


def sentences(part: Node, sight: Sight, within: range) -> Iterator[range]:
    """The sentences in which any word of the part stands, each once."""
    done = -1
    for place in merge(*(places_of(word, sight, within) for word in dict.fromkeys(words_in(part)))):
        if place >= done:
            sentence = overlap(sight.wording.sentence_at(place), within)
            done = sentence.stop
            yield sentence


def _is_known(name: str, value: str, sight: Sight) -> bool:
    signal = sight.signal
    match name:
        case "source":
            return _is_named(signal.source_name, value)
        case "family":
            return _is_named(signal.family, value)
        case "lang":
            return signal.language.split("-")[0] == value
        case "group":
            return signal.stakeholder == value or _is_labelled(LabelKind.STAKEHOLDER, value, sight)
        case "tone":
            return _is_labelled(LabelKind.TONE, value, sight)
        case _:
            return _is_labelled(LabelKind.TOPIC, value, sight)


def _is_labelled(kind: LabelKind, name: str, sight: Sight) -> bool:
    return any(label.kind is kind and label.name == name for label in sight.labels)


def _is_named(name: str, value: str) -> bool:
    """Whether the words of `value` stand side by side in the name: nrk.no is found by nrk, not by nr."""
    said = f" {' '.join(map(fold, tokens(name)))} "
    asked = " ".join(map(fold, tokens(value)))
    return f" {asked}" in said if value.endswith("*") else f" {asked} " in said
