"""What people decide about stories, merges and splits: written at once, remembered, and read back by the desk."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import StoryChange, StoryChangeKind
from app.schema.signal import signal
from app.schema.story import story, story_change, story_member
from app.storage.grouping import load_stories, merge_stories, update_facts
from classifiers.story_facts import facts_of
from signals.types import Sensitivity


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until nobody else changes stories, and keep others waiting until the transaction ends."""
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('forkant.stories'))"))


# --- read by the desk --------------------------------------------------------------------------------------


async def newest_change(connection: AsyncConnection) -> int:
    """Whoever has the turn has missed nothing up to here."""
    return await connection.scalar(select(func.coalesce(func.max(story_change.c.id), 0))) or 0


async def changed_after(connection: AsyncConnection, change_id: int) -> frozenset[int]:
    """Stories that people have changed since."""
    rows = await connection.execute(
        select(story_change.c.story_id, story_change.c.other_id).where(story_change.c.id > change_id)
    )
    return frozenset(story_id for row in rows for story_id in row)


APART = text("""
    select distinct moved.story_id, kept.story_id
    from story_change
    cross join lateral (
        select distinct story_id from story_member where signal_id = any (story_change.signal_ids)) as moved
    cross join lateral (
        select distinct story_id from story_member where signal_id = any (story_change.kept_ids)) as kept
    join story as one on one.id = moved.story_id and one.last_seen_at >= :since
    join story as other on other.id = kept.story_id and other.last_seen_at >= :since
    where story_change.kind = 'split' and story_change.undone_at is null and moved.story_id <> kept.story_id
    order by 1, 2
""")


async def kept_apart(connection: AsyncConnection, since: datetime) -> tuple[tuple[int, int], ...]:
    """Pairs of stories, living since then, that hold signals which people have split from each other."""
    return tuple((one, other) for one, other in await connection.execute(APART, {"since": since}))


# --- written by people -------------------------------------------------------------------------------------


async def members_of(connection: AsyncConnection, story_id: int) -> list[int]:
    mine = select(story_member.c.signal_id).where(story_member.c.story_id == story_id)
    return list(await connection.scalars(mine.order_by(story_member.c.signal_id)))


async def has_restricted(connection: AsyncConnection, story_ids: Collection[int]) -> bool:
    """Whether one of them is of a restricted tip, which stands apart."""
    found = (
        select(literal(1))
        .select_from(story_member)
        .join(signal, signal.c.id == story_member.c.signal_id)
        .where(story_member.c.story_id.in_(story_ids), signal.c.sensitivity == Sensitivity.RESTRICTED)
        .limit(1)
    )
    return await connection.scalar(found) is not None


WITH_COPIES = text("""
    with recursive moved as (
        select signal_id as id from story_member where story_id = :story and signal_id = any (cast(:ids as bigint[]))
        union
        select signal.id
        from moved
        join signal on signal.copy_of = moved.id
        join story_member on story_member.signal_id = signal.id and story_member.story_id = :story
    )
    select id from moved order by id
""")


async def with_copies(connection: AsyncConnection, story_id: int, ids: Collection[int]) -> list[int]:
    """Those of the signals that stand in the story, and what repeats them there."""
    return list(await connection.scalars(WITH_COPIES, {"story": story_id, "ids": list(ids)}))


async def merge(connection: AsyncConnection, young: int, old: int) -> None:
    await merge_stories(connection, young, old)
    await _state_facts(connection, [old])


async def number_for(connection: AsyncConnection, moved: Sequence[int]) -> int:
    """The number of a story of these signals: the one that they had before they were merged, or that of the first."""
    had = select(func.min(story.c.id)).where(story.c.id.in_(moved))
    return await connection.scalar(had) or min(moved)


REVIVE = text("""
    insert into story (id, title, language, first_seen_at, last_seen_at)
    select id, title, language, seen_at, seen_at from signal where id = :other
    on conflict (id) do update set merged_into = null
""")


async def split(connection: AsyncConnection, story_id: int, other_id: int, moved: Sequence[int]) -> None:
    """These members of a story stand in another from now on, which has the number of one of them. What had been
    merged into the story points to where its first signal stands."""
    await connection.execute(REVIVE, {"other": other_id})
    mine = story_member.c.signal_id.in_(moved) & (story_member.c.story_id == story_id)
    await connection.execute(update(story_member).where(mine).values(story_id=other_id))
    await connection.execute(
        update(story)
        .where(story.c.merged_into == story_id, story.c.id.in_(moved), story.c.id != other_id)
        .values(merged_into=other_id)
    )
    await _state_facts(connection, [story_id, other_id])


async def _state_facts(connection: AsyncConnection, story_ids: Sequence[int]) -> None:
    stories = await load_stories(connection, story_ids)
    await update_facts(connection, [facts_of(key, stories[key]) for key in sorted(stories)])


async def insert_change(
    connection: AsyncConnection,
    kind: StoryChangeKind,
    story_id: int,
    other_id: int,
    moved: Sequence[int],
    kept: Sequence[int],
    actor: str,
    reason: str,
    now: datetime,
    undoes: int | None = None,
) -> int:
    row = {
        "kind": kind.value,
        "story_id": story_id,
        "other_id": other_id,
        "signal_ids": list(moved),
        "kept_ids": list(kept),
        "actor": actor,
        "reason": reason,
        "at": now,
        "undoes": undoes,
    }
    if undoes is not None:
        await connection.execute(update(story_change).where(story_change.c.id == undoes).values(undone_at=now))
    written = await connection.execute(insert(story_change).values(row).returning(story_change.c.id))
    return int(written.scalar_one())


async def find_change(connection: AsyncConnection, change_id: int) -> StoryChange | None:
    row = (await connection.execute(select(story_change).where(story_change.c.id == change_id))).first()
    return to_change(row) if row else None


async def list_changes(connection: AsyncConnection, story_ids: Iterable[int]) -> tuple[StoryChange, ...]:
    """What people did with these stories, newest first."""
    ids = list(story_ids)
    rows = await connection.execute(
        select(story_change)
        .where(or_(story_change.c.story_id.in_(ids), story_change.c.other_id.in_(ids)))
        .order_by(story_change.c.id.desc())
        .limit(50)
    )
    return tuple(map(to_change, rows))


async def present_story(connection: AsyncConnection, story_id: int) -> int:
    """The story that a story is part of by now."""
    root = select(func.coalesce(story.c.merged_into, story.c.id)).where(story.c.id == story_id)
    return await connection.scalar(root) or story_id


def to_change(row: Row[Any]) -> StoryChange:
    return StoryChange(
        id=row.id,
        kind=StoryChangeKind(row.kind),
        story_id=row.story_id,
        other_id=row.other_id,
        signal_ids=tuple(row.signal_ids),
        kept_ids=tuple(row.kept_ids),
        actor=row.actor,
        reason=row.reason,
        at=row.at,
        undoes=row.undoes,
        undone_at=row.undone_at,
    )
