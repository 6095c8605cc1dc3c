"""Watches as people read and change them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Sensitivity
from app.records import Sight, WatchDraft, WatchRow
from app.schema.alert import alert
from app.schema.organisation import organisation
from app.schema.watch import watch, watch_hit
from app.storage.seeing import is_seen

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def select_watches(sight: Sight, now: datetime) -> Select[Any]:
    living = (
        select(func.count())
        .where(alert.c.watch_id == watch.c.id, alert.c.state.in_(("raised", "acknowledged")))
        .where(is_seen(sight, alert.c.story_id))
        .scalar_subquery()
    )

    def hits(since: datetime) -> Any:
        return (
            select(func.count())
            .where(
                watch_hit.c.watch_id == watch.c.id,
                watch_hit.c.is_counted,
                watch_hit.c.counted_at > since,
                watch_hit.c.counted_at <= now,
            )
            .scalar_subquery()
        )

    return select(
        watch,
        living.label("living_alerts"),
        hits(now - DAY).label("hits_day"),
        hits(now - WEEK).label("hits_week"),
    ).where(watch.c.organisation_id == sight.organisation_id)


async def list_watches(connection: AsyncConnection, sight: Sight, now: datetime) -> tuple[WatchRow, ...]:
    """The active ones first, then by priority and name."""
    rows = await connection.execute(
        select_watches(sight, now).order_by(
            watch.c.is_active.desc(), watch.c.priority, func.lower(watch.c.name), watch.c.id
        )
    )
    return tuple(map(to_watch_row, rows))


async def find_watch(connection: AsyncConnection, sight: Sight, watch_id: int, now: datetime) -> WatchRow | None:
    row = (await connection.execute(select_watches(sight, now).where(watch.c.id == watch_id))).first()
    return to_watch_row(row) if row else None


async def add_watch(connection: AsyncConnection, organisation_id: int, draft: WatchDraft, now: datetime) -> int | None:
    """Its number; None when the name is taken."""
    zone = draft.time_zone or await time_zone_of(connection, organisation_id)
    values = to_values(draft) | {
        "organisation_id": organisation_id,
        "time_zone": zone,
        "created_at": now,
        "changed_at": now,
    }
    made = insert(watch).values(values).on_conflict_do_nothing().returning(watch.c.id)
    number: int | None = (await connection.execute(made)).scalar_one_or_none()
    return number


async def change_watch(connection: AsyncConnection, watch_id: int, draft: WatchDraft, now: datetime) -> bool:
    """False: another watch has that name."""
    values = to_values(draft) | {"changed_at": now, "version": watch.c.version + 1}
    if draft.time_zone:
        values["time_zone"] = draft.time_zone
    try:
        async with connection.begin_nested():
            await connection.execute(update(watch).where(watch.c.id == watch_id).values(values))
    except IntegrityError:
        return False
    return True


async def set_active(connection: AsyncConnection, watch_id: int, is_active: bool, now: datetime) -> None:
    await connection.execute(
        update(watch)
        .where(watch.c.id == watch_id)
        .values(is_active=is_active, changed_at=now, version=watch.c.version + 1)
    )


async def is_own(connection: AsyncConnection, watch_id: int) -> bool:
    """Is it Forkant's own, which no signal may match?"""
    return bool(await connection.scalar(select(watch.c.is_own).where(watch.c.id == watch_id)))


async def lock_version(connection: AsyncConnection, organisation_id: int, watch_id: int) -> int | None:
    """The present version, which nobody else changes until this transaction ends; None: there is no such watch."""
    return await connection.scalar(
        select(watch.c.version)
        .where(watch.c.id == watch_id, watch.c.organisation_id == organisation_id)
        .with_for_update()
    )


async def time_zone_of(connection: AsyncConnection, organisation_id: int) -> str:
    zone = await connection.scalar(select(organisation.c.time_zone).where(organisation.c.id == organisation_id))
    return zone or "UTC"


def to_values(draft: WatchDraft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "query": draft.query,
        "languages": list(draft.languages),
        "topics": list(draft.topics),
        "owner": draft.owner,
        "sensitivity": draft.sensitivity,
        "priority": draft.priority,
        "alerts_per_day": draft.alerts_per_day,
    }


def to_watch_row(row: Row[Any]) -> WatchRow:
    return WatchRow(
        id=row.id,
        name=row.name,
        query=row.query,
        languages=tuple(row.languages),
        topics=tuple(row.topics),
        owner=row.owner,
        sensitivity=Sensitivity(row.sensitivity),
        priority=row.priority,
        alerts_per_day=row.alerts_per_day,
        time_zone=row.time_zone,
        is_active=row.is_active,
        version=row.version,
        created_at=row.created_at,
        changed_at=row.changed_at,
        living_alerts=row.living_alerts,
        hits_day=row.hits_day,
        hits_week=row.hits_week,
        is_own=row.is_own,
    )
