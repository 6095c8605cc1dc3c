"""All sources at once, without their health: to compare with a reading list, to write one, to add many."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import SourceDraft
from app.schema.source import source, source_status
from app.storage.source_health import DEFAULT_INTERVAL, to_source, to_values
from signals.types import Source


async def list_places(
    connection: AsyncConnection, organisation_id: int, active_only: bool = False
) -> tuple[Source, ...]:
    """The newest first."""
    query = select(source).where(source.c.organisation_id == organisation_id).order_by(source.c.id.desc())
    if active_only:
        query = query.where(source.c.is_active)
    return tuple(to_source(row) for row in await connection.execute(query))


async def add_many(
    connection: AsyncConnection, organisation_id: int, drafts: Sequence[SourceDraft], now: datetime
) -> int:
    """How many were not there yet. They are due at once: the collector spreads its visits by host."""
    if not drafts:
        return 0
    values = [to_values(draft) | {"organisation_id": organisation_id, "created_at": now} for draft in drafts]
    adding = insert_unless(source).on_conflict_do_nothing().returning(source.c.id)
    added = list((await connection.scalars(adding, values)).all())
    if added:
        due = [{"source_id": source_id, "next_poll_at": now, "every": DEFAULT_INTERVAL} for source_id in added]
        await connection.execute(insert(source_status), due)
    return len(added)
