"""Replays that people asked for: queued, taken by a worker, and what they told."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.judged import is_useful
from app.alerts.types import AlertState, DismissReason, HoldReason, Level
from app.records import Caller, Sight
from app.records.replays import (
    Outcome,
    Played,
    ReplayAsk,
    ReplayResult,
    ReplayRow,
    ReplayState,
    ResultRow,
    Side,
    from_settings,
    to_settings,
)
from app.records.watches import WatchDraft
from app.schema.alert import alert
from app.schema.item import item
from app.schema.replay import replay, replay_result
from app.schema.source import source
from app.schema.story import story_member
from app.schema.watch import watch
from app.storage.seeing import is_seen
from classifiers.types import EmergenceKind
from signals.item_text import ERASED

LEASE = timedelta(minutes=2)  # whoever has given no sign of life by then has died
ATTEMPTS = 3
WAITING = (ReplayState.QUEUED.value, ReplayState.RUNNING.value)


async def add(
    connection: AsyncConnection, caller: Caller, ask: ReplayAsk, live: WatchDraft | None, now: datetime
) -> int:
    row = {
        "organisation_id": caller.organisation_id,
        "asked_by": caller.name,
        "sight_person": caller.sight.person,
        "sees_restricted": caller.sight.sees_restricted,
        "asked_at": now,
        "watch_id": ask.watch_id,
        "live": to_settings(live) if live else None,
        "draft": to_settings(ask.draft) if ask.draft else None,
        "begins_at": ask.begins_at,
        "ends_at": ask.ends_at,
    }
    return int((await connection.execute(insert(replay).values(row).returning(replay.c.id))).scalar_one())


async def count_waiting(connection: AsyncConnection, organisation_id: int) -> int:
    mine = (replay.c.organisation_id == organisation_id, replay.c.state.in_(WAITING))
    return await connection.scalar(select(func.count()).select_from(replay).where(*mine)) or 0


async def first_seen(connection: AsyncConnection, organisation_id: int) -> datetime | None:
    """When the history begins that is stored."""
    mine = select(source.c.id).where(source.c.organisation_id == organisation_id)
    found: datetime | None = await connection.scalar(select(func.min(item.c.seen_at)).where(item.c.source_id.in_(mine)))
    return found


async def list_replays(
    connection: AsyncConnection,
    organisation_id: int,
    watch_id: int | None,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[ReplayRow, ...]:
    """Asked last, first."""
    query = select(replay).where(replay.c.organisation_id == organisation_id)
    if watch_id is not None:
        query = query.where(replay.c.watch_id == watch_id)
    if before is not None:
        query = query.where(tuple_(replay.c.asked_at, replay.c.id) < tuple_(*map(literal, before)))
    rows = await connection.execute(query.order_by(replay.c.asked_at.desc(), replay.c.id.desc()).limit(limit))
    return tuple(map(to_replay_row, rows))


async def find(connection: AsyncConnection, organisation_id: int, replay_id: int) -> ReplayRow | None:
    mine = (replay.c.organisation_id == organisation_id, replay.c.id == replay_id)
    row = (await connection.execute(select(replay).where(*mine))).first()
    return to_replay_row(row) if row else None


async def cancel(connection: AsyncConnection, organisation_id: int, replay_id: int, now: datetime) -> bool:
    """Whoever plays it sees that it is not theirs any more. False: it was over already."""
    changed = await connection.execute(
        update(replay)
        .where(replay.c.organisation_id == organisation_id, replay.c.id == replay_id, replay.c.state.in_(WAITING))
        .values(state=ReplayState.CANCELLED, taken_by="", lease_until=None, ended_at=now)
        .returning(replay.c.id)
    )
    return changed.first() is not None


async def remove(connection: AsyncConnection, organisation_id: int, replay_id: int) -> bool:
    """With all that it told."""
    gone = await connection.execute(
        delete(replay)
        .where(replay.c.organisation_id == organisation_id, replay.c.id == replay_id)
        .returning(replay.c.id)
    )
    return gone.first() is not None


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Those that ended by then, with all that they told."""
    await connection.execute(delete(replay).where(replay.c.ended_at < before, replay.c.state.not_in(WAITING)))


