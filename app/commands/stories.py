"""`forkant stories`: groups the items of an archive into stories, one by one as live, and marks copies."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypedDict

import typer

from app.commands.archive import Archive, ArchiveItem, ArchiveSignals
from app.commands.files import STANDARD, created, refuse_the_same_file, shown, usable_arguments, write_line
from signals.dedupe import CopyIndex
from signals.living_stories import WINDOW
from signals.stories import StoryIndex

# Live, the group stage looks for merges after each batch or minute.
MERGE_EVERY_ITEMS = 100
MERGE_EVERY = timedelta(seconds=60)


class Row(TypedDict):
    """One line of the output. `first`: the item opened its story."""

    id: str
    story: str
    copy_of: str | None
    copy_kind: str | None
    first: bool


def stories(
    archive: Annotated[Path, typer.Argument(help="Items as JSON Lines; - for standard input, .gz is unpacked.")],
    out: Annotated[Path, typer.Option(help="Where to write; - for standard output, .gz packs.")] = STANDARD,
    final: Annotated[bool, typer.Option("--final", help="Give the story after all merges.")] = False,
) -> None:
    """Say for each item of an archive which story it tells, and what it copies."""
    with usable_arguments():
        refuse_the_same_file(archive, out)
        read = Archive(archive)
        items = shown(read.by_seen_at(), "Grouping", out, read.console)
        grouping = _Grouping()
        with created(out) as target:
            for row in grouping.final_rows(items) if final else grouping.rows(items):
                write_line(target, row)
    read.finish()


class _Grouping:
    """The same indexes as live, without a database."""

    def __init__(self) -> None:
        self._signals = ArchiveSignals()
        self._copies = CopyIndex()
        self._stories = StoryIndex()
        self._names = [""]  # an item's own id, by its number
        self._story_by_signal: dict[int, int] = {}
        self._merged: dict[int, int] = {}
        self._unmerged = 0
        self._merged_at: datetime | None = None

    def rows(self, items: Iterable[ArchiveItem]) -> Iterator[Row]:
        """Online and without look-ahead: a row is what was known when its item came."""
        for item in items:
            self._merge_where_due(item.seen_at)
            yield self._row(item)

    def final_rows(self, items: Iterable[ArchiveItem]) -> Iterator[Row]:
        """The same, told when all is known: stories have the names that they have after all merges."""
        rows = list(self.rows(items))
        if self._merged_at:
            self._merge(self._merged_at)
        for number, row in enumerate(rows, start=1):
            story = self._names[self._story_of(number)]
            yield Row(
                id=row["id"],
                story=story,
                copy_of=row["copy_of"],
                copy_kind=row["copy_kind"],
                first=story == row["id"],
            )

    def _row(self, item: ArchiveItem) -> Row:
        edited = self._signals.numbers.get(item.edit_of)
        signal = self._signals.to_signal(item)
        self._names.append(item.id)
        copy = self._copies.add(signal, edited)
        membership = self._stories.add(signal, self._story_of(copy.of) if copy else None)
        self._story_by_signal[signal.id] = membership.story_id
        return Row(
            id=item.id,
            story=self._names[membership.story_id],
            copy_of=self._names[copy.of] if copy else None,
            copy_kind=copy.kind.value if copy else None,
            first=membership.is_first,
        )

    def _story_of(self, signal_id: int) -> int:
        story_id = self._story_by_signal[signal_id]
        while story_id in self._merged:
            story_id = self._merged[story_id]
        return story_id

    def _merge_where_due(self, now: datetime) -> None:
        self._merged_at = self._merged_at or now
        if self._unmerged >= MERGE_EVERY_ITEMS or (self._unmerged and now - self._merged_at >= MERGE_EVERY):
            self._merge(now)
            self._stories.forget(now - WINDOW)
        self._unmerged += 1

    def _merge(self, now: datetime) -> None:
        self._merged |= dict(self._stories.merges(now))
        self._unmerged, self._merged_at = 0, now
