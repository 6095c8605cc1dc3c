"""Outlooks of stories: predicted, judged when their time has come, and what the predictions were worth."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import OutlookBin, OutlookRow, Sight
from app.schema.outlook import outlook
from app.schema.signal import signal
from app.schema.story import story, story_member
from app.storage.comparing import select_signals, to_signal
from app.storage.seeing import is_seen, not_restricted
from signals.outlook import FEWEST, HORIZONS, Outlook, Prediction, Reason, Told
from signals.publishers import voice_of

UNHEARD = "unheard"
STILL_SAYS = timedelta(hours=2)  # after that a prediction tells the past


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story whose outlook is due."""

    story_id: int
    novelty: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A prediction whose time has come."""

    id: int
    story_id: int  # the story that its story is part of by now
    made_at: datetime
    horizon: timedelta
    was_heard: bool  # somebody listened meanwhile


@cache
def _query(name: str) -> Any:
    return text((Path(__file__).parent / "queries" / f"outlooks.{name}.sql").read_text("utf-8"))


async def take_turn(connection: AsyncConnection) -> bool:
    """One worker makes predictions at a time, until its transaction ends; False: another does."""
    taken = await connection.scalar(text("select pg_try_advisory_xact_lock(hashtext('forkant.outlook'))"))
    return bool(taken)


async def due_stories(
    connection: AsyncConnection, now: datetime, since: datetime, pause: timedelta, limit: int
) -> list[Candidate]:
    """Living stories of two signals or more to which something has come since the last prediction."""
    newest = (
        select(func.max(outlook.c.made_at)).where(outlook.c.story_id == story.c.id).correlate(story).scalar_subquery()
    )
    rows = await connection.execute(
        select(story.c.id, story.c.novelty)
        .where(
            story.c.last_seen_at >= since,
            story.c.signals >= FEWEST,
            story.c.merged_into.is_(None),
            not_restricted(story.c.id),
            newest.is_(None) | ((newest < story.c.last_seen_at) & (newest <= now - pause)),
        )
        .order_by(story.c.last_seen_at, story.c.id)
        .limit(limit)
    )
    return [Candidate(row.id, row.novelty) for row in rows]


async def told_of(connection: AsyncConnection, story_ids: Collection[int]) -> dict[int, list[Told]]:
    """What each story is made of, as the outlook sees it."""
    rows = await connection.execute(
        select_signals()
        .add_columns(story_member.c.story_id)
        .join(story_member, story_member.c.signal_id == signal.c.id)
        .where(story_member.c.story_id.in_(story_ids))
    )
    told: dict[int, list[Told]] = {}
    for row in rows:
        one = to_signal(row)
        told.setdefault(row.story_id, []).append(Told(one.seen_at, voice_of(one), one.copy_of is not None))
    return told


async def insert_predictions(
    connection: AsyncConnection, given: Iterable[tuple[int, int, Prediction]], now: datetime
) -> int:
    """Story, how many signals it has, and what is predicted of it."""
    rows = [
        {
            "story_id": story_id,
            "horizon": one.horizon,
            "made_at": now,
            "due_at": now + one.horizon,
            "signals": signals,
            "fading": one.fading,
            "holding": one.holding,
            "growing": one.growing,
            "because": [reason.value for reason in one.because],
            "by": one.by,
        }
        for story_id, signals, one in given
    ]
    if rows:
        await connection.execute(insert(outlook), rows)
    return len(rows)


async def take_judgeable(connection: AsyncConnection, before: datetime, limit: int) -> list[Judged]:
    """Predictions whose time was over by then, locked; others skip them."""
    rows = await connection.execute(_query("judgeable"), {"before": before, "limit": limit})
    return [Judged(row.id, row.root, row.made_at, row.horizon, row.was_heard) for row in rows]


JUDGE = text("""
    update outlook
    set came = new.came, came_signals = new.signals
    from unnest(cast(:ids as bigint[]), cast(:came as text[]), cast(:signals as int[])) as new (id, came, signals)
    where outlook.id = new.id
""")


async def judge(connection: AsyncConnection, outcomes: Mapping[int, tuple[str, int]]) -> None:
    """What came of predictions, and how many signals."""
    given = {
        "ids": list(outcomes),
        "came": [came for came, _ in outcomes.values()],
        "signals": [signals for _, signals in outcomes.values()],
    }
    await connection.execute(JUDGE, given)


async def forget(connection: AsyncConnection, before: datetime) -> int:
    return (await connection.execute(delete(outlook).where(outlook.c.made_at < before))).rowcount


async def latest_growing(connection: AsyncConnection, story_ids: Iterable[int], now: datetime) -> dict[int, float]:
    """The chance that each story grows within the hour, where that has been predicted lately."""
    rows = await connection.execute(
        select(outlook.c.story_id, outlook.c.growing)
        .ext(distinct_on(outlook.c.story_id))
        .where(
            outlook.c.story_id.in_(list(story_ids)),
            outlook.c.horizon == HORIZONS[-1],
            outlook.c.made_at >= now - STILL_SAYS,
        )
        .order_by(outlook.c.story_id, outlook.c.made_at.desc())
    )
    return {row.story_id: row.growing for row in rows}


# --- shown to people ---------------------------------------------------------------------------------------


async def list_outlooks(
    connection: AsyncConnection, sight: Sight, story_id: int, limit: int = 40
) -> tuple[OutlookRow, ...]:
    """What was predicted of a story, newest first, the longer horizon before the shorter."""
    rows = await connection.execute(
        select(outlook)
        .where(outlook.c.story_id == story_id, is_seen(sight, outlook.c.story_id))
        .order_by(outlook.c.made_at.desc(), outlook.c.horizon.desc())
        .limit(limit)
    )
    return tuple(
        OutlookRow(
            made_at=row.made_at,
            horizon=row.horizon,
            signals=row.signals,
            fading=row.fading,
            holding=row.holding,
            growing=row.growing,
            because=tuple(Reason(one) for one in row.because),
            by=row.by,
            came=row.came,
            came_signals=row.came_signals,
        )
        for row in rows
    )


async def track_record(connection: AsyncConnection, organisation_id: int, since: datetime) -> tuple[OutlookBin, ...]:
    """Of all judged predictions since: for each horizon and outcome, tenth by tenth of the chance that was given it,
    how often it came."""
    rows = await connection.execute(_query("record"), {"organisation": organisation_id, "since": since})
    return tuple(
        OutlookBin(
            horizon=row.horizon,
            outcome=Outlook(row.outcome),
            tenth=row.tenth,
            predictions=row.predictions,
            stories=row.stories,
            predicted=row.predicted,
            came=float(row.came),
            squares=row.squares,
        )
        for row in rows
    )
