"""Stories as people read them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import LinkedStory, Named, Sight, SignalRow, StoryFilter, StoryRow
from app.schema.alert import alert
from app.schema.signal import signal
from app.schema.source import source
from app.schema.story import story, story_link, story_member
from app.schema.watch import watch, watch_hit
from app.storage.seeing import is_seen
from app.storage.signals_search import moment_of, select_signals, to_signal_row


def select_stories(sight: Sight) -> Select[Any]:
    return (
        select(story)
        .join(signal, signal.c.id == story.c.id)
        .join(source, source.c.id == signal.c.source_id)
        .where(source.c.organisation_id == sight.organisation_id, is_seen(sight, story.c.id))
    )


async def list_stories(
    connection: AsyncConnection,
    sight: Sight,
    which: StoryFilter,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[StoryRow, ...]:
    """Those that grew last first, without those that were merged into others."""
    query = select_stories(sight).where(story.c.merged_into.is_(None))
    if which.since is not None:
        query = query.where(story.c.last_seen_at >= which.since)
    if which.least_independent > 1:
        query = query.where(story.c.independent >= which.least_independent)
    if which.watch_id is not None:
        hit = (
            select(story_member.c.story_id)
            .join(watch_hit, watch_hit.c.signal_id == story_member.c.signal_id)
            .where(watch_hit.c.watch_id == which.watch_id)
        )
        query = query.where(story.c.id.in_(hit))
    if before is not None:
        query = query.where(tuple_(story.c.last_seen_at, story.c.id) < tuple_(*map(literal, before)))
    rows = await connection.execute(query.order_by(story.c.last_seen_at.desc(), story.c.id.desc()).limit(limit))
    return tuple(map(to_story_row, rows))


async def find_story(connection: AsyncConnection, sight: Sight, story_id: int) -> StoryRow | None:
    row = (await connection.execute(select_stories(sight).where(story.c.id == story_id))).first()
    return to_story_row(row) if row else None


async def list_members(connection: AsyncConnection, story_id: int, limit: int = 500) -> tuple[SignalRow, ...]:
    """In the order they were said."""
    query = select_signals().order_by(None).where(story_member.c.story_id == story_id)
    rows = await connection.execute(query.order_by(moment_of, signal.c.id).limit(limit))
    return tuple(map(to_signal_row, rows))


async def list_alert_ids(connection: AsyncConnection, organisation_id: int, story_id: int) -> tuple[int, ...]:
    """Alerts about it, newest first."""
    rows = await connection.scalars(
        select(alert.c.id)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(alert.c.story_id == story_id, watch.c.organisation_id == organisation_id)
        .order_by(alert.c.raised_at.desc(), alert.c.id.desc())
    )
    return tuple(rows)


async def list_linked(connection: AsyncConnection, sight: Sight, story_id: int) -> tuple[LinkedStory, ...]:
    """Stories in other languages that tell of the same event, surest first, as they are merged by now."""
    parts = select(story.c.id).where((story.c.id == story_id) | (story.c.merged_into == story_id))
    there = (
        select(story_link.c.other_id.label("id"), story_link.c.score, story_link.c.because)
        .where(story_link.c.one_id.in_(parts))
        .union_all(
            select(story_link.c.one_id.label("id"), story_link.c.score, story_link.c.because).where(
                story_link.c.other_id.in_(parts)
            )
        )
        .subquery("there")
    )
    part = story.alias("part")
    rows = await connection.execute(
        select_stories(sight)
        .add_columns(there.c.score, there.c.because)
        .join(part, func.coalesce(part.c.merged_into, part.c.id) == story.c.id)
        .join(there, there.c.id == part.c.id)
        .where(story.c.id != story_id)
        .order_by(there.c.score.desc(), story.c.id)
    )
    found: dict[int, LinkedStory] = {}
    for row in rows:
        found.setdefault(row.id, LinkedStory(to_story_row(row), row.score, tuple(row.because)))
    return tuple(found.values())


async def list_watches(connection: AsyncConnection, organisation_id: int, story_id: int) -> tuple[Named, ...]:
    """Those of the organisation that its signals hit, or that have an alert about it."""
    hit = (
        select(watch_hit.c.watch_id)
        .join(story_member, story_member.c.signal_id == watch_hit.c.signal_id)
        .where(story_member.c.story_id == story_id)
    )
    told = select(alert.c.watch_id).where(alert.c.story_id == story_id)
    rows = await connection.execute(
        select(watch.c.id, watch.c.name)
        .where(watch.c.organisation_id == organisation_id, watch.c.id.in_(hit.union(told)))
        .order_by(watch.c.name, watch.c.id)
    )
    return tuple(Named(row.id, row.name) for row in rows)


def to_story_row(row: Row[Any]) -> StoryRow:
    return StoryRow(
        id=row.id,
        title=row.title,
        language=row.language,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        signals=row.signals,
        independent=row.independent,
        publishers=tuple(row.publishers),
        languages=tuple(row.languages),
        best_tier=row.best_tier,
        novelty=row.novelty,
        merged_into=row.merged_into,
        reprinters=tuple(row.reprinters),
    )
