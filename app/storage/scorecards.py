"""What scorecards are made of: alerts with what people did, how their stories went, what was held, what was heard."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, DismissReason, Verdict
from app.records import Sight
from app.records.scorecards import AlertFacts, HeardFacts, HeldFacts, Records, StoryCourse, WatchFacts
from app.schema.alert import alert
from app.schema.emergence import emergence
from app.schema.watch import watch
from app.storage.queries import query
from app.storage.seeing import is_seen


async def list_watches(connection: AsyncConnection, organisation_id: int) -> tuple[WatchFacts, ...]:
    """All but the one for our own hearing: how that goes is told by the ledger."""
    rows = await connection.execute(
        select(watch)
        .where(watch.c.organisation_id == organisation_id, watch.c.is_own.is_(False))
        .order_by(func.lower(watch.c.name), watch.c.id)
    )
    return tuple(WatchFacts(row.id, row.name, row.owner, row.alerts_per_day, row.is_active) for row in rows)


async def read_records(connection: AsyncConnection, sight: Sight, begin: datetime, until: datetime) -> Records:
    """Of what was raised, held and heard from `begin` up to `until`, as far as somebody sees."""
    alerts = await _alerts(connection, sight, begin, until)
    courses = await _courses(connection, [one.story_id for one in alerts if one.story_id is not None])
    held = await _held(connection, sight, begin, until)
    return Records(alerts, courses, held, await _heard(connection, sight.organisation_id, begin, until))


async def _alerts(
    connection: AsyncConnection, sight: Sight, begin: datetime, until: datetime
) -> tuple[AlertFacts, ...]:
    ids = await connection.scalars(
        select(alert.c.id)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(
            watch.c.organisation_id == sight.organisation_id,
            watch.c.is_own.is_(False),
            alert.c.raised_at >= begin,
            alert.c.raised_at < until,
            is_seen(sight, alert.c.story_id),
        )
    )
    rows = await connection.execute(query("scorecards.alerts"), {"alerts": list(ids)})
    return tuple(
        AlertFacts(
            id=row.id,
            watch_id=row.watch_id,
            story_id=row.story_id,
            state=AlertState(row.state),
            dismiss_reason=DismissReason(row.dismiss_reason) if row.dismiss_reason else None,
            raised_at=row.raised_at,
            acknowledged_at=row.acknowledged_at,
            handled_at=row.handled_at,
        )
        for row in rows
    )


async def _courses(connection: AsyncConnection, story_ids: Sequence[int]) -> Mapping[int, StoryCourse]:
    rows = await connection.execute(query("scorecards.courses"), {"stories": sorted(set(story_ids))})
    return {
        row.story_id: StoryCourse(tuple(zip(row.hours, row.signals, strict=True)), row.last_seen_at, row.tier1_at)
        for row in rows
    }


async def _held(connection: AsyncConnection, sight: Sight, begin: datetime, until: datetime) -> tuple[HeldFacts, ...]:
    rows = await connection.execute(
        select(emergence.c.watch_id, emergence.c.hold, func.count().label("findings"))
        .join(watch, watch.c.id == emergence.c.watch_id)
        .where(
            watch.c.organisation_id == sight.organisation_id,
            watch.c.is_own.is_(False),
            emergence.c.at >= begin,
            emergence.c.at < until,
            emergence.c.verdict == Verdict.HOLD,
            is_seen(sight, emergence.c.story_id),
        )
        .group_by(emergence.c.watch_id, emergence.c.hold)
    )
    return tuple(HeldFacts(row.watch_id, row.hold, row.findings) for row in rows)


async def _heard(
    connection: AsyncConnection, organisation_id: int, begin: datetime, until: datetime
) -> tuple[HeardFacts, ...]:
    given = {"organisation": organisation_id, "begin": begin, "until": until}
    rows = await connection.execute(query("scorecards.heard"), given)
    return tuple(HeardFacts(row.source_id, row.expected, row.heard, row.hours, row.heard_hours) for row in rows)
