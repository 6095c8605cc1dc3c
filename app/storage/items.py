"""Items as they come in from a poll."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.queries import query
from signals.item_text import content_hash, storable_item
from signals.types import Item


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the items of one poll."""

    stored: int = 0
    edited: int = 0
    known: int = 0


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
    # Cutting a name short may make two items one: the first stays, as in the document.
    storable = list({item.guid: item for item in map(storable_item, reversed(items))}.values())[::-1]
    if not storable:
        return Counts(known=len(items))
    row = (
        await connection.execute(
            query("items.store"),
            {
                "source_id": source_id,
                "poll_id": poll_id,
                "now": now,
                "is_backlog": is_backlog,
                "guids": [item.guid for item in storable],
                "titles": [item.title for item in storable],
                "summaries": [item.summary for item in storable],
                "urls": [item.url for item in storable],
                "authors": [item.author for item in storable],
                "categories": ["\x1f".join(item.categories) for item in storable],
                "said_ats": [item.said_at for item in storable],
                "languages": [item.language for item in storable],
                "hashes": [content_hash(item) for item in storable],
            },
        )
    ).one()
    return Counts(row.stored, row.edited, len(items) - row.stored - row.edited)
