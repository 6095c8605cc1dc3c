"""Where items are on their way: claim those that wait at a stage, pass them on, set the bad ones aside."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import progress

TRIES = 3


async def claim(connection: AsyncConnection, stage: str, limit: int) -> list[int]:
    """Items that wait at a stage, oldest first, locked until the transaction ends; others skip them."""
    waiting = (
        select(progress.c.item_id)
        .where(progress.c.stage == stage, progress.c.quarantined_at.is_(None))
        .order_by(progress.c.item_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await connection.scalars(waiting)).all())


async def claim_one(connection: AsyncConnection, stage: str, item_id: int) -> bool:
    """Lock one item that waits at a stage; False: another worker has it, or it has moved on."""
    row = (
        select(progress.c.item_id)
        .where(progress.c.item_id == item_id, progress.c.stage == stage, progress.c.quarantined_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    return (await connection.execute(row)).first() is not None


async def pass_on(connection: AsyncConnection, ids: Sequence[int], stage: str | None) -> None:
    """Send items to the next stage; None: they have arrived."""
    here = progress.c.item_id.in_(ids)
    if stage is None:
        await connection.execute(delete(progress).where(here))
    else:
        await connection.execute(update(progress).where(here).values(stage=stage, attempts=0, error=""))


async def record_failure(connection: AsyncConnection, item_id: int, error: str, now: datetime) -> bool:
    """Count a failed try. True: that was the last one, and the item is set aside."""
    tried = (
        update(progress)
        .where(progress.c.item_id == item_id)
        .values(attempts=progress.c.attempts + 1, error=error[:2000])
        .returning(progress.c.attempts)
    )
    attempts = (await connection.execute(tried)).scalar_one_or_none() or 0
    if attempts < TRIES:
        return False
    await connection.execute(update(progress).where(progress.c.item_id == item_id).values(quarantined_at=now))
    return True
