"""The links that let colleagues in without signing in: one living at a time in each organisation."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import TipLink
from app.schema.tip import tip_link


async def find_living(connection: AsyncConnection, organisation_id: int) -> TipLink | None:
    row = (
        await connection.execute(
            select(tip_link.c.made_by, tip_link.c.made_at).where(
                tip_link.c.organisation_id == organisation_id, tip_link.c.revoked_at.is_(None)
            )
        )
    ).first()
    return TipLink(row.made_by, row.made_at) if row else None


async def revoke(connection: AsyncConnection, organisation_id: int, now: datetime) -> None:
    living = (tip_link.c.organisation_id == organisation_id) & tip_link.c.revoked_at.is_(None)
    await connection.execute(update(tip_link).where(living).values(revoked_at=now))


async def add(connection: AsyncConnection, organisation_id: int, token_hash: str, made_by: str, now: datetime) -> None:
    await connection.execute(
        insert(tip_link).values(token_hash=token_hash, organisation_id=organisation_id, made_by=made_by, made_at=now)
    )


async def find_organisation(connection: AsyncConnection, token_hash: str) -> int | None:
    """Whose link this is; None: nobody's, or it was revoked."""
    return await connection.scalar(
        select(tip_link.c.organisation_id).where(tip_link.c.token_hash == token_hash, tip_link.c.revoked_at.is_(None))
    )
