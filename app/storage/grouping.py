"""Stories and their members, written by the grouping and read back by it."""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.signal import signal
from app.schema.story import story, story_member
from app.storage.comparing import select_signals, to_signal
from app.storage.linking import follow_merge
from classifiers.types import StoryFacts
from signals.types import Membership, Signal


async def load_members(
    connection: AsyncConnection, since: datetime, story_ids: Collection[int] | None = None
) -> list[tuple[Signal, int]]:
    """Grouped signals since a moment with their story, in the order in which they were grouped; of these stories only,
    or of all."""
    members = (
        select_signals()
        .add_columns(story_member.c.story_id)
        .join(story_member, story_member.c.signal_id == signal.c.id)
        .where(signal.c.seen_at >= since, signal.c.sensitivity != "restricted")
        .order_by(story_member.c.joined_at, signal.c.id)
    )
    if story_ids is not None:
        members = members.where(story_member.c.story_id.in_(story_ids))
    return [(to_signal(row), row.story_id) for row in await connection.execute(members)]


async def stories_of(connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, int]:
    """Which story each of these signals stands in."""
    rows = await connection.execute(
        select(story_member.c.signal_id, story_member.c.story_id).where(story_member.c.signal_id.in_(list(signal_ids)))
    )
    return {row.signal_id: row.story_id for row in rows}


INSERT_STORIES = text("""
    insert into story (id, title, language, first_seen_at, last_seen_at, novelty)
    select * from json_to_recordset(cast(:rows as json)) as new (
        id bigint, title text, language text, first_seen_at timestamptz, last_seen_at timestamptz, novelty float)
    on conflict (id) do nothing
""")

INSERT_MEMBERS = text("""
    insert into story_member (signal_id, story_id, score, novelty, joined_at)
    select new.signal_id, new.story_id, new.score, new.novelty, cast(:now as timestamptz)
    from json_to_recordset(cast(:rows as json)) as new (signal_id bigint, story_id bigint, score float, novelty float)
    on conflict (signal_id) do nothing
""")


async def insert_memberships(
    connection: AsyncConnection, memberships: Sequence[tuple[Signal, Membership]], now: datetime
) -> None:
    """New stories first, then who stands in which."""
    openers = [
        {
            "id": one.story_id,
            "title": opener.title,
            "language": opener.language,
            "first_seen_at": opener.seen_at.isoformat(),
            "last_seen_at": opener.seen_at.isoformat(),
            "novelty": one.novelty,
        }
        for opener, one in memberships
        if one.is_first
    ]
    if openers:
        await connection.execute(INSERT_STORIES, {"rows": json.dumps(openers)})
    rows = [
        {"signal_id": one.signal_id, "story_id": one.story_id, "score": one.score, "novelty": one.novelty}
        for _, one in memberships
    ]
    await connection.execute(INSERT_MEMBERS, {"rows": json.dumps(rows), "now": now})


async def merge_stories(connection: AsyncConnection, young: int, old: int) -> None:
    """All members of the young story stand in the old one from now on; the young one keeps a pointer."""
    await connection.execute(update(story_member).where(story_member.c.story_id == young).values(story_id=old))
    await connection.execute(
        update(story).where((story.c.id == young) | (story.c.merged_into == young)).values(merged_into=old)
    )
    await follow_merge(connection, young, old)


async def load_stories(connection: AsyncConnection, story_ids: Iterable[int]) -> dict[int, list[Signal]]:
    """The signals of each story, in order."""
    rows = await connection.execute(
        select_signals()
        .add_columns(story_member.c.story_id)
        .join(story_member, story_member.c.signal_id == signal.c.id)
        .where(story_member.c.story_id.in_(list(story_ids)))
        .order_by(signal.c.id)
    )
    members: dict[int, list[Signal]] = {}
    for row in rows:
        members.setdefault(row.story_id, []).append(to_signal(row))
    return members


UPDATE_FACTS = text("""
    update story
    set last_seen_at = new.last_seen_at, signals = new.signals, independent = new.independent,
        publishers = array(select json_array_elements_text(new.publishers)),
        reprinters = array(select json_array_elements_text(new.reprinters)),
        languages = array(select json_array_elements_text(new.languages)),
        best_tier = new.best_tier
    from json_to_recordset(cast(:rows as json)) as new (
        id bigint, last_seen_at timestamptz, signals int, independent int, publishers json, languages json,
        reprinters json, best_tier smallint)
    where story.id = new.id
""")


async def update_facts(connection: AsyncConnection, facts: Sequence[StoryFacts]) -> None:
    rows = [
        {
            "id": one.id,
            "last_seen_at": one.last_seen_at.isoformat(),
            "signals": one.signals,
            "independent": one.independent,
            "publishers": one.publishers,
            "reprinters": one.reprinters,
            "languages": one.languages,
            "best_tier": one.best_tier,
        }
        for one in facts
    ]
    await connection.execute(UPDATE_FACTS, {"rows": json.dumps(rows)})


async def last_seen(connection: AsyncConnection) -> datetime | None:
    """When the newest grouped signal was seen."""
    newest = select(func.max(signal.c.seen_at)).join(story_member, story_member.c.signal_id == signal.c.id)
    found: datetime | None = await connection.scalar(newest)
    return found
