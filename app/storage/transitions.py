"""The one way in which an alert changes: a transition, and what must be told of it, in one transaction."""

import secrets
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.routing import Address, receivers_to_tell
from app.alerts.types import AlertState, Level, Sensitivity, TransitionKind
from app.schema.alert import alert, transition
from app.schema.delivery import delivery, receiver
from app.schema.watch import watch

CHANGES = "forkant_alert"  # LISTEN here to be woken by the next change


async def append_transition(
    connection: AsyncConnection,
    alert_id: int,
    kind: TransitionKind,
    state: AlertState,
    severity: int,
    level: Level,
    now: datetime,
    *,
    actor: str = "forkant",
    reason: str = "",
    emergence_id: int | None = None,
) -> int:
    """Write one change and its outbox rows; returns the transition's id, which increases in commit order.

    The caller writes the alert's other columns in the same transaction.
    """
    row = {
        "alert_id": alert_id,
        "kind": kind.value,
        "state": state.value,
        "severity": severity,
        "level": level.value,
        "at": now,
        "actor": actor,
        "reason": reason,
        "emergence_id": emergence_id,
    }
    position: int = (await connection.execute(insert(transition).values(row).returning(transition.c.id))).scalar_one()
    await connection.execute(
        update(alert)
        .where(alert.c.id == alert_id)
        .values(state=state.value, severity=severity, level=level.value, changed_at=now, position=position)
    )
    await _fill_outbox(connection, alert_id, position, kind, level, now)
    await connection.execute(select(func.pg_notify(CHANGES, str(position))))
    return position


async def _fill_outbox(
    connection: AsyncConnection,
    alert_id: int,
    position: int,
    kind: TransitionKind,
    level: Level,
    now: datetime,
) -> None:
    told = (
        select(receiver.c.id, receiver.c.kind, receiver.c.min_level, receiver.c.is_active, watch.c.sensitivity)
        .join(watch, watch.c.organisation_id == receiver.c.organisation_id)
        .join(alert, alert.c.watch_id == watch.c.id)
        .where(alert.c.id == alert_id)
        .order_by(receiver.c.id)
    )
    rows = (await connection.execute(told)).all()
    if not rows:
        return
    addresses = [Address(row.id, row.kind, Level(row.min_level), row.is_active) for row in rows]
    deliveries = [
        {
            "transition_id": position,
            "receiver_id": receiver_id,
            "message_id": f"msg_{secrets.token_hex(12)}",
            "next_try_at": now,
            "created_at": now,
        }
        for receiver_id in receivers_to_tell(addresses, kind, level, Sensitivity(rows[0].sensitivity))
    ]
    if deliveries:
        await connection.execute(insert(delivery), deliveries)
