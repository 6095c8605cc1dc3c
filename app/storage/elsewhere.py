"""What an organisation's other watches tell of a story, and which of several watches comes first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.elsewhere import TELL, Elsewhere, Place
from app.alerts.types import AlertState, Level, Sensitivity, Watch
from app.schema.alert import alert
from app.schema.emergence import emergence
from app.schema.story import story
from app.schema.watch import watch, watch_hit
from app.storage.linking import linked_with

LIVING: Final = (AlertState.RAISED.value, AlertState.ACKNOWLEDGED.value)


def is_about(story_id: int) -> ColumnElement[bool]:
    """An alert of a story or one merged into it; of one linked with it, while the alert lives."""
    merged = select(story.c.id).where(story.c.merged_into == story_id)
    linked = alert.c.story_id.in_(linked_with(story_id)) & alert.c.state.in_(LIVING)
    return (alert.c.story_id == story_id) | alert.c.story_id.in_(merged) | linked


async def places(connection: AsyncConnection, watch_ids: Iterable[int], since: datetime) -> dict[int, Place]:
    hits = select(func.count()).where(
        watch_hit.c.watch_id == watch.c.id, watch_hit.c.is_counted, watch_hit.c.counted_at >= since
    )
    narrow = case((watch.c.query == "", 0), else_=hits.scalar_subquery()).label("hits")  # the widest needs no counting
    asked = select(watch.c.id, watch.c.priority, watch.c.query, narrow).where(watch.c.id.in_(list(watch_ids)))
    rows = await connection.execute(asked)
    return {row.id: Place(row.priority, row.query == "", row.hits, row.id) for row in rows}


async def told_elsewhere(connection: AsyncConnection, given: Watch, story_id: int) -> list[Elsewhere]:
    """Alerts of the organisation's other watches about a story, the oldest first.

    A restricted watch and one that is not tell nothing for each other: they do not tell the same people.
    """
    mine = select(watch.c.organisation_id).where(watch.c.id == given.id).scalar_subquery()
    is_noted = exists().where(emergence.c.told_by == alert.c.id, emergence.c.watch_id == given.id)
    is_restricted = watch.c.sensitivity == Sensitivity.RESTRICTED.value
    rows = await connection.execute(
        select(alert, watch.c.name, watch.c.owner.label("answers"), is_noted.label("is_noted"))
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(
            watch.c.organisation_id == mine,
            watch.c.id != given.id,
            is_restricted == (given.sensitivity is Sensitivity.RESTRICTED),
            alert.c.state.in_([state.value for state in TELL]),
            is_about(story_id),
        )
        .order_by(alert.c.id)
    )
    return [
        Elsewhere(
            alert_id=row.id,
            watch_id=row.watch_id,
            watch=row.name,
            owner=row.answers,
            state=AlertState(row.state),
            severity=row.severity,
            level=Level(row.level),
            is_noted=row.is_noted,
        )
        for row in rows
    ]
