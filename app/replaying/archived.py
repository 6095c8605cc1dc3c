"""Makes of the items of an archive what a replay plays."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from app.commands.archive import ArchiveItem, ArchiveSignals, given_item
from app.replaying.heard import Heard
from signals.item_text import content_hash, storable_item
from signals.normalise import normalise
from signals.types import Item, Source


def heard_of(items: Iterable[ArchiveItem]) -> Iterator[Heard]:
    """The items of an archive, in order of when they were seen, as polls of that moment would have brought them."""
    reader = _ArchiveReader()
    sources = ArchiveSignals()
    placed = ((sources.source_of(item), item) for item in items)
    for (seen_at, _), group in groupby(placed, key=lambda one: (one[1].seen_at, one[0].id)):
        by_guid: dict[str, tuple[Source, ArchiveItem, Item]] = {}
        for source, item in group:
            given = storable_item(given_item(item))
            by_guid[given.guid] = (source, item, given)  # of two versions at one moment the later stays
        for source, item, given in by_guid.values():
            if one := reader.read(source, item.id, given, seen_at):
                yield one


class _ArchiveReader:
    """Numbers the items and makes signals of them; what a source has said in the same words before is passed over."""

    def __init__(self) -> None:
        self._versions: dict[tuple[int, str], tuple[int, frozenset[str]]] = {}  # latest signal, hashes so far
        self._languages: dict[int, Mapping[str, float]] = {}
        self._count = 0

    def read(self, source: Source, name: str, item: Item, seen_at: datetime) -> Heard | None:
        key, words = (source.id, item.guid), content_hash(item)
        before, hashes = self._versions.get(key, (None, frozenset()))
        if words in hashes:
            return None
        self._count += 1
        self._versions[key] = (self._count, hashes | {words})
        where = replace(source, address=f"archive:{source.id}")
        prior = self._languages.get(source.id, {})
        signal, self._languages[source.id] = normalise(self._count, item, where, prior, seen_at)
        return Heard(signal, name, before)
