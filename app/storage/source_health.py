"""Sources with how it goes: what the source pages read, and what people change of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import PollRow, SourceDraft, SourceFilter, SourceRow
from app.schema.signal import signal
from app.schema.source import poll, source, source_status
from app.storage.seeing import not_restricted
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import Source, Stakeholder

DAY = timedelta(days=1)
DEFAULT_INTERVAL = timedelta(minutes=15)

UNSEEN = ("source_id", "language_scores", "habit", "skips")  # for machines alone
WORST_FIRST = ("failing", "blocked", "silent", "late", "new", "heard", "retired")


def select_sources(organisation_id: int, now: datetime) -> Select[Any]:
    today = (
        select(signal.c.source_id, func.count().label("signals_day"))
        .where(signal.c.seen_at > now - DAY, signal.c.seen_at <= now, not_restricted(signal.c.id))
        .group_by(signal.c.source_id)
        .subquery("today")
    )
    status = [column for column in source_status.c if column.name not in UNSEEN]
    return (
        select(source, *status, func.coalesce(today.c.signals_day, 0).label("signals_day"))
        .outerjoin(source_status, source_status.c.source_id == source.c.id)
        .outerjoin(today, today.c.source_id == source.c.id)
        .where(source.c.organisation_id == organisation_id)
    )


async def list_sources(
    connection: AsyncConnection, organisation_id: int, which: SourceFilter, now: datetime
) -> tuple[SourceRow, ...]:
    """The worst first, then by name."""
    query = select_sources(organisation_id, now)
    health = func.coalesce(source_status.c.health, "new")
    if which.health:
        query = query.where(health == which.health)
    if which.stakeholder is not None:
        query = query.where(source.c.stakeholder == which.stakeholder)
    if which.active_only:
        query = query.where(source.c.is_active)
    if which.words:
        query = query.where(
            or_(
                source.c.name.icontains(which.words, autoescape=True),
                source.c.address.icontains(which.words, autoescape=True),
            )
        )
    worst = case({name: rank for rank, name in enumerate(WORST_FIRST)}, value=health, else_=len(WORST_FIRST))
    rows = await connection.execute(
        query.order_by(source.c.is_active.desc(), worst, func.lower(source.c.name), source.c.id)
    )
    return tuple(map(to_source_row, rows))


async def find_source(
    connection: AsyncConnection, organisation_id: int, source_id: int, now: datetime
) -> SourceRow | None:
    row = (await connection.execute(select_sources(organisation_id, now).where(source.c.id == source_id))).first()
    return to_source_row(row) if row else None


async def list_polls(connection: AsyncConnection, source_id: int, limit: int) -> tuple[PollRow, ...]:
    """Newest first."""
    rows = await connection.execute(
        select(poll).where(poll.c.source_id == source_id).order_by(poll.c.at.desc(), poll.c.id.desc()).limit(limit)
    )
    return tuple(
        PollRow(
            id=row.id,
            at=row.at,
            outcome=row.outcome,
            took_ms=row.took_ms,
            size=row.size,
            entries=row.entries,
            stored=row.stored,
            edited=row.edited,
            known=row.known,
            dropped=row.dropped,
            error=row.error,
        )
        for row in rows
    )


async def add_source(
    connection: AsyncConnection, organisation_id: int, draft: SourceDraft, now: datetime
) -> int | None:
    """Its number; None when the address is there already. It is due at once."""
    values = to_values(draft) | {"organisation_id": organisation_id, "created_at": now}
    made = insert(source).values(values).on_conflict_do_nothing().returning(source.c.id)
    source_id: int | None = (await connection.execute(made)).scalar_one_or_none()
    if source_id is not None:
        health = "heard" if draft.kind == KIND_OF_TIPS else "new"  # what nobody visits has no first visit to wait for
        await connection.execute(
            insert(source_status).values(source_id=source_id, next_poll_at=now, every=DEFAULT_INTERVAL, health=health)
        )
    return source_id


async def change_source(
    connection: AsyncConnection, source_id: int, draft: SourceDraft, poll_at: datetime | None
) -> bool:
    """False: another source has that address. `poll_at`: it moved, so forget validators and poll then."""
    try:
        async with connection.begin_nested():
            await connection.execute(update(source).where(source.c.id == source_id).values(to_values(draft)))
    except IntegrityError:
        return False
    if poll_at is not None:
        fresh = {"etag": "", "last_modified": "", "body_hash": "", "position": "", "moved_to": "", "failures": 0}
        await connection.execute(
            update(source_status)
            .where(source_status.c.source_id == source_id)
            .values(next_poll_at=poll_at, health="new", last_error="", last_error_kind="", **fresh)
        )
    return True


async def set_active(connection: AsyncConnection, source_id: int, is_active: bool, now: datetime) -> None:
    await connection.execute(update(source).where(source.c.id == source_id).values(is_active=is_active))
    if is_active:
        await connection.execute(
            update(source_status).where(source_status.c.source_id == source_id).values(next_poll_at=now)
        )


def to_values(draft: SourceDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "address": draft.address,
        "name": draft.name,
        "stakeholder": draft.stakeholder,
        "tier": draft.tier,
        "family": draft.family,
        "country": draft.country,
        "language": draft.language,
        "is_priority": draft.is_priority,
        "is_own": draft.is_own,
    }


def to_source(row: Row[Any]) -> Source:
    return Source(
        id=row.id,
        kind=row.kind,
        address=row.address,
        name=row.name,
        stakeholder=Stakeholder(row.stakeholder),
        tier=row.tier,
        family=row.family,
        country=row.country,
        language=row.language,
        is_priority=row.is_priority,
        is_own=row.is_own,
    )


def to_source_row(row: Row[Any]) -> SourceRow:
    return SourceRow(
        source=to_source(row),
        is_active=row.is_active,
        created_at=row.created_at,
        health=row.health or "new",
        every=row.every or DEFAULT_INTERVAL,
        failures=row.failures or 0,
        last_error=row.last_error or "",
        last_error_kind=row.last_error_kind or "",
        last_polled_at=row.last_polled_at,
        last_success_at=row.last_success_at,
        last_new_at=row.last_new_at,
        next_poll_at=row.next_poll_at,
        signals_day=row.signals_day,
        oddity=row.oddity or "",
        oddity_at=row.oddity_at,
        remarks=tuple(row.remarks or ()),
    )
