"""Where each organisation's learning stands: who is at it, when it was last tried, and what came of it."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.learning import learning
from app.schema.organisation import organisation

LEASE = timedelta(minutes=30)  # whoever has not come back by then has died


async def organisations(connection: AsyncConnection) -> tuple[int, ...]:
    """All, each with a row of its own from now on."""
    ids = tuple((await connection.scalars(select(organisation.c.id).order_by(organisation.c.id))).all())
    if ids:
        rows = [{"organisation_id": number} for number in ids]
        await connection.execute(insert(learning).values(rows).on_conflict_do_nothing())
    return ids


async def read(connection: AsyncConnection, organisation_id: int) -> tuple[datetime | None, str]:
    """When a training last began, and what came of it."""
    row = (await connection.execute(select(learning).where(learning.c.organisation_id == organisation_id))).first()
    return (row.tried_at, row.note) if row else (None, "")


async def take_lease(connection: AsyncConnection, organisation_id: int, now: datetime) -> bool:
    """May we train for it? False: somebody else is at it."""
    free = or_(learning.c.lease_until.is_(None), learning.c.lease_until <= now)
    taken = await connection.execute(
        update(learning)
        .where(learning.c.organisation_id == organisation_id, free)
        .values(lease_until=now + LEASE, tried_at=now)
        .returning(learning.c.organisation_id)
    )
    return taken.first() is not None


async def give_back(connection: AsyncConnection, organisation_id: int, note: str) -> None:
    await connection.execute(
        update(learning).where(learning.c.organisation_id == organisation_id).values(lease_until=None, note=note)
    )


async def take_turn_to_ask(connection: AsyncConnection, organisation_id: int, now: datetime, every: timedelta) -> bool:
    """Is it time to choose questions? Whoever is told so does it."""
    due = or_(learning.c.asked_at.is_(None), learning.c.asked_at <= now - every)
    taken = await connection.execute(
        update(learning)
        .where(learning.c.organisation_id == organisation_id, due)
        .values(asked_at=now)
        .returning(learning.c.organisation_id)
    )
    return taken.first() is not None


async def ask_again_at(connection: AsyncConnection, organisation_id: int, at: datetime) -> None:
    """Count as asked at another time than now."""
    await connection.execute(update(learning).where(learning.c.organisation_id == organisation_id).values(asked_at=at))
