"""The radar: whose turn it is to look, what it looks at, and what it suggests."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.radar import Kind
from app.schema.organisation import organisation
from app.schema.radar import radar_look, suggestion
from app.schema.watch import watch
from app.storage.comparing import to_signal
from app.storage.labelling import load_labels
from app.storage.queries import query
from app.storage.suggestions import RESTS, WAITS, list_weights
from classifiers.radar_saying import because
from classifiers.radar_values import Answered, Guard, Heard, PastTitle, Radar, Suggestion, Taught
from classifiers.taxonomy import load_taxonomy
from classifiers.watches import WatchTerms
from signals.tips import KIND as KIND_OF_TIPS

LEASE = timedelta(minutes=15)  # whoever has not come back by then has died
ATTEMPTS = 5  # of a week; then it is left
MOST_HEARD = 40_000  # signals of a week; of more, every second, third ...
MOST_PAST = 40_000  # titles
SETTLED = timedelta(days=14)  # a source that was added later brings its own words


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a look takes in: the weeks before, then the week."""

    since: datetime
    middle: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Amount:
    past: int
    week: int
    begun: datetime | None  # when the organisation first heard anything


async def organisations(connection: AsyncConnection) -> tuple[tuple[int, str], ...]:
    """All, with their time zones."""
    rows = await connection.execute(select(organisation.c.id, organisation.c.time_zone).order_by(organisation.c.id))
    return tuple((row.id, row.time_zone) for row in rows)


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Looks, and what they suggested; what answers taught stays."""
    await connection.execute(delete(suggestion).where(suggestion.c.made_at < before))
    await connection.execute(delete(radar_look).where(radar_look.c.week < before.date()))


async def is_done(connection: AsyncConnection, organisation_id: int, week: date) -> bool:
    mine = (radar_look.c.organisation_id == organisation_id, radar_look.c.week == week)
    is_over = or_(radar_look.c.looked_at.is_not(None), radar_look.c.attempts >= ATTEMPTS)
    return await connection.scalar(select(radar_look.c.week).where(*mine, is_over)) is not None


async def take(connection: AsyncConnection, organisation_id: int, week: date, worker: str, now: datetime) -> bool:
    """May we look for this week? False: it is done, or another worker is at it."""
    row = {"organisation_id": organisation_id, "week": week}
    await connection.execute(upsert(radar_look).values(row).on_conflict_do_nothing())
    is_free = or_(radar_look.c.lease_until.is_(None), radar_look.c.lease_until <= now)
    taken = await connection.execute(
        update(radar_look)
        .where(
            radar_look.c.organisation_id == organisation_id,
            radar_look.c.week == week,
            radar_look.c.looked_at.is_(None),
            radar_look.c.attempts < ATTEMPTS,
            is_free,
        )
        .values(taken_by=worker, lease_until=now + LEASE, attempts=radar_look.c.attempts + 1)
        .returning(radar_look.c.week)
    )
    return taken.first() is not None


async def give_back(connection: AsyncConnection, organisation_id: int, week: date, worker: str, error: str) -> None:
    """It did not end well: the next beat tries again."""
    await connection.execute(
        update(radar_look)
        .where(
            radar_look.c.organisation_id == organisation_id,
            radar_look.c.week == week,
            radar_look.c.taken_by == worker,
            radar_look.c.looked_at.is_(None),
        )
        .values(lease_until=None, taken_by="", error=error)
    )


async def count(connection: AsyncConnection, organisation_id: int, span: Span) -> Amount:
    given = {"organisation": organisation_id, "since": span.since, "middle": span.middle, "until": span.until}
    row = (await connection.execute(query("radar.counts"), given)).one()
    return Amount(row.past, row.week, row.begun)


async def load_week(connection: AsyncConnection, organisation_id: int, span: Span, amount: Amount) -> list[Heard]:
    given = {
        "organisation": organisation_id,
        "tips": KIND_OF_TIPS,
        "since": span.middle,
        "until": span.until,
        "settled": span.until - SETTLED,
        "every": max(1, ceil(amount.week / MOST_HEARD)),
    }
    rows = (await connection.execute(query("radar.week"), given)).all()
    labels = await load_labels(connection, [row.id for row in rows])
    return [Heard(to_signal(row), labels.get(row.id, ()), row.story_id) for row in rows]


async def load_past(connection: AsyncConnection, organisation_id: int, span: Span, amount: Amount) -> list[PastTitle]:
    given = {
        "organisation": organisation_id,
        "tips": KIND_OF_TIPS,
        "since": span.since,
        "until": span.middle,
        "every": max(1, ceil(amount.past / MOST_PAST)),
    }
    rows = await connection.execute(query("radar.past"), given)
    return [PastTitle(row.title, row.language, row.source_name) for row in rows]


async def load_guards(connection: AsyncConnection, organisation_id: int) -> list[Guard]:
    """Its watches, waking or resting: who let one rest knows of it."""
    rows = await connection.execute(
        select(watch).where(watch.c.organisation_id == organisation_id, ~watch.c.is_own).order_by(watch.c.id)
    )
    return [Guard(WatchTerms(row.id, row.name, row.query, tuple(row.languages)), frozenset(row.topics)) for row in rows]


async def load_taught(connection: AsyncConnection, organisation_id: int, now: datetime) -> Taught:
    weights = await list_weights(connection, organisation_id)
    given = {"organisation": organisation_id, "waiting_since": now - WAITS, "answered_since": now - RESTS}
    rows = await connection.execute(query("radar.answered"), given)
    return Taught(
        topics={one.name: one.weight for one in weights if one.kind is Kind.TOPIC},
        groups={one.name: one.weight for one in weights if one.kind is Kind.GROUP},
        answered=tuple(Answered(frozenset(row.keys), frozenset(row.story_ids)) for row in rows),
    )


async def keep(
    connection: AsyncConnection, organisation_id: int, week: date, worker: str, found: Radar, now: datetime
) -> bool:
    """Write what a look found. False: it is not ours any more, and what another found stands."""
    ours = await connection.execute(
        update(radar_look)
        .where(
            radar_look.c.organisation_id == organisation_id,
            radar_look.c.week == week,
            radar_look.c.taken_by == worker,
            radar_look.c.looked_at.is_(None),
        )
        .values(
            looked_at=now,
            lease_until=None,
            taken_by="",
            heard=found.heard,
            rising=found.rising,
            passed_over={reason.value: number for reason, number in found.passed_over.items()},
            error="",
        )
        .returning(radar_look.c.week)
    )
    if ours.first() is None:
        return False
    rows = [
        _values(one, now) | {"organisation_id": organisation_id, "week": week, "rank": rank}
        for rank, one in enumerate(found.suggestions, start=1)
    ]
    if rows:
        await connection.execute(insert(suggestion), rows)
    return True


def _values(one: Suggestion, now: datetime) -> dict[str, Any]:
    return {
        "term": one.term,
        "keys": list(one.keys),
        "query": one.query,
        "languages": list(one.languages),
        "companions": list(one.companions),
        "topics": list(one.topics),
        "groups": list(one.groups),
        "spoken_in": list(one.spoken_in),
        "signal_ids": list(one.signal_ids),
        "example_ids": list(one.example_ids),
        "titles": one.titles,
        "expected": one.expected,
        "voices": one.voices,
        "at_risk": one.at_risk,
        "days": one.days,
        "week_hits": one.week_hits,
        "score": one.score,
        "because": because(one, load_taxonomy()),
        "made_at": now,
    }
