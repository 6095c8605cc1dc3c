"""Items as they come in from a poll."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, bindparam, delete, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item
from app.storage.queries import query
from signals.item_text import content_hash, storable_item
from signals.oddities import Timing
from signals.types import Item


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the items of one poll."""

    stored: int = 0
    edited: int = 0
    known: int = 0
    ids: tuple[int, ...] = ()  # of those stored, oldest first
    said: tuple[datetime | None, ...] = ()  # and the times that they claim


@dataclass(frozen=True, slots=True)
class Brought:
    """What one poll of a source brought home."""

    source_id: int
    poll_id: int
    items: Sequence[Item]
    is_backlog: bool
    now: datetime


async def store_items(
    connection: AsyncConnection,
    source_id: int,
    poll_id: int,
    items: Sequence[Item],
    *,
    is_backlog: bool,
    now: datetime,
) -> Counts:
    """Store what is new or edited among the items and send it on its way; what was known adds nothing."""
    (counts,) = await store_all(connection, [Brought(source_id, poll_id, items, is_backlog, now)])
    return counts


async def store_all(connection: AsyncConnection, polls: Sequence[Brought]) -> list[Counts]:
    """The same for several polls, of a source each, in one statement: one answer for each, in their order."""
    given = [(place, item) for place, poll in enumerate(polls, start=1) for item in _to_store(poll.items)]
    if not given:
        return [Counts(known=len(poll.items)) for poll in polls]
    items = [item for _, item in given]
    rows = await connection.execute(
        query("items.store"),
        {
            "source_ids": [poll.source_id for poll in polls],
            "poll_ids": [poll.poll_id for poll in polls],
            "seen_ats": [poll.now for poll in polls],
            "backlogs": [poll.is_backlog for poll in polls],
            "polls": [place for place, _ in given],
            "guids": [item.guid for item in items],
            "titles": [item.title for item in items],
            "summaries": [item.summary for item in items],
            "urls": [item.url for item in items],
            "authors": [item.author for item in items],
            "categories": ["\x1f".join(item.categories) for item in items],
            "said_ats": [item.said_at for item in items],
            "languages": [item.language for item in items],
            "hashes": [content_hash(item) for item in items],
        },
    )
    found = {row.source_id: row for row in rows}
    return [_counts(poll, found.get(poll.source_id)) for poll in polls]


def _to_store(items: Sequence[Item]) -> list[Item]:
    """Oldest first. Cutting a name short may make two items one: the first of the document stays."""
    return list({item.guid: item for item in map(storable_item, reversed(items))}.values())


def _counts(poll: Brought, row: Row[tuple[object, ...]] | None) -> Counts:
    if row is None:
        return Counts(known=len(poll.items))
    known = len(poll.items) - row.stored - row.edited
    return Counts(row.stored, row.edited, known, tuple(row.ids or ()), tuple(row.said or ()))


async def take_back_renamed(connection: AsyncConnection, counts: Counts, guids: Collection[str], few: int) -> Counts:
    """Items just stored whose words the source said before under a name that its document has no more.

    Where they are at least `few`, and half of what was stored, what we have takes the new name, and nothing is new.
    """
    ids = list(counts.ids)
    found = (await connection.execute(query("items.renamed"), {"ids": ids, "present": sorted(guids)})).all()
    if len(found) < max(few, len(ids) / 2):
        return counts
    await connection.execute(delete(item).where(item.c.id.in_([row.id for row in found])))
    await connection.execute(
        update(item)
        .where(item.c.source_id == bindparam("of_source"), item.c.guid == bindparam("old"))
        .values(guid=bindparam("new")),
        [{"of_source": row.source_id, "old": row.old_guid, "new": row.guid} for row in found],
    )
    gone = {row.id for row in found}
    left = [(key, at) for key, at in zip(counts.ids, counts.said, strict=True) if key not in gone]
    return replace(
        counts,
        stored=len(left),
        known=counts.known + len(gone),
        ids=tuple(key for key, _ in left),
        said=tuple(at for _, at in left),
    )


async def note_timing(connection: AsyncConnection, ids: Sequence[int], timing: Timing) -> None:
    """Say what the times of items are worth. Those that are not believed count as a backlog."""
    is_backlog = {"is_backlog": True} if timing is Timing.REDATED else {}
    await connection.execute(update(item).where(item.c.id.in_(ids)).values(timing=timing, **is_backlog))
