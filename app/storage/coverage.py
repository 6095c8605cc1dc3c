"""Whether we hear what we mean to hear, as the ledger has it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.coverage import Account, HourRow, LedgerFilter, SourceHours
from app.schema.coverage import expectation
from app.schema.signal import signal
from app.schema.source import source, source_status
from app.schema.watch import watch
from app.storage.queries import query
from app.storage.seeing import not_restricted
from classifiers.detectors.hearing import HeardHour
from classifiers.watches.audience import Audience, audience_of
from signals.expectation import HOUR
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import Source, Stakeholder

DAY = timedelta(days=1)
UNKNOWN_A_DAY = 1.0  # items that a source without a known rhythm counts for
DEAF = ("silent", "late", "failing", "blocked")


@dataclass(frozen=True, slots=True)
class Hearing:
    """Active sources by health, the share of what they usually say that we hear, and the last signs of life."""

    by_health: dict[str, int]
    share: float | None  # None: there is nothing that could be heard yet
    last_poll_at: datetime | None
    last_signal_at: datetime | None


async def read_hearing(connection: AsyncConnection, organisation_id: int) -> Hearing:
    health = func.coalesce(source_status.c.health, "new")
    mine = source.c.organisation_id == organisation_id
    rows = (
        await connection.execute(
            select(
                health.label("health"),
                func.count().label("sources"),
                func.sum(_usual_a_day()).label("usual"),
                func.max(source_status.c.last_polled_at).label("polled"),
            )
            .select_from(source)
            .outerjoin(source_status, source_status.c.source_id == source.c.id)
            .outerjoin(expectation, expectation.c.source_id == source.c.id)
            .where(mine, source.c.is_active)
            .group_by(health)
        )
    ).all()
    last_signal_at = await connection.scalar(
        select(signal.c.seen_at)
        .join(source, source.c.id == signal.c.source_id)
        .where(mine, not_restricted(signal.c.id))
        .order_by(signal.c.seen_at.desc())
        .limit(1)
    )
    polled = [row.polled for row in rows if row.polled is not None]
    usual = {row.health: row.usual or 0.0 for row in rows if row.health not in ("new", "retired")}
    total = sum(usual.values())
    share = 1 - sum(usual.get(name, 0.0) for name in DEAF) / total if total else None
    return Hearing({row.health: row.sources for row in rows}, share, max(polled, default=None), last_signal_at)


def _usual_a_day() -> ColumnElement[float]:
    """Items that a source says on a usual day; tips come when they come, and are never missing."""
    return case((source.c.kind == KIND_OF_TIPS, 0.0), else_=func.coalesce(expectation.c.per_day, UNKNOWN_A_DAY))


async def heard_hours(
    connection: AsyncConnection,
    organisation_id: int,
    begin: datetime,
    until: datetime,
    which: LedgerFilter = LedgerFilter(),  # noqa: B008 - frozen
) -> list[HourRow]:
    """The ledger by hour, in order; hours that are not written are missing."""
    given = {
        "organisation": organisation_id,
        "begin": begin,
        "until": until,
        "sources": None if which.source_ids is None else list(which.source_ids),
        "stakeholder": which.stakeholder,
    }
    return [
        HourRow(
            HeardHour(row.hour, row.expected, row.heard, row.weighed_expected, row.weighed_heard, row.not_asked),
            int(row.seen),
            row.sources,
            row.heard_sources,
        )
        for row in await connection.execute(query("coverage.hours"), given)
    ]


async def find_audience(connection: AsyncConnection, organisation_id: int, watch_id: int) -> Audience | None:
    """Whom a watch listens to; None: there is no such watch."""
    row = (
        await connection.execute(
            select(watch.c.query, watch.c.languages).where(
                watch.c.id == watch_id, watch.c.organisation_id == organisation_id
            )
        )
    ).first()
    return audience_of(row.query, row.languages) if row else None


async def audience_ids(connection: AsyncConnection, organisation_id: int, audience: Audience) -> tuple[int, ...] | None:
    """The sources that a watch listens to; None: all."""
    if not audience.choices:
        return None
    rows = await connection.execute(
        select(source).where(source.c.organisation_id == organisation_id, source.c.is_active).order_by(source.c.id)
    )
    return tuple(
        row.id
        for row in rows
        if audience.hears(
            Source(
                row.id,
                row.kind,
                row.address,
                row.name,
                Stakeholder(row.stakeholder),
                family=row.family,
                language=row.language,
            )
        )
    )


def share_of(hours: Sequence[HourRow]) -> float | None:
    """The share of what was expected that fell into hours that were heard; of sources, where nothing was expected."""
    expected = sum(one.heard.expected for one in hours)
    if expected > 0:
        return sum(one.heard.heard for one in hours) / expected
    sources = sum(one.sources for one in hours)
    return sum(one.heard_sources for one in hours) / sources if sources else None


async def share(
    connection: AsyncConnection,
    organisation_id: int,
    now: datetime,
    which: LedgerFilter = LedgerFilter(),  # noqa: B008 - frozen
) -> float:
    """How much of what was to be heard in the last day was heard; before the first hour is over, how much is now."""
    hours = await heard_hours(connection, organisation_id, now - DAY - HOUR, now, which)
    found = share_of(hours)
    if found is None:
        found = (await read_hearing(connection, organisation_id)).share
    return 1.0 if found is None else found


async def audience_share(connection: AsyncConnection, organisation_id: int, audience: Audience, now: datetime) -> float:
    """The same for the sources that a watch listens to."""
    ids = await audience_ids(connection, organisation_id, audience)
    return await share(connection, organisation_id, now, LedgerFilter(source_ids=ids))


async def source_hours(
    connection: AsyncConnection,
    organisation_id: int,
    begin: datetime,
    until: datetime,
    which: LedgerFilter,
    limit: int,
    skip: int = 0,
) -> list[SourceHours]:
    """The ledger by source, those that miss most first."""
    given = {
        "organisation": organisation_id,
        "begin": begin,
        "until": until,
        "state": which.state,
        "stakeholder": which.stakeholder,
        "sources": None if which.source_ids is None else list(which.source_ids),
        "limit": limit,
        "skip": skip,
    }
    return [
        SourceHours(
            source_id=row.id,
            name=row.name or row.address,
            stakeholder=row.stakeholder,
            tier=row.tier,
            is_priority=row.is_priority,
            expected=row.expected,
            heard=row.heard,
            seen=row.seen,
            silent_after=row.silent_after,
            hours=tuple(zip(row.hours, row.states, row.expecteds, row.seens, strict=True)),
        )
        for row in await connection.execute(query("coverage.sources"), given)
    ]


async def count_ledger_sources(
    connection: AsyncConnection, organisation_id: int, begin: datetime, until: datetime, which: LedgerFilter
) -> dict[str, int]:
    """How many sources of the ledger have an hour of each state; under the empty name: how many there are."""
    given = {
        "organisation": organisation_id,
        "begin": begin,
        "until": until,
        "stakeholder": which.stakeholder,
        "sources": None if which.source_ids is None else list(which.source_ids),
    }
    return {row.state or "": row.sources for row in await connection.execute(query("coverage.states"), given)}


async def account_of(
    connection: AsyncConnection, organisation_id: int | None, begin: datetime | None, until: datetime | None
) -> Account:
    """What was fetched in a time, and what became of it. None: of all organisations, all the time."""
    given = {"organisation": organisation_id, "begin": begin, "until": until}
    row = (await connection.execute(query("coverage.account"), given)).one()
    return Account(
        entries=row.entries,
        stored=row.stored,
        edited=row.edited,
        known=row.known,
        dropped=row.dropped,
        own=row.own,
        copies=row.copies,
        waiting=row.waiting,
        set_aside=row.set_aside,
        taken_back=row.taken_back,
        lost=row.lost,
    )