async def take(connection: AsyncConnection, worker: str, now: datetime) -> tuple[ReplayRow, Sight] | None:
    """The one that has waited longest, or whose worker died, is ours from now on; with how far whoever asked sees."""
    is_free = or_(
        replay.c.state == ReplayState.QUEUED,
        and_(replay.c.state == ReplayState.RUNNING, replay.c.lease_until <= now),
    )
    waiting = select(replay.c.id).where(is_free).order_by(replay.c.id).limit(1).with_for_update(skip_locked=True)
    row = (
        await connection.execute(
            update(replay)
            .where(replay.c.id == waiting.scalar_subquery())
            .values(
                state=ReplayState.RUNNING,
                taken_by=worker,
                lease_until=now + LEASE,
                attempts=replay.c.attempts + 1,
                begun_at=now,
                total=0,
                played=0,
            )
            .returning(replay)
        )
    ).first()
    return (to_replay_row(row), Sight(row.organisation_id, row.sees_restricted, row.sight_person)) if row else None


def _ours(replay_id: int, worker: str) -> Any:
    return and_(replay.c.id == replay_id, replay.c.state == ReplayState.RUNNING, replay.c.taken_by == worker)


async def tell_progress(
    connection: AsyncConnection, replay_id: int, worker: str, played: int, total: int, now: datetime
) -> bool:
    """A sign of life. False: it is not ours any more, since it was cancelled, removed, or taken from us."""
    ours = await connection.execute(
        update(replay)
        .where(_ours(replay_id, worker))
        .values(played=played, total=total, lease_until=now + LEASE)
        .returning(replay.c.id)
    )
    return ours.first() is not None


async def finish(connection: AsyncConnection, replay_id: int, worker: str, played: Played, now: datetime) -> bool:
    """Write what it told. False: it is not ours any more."""
    ours = await connection.execute(
        update(replay)
        .where(_ours(replay_id, worker))
        .values(
            state=ReplayState.DONE,
            taken_by="",
            lease_until=None,
            ended_at=now,
            error="",
            played=replay.c.total,
            heard_from=played.heard_from,
            heard=played.heard,
        )
        .returning(replay.c.id)
    )
    if ours.first() is None:
        return False
    results = await _still_there(connection, played.results)
    rows = [_result_values(replay_id, one) for one in results]
    if rows:
        await connection.execute(insert(replay_result), rows)
    return True


async def _still_there(connection: AsyncConnection, results: Sequence[ReplayResult]) -> list[ReplayResult]:
    """Without stories that went while it was played, and without words that were taken back meanwhile (GD-04)."""
    ids = {number for one in results for number in (*one.signal_ids, one.story_id) if number is not None}
    there = select(item.c.id).where(item.c.id == func.any(array_of(ids)), item.c.content_hash != "")
    alive = set((await connection.scalars(there)).all())
    return [
        one if alive.issuperset(one.signal_ids) else replace(one, title=ERASED, because=ERASED)
        for one in results
        if one.story_id is None or one.story_id in alive
    ]


def array_of(ids: Iterable[int]) -> ColumnElement[Any]:
    """As one parameter, however many they are."""
    return cast(literal(sorted(ids), ARRAY(BigInteger)), ARRAY(BigInteger))


async def give_back(
    connection: AsyncConnection, replay_id: int, worker: str, error: str, now: datetime, *, is_final: bool
) -> None:
    """It did not end well: it has failed, or waits for the next try."""
    then = {"state": ReplayState.FAILED, "ended_at": now} if is_final else {"state": ReplayState.QUEUED}
    await connection.execute(
        update(replay).where(_ours(replay_id, worker)).values(error=error, taken_by="", lease_until=None, **then)
    )


async def put_back(connection: AsyncConnection, replay_id: int, worker: str) -> None:
    """As if it had not been begun: its worker is told to stop."""
    values = {"state": ReplayState.QUEUED, "taken_by": "", "lease_until": None, "attempts": replay.c.attempts - 1}
    await connection.execute(update(replay).where(_ours(replay_id, worker)).values(values))


