"""Links between stories in different languages: written by the grouping, read by whoever tells of a story."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, case, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.story import story, story_link
from signals.links import Link

INSERT_LINKS = text("""
    insert into story_link (one_id, other_id, score, because, linked_at)
    select new.one, new.other, new.score, array(select json_array_elements_text(new.because)), cast(:now as timestamptz)
    from json_to_recordset(cast(:rows as json)) as new (one bigint, other bigint, score float, because json)
    on conflict do nothing
""")

FOLLOW_MERGE = text("""
    with moved as (
        delete from story_link where :young in (one_id, other_id) returning *
    ), renamed as (
        select
            case one_id when :young then cast(:old as bigint) else one_id end as one,
            case other_id when :young then cast(:old as bigint) else other_id end as other,
            score, because, linked_at
        from moved
    )
    insert into story_link (one_id, other_id, score, because, linked_at)
    select least(one, other), greatest(one, other), max(score), min(because), min(linked_at)
    from renamed where one <> other
    group by 1, 2
    on conflict do nothing
""")


async def insert_links(connection: AsyncConnection, links: Sequence[Link], now: datetime) -> None:
    if links:
        rows = [
            {"one": link.one, "other": link.other, "score": link.score, "because": list(link.because)} for link in links
        ]
        await connection.execute(INSERT_LINKS, {"rows": json.dumps(rows), "now": now})


async def follow_merge(connection: AsyncConnection, young: int, old: int) -> None:
    """What was linked with a story is linked with the one that it became part of."""
    await connection.execute(FOLLOW_MERGE, {"young": young, "old": old})


async def load_pairs(connection: AsyncConnection, since: datetime) -> list[tuple[int, int]]:
    """Links between stories that have grown since a moment."""
    rows = await connection.execute(
        select(story_link.c.one_id, story_link.c.other_id)
        .join(story, story.c.id == story_link.c.other_id)
        .where(story.c.last_seen_at >= since)
    )
    return [(row.one_id, row.other_id) for row in rows]


def linked_with(story_id: int) -> Select[tuple[int]]:
    """The stories that a story is linked with, as a subquery."""
    other = case((story_link.c.one_id == story_id, story_link.c.other_id), else_=story_link.c.one_id)
    return select(other).where((story_link.c.one_id == story_id) | (story_link.c.other_id == story_id))


async def list_links(connection: AsyncConnection, story_id: int) -> list[tuple[int, float, tuple[str, ...]]]:
    """The stories that a story is linked with, the likest first: number, score, and what they share."""
    other = case((story_link.c.one_id == story_id, story_link.c.other_id), else_=story_link.c.one_id)
    rows = await connection.execute(
        select(other.label("other"), story_link.c.score, story_link.c.because)
        .where((story_link.c.one_id == story_id) | (story_link.c.other_id == story_id))
        .order_by(story_link.c.score.desc(), other)
    )
    return [(row.other, row.score, tuple(row.because)) for row in rows]
