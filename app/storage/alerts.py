"""Alerts: lists, changes in commit order, explanations, and the one way in which an alert changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, literal, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, DismissReason, Factor, Level, Transition, TransitionKind, Verdict
from app.records import AlertChange, AlertFilter, AlertRow, DeliveryRow, EmergenceRow, Sight, SignalRow
from app.schema.alert import alert, transition
from app.schema.delivery import delivery, receiver
from app.schema.emergence import emergence
from app.schema.watch import watch
from app.storage.seeing import is_seen
from app.storage.signals_search import select_signals, to_signal_row
from app.storage.transitions import append_transition
from classifiers.types import EmergenceKind

LOCKED = "55P03"

beside = watch.alias("beside")


class Busy(Exception):
    """Another transaction is changing this alert. It waits for the turn that we hold, so we must not wait for it."""


async def see_one_moment(connection: AsyncConnection) -> None:
    """All reads of this transaction see the same state. Must come first."""
    await connection.execute(text("set transaction isolation level repeatable read, read only"))


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until no other transaction appends transitions. The trigger on `transition` takes the same lock."""
    await connection.execute(text("select pg_advisory_xact_lock(hashtext('forkant.transition'))"))


async def latest_position(connection: AsyncConnection) -> int:
    return await connection.scalar(select(func.coalesce(func.max(transition.c.id), 0))) or 0


async def read_version(connection: AsyncConnection) -> str:
    """Changes with every transition, and with every change of a watch, whose name is shown."""
    row = (
        await connection.execute(
            select(
                select(func.coalesce(func.max(transition.c.id), 0)).scalar_subquery(),
                select(func.coalesce(func.sum(watch.c.version), 0)).scalar_subquery(),
            )
        )
    ).one()
    return f"{row[0]}.{row[1]}"


def select_alerts(sight: Sight) -> Select[Any]:
    noted = (
        select(beside.c.name)
        .join(emergence, emergence.c.watch_id == beside.c.id)
        .where(emergence.c.told_by == alert.c.id, emergence.c.verdict == Verdict.HOLD)
        .distinct()
        .order_by(beside.c.name)
    )
    return (
        select(alert, watch.c.name.label("watch_name"), func.array(noted.scalar_subquery()).label("also"))
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(watch.c.organisation_id == sight.organisation_id, is_seen(sight, alert.c.story_id))
    )


def narrow(query: Select[Any], which: AlertFilter) -> Select[Any]:
    if which.states:
        query = query.where(alert.c.state.in_(sorted(which.states)))
    if which.level is not None:
        query = query.where(alert.c.level.in_([level for level in Level if level.rank >= which.level.rank]))
    if which.watch_id is not None:
        query = query.where(alert.c.watch_id == which.watch_id)
    if which.story_id is not None:
        query = query.where(alert.c.story_id == which.story_id)
    if which.topic:
        query = query.where(literal(which.topic) == func.any(alert.c.topics))
    if which.since is not None:
        query = query.where(alert.c.raised_at >= which.since)
    if which.until is not None:
        query = query.where(alert.c.raised_at < which.until)
    return query


async def list_alerts(
    connection: AsyncConnection,
    sight: Sight,
    which: AlertFilter,
    before: tuple[datetime, int] | None,
    limit: int,
) -> tuple[AlertRow, ...]:
    """Newest raised first."""
    query = narrow(select_alerts(sight), which)
    if before is not None:
        query = query.where(tuple_(alert.c.raised_at, alert.c.id) < tuple_(*map(literal, before)))
    rows = await connection.execute(query.order_by(alert.c.raised_at.desc(), alert.c.id.desc()).limit(limit))
    return tuple(map(to_alert_row, rows))


async def list_changes(
    connection: AsyncConnection, sight: Sight, which: AlertFilter, after: int, limit: int
) -> tuple[AlertChange, ...]:
    """Transitions after a position, in commit order, each with its alert as it is now."""
    changed = [column.label(f"change_{column.name}") for column in transition.c]
    query = (
        narrow(select_alerts(sight), which)
        .add_columns(*changed)
        .join(transition, transition.c.alert_id == alert.c.id)
        .where(transition.c.id > after)
        .order_by(transition.c.id)
        .limit(limit)
    )
    rows = await connection.execute(query)
    return tuple(AlertChange(to_transition(row._mapping, "change_"), to_alert_row(row)) for row in rows)


async def find_alert(connection: AsyncConnection, sight: Sight, alert_id: int) -> AlertRow | None:
    row = (await connection.execute(select_alerts(sight).where(alert.c.id == alert_id))).first()
    return to_alert_row(row) if row else None


async def lock_alert(connection: AsyncConnection, sight: Sight, alert_id: int) -> AlertRow | None:
    """The same, locked until the transaction ends; Busy when somebody else has it."""
    query = select_alerts(sight).where(alert.c.id == alert_id)
    try:
        row = (await connection.execute(query.with_for_update(of=alert, nowait=True))).first()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == LOCKED:
            raise Busy from error
        raise
    return to_alert_row(row) if row else None


