"""Whether we hear what we mean to hear, as stored."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.signal import signal
from app.schema.source import source, source_status


@dataclass(frozen=True, slots=True)
class Hearing:
    """Active sources by health, and the last signs of life."""

    by_health: dict[str, int]
    last_poll_at: datetime | None
    last_signal_at: datetime | None


async def read_hearing(connection: AsyncConnection, organisation_id: int) -> Hearing:
    health = func.coalesce(source_status.c.health, "new")
    mine = source.c.organisation_id == organisation_id
    rows = (
        await connection.execute(
            select(
                health.label("health"),
                func.count().label("sources"),
                func.max(source_status.c.last_polled_at).label("polled"),
            )
            .select_from(source)
            .outerjoin(source_status, source_status.c.source_id == source.c.id)
            .where(mine, source.c.is_active)
            .group_by(health)
        )
    ).all()
    last_signal_at = await connection.scalar(
        select(signal.c.seen_at)
        .join(source, source.c.id == signal.c.source_id)
        .where(mine)
        .order_by(signal.c.seen_at.desc())
        .limit(1)
    )
    polled = [row.polled for row in rows if row.polled is not None]
    return Hearing({row.health: row.sources for row in rows}, max(polled, default=None), last_signal_at)
