"""What normalise, dedupe, classify and group make of what was heard in a replay: the same functions, into memory."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from app.replaying.heard import Heard
from app.replaying.past import Past
from app.stages.dedupe import compare
from app.stages.desk import STORIES_REMEMBERED
from app.stages.group import link, place
from classifiers.types import Label
from classifiers.watches import QueryError, WatchBook
from classifiers.watches.parsing import parse_query
from classifiers.watches.query import Attribute, Node, children
from classifiers.watches.terms import WatchTerms
from signals.dedupe import CopyIndex
from signals.links import LinkIndex
from signals.stories import StoryIndex
from signals.types import Signal

Value = TypeVar("Value")
Labeller = Callable[[Sequence[Signal]], list[tuple[Label, ...]]]

BATCH = 500  # as live: stories are compared with each other after so many signals
AHEAD = 2000  # signals are labelled so many at a time: a label depends on its signal alone
OF_LABELS = frozenset({"topic", "tone", "group"})


@dataclass(frozen=True, slots=True)
class Read:
    """A signal with its labels, where a watch may want them, and the watches that it hits."""

    heard: Heard
    labels: tuple[Label, ...]
    hits: tuple[int, ...]


class Reader:
    """Labels what watches may hit, and finds the hits."""

    def __init__(self, terms: Sequence[WatchTerms], label: Labeller) -> None:
        self._book = WatchBook(terms)
        self._label = label
        self._is_label_asked = any(_asks_labels(one.query) for one in terms)

    def read(self, heard: Iterable[Heard]) -> Iterator[Read]:
        for batch in _batches(heard, AHEAD):
            yield from self._read(batch)

    def _read(self, batch: Sequence[Heard]) -> Iterator[Read]:
        hits = {} if self._is_label_asked else self._hits(batch, {})
        wanted = [one for one in batch if one.labels is None and (self._is_label_asked or hits[one.signal.id])]
        found = self._label([one.signal for one in wanted]) if wanted else []
        labels = {one.signal.id: one.labels for one in batch if one.labels is not None}
        labels |= {one.signal.id: each for one, each in zip(wanted, found, strict=True)}
        hits = self._hits(batch, labels) if self._is_label_asked else hits
        for one in batch:
            yield Read(one, labels.get(one.signal.id, ()), hits[one.signal.id])

    def _hits(self, batch: Sequence[Heard], labels: dict[int, tuple[Label, ...]]) -> dict[int, tuple[int, ...]]:
        return {one.signal.id: self._book.match(one.signal, labels.get(one.signal.id, ())) for one in batch}


def _asks_labels(query: str) -> bool:
    try:
        root = parse_query(query).root
    except QueryError:  # it rests, as live
        return False
    waiting: list[Node] = [root] if root else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Attribute) and node.name in OF_LABELS:
            return True
        waiting += children(node)
    return False


class Desk:
    """Compares what is read with what was read before, and writes it into the past."""

    def __init__(self, past: Past) -> None:
        self._past = past
        self._copies, self._tips, self._stories = CopyIndex(), CopyIndex(), StoryIndex()
        self._links = LinkIndex(self._stories.frequencies)

    def take(self, read: Sequence[Read], now: datetime) -> None:
        for batch in _batches(read, BATCH):
            self._compare(batch)
        for one in read:
            self._note_hits(one)
        for batch in _batches(read, BATCH):
            self._group(batch, now)

    def _compare(self, batch: Sequence[Read]) -> None:
        for one in batch:
            self._past.put(one.heard.signal, is_backlog=one.heard.is_backlog)
        edits = {one.heard.signal.id: one.heard.edit_of for one in batch if one.heard.edit_of is not None}
        signals = [one.heard.signal for one in batch]
        self._past.mark_copies(*compare(self._copies, self._tips, signals, edits))

    def _note_hits(self, one: Read) -> None:
        signal = self._past.signals[one.heard.signal.id]
        is_undated = one.heard.is_backlog and signal.said_at is None
        if one.hits:
            self._past.put_labels(signal.id, one.labels)
        for watch_id in one.hits:
            self._past.hits[watch_id].add(signal, is_late=one.heard.is_late, is_undated=is_undated)

    def _group(self, batch: Sequence[Read], now: datetime) -> None:
        signals = [self._past.signals[one.heard.signal.id] for one in batch]
        known = self._past.stories_of(signal.copy_of for signal in signals)
        memberships = place(self._stories, signals, known)
        merges = self._stories.merges(now)
        self._past.tell(memberships, merges)
        self._past.link(link(self._links, memberships, merges, now))
        self._stories.forget(now - STORIES_REMEMBERED)


def _batches(values: Iterable[Value], size: int) -> Iterator[Sequence[Value]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
