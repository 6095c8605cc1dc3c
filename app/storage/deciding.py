"""Emergences that wait for a decision, what the decision needs to know, and what came of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import (
    Alert,
    AlertState,
    Decision,
    DismissReason,
    Factor,
    HoldReason,
    Level,
    Sensitivity,
    Severity,
    Watch,
)
from app.schema.alert import alert
from app.schema.emergence import emergence
from app.schema.story import story, story_link
from app.schema.watch import watch, watch_status
from app.storage.elsewhere import LIVING as LIVING
from app.storage.elsewhere import is_about
from app.storage.elsewhere import places as places
from app.storage.elsewhere import told_elsewhere as told_elsewhere
from app.storage.false_alarms import take_false_alarms as take_false_alarms
from app.storage.false_alarms import take_organisation as take_organisation
from app.storage.noticing import load_hits as load_hits
from app.storage.seeing import not_restricted
from app.storage.transitions import append_transition as append_transition
from classifiers.types import Emergence, EmergenceKind


async def watches_with_undecided(connection: AsyncConnection) -> list[int]:
    waiting = select(emergence.c.watch_id).where(emergence.c.verdict == "").distinct().order_by(emergence.c.watch_id)
    return list((await connection.scalars(waiting)).all())


async def take_watch(connection: AsyncConnection, watch_id: int) -> Watch | None:
    """The watch, locked until the transaction ends; None: another worker has it."""
    row = (
        await connection.execute(
            select(watch)
            .join(watch_status, watch_status.c.watch_id == watch.c.id)
            .where(watch.c.id == watch_id)
            .with_for_update(of=watch_status, skip_locked=True)
        )
    ).first()
    return to_watch(row) if row else None


def to_watch(row: Row[Any]) -> Watch:
    return Watch(
        id=row.id,
        name=row.name,
        query=row.query,
        languages=tuple(row.languages),
        topics=tuple(row.topics),
        owner=row.owner,
        sensitivity=Sensitivity(row.sensitivity),
        priority=row.priority,
        alerts_per_day=row.alerts_per_day,
        time_zone=row.time_zone,
    )


async def undecided(connection: AsyncConnection, watch_id: int, limit: int = 200) -> list[tuple[int, Emergence]]:
    """Emergences of a watch in the order in which they were found, about stories as they are merged by now."""
    root = func.coalesce(story.c.merged_into, emergence.c.story_id).label("root")
    rows = await connection.execute(
        select(emergence, root)
        .join(story, story.c.id == emergence.c.story_id, isouter=True)
        .where(emergence.c.watch_id == watch_id, emergence.c.verdict == "")
        .order_by(emergence.c.id)
        .limit(limit)
    )
    return [(row.id, to_emergence(row, row.root)) for row in rows]


def to_emergence(row: Row[Any], story_id: int | None) -> Emergence:
    return Emergence(
        kind=EmergenceKind(row.kind),
        watch_id=row.watch_id,
        story_id=story_id,
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
        source_id=row.source_id,
    )


def to_factors(stored: Iterable[Any]) -> tuple[Factor, ...]:
    return tuple(Factor(one["name"], str(one["value"]), one["points"]) for one in stored)


def to_alert(row: Row[Any]) -> Alert:
    return Alert(
        id=row.id,
        watch_id=row.watch_id,
        story_id=row.story_id,
        state=AlertState(row.state),
        title=row.title,
        severity=Severity(row.severity, Level(row.level), to_factors(row.factors)),
        topics=tuple(row.topics),
        because=row.because,
        raised_at=row.raised_at,
        changed_at=row.changed_at,
        signal_count=row.signal_count,
        publisher_count=row.publisher_count,
    )


async def alerted_stories(connection: AsyncConnection, watch_id: int, since: datetime) -> frozenset[int]:
    """Stories of which the watch has told since then."""
    told = select(alert.c.story_id).where(
        alert.c.watch_id == watch_id, alert.c.story_id.is_not(None), alert.c.changed_at >= since
    )
    return frozenset((await connection.scalars(told)).all())


async def latest_alert(
    connection: AsyncConnection, watch_id: int, story_id: int | None, source_id: int | None = None
) -> Alert | None:
    """The living alert of a watch about a story, one merged into it or one linked with it; where none lives, the one
    closed last about the story itself.

    An alert about our hearing is about a source, or about all of it.
    """
    no_story = alert.c.story_id.is_(None) & alert.c.source_id.is_not_distinct_from(source_id)
    about = no_story if story_id is None else is_about(story_id)
    found = (
        select(alert)
        .where(alert.c.watch_id == watch_id, about)
        .order_by(
            case((~alert.c.state.in_(LIVING), 2), (alert.c.story_id == story_id, 0), else_=1),
            alert.c.changed_at.desc(),
            alert.c.id.desc(),
        )
        .limit(1)
    )
    row = (await connection.execute(found)).first()
    return to_alert(row) if row else None


async def raised_since(
    connection: AsyncConnection, watch_id: int, since: datetime, opportunities: Sequence[str], *, is_apart: bool = False
) -> tuple[int, int]:
    """Alerts that took from the budget: those of threats, and those whose first topic is an opportunity.

    One that Forkant itself found to be another's double gave its share back. Restricted tips have a
    budget apart (`is_apart`): what the other one holds back is told to all.
    """
    good = func.coalesce(alert.c.topics[1].in_(opportunities), False)
    counts = select(func.count().filter(~good), func.count().filter(good)).where(
        alert.c.watch_id == watch_id,
        alert.c.raised_at >= since,
        alert.c.dismiss_reason != DismissReason.DUPLICATE.value,
        ~not_restricted(alert.c.story_id) if is_apart else not_restricted(alert.c.story_id),
    )
    row = (await connection.execute(counts)).one()
    return row[0], row[1]


async def peaks_since(connection: AsyncConnection, watch_id: int, since: datetime) -> list[int]:
    """The highest severity of each story (or of the watch itself) since a moment: what the budget is shared among."""
    about = func.coalesce(emergence.c.story_id, -emergence.c.id)
    peaks = (
        select(func.max(emergence.c.severity))
        .where(emergence.c.watch_id == watch_id, emergence.c.at >= since, emergence.c.severity.is_not(None))
        .where(not_restricted(emergence.c.story_id), emergence.c.hold != HoldReason.TOLD_ELSEWHERE.value)
        .group_by(about)
    )
    return [int(value) for value in (await connection.scalars(peaks)).all()]


async def first_emergence_at(connection: AsyncConnection, watch_id: int) -> datetime | None:
    found: datetime | None = await connection.scalar(
        select(func.min(emergence.c.at)).where(emergence.c.watch_id == watch_id)
    )
    return found


async def kinds_so_far(
    connection: AsyncConnection, watch_id: int, story_ids: Iterable[int | None]
) -> dict[int, frozenset[EmergenceKind]]:
    """Which kinds of emergence have been found on each story for this watch."""
    rows = await connection.execute(
        select(emergence.c.story_id, func.array_agg(emergence.c.kind.distinct()).label("kinds"))
        .where(emergence.c.watch_id == watch_id, emergence.c.story_id.in_([key for key in story_ids if key]))
        .group_by(emergence.c.story_id)
    )
    return {row.story_id: frozenset(EmergenceKind(kind) for kind in row.kinds) for row in rows}


async def record_decision(
    connection: AsyncConnection,
    emergence_id: int,
    severity: Severity,
    decision: Decision,
    alert_id: int | None,
) -> None:
    await connection.execute(
        update(emergence)
        .where(emergence.c.id == emergence_id)
        .values(
            severity=severity.score,
            factors=[asdict(factor) for factor in severity.factors],
            verdict=decision.verdict.value,
            hold=decision.hold.value if decision.hold else "",
            decided=decision.reason,
            alert_id=alert_id,
            told_by=decision.told_by,
        )
    )


async def insert_alert(
    connection: AsyncConnection,
    given: Emergence,
    severity: Severity,
    title: str,
    owner: str,
    signals: int,
    publishers: int,
    now: datetime,
) -> int:
    row = {
        "watch_id": given.watch_id,
        "story_id": given.story_id,
        "source_id": given.source_id,
        "title": title,
        "severity": severity.score,
        "level": severity.level.value,
        "factors": [asdict(factor) for factor in severity.factors],
        "topics": list(given.topics),
        "because": given.because,
        "owner": owner,
        "signal_count": signals,
        "publisher_count": publishers,
        "raised_at": now,
        "changed_at": now,
    }
    return int((await connection.execute(insert(alert).values(row).returning(alert.c.id))).scalar_one())


async def grow_alert(
    connection: AsyncConnection,
    alert_id: int,
    given: Emergence,
    severity: Severity,
    signals: int,
    publishers: int,
) -> None:
    """Write what an alert has become; `append_transition` tells of it."""
    await connection.execute(
        update(alert)
        .where(alert.c.id == alert_id)
        .values(
            factors=[asdict(factor) for factor in severity.factors],
            topics=list(given.topics),
            because=given.because,
            signal_count=signals,
            publisher_count=publishers,
        )
    )


async def quiet_alerts(connection: AsyncConnection, before: datetime) -> list[Alert]:
    """Raised alerts that nobody took and nothing has fed since a moment, locked."""
    rows = await connection.execute(
        select(alert)
        .join(story, story.c.id == alert.c.story_id, isouter=True)
        .where(
            alert.c.watch_id.not_in(select(watch.c.id).where(watch.c.is_own)),  # these fade when we hear again
            alert.c.state == AlertState.RAISED.value,
            alert.c.changed_at < before,
            func.coalesce(story.c.last_seen_at, alert.c.changed_at) < before,
        )
        .order_by(alert.c.id)
        .with_for_update(of=alert, skip_locked=True)
    )
    return [to_alert(row) for row in rows]


async def merged_alerts(connection: AsyncConnection) -> list[tuple[Alert, int, int | None]]:
    """Living alerts whose story turned out to be part of an older one: alert, older story, its living alert."""
    other = alert.alias("other")
    rows = await connection.execute(
        select(alert, story.c.merged_into, other.c.id.label("other_id"))
        .join(story, story.c.id == alert.c.story_id)
        .join(
            other,
            and_(
                other.c.watch_id == alert.c.watch_id,
                other.c.story_id == story.c.merged_into,
                other.c.state.in_(LIVING),
            ),
            isouter=True,
        )
        .where(alert.c.state.in_(LIVING), story.c.merged_into.is_not(None))
        .order_by(alert.c.id)
        .with_for_update(of=alert, skip_locked=True)
    )
    return [(to_alert(row), row.merged_into, row.other_id) for row in rows]


async def linked_alerts(connection: AsyncConnection) -> list[tuple[Alert, int]]:
    """Raised alerts that nobody took, of a story linked with that of an older living alert of the watch: which one."""
    older = alert.alias("older")
    rows = await connection.execute(
        select(alert, older.c.id.label("older_id"))
        .join(older, and_(older.c.watch_id == alert.c.watch_id, older.c.id < alert.c.id, older.c.state.in_(LIVING)))
        .join(
            story_link,
            and_(
                story_link.c.one_id == func.least(alert.c.story_id, older.c.story_id),
                story_link.c.other_id == func.greatest(alert.c.story_id, older.c.story_id),
            ),
        )
        .where(alert.c.state == AlertState.RAISED)
        .order_by(alert.c.id, older.c.id.desc())
        .with_for_update(of=alert, skip_locked=True)
    )
    oldest = {row.id: (to_alert(row), row.older_id) for row in rows}  # the last of each is the oldest
    return list(oldest.values())


async def move_alert(connection: AsyncConnection, alert_id: int, story_id: int) -> None:
    await connection.execute(update(alert).where(alert.c.id == alert_id).values(story_id=story_id))


async def close_alert(connection: AsyncConnection, alert_id: int, now: datetime, dismiss_reason: str = "") -> None:
    await connection.execute(
        update(alert).where(alert.c.id == alert_id).values(closed_at=now, dismiss_reason=dismiss_reason)
    )