async def find_living(connection: AsyncConnection, found: AlertRow) -> int | None:
    """The living alert of the same watch about the same."""
    same = select(alert.c.source_id).where(alert.c.id == found.id).scalar_subquery()
    return await connection.scalar(
        select(alert.c.id).where(
            alert.c.watch_id == found.watch_id,
            alert.c.story_id.is_not_distinct_from(found.story_id),
            alert.c.source_id.is_not_distinct_from(same),
            alert.c.state.in_(("raised", "acknowledged")),
        )
    )


async def change_state(
    connection: AsyncConnection,
    found: AlertRow,
    kind: TransitionKind,
    after: AlertState,
    now: datetime,
    actor: str,
    words: str,
    reason: DismissReason | None = None,
) -> None:
    """Another state for an alert that this transaction has locked; tells the receivers."""
    await append_transition(
        connection, found.id, kind, after, found.severity, found.level, now, actor=actor, reason=words
    )
    values: dict[str, Any] = {
        "closed_at": None if after.is_living else now,
        "dismiss_reason": reason or "",
    }
    if kind is TransitionKind.ACKNOWLEDGED:
        values |= {"acknowledged_at": now, "owner": found.owner or actor}
    elif kind is TransitionKind.REOPENED:
        values["acknowledged_at"] = None
    await connection.execute(update(alert).where(alert.c.id == found.id).values(**values))


async def list_transitions(connection: AsyncConnection, alert_id: int) -> tuple[Transition, ...]:
    """In the order they happened."""
    rows = await connection.execute(
        select(transition).where(transition.c.alert_id == alert_id).order_by(transition.c.id)
    )
    return tuple(to_transition(row._mapping) for row in rows)


async def list_emergences(connection: AsyncConnection, alert_id: int) -> tuple[EmergenceRow, ...]:
    """What raised or fed an alert, newest first."""
    rows = await connection.execute(
        select(emergence).where(emergence.c.alert_id == alert_id).order_by(emergence.c.at.desc(), emergence.c.id.desc())
    )
    return tuple(map(to_emergence_row, rows))


async def list_alert_signals(connection: AsyncConnection, alert_id: int, limit: int = 200) -> tuple[SignalRow, ...]:
    """The signals that its emergences name, newest first."""
    named = select(func.unnest(emergence.c.signal_ids)).where(emergence.c.alert_id == alert_id)
    query = select_signals(narrowed=named)
    rows = await connection.execute(query.limit(limit))
    return tuple(map(to_signal_row, rows))


async def list_deliveries(connection: AsyncConnection, alert_id: int) -> tuple[DeliveryRow, ...]:
    """Who was told, or will be, newest first."""
    query = (
        select_deliveries()
        .join(transition, transition.c.id == delivery.c.transition_id)
        .where(transition.c.alert_id == alert_id)
        .order_by(delivery.c.id.desc())
    )
    return tuple(map(to_delivery_row, await connection.execute(query)))


def select_deliveries() -> Select[Any]:
    return select(delivery, receiver.c.name.label("receiver_name"), receiver.c.kind.label("receiver_kind")).join(
        receiver, receiver.c.id == delivery.c.receiver_id
    )


def to_alert_row(row: Row[Any]) -> AlertRow:
    return AlertRow(
        id=row.id,
        watch_id=row.watch_id,
        watch_name=row.watch_name,
        story_id=row.story_id,
        state=AlertState(row.state),
        title=row.title,
        severity=row.severity,
        level=Level(row.level),
        factors=tuple(Factor(one["name"], str(one["value"]), one["points"]) for one in row.factors),
        topics=tuple(row.topics),
        because=row.because,
        owner=row.owner,
        signal_count=row.signal_count,
        publisher_count=row.publisher_count,
        raised_at=row.raised_at,
        changed_at=row.changed_at,
        acknowledged_at=row.acknowledged_at,
        closed_at=row.closed_at,
        dismiss_reason=DismissReason(row.dismiss_reason) if row.dismiss_reason else None,
        position=row.position,
        also=tuple(row.also),
    )


def to_transition(row: Mapping[Any, Any], prefix: str = "") -> Transition:
    return Transition(
        id=row[f"{prefix}id"],
        alert_id=row[f"{prefix}alert_id"],
        kind=TransitionKind(row[f"{prefix}kind"]),
        state=AlertState(row[f"{prefix}state"]),
        level=Level(row[f"{prefix}level"]),
        at=row[f"{prefix}at"],
        actor=row[f"{prefix}actor"],
        reason=row[f"{prefix}reason"],
    )


def to_emergence_row(row: Row[Any]) -> EmergenceRow:
    return EmergenceRow(
        id=row.id,
        kind=EmergenceKind(row.kind),
        at=row.at,
        observed=row.observed,
        expected=row.expected,
        window=row.window,
        tail=row.tail,
        strength=row.strength,
        signal_ids=tuple(row.signal_ids),
        topics=tuple(row.topics),
        terms=tuple(row.terms),
        because=row.because,
        by=row.by,
        coverage=row.coverage,
        facts=row.facts,
        severity=row.severity,
        verdict=row.verdict,
        hold=row.hold,
        decided=row.decided,
    )


def to_delivery_row(row: Row[Any]) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        transition_id=row.transition_id,
        receiver_id=row.receiver_id,
        receiver_name=row.receiver_name,
        receiver_kind=row.receiver_kind,
        state=row.state,
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
