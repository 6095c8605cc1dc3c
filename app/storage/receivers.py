"""Receivers, and what they were told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Level
from app.records import DeliveryRow, ReceiverDraft, ReceiverRow, Sight
from app.schema.alert import alert, transition
from app.schema.delivery import delivery, receiver
from app.storage.alerts import select_deliveries, to_delivery_row
from app.storage.seeing import is_seen, not_of_restricted


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a test message needs; never shown."""

    kind: str
    address: str
    secret: str


def shown(address: str) -> str:
    """Enough to know it again: host and the last four characters, which give no access."""
    host = urlsplit(address).hostname or ""
    return f"{host}/…{address[-4:]}" if len(address) > len(host) + 16 else host


def select_receivers(organisation_id: int) -> Select[Any]:
    def of_receiver(what: Any, *conditions: Any) -> Any:
        return select(what).where(delivery.c.receiver_id == receiver.c.id, *conditions).scalar_subquery()

    is_told_openly = not_of_restricted(delivery.c.transition_id)
    last_error = (
        select(delivery.c.last_error)
        .where(delivery.c.receiver_id == receiver.c.id, delivery.c.last_error != "", delivery.c.state != "sent")
        .order_by(delivery.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        receiver,
        of_receiver(func.count(), delivery.c.state == "queued", is_told_openly).label("queued"),
        of_receiver(func.count(), delivery.c.state == "dead", is_told_openly).label("dead"),
        of_receiver(func.max(delivery.c.sent_at), is_told_openly).label("last_sent_at"),
        func.coalesce(last_error, "").label("last_error"),
    ).where(receiver.c.organisation_id == organisation_id)


async def list_receivers(connection: AsyncConnection, organisation_id: int) -> tuple[ReceiverRow, ...]:
    query = select_receivers(organisation_id).order_by(func.lower(receiver.c.name), receiver.c.id)
    return tuple(map(to_receiver_row, await connection.execute(query)))


async def find_receiver(connection: AsyncConnection, organisation_id: int, receiver_id: int) -> ReceiverRow | None:
    query = select_receivers(organisation_id).where(receiver.c.id == receiver_id)
    row = (await connection.execute(query)).first()
    return to_receiver_row(row) if row else None


async def find_secrets(connection: AsyncConnection, organisation_id: int, receiver_id: int) -> Secrets | None:
    row = (
        await connection.execute(
            select(receiver.c.kind, receiver.c.address, receiver.c.secret).where(
                receiver.c.id == receiver_id, receiver.c.organisation_id == organisation_id
            )
        )
    ).first()
    return Secrets(row.kind, row.address, row.secret) if row else None


async def list_deliveries(
    connection: AsyncConnection, sight: Sight, receiver_id: int, limit: int
) -> tuple[DeliveryRow, ...]:
    """Newest first."""
    query = (
        select_deliveries()
        .join(transition, transition.c.id == delivery.c.transition_id)
        .join(alert, alert.c.id == transition.c.alert_id)
        .where(delivery.c.receiver_id == receiver_id, is_seen(sight, alert.c.story_id))
    )
    rows = await connection.execute(query.order_by(delivery.c.id.desc()).limit(limit))
    return tuple(map(to_delivery_row, rows))


async def add_receiver(
    connection: AsyncConnection, organisation_id: int, draft: ReceiverDraft, now: datetime
) -> int | None:
    """Its number; None when the name is taken."""
    made = (
        insert(receiver)
        .values(to_values(draft) | {"organisation_id": organisation_id, "created_at": now})
        .on_conflict_do_nothing()
        .returning(receiver.c.id)
    )
    number: int | None = (await connection.execute(made)).scalar_one_or_none()
    return number


async def change_receiver(connection: AsyncConnection, receiver_id: int, draft: ReceiverDraft) -> bool:
    """False: another receiver has that name. Switching it on again forgets why it was off."""
    values = to_values(draft)
    for kept in ("address", "secret"):
        if not values[kept]:
            del values[kept]
    if draft.is_active:
        values |= {"disabled_reason": "", "held_until": None}
    try:
        async with connection.begin_nested():
            await connection.execute(update(receiver).where(receiver.c.id == receiver_id).values(values))
    except IntegrityError:
        return False
    return True


def to_values(draft: ReceiverDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "kind": draft.kind,
        "address": draft.address,
        "secret": draft.secret,
        "min_level": draft.min_level,
        "is_active": draft.is_active,
    }


def to_receiver_row(row: Row[Any]) -> ReceiverRow:
    return ReceiverRow(
        id=row.id,
        name=row.name,
        kind=row.kind,
        shown_address=shown(row.address),
        has_secret=bool(row.secret),
        min_level=Level(row.min_level),
        is_active=row.is_active,
        disabled_reason=row.disabled_reason,
        held_until=row.held_until,
        created_at=row.created_at,
        queued=row.queued,
        dead=row.dead,
        last_sent_at=row.last_sent_at,
        last_error=row.last_error,
    )
