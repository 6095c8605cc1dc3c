"""What an organisation bears of alarms that rest on numbers alone, and how much of it is spent."""

from datetime import datetime

from sqlalchemy import func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.false_alarms import A_MONTH_PER_WATCH, BACK, STATISTICAL, Candidate, FalseAlarms, standing
from app.alerts.severity import LEVELS
from app.alerts.types import Level
from app.schema.emergence import emergence
from app.schema.organisation import organisation
from app.schema.watch import watch
from app.storage.queries import query

LEAST = next(score for score, level in LEVELS if level is Level.MODERATE)  # what is low was never a candidate


async def take_false_alarms(connection: AsyncConnection, watch_id: int, now: datetime) -> FalseAlarms:
    """The budget that a watch shares, locked until the transaction ends: two watches may not spend its last alarm.

    Take it before the first transition is written. Those are written in turn, and who has his turn and waits
    for the budget stops him who has the budget and waits for his turn.
    """
    return await read_false_alarms(connection, await take_organisation(connection, watch_id), now)


async def take_organisation(connection: AsyncConnection, watch_id: int) -> int:
    """The organisation of a watch, locked until the transaction ends: who decides for one of its watches knows what
    was decided for the others."""
    whose = select(watch.c.organisation_id).where(watch.c.id == watch_id).scalar_subquery()
    taken = select(organisation.c.id).where(organisation.c.id == whose).with_for_update(key_share=True)
    return int((await connection.execute(taken)).scalar_one())


async def read_false_alarms(connection: AsyncConnection, organisation_id: int, now: datetime) -> FalseAlarms:
    given = {
        "organisation": organisation_id,
        "kinds": sorted(STATISTICAL),
        "since": now - BACK,
        "now": now,
        "least": LEAST,
    }
    rows = await connection.execute(query("false_alarms.candidates"), given)
    candidates = [Candidate(row.peak, row.raised_at) for row in rows]
    begun = await _first_finding(connection, organisation_id) or now
    return standing(await a_month(connection, organisation_id), candidates, begun, now)


async def _first_finding(connection: AsyncConnection, organisation_id: int) -> datetime | None:
    """Since when the organisation's watches have been looked at."""
    first = select(emergence.c.at).where(emergence.c.watch_id == watch.c.id).order_by(emergence.c.at).limit(1).lateral()
    begun: datetime | None = await connection.scalar(
        select(func.min(first.c.at))
        .select_from(watch.join(first, true()))
        .where(watch.c.organisation_id == organisation_id)
    )
    return begun


async def a_month(connection: AsyncConnection, organisation_id: int) -> int:
    """How many are borne: as was set, else one for each active watch."""
    as_set = await chosen(connection, organisation_id)
    if as_set is not None:
        return as_set
    watches = await connection.scalar(
        select(func.count()).where(
            watch.c.organisation_id == organisation_id, watch.c.is_active, watch.c.is_own.is_(False)
        )
    )
    return A_MONTH_PER_WATCH * (watches or 0)


async def chosen(connection: AsyncConnection, organisation_id: int) -> int | None:
    """None: nobody has set it."""
    found: int | None = await connection.scalar(
        select(organisation.c.false_alarms_a_month).where(organisation.c.id == organisation_id)
    )
    return found


async def choose(connection: AsyncConnection, organisation_id: int, number: int | None) -> None:
    await connection.execute(
        update(organisation).where(organisation.c.id == organisation_id).values(false_alarms_a_month=number)
    )
