"""What the detectors look at on a watch, what they remember, and what they found."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.signal import signal
from app.schema.source import source
from app.schema.story import story, story_member
from app.schema.watch import detector_state, watch, watch_hit, watch_status
from app.storage.comparing import select_signals, to_signal
from app.storage.coverage import audience_share as audience_share
from app.storage.labelling import load_labels
from classifiers.types import Count, Emergence, Hit, StoryFacts

FRESH = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WatchPlace:
    """How far the detectors have looked on a watch."""

    watch_id: int
    topics: frozenset[str]
    time_zone: str
    created_at: datetime
    counted_until: datetime
    organisation_id: int = 1
    query: str = ""
    languages: tuple[str, ...] = ()


async def waiting_watches(connection: AsyncConnection, counted_until: datetime) -> list[int]:
    """Active watches with a grouped hit that no detector has seen, or with a bucket closed since the last look."""
    unseen = (
        select(watch_hit.c.watch_id)
        .join(story_member, story_member.c.signal_id == watch_hit.c.signal_id)
        .where(watch_hit.c.detected_at.is_(None))
    )
    waiting = (
        select(watch.c.id)
        .join(watch_status, watch_status.c.watch_id == watch.c.id)
        .where(watch.c.is_active, (watch_status.c.counted_until < counted_until) | watch.c.id.in_(unseen))
        .order_by(watch.c.id)
    )
    return list((await connection.scalars(waiting)).all())


async def take_watch(connection: AsyncConnection, watch_id: int) -> WatchPlace | None:
    """Lock a watch until the transaction ends; None: another worker has it."""
    row = (
        await connection.execute(
            select(watch, watch_status.c.counted_until)
            .join(watch_status, watch_status.c.watch_id == watch.c.id)
            .where(watch.c.id == watch_id)
            .with_for_update(of=watch_status, skip_locked=True)
        )
    ).first()
    if row is None:
        return None
    return WatchPlace(
        row.id,
        frozenset(row.topics),
        row.time_zone,
        row.created_at,
        row.counted_until,
        row.organisation_id,
        row.query,
        tuple(row.languages),
    )


async def new_hits(connection: AsyncConnection, watch_id: int, limit: int = 500) -> list[int]:
    """Signals that hit the watch, are grouped, and have not been looked at."""
    unseen = (
        select(watch_hit.c.signal_id)
        .join(story_member, story_member.c.signal_id == watch_hit.c.signal_id)
        .where(watch_hit.c.watch_id == watch_id, watch_hit.c.detected_at.is_(None))
        .order_by(watch_hit.c.signal_id)
        .limit(limit)
    )
    return list((await connection.scalars(unseen)).all())


async def hits_of_stories(
    connection: AsyncConnection, watch_id: int, signal_ids: Sequence[int], since: datetime
) -> list[int]:
    """All hits of the watch in the stories that these signals stand in."""
    mine = select(story_member.c.story_id).where(story_member.c.signal_id.in_(signal_ids))
    told = (
        select(watch_hit.c.signal_id)
        .join(story_member, story_member.c.signal_id == watch_hit.c.signal_id)
        .where(
            watch_hit.c.watch_id == watch_id,
            watch_hit.c.counted_at >= since,
            story_member.c.story_id.in_(mine),
        )
    )
    return list((await connection.scalars(told)).all())


async def hits_since(connection: AsyncConnection, watch_id: int, since: datetime) -> list[int]:
    recent = select(watch_hit.c.signal_id).where(
        watch_hit.c.watch_id == watch_id, watch_hit.c.counted_at >= since, watch_hit.c.is_counted
    )
    return list((await connection.scalars(recent)).all())


async def load_hits(connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, Hit]:
    """Signals with their labels and their story, by id."""
    ids = sorted(set(signal_ids))
    labels = await load_labels(connection, ids)
    rows = await connection.execute(
        select_signals()
        .add_columns(
            *(column.label(f"story_{column.name}") for column in story.c),
            story_member.c.novelty.label("member_novelty"),
            story_member.c.regrouped_at,
            item.c.is_backlog,
        )
        .join(item, item.c.id == signal.c.id)
        .join(story_member, story_member.c.signal_id == signal.c.id)
        .join(story, story.c.id == story_member.c.story_id)
        .where(signal.c.id.in_(ids))
        .order_by(signal.c.id)
    )
    return {row.id: _to_hit(row, labels.get(row.id, ())) for row in rows}


def _to_hit(row: Row[Any], labels: tuple[Any, ...]) -> Hit:
    one = to_signal(row)
    told = StoryFacts(
        id=row.story_id,
        title=row.story_title,
        first_seen_at=row.story_first_seen_at,
        last_seen_at=row.story_last_seen_at,
        signals=row.story_signals,
        independent=row.story_independent,
        publishers=tuple(row.story_publishers),
        languages=tuple(row.story_languages),
        best_tier=row.story_best_tier,
        novelty=row.story_novelty,
        reprinters=tuple(row.story_reprinters),
    )
    age_known = one.said_at is not None or not row.is_backlog
    is_fresh = age_known and one.seen_at - one.at <= FRESH
    return Hit(one, labels, told, row.member_novelty, is_fresh, is_again=row.regrouped_at is not None)


BUCKETS = text("""
    select start,
           (select count(*) from watch_hit
            where watch_id = :watch and is_counted
              and counted_at >= start and counted_at < start + cast(:bucket as interval)) as signals,
           exists (select 1 from poll
                   where outcome <> 'failed' and at >= start and at < start + cast(:bucket as interval)) as listened
    from generate_series(cast(:begin as timestamptz), cast(:until as timestamptz) - cast(:bucket as interval),
                         cast(:bucket as interval)) as start
