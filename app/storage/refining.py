"""Signals that wait for a closer reading, and what follows from one."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Alert, HoldReason, Verdict
from app.schema.alert import alert
from app.schema.emergence import emergence
from app.schema.item import item, progress
from app.schema.label import label
from app.schema.signal import signal
from app.schema.watch import watch_hit
from app.storage.deciding import to_alert
from app.storage.queries import query
from classifiers.types import LabelKind

STAGE = "refine"


async def give_up(connection: AsyncConnection, before: datetime | None = None) -> int:
    """Signals that have waited too long, while newer ones kept coming, or all: they keep the labels that they have."""
    old = (
        select(progress.c.item_id)
        .join(item, item.c.id == progress.c.item_id)
        .where(progress.c.stage == STAGE, true() if before is None else item.c.seen_at < before)
        .with_for_update(of=progress, skip_locked=True)
    )
    gone = await connection.execute(delete(progress).where(progress.c.item_id.in_(old.scalar_subquery())))
    return gone.rowcount


async def claim_newest(connection: AsyncConnection, limit: int) -> list[int]:
    """Locked until the transaction ends; others skip them."""
    waiting = (
        select(progress.c.item_id)
        .where(progress.c.stage == STAGE, progress.c.quarantined_at.is_(None))
        .order_by(progress.c.item_id.desc())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list((await connection.scalars(waiting)).all())


async def supersede(connection: AsyncConnection, signal_ids: Sequence[int], now: datetime) -> None:
    """The topics that these signals have give way to those that are written next; they are kept."""
    await connection.execute(
        update(label)
        .where(label.c.signal_id.in_(signal_ids), label.c.kind == LabelKind.TOPIC, label.c.superseded_at.is_(None))
        .values(superseded_at=now)
    )


async def remove_hits(connection: AsyncConnection, hits: Collection[tuple[int, int]]) -> None:
    """Watch and signal: the watch asks for a topic that the signal has no more."""
    for watch_id, signal_id in sorted(hits):
        await connection.execute(
            delete(watch_hit).where(watch_hit.c.watch_id == watch_id, watch_hit.c.signal_id == signal_id)
        )


async def look_again(connection: AsyncConnection, signal_ids: Collection[int], since: datetime) -> None:
    """The detectors look anew at what hit a watch, unless it is old."""
    fresh = select(signal.c.id).where(signal.c.id.in_(signal_ids), signal.c.seen_at >= since)
    await connection.execute(
        update(watch_hit)
        .where(watch_hit.c.signal_id.in_(fresh), watch_hit.c.detected_at.is_not(None))
        .values(detected_at=None)
    )


async def unfounded_alerts(connection: AsyncConnection, signal_ids: Collection[int]) -> list[Alert]:
    """Raised alerts that nobody took, which these signals moved, and no signal bears any more; locked."""
    ids = (await connection.scalars(query("refining.unfounded_alerts"), {"ids": sorted(signal_ids)})).all()
    if not ids:
        return []
    rows = await connection.execute(
        select(alert).where(alert.c.id.in_(ids), alert.c.state == "raised").order_by(alert.c.id).with_for_update()
    )
    return [to_alert(row) for row in rows]


async def hold_unfounded(connection: AsyncConnection, signal_ids: Collection[int], reason: str) -> None:
    """The same for what the detectors found and nobody has weighed yet."""
    ids = (await connection.scalars(query("refining.unfounded_emergences"), {"ids": sorted(signal_ids)})).all()
    await connection.execute(
        update(emergence)
        .where(emergence.c.id.in_(ids), emergence.c.verdict == "")
        .values(verdict=Verdict.HOLD.value, hold=HoldReason.OFF_TOPIC.value, decided=reason, severity=0)
    )