async def list_results(connection: AsyncConnection, sight: Sight, replay_id: int) -> tuple[ResultRow, ...]:
    """All that the reader may see, oldest first, with what was said live of alerts about the same."""
    rows = (
        await connection.execute(
            select(replay_result)
            .where(replay_result.c.replay_id == replay_id, is_seen(sight, replay_result.c.story_id))
            .order_by(replay_result.c.at, replay_result.c.id)
        )
    ).all()
    said = await _said_live(connection, sight, replay_id)
    return tuple(
        ResultRow(row.id, to_result(row), is_useful=said[row.id][1], alert_id=said[row.id][0])
        if row.id in said
        else ResultRow(row.id, to_result(row), is_useful=None, alert_id=None)
        for row in rows
    )


async def _said_live(connection: AsyncConnection, sight: Sight, replay_id: int) -> dict[int, tuple[int, bool | None]]:
    """Of results by number: the live alert about the same story, of the same watch where there is one, and whether
    people found it useful. Where there are several, one that was judged, and the latest."""
    of_watch = or_(replay.c.watch_id.is_(None), replay.c.watch_id == alert.c.watch_id)
    rows = await connection.execute(
        select(replay_result.c.id, alert.c.id.label("alert_id"), alert.c.state, alert.c.dismiss_reason)
        .distinct()
        .join(replay, replay.c.id == replay_result.c.replay_id)
        .join(story_member, story_member.c.signal_id == func.any(replay_result.c.signal_ids))
        .join(alert, and_(alert.c.story_id == story_member.c.story_id, of_watch))
        .join(watch, and_(watch.c.id == alert.c.watch_id, watch.c.organisation_id == sight.organisation_id))
        .where(
            replay_result.c.replay_id == replay_id,
            replay_result.c.outcome == Outcome.RAISED,
            is_seen(sight, alert.c.story_id),
        )
        .order_by(alert.c.id)
    )
    found: dict[int, tuple[int, bool | None]] = {}
    for row in rows:
        reason = DismissReason(row.dismiss_reason) if row.dismiss_reason else None
        useful = is_useful(AlertState(row.state), reason)
        if useful is not None or found.get(row.id, (0, None))[1] is None:
            found[row.id] = (row.alert_id, useful)
    return found


def to_replay_row(row: Row[Any]) -> ReplayRow:
    return ReplayRow(
        id=row.id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        watch_id=row.watch_id,
        live=from_settings(row.live) if row.live else None,
        draft=from_settings(row.draft) if row.draft else None,
        begins_at=row.begins_at,
        ends_at=row.ends_at,
        state=ReplayState(row.state),
        error=row.error,
        attempts=row.attempts,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        total=row.total,
        played=row.played,
        heard_from=row.heard_from,
        heard=row.heard,
    )


def to_result(row: Row[Any]) -> ReplayResult:
    return ReplayResult(
        side=Side(row.side),
        outcome=Outcome(row.outcome),
        at=row.at,
        kind=EmergenceKind(row.kind),
        severity=row.severity,
        level=Level(row.level),
        peak=row.peak,
        state=AlertState(row.state) if row.state else None,
        topics=tuple(row.topics),
        title=row.title,
        because=row.because,
        story_id=row.story_id,
        signal_ids=tuple(row.signal_ids),
        first_seen_at=row.first_seen_at,
        changes=row.changes,
        hold=HoldReason(row.hold) if row.hold else None,
        decided=row.decided,
    )


def _result_values(replay_id: int, told: ReplayResult) -> dict[str, Any]:
    return {
        "replay_id": replay_id,
        "side": told.side.value,
        "outcome": told.outcome.value,
        "at": told.at,
        "kind": told.kind.value,
        "severity": told.severity,
        "level": told.level.value,
        "peak": told.peak,
        "state": told.state.value if told.state else "",
        "topics": list(told.topics),
        "title": told.title,
        "because": told.because,
        "story_id": told.story_id,
        "signal_ids": list(told.signal_ids),
        "first_seen_at": told.first_seen_at,
        "changes": told.changes,
        "hold": told.hold.value if told.hold else "",
        "decided": told.decided,
    }
