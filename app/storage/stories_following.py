"""What follows when people regroup stories: alerts go with their signals, and detectors look again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Alert, AlertState, DismissReason, TransitionKind
from app.schema.alert import alert, transition
from app.schema.emergence import emergence
from app.schema.story import story, story_member
from app.schema.watch import watch_hit, watch_status
from app.storage.alerts import LOCKED, Busy
from app.storage.deciding import LIVING, close_alert, move_alert, to_alert
from app.storage.transitions import append_transition

SAME_STORY = "the same story as alert"  # begins the reason of an alert closed because its story was merged


@dataclass(frozen=True, slots=True)
class Placed:
    """A living alert, and the signals that raised and fed it."""

    alert: Alert
    signal_ids: frozenset[int]


async def take_watches(connection: AsyncConnection, story_ids: Collection[int]) -> list[int]:
    """The watches that these stories hit, locked as the detectors lock them: none of them looks meanwhile."""
    hit = (
        select(watch_hit.c.watch_id)
        .join(story_member, story_member.c.signal_id == watch_hit.c.signal_id)
        .where(story_member.c.story_id.in_(story_ids))
    )
    told = select(alert.c.watch_id).where(alert.c.story_id.in_(story_ids))
    rows = await connection.scalars(
        select(watch_status.c.watch_id)
        .where(watch_status.c.watch_id.in_(hit.union(told)))
        .order_by(watch_status.c.watch_id)
        .with_for_update()
    )
    return list(rows)


async def _take(connection: AsyncConnection, query: Select[Any]) -> list[Alert]:
    """Alerts, locked; Busy when somebody else has one: they may wait for the turn that we hold."""
    try:
        rows = await connection.execute(query.order_by(alert.c.id).with_for_update(of=alert, nowait=True))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == LOCKED:
            raise Busy from error
        raise
    return [to_alert(row) for row in rows]


async def take_living(connection: AsyncConnection, story_id: int) -> list[Placed]:
    living = await _take(connection, select(alert).where(alert.c.story_id == story_id, alert.c.state.in_(LIVING)))
    named = await connection.execute(
        select(emergence.c.alert_id, func.unnest(emergence.c.signal_ids).label("signal_id")).where(
            emergence.c.alert_id.in_([one.id for one in living])
        )
    )
    signals: dict[int, set[int]] = {}
    for row in named:
        signals.setdefault(row.alert_id, set()).add(row.signal_id)
    return [Placed(one, frozenset(signals.get(one.id, ()))) for one in living]


async def take_closed_as_doubles(connection: AsyncConnection, story_id: int) -> list[Alert]:
    """Alerts about a story that were closed because it was part of another, where none lives on the same watch."""
    living = alert.alias("living")
    last_word = select(transition.c.reason).where(transition.c.id == alert.c.position).scalar_subquery()
    return await _take(
        connection,
        select(alert).where(
            alert.c.story_id == story_id,
            alert.c.state == AlertState.DISMISSED.value,
            alert.c.dismiss_reason == DismissReason.DUPLICATE.value,
            last_word.startswith(SAME_STORY),
            ~select(living.c.id)
            .where(
                living.c.watch_id == alert.c.watch_id,
                living.c.story_id == alert.c.story_id,
                living.c.state.in_(LIVING),
            )
            .exists(),
        ),
    )


async def move(connection: AsyncConnection, one: Alert, story_id: int, now: datetime, actor: str, reason: str) -> None:
    """The alert is about another story from now on."""
    await move_alert(connection, one.id, story_id)
    await connection.execute(
        update(alert).where(alert.c.id == one.id, alert.c.story_id == story.c.id).values(title=story.c.title)
    )
    await note(connection, one, now, actor, reason)


async def note(connection: AsyncConnection, one: Alert, now: datetime, actor: str, reason: str) -> None:
    """Tell in the alert's history what was done with its story."""
    score, level = one.severity.score, one.severity.level
    await append_transition(
        connection, one.id, TransitionKind.UPDATED, one.state, score, level, now, actor=actor, reason=reason
    )


async def close_as_double(
    connection: AsyncConnection, one: Alert, other_id: int, now: datetime, actor: str, words: str
) -> None:
    """Another alert of the same watch goes on about the same story."""
    await close_alert(connection, one.id, now, DismissReason.DUPLICATE.value)
    score, level = one.severity.score, one.severity.level
    reason = f"{SAME_STORY} {other_id}: {words}"
    await append_transition(
        connection,
        one.id,
        TransitionKind.DISMISSED,
        AlertState.DISMISSED,
        score,
        level,
        now,
        actor=actor,
        reason=reason,
    )


async def reopen(connection: AsyncConnection, one: Alert, now: datetime, actor: str, reason: str) -> None:
    score, level = one.severity.score, one.severity.level
    await append_transition(
        connection,
        one.id,
        TransitionKind.REOPENED,
        AlertState.RAISED,
        score,
        level,
        now,
        actor=actor,
        reason=reason,
    )
    await connection.execute(
        update(alert).where(alert.c.id == one.id).values(closed_at=None, dismiss_reason="", acknowledged_at=None)
    )


async def recount(connection: AsyncConnection, story_ids: Sequence[int]) -> None:
    """Living alerts say how large their story is by now."""
    await connection.execute(
        update(alert)
        .where(alert.c.story_id == story.c.id, story.c.id.in_(story_ids), alert.c.state.in_(LIVING))
        .values(signal_count=story.c.signals, publisher_count=story.c.independent)
    )


async def watches_without_alert(connection: AsyncConnection, story_id: int, watch_ids: Sequence[int]) -> list[int]:
    told = select(alert.c.watch_id).where(alert.c.story_id == story_id, alert.c.state.in_(LIVING))
    rows = await connection.scalars(
        select(watch_status.c.watch_id).where(
            watch_status.c.watch_id.in_(watch_ids), watch_status.c.watch_id.not_in(told)
        )
    )
    return list(rows)


FORGET = text("""
    update detector_state
    set state = state #- array['stories', cast(:story as text)]
    where watch_id = any (cast(:watches as bigint[])) and state -> 'stories' ? cast(:story as text)
""")


async def detect_afresh(
    connection: AsyncConnection, story_id: int, signal_ids: Sequence[int], watch_ids: Sequence[int], now: datetime
) -> None:
    """The detectors of these watches look at a story as if its signals had just come."""
    await connection.execute(FORGET, {"story": str(story_id), "watches": list(watch_ids)})
    await look_again(connection, signal_ids, watch_ids, now)


async def look_again(
    connection: AsyncConnection, signal_ids: Sequence[int], watch_ids: Sequence[int], now: datetime
) -> None:
    """Those that count hits have counted these, and know it by the mark on the signal's membership."""
    again = await connection.scalars(
        update(watch_hit)
        .where(
            watch_hit.c.watch_id.in_(watch_ids),
            watch_hit.c.signal_id.in_(signal_ids),
            watch_hit.c.detected_at.is_not(None),
        )
        .values(detected_at=None)
        .returning(watch_hit.c.signal_id)
    )
    await connection.execute(
        update(story_member).where(story_member.c.signal_id.in_(set(again))).values(regrouped_at=now)
    )
