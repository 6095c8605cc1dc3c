"""Running processes, the state of the migrations, and totals for the metrics."""

from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.schema import Table

from app.records import Totals
from app.schema.alert import alert
from app.schema.delivery import delivery
from app.schema.item import item, progress
from app.schema.node import node
from app.schema.signal import signal
from app.schema.source import source, source_status
from app.storage.seeing import not_of_restricted, not_restricted
from signals.types import Sensitivity

AWAKE = timedelta(seconds=60)
OPEN_ITEM = item.c.sensitivity != Sensitivity.RESTRICTED  # whoever reads figures may not see restricted tips


async def count_workers(connection: AsyncConnection, now: datetime) -> int:
    """`work` processes seen in the last minute."""
    query = select(func.count()).where(node.c.role == "work", node.c.seen_at > now - AWAKE)
    return await connection.scalar(query) or 0


async def read_totals(connection: AsyncConnection, now: datetime) -> Totals:
    health = await connection.execute(
        select(source_status.c.health, func.count())
        .join(source, source.c.id == source_status.c.source_id)
        .where(source.c.is_active)
        .group_by(source_status.c.health)
    )
    return Totals(
        items=await connection.scalar(select(func.count()).select_from(item).where(OPEN_ITEM)) or 0,
        signals=await connection.scalar(select(func.count()).where(not_restricted(signal.c.id)).select_from(signal))
        or 0,
        alerts=await count_by(connection, alert, alert.c.state, not_restricted(alert.c.story_id)),
        sources={row[0]: row[1] for row in health},
        deliveries=await count_by(connection, delivery, delivery.c.state, not_of_restricted(delivery.c.transition_id)),
        waiting=await count_by(
            connection, progress, progress.c.stage, exists().where(item.c.id == progress.c.item_id, OPEN_ITEM)
        ),
        quarantined=await connection.scalar(
            select(func.count()).where(progress.c.quarantined_at.is_not(None)).select_from(progress)
        )
        or 0,
        workers=await count_workers(connection, now),
    )


async def count_by(
    connection: AsyncConnection, table: Table, column: Column[str], which: ColumnElement[bool]
) -> dict[str, int]:
    rows = await connection.execute(select(column, func.count()).select_from(table).where(which).group_by(column))
    return {row[0]: row[1] for row in rows}
