"""An organisation's own canaries."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Caller
from app.records.learning import CanaryRow
from app.schema.learning import canary
from classifiers.canaries import Canary


async def list_canaries(connection: AsyncConnection, organisation_id: int) -> tuple[CanaryRow, ...]:
    rows = await connection.execute(
        select(canary).where(canary.c.organisation_id == organisation_id).order_by(canary.c.id)
    )
    return tuple(map(_to_row, rows))


async def load_canaries(connection: AsyncConnection, organisation_id: int) -> tuple[Canary, ...]:
    """As models are judged by them."""
    return tuple(
        Canary(row.text, row.language, frozenset(row.must), frozenset(row.must_not))
        for row in await list_canaries(connection, organisation_id)
    )


async def add_canary(connection: AsyncConnection, caller: Caller, new: Canary, note: str, now: datetime) -> CanaryRow:
    values = {
        "organisation_id": caller.organisation_id,
        "text": new.text,
        "language": new.language,
        "must": sorted(new.must),
        "must_not": sorted(new.must_not),
        "note": note,
        "made_by": caller.name,
        "made_at": now,
    }
    return _to_row((await connection.execute(insert(canary).values(values).returning(canary))).one())


async def remove_canary(connection: AsyncConnection, organisation_id: int, canary_id: int) -> bool:
    removed = await connection.execute(
        delete(canary)
        .where(canary.c.organisation_id == organisation_id, canary.c.id == canary_id)
        .returning(canary.c.id)
    )
    return removed.first() is not None


def _to_row(row: Row[Any]) -> CanaryRow:
    return CanaryRow(
        id=row.id,
        text=row.text,
        language=row.language,
        must=tuple(row.must),
        must_not=tuple(row.must_not),
        note=row.note,
        made_by=row.made_by,
        made_at=row.made_at,
    )