""")


async def closed_buckets(
    connection: AsyncConnection, watch_id: int, begin: datetime, until: datetime, bucket: timedelta
) -> tuple[Count, ...]:
    """Counted hits per bucket from `begin` (included) to `until` (not included)."""
    if begin >= until:
        return ()
    rows = await connection.execute(BUCKETS, {"watch": watch_id, "begin": begin, "until": until, "bucket": bucket})
    return tuple(Count(row.start, row.signals, row.listened) for row in rows)


async def usual_a_day(connection: AsyncConnection, place: WatchPlace, now: datetime) -> float:
    """Counted hits a day over the last four weeks, or over the life of a younger watch; 0 in its first day."""
    days = min(28.0, (now - place.created_at) / timedelta(days=1))
    if days < 1:
        return 0.0
    counted = select(func.count()).where(
        watch_hit.c.watch_id == place.watch_id,
        watch_hit.c.is_counted,
        watch_hit.c.counted_at >= now - timedelta(days=days),
    )
    return float(await connection.scalar(counted) or 0) / days


async def newcomers(connection: AsyncConnection, source_ids: Iterable[int], since: datetime) -> dict[int, datetime]:
    """Those of the sources that were added later than `since`, and when."""
    added = select(source.c.id, source.c.created_at).where(
        source.c.id.in_(list(source_ids)), source.c.created_at > since
    )
    return {row.id: row.created_at for row in await connection.execute(added)}


async def load_states(connection: AsyncConnection, watch_id: int) -> dict[tuple[str, str], Mapping[str, Any]]:
    rows = await connection.execute(select(detector_state).where(detector_state.c.watch_id == watch_id))
    return {(row.kind, row.version): row.state for row in rows}


async def save_state(
    connection: AsyncConnection,
    watch_id: int,
    kind: str,
    version: str,
    state: Mapping[str, Any],
    now: datetime,
) -> None:
    row = {"watch_id": watch_id, "kind": kind, "version": version, "state": dict(state), "at": now}
    await connection.execute(
        insert(detector_state).values(row).on_conflict_do_update(index_elements=["watch_id", "kind"], set_=row)
    )


async def mark_seen(
    connection: AsyncConnection, watch_id: int, signal_ids: Sequence[int], until: datetime, now: datetime
) -> None:
    await connection.execute(
        update(watch_hit)
        .where(watch_hit.c.watch_id == watch_id, watch_hit.c.signal_id.in_(signal_ids))
        .values(detected_at=now)
    )
    await connection.execute(
        update(watch_status).where(watch_status.c.watch_id == watch_id).values(counted_until=until)
    )


async def insert_emergences(connection: AsyncConnection, found: Sequence[Emergence]) -> None:
    rows = [
        {
            "watch_id": one.watch_id,
            "kind": one.kind.value,
            "story_id": one.story_id,
            "source_id": one.source_id,
            "at": one.at,
            "observed": one.observed,
            "expected": one.expected,
            "window": one.window,
            "tail": one.tail,
            "strength": one.strength,
            "signal_ids": list(one.signal_ids),
            "topics": list(one.topics),
            "terms": list(one.terms),
            "because": one.because,
            "by": one.by,
            "coverage": one.coverage,
            "facts": json.loads(json.dumps(dict(one.facts))),
        }
        for one in found
    ]
    if rows:
        await connection.execute(insert(emergence), rows)
