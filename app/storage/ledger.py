"""Writing the coverage ledger: how far it is, what sources usually say, and hour by hour what was heard of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Alert
from app.schema.alert import alert
from app.schema.coverage import coverage_hour, expectation, listening
from app.schema.organisation import organisation
from app.schema.source import poll, source, source_status
from app.schema.watch import watch, watch_status
from app.storage.deciding import LIVING, to_alert
from app.storage.queries import query
from classifiers.detectors.hearing import LEAST_OF_A_HOUSE, Hearing, House
from signals.expectation import MEMORY, Expectation
from signals.tips import KIND as KIND_OF_TIPS

UNKNOWN_AN_HOUR = 1 / 24  # of a source that has said too little to have a rhythm
KEPT = timedelta(days=400)
OWN_NAME = "Forkant's own hearing"


@dataclass(frozen=True, slots=True)
class Place:
    """How far an organisation's ledger is."""

    organisation_id: int
    time_zone: str
    closed_until: datetime
    awake_at: datetime
    missed: timedelta  # of the hour from `closed_until` on
    lost_at: datetime | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The hours in which a source spoke, and since when we know of it."""

    source_id: int
    since: datetime
    hours: Mapping[datetime, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """A source that we know something of, and how it stands with it."""

    source_id: int
    known: Expectation | None
    heard_at: datetime | None  # last item heard of it by now
    is_priority: bool


async def organisations(connection: AsyncConnection) -> list[int]:
    return list((await connection.scalars(select(organisation.c.id).order_by(organisation.c.id))).all())


async def begin(connection: AsyncConnection, organisation_id: int, closed_until: datetime, now: datetime) -> None:
    """The organisation's ledger begins here, unless it has begun."""
    row = {"organisation_id": organisation_id, "closed_until": closed_until, "awake_at": now}
    await connection.execute(insert(listening).values(row).on_conflict_do_nothing())


async def first_poll_after(connection: AsyncConnection, organisation_id: int, after: datetime) -> datetime | None:
    found: datetime | None = await connection.scalar(
        select(func.min(poll.c.at))
        .join(source, source.c.id == poll.c.source_id)
        .where(poll.c.at > after, source.c.organisation_id == organisation_id)
    )
    return found


async def read(connection: AsyncConnection, organisation_id: int) -> Place | None:
    return _to_place((await connection.execute(_places(organisation_id))).first())


async def take(connection: AsyncConnection, organisation_id: int) -> Place | None:
    """The ledger's place, locked until the transaction ends; None: another worker writes it."""
    locked = _places(organisation_id).with_for_update(of=listening, skip_locked=True)
    return _to_place((await connection.execute(locked)).first())


def _places(organisation_id: int) -> Any:
    return (
        select(listening, organisation.c.time_zone)
        .join(organisation, organisation.c.id == listening.c.organisation_id)
        .where(listening.c.organisation_id == organisation_id)
    )


def _to_place(row: Row[Any] | None) -> Place | None:
    if row is None:
        return None
    return Place(row.organisation_id, row.time_zone, row.closed_until, row.awake_at, row.missed, row.lost_at)


async def write_place(connection: AsyncConnection, place: Place) -> None:
    await connection.execute(
        update(listening)
        .where(listening.c.organisation_id == place.organisation_id)
        .values(closed_until=place.closed_until, awake_at=place.awake_at, missed=place.missed, lost_at=place.lost_at)
    )


async def close_hour(connection: AsyncConnection, organisation_id: int, hour: datetime, slot: int, missed: bool) -> int:
    """Write one hour for all sources, or write it again; returns how many they are."""
    given = {
        "organisation": organisation_id,
        "hour": hour,
        "slot": slot + 1,  # arrays begin at 1
        "missed": missed,
        "unknown": UNKNOWN_AN_HOUR,
    }
    return int((await connection.execute(query("ledger.close"), given)).rowcount)


async def forget_old_hours(connection: AsyncConnection, now: datetime) -> None:
    await connection.execute(delete(coverage_hour).where(coverage_hour.c.hour < now - KEPT))


async def sources_to_learn(
    connection: AsyncConnection, organisation_id: int, made_before: datetime, most: int
) -> list[int]:
    """Active sources whose rhythm was never learnt, or longest ago. A new one must have been heard first."""
    asked = (
        select(source.c.id)
        .join(source_status, source_status.c.source_id == source.c.id)
        .outerjoin(expectation, expectation.c.source_id == source.c.id)
        .where(source.c.organisation_id == organisation_id, source.c.is_active, source.c.kind != KIND_OF_TIPS)
        .where(source_status.c.last_success_at.is_not(None))
        .where(or_(expectation.c.made_at.is_(None), expectation.c.made_at < made_before))
        .order_by(expectation.c.made_at.nulls_first(), source.c.id)
        .limit(most)
    )
    return list((await connection.scalars(asked)).all())


async def load_spoken(connection: AsyncConnection, source_ids: Sequence[int], now: datetime) -> list[Spoken]:
    given = {"sources": list(source_ids), "since": now - MEMORY, "now": now}
    hours = {
        row.source_id: dict(zip(map(_to_hour, row.hours), row.counts, strict=True))
        for row in await connection.execute(query("ledger.spoken"), given)
    }
    rows = await connection.execute(select(source.c.id, source.c.created_at).where(source.c.id.in_(source_ids)))
    return [_to_spoken(row.id, row.created_at, hours.get(row.id, {})) for row in rows]


def _to_hour(number: int) -> datetime:
    return datetime.fromtimestamp(number * 3600, UTC)


def _to_spoken(source_id: int, created_at: datetime, hours: Mapping[datetime, int]) -> Spoken:
    """What a source said before we knew it stands in its first document: we know of it since then."""
    return Spoken(source_id, min(created_at, *hours) if hours else created_at, hours)


async def write_expectation(
    connection: AsyncConnection, source_id: int, known: Expectation | None, now: datetime
) -> None:
    row: dict[str, Any] = {"source_id": source_id, "made_at": now, "slots": None, "per_day": None, "last_at": None}
    if known is not None:
        row |= {
            "slots": list(known.slots),
            "per_day": known.per_day,
            "spread": known.spread,
            "occasions": known.occasions,
            "known_for": known.known_for,
            "longest_pause": known.longest_pause,
            "usual_mass": known.usual_mass,
        }
    await connection.execute(
        insert(expectation).values(row).on_conflict_do_update(index_elements=["source_id"], set_=row)
    )


async def load_standings(connection: AsyncConnection, organisation_id: int) -> list[Standing]:
    """Sources that have spoken, or whose rhythm was learnt, since it was last said when they would be silent."""
    asked = (
        select(expectation, source_status.c.last_new_at, source.c.is_priority)
        .join(source, source.c.id == expectation.c.source_id)
        .join(source_status, source_status.c.source_id == source.c.id)
        .where(source.c.organisation_id == organisation_id, source.c.is_active)
        .where(expectation.c.last_at.is_distinct_from(source_status.c.last_new_at))
    )
    rows = await connection.execute(asked)
    return [Standing(row.source_id, to_expectation(row), row.last_new_at, row.is_priority) for row in rows]


def to_expectation(row: Row[Any]) -> Expectation | None:
    if row.slots is None:
        return None
    return Expectation(tuple(row.slots), row.spread, row.occasions, row.known_for, row.longest_pause, row.usual_mass)


WRITE_SILENCE = text("""
    update expectation
    set last_at = new.last_at, silent_after = new.silent_after
    from unnest(cast(:ids as bigint[]), cast(:last_ats as timestamptz[]), cast(:afters as timestamptz[]))
        as new (source_id, last_at, silent_after)
    where expectation.source_id = new.source_id
""")


async def write_silence(
    connection: AsyncConnection, silences: Sequence[tuple[int, datetime | None, datetime | None]]
) -> None:
    """Of each source: when it was last heard, and from when on its silence would be none of its habits."""
    if silences:
        ids, last_ats, afters = zip(*silences, strict=True)
        await connection.execute(WRITE_SILENCE, {"ids": list(ids), "last_ats": list(last_ats), "afters": list(afters)})


async def own_watch(connection: AsyncConnection, place: Place, now: datetime) -> int:
    """The watch that alerts about our hearing belong to. It rests: no signal ever matches it."""
    found = select(watch.c.id).where(watch.c.organisation_id == place.organisation_id, watch.c.is_own)
    known: int | None = await connection.scalar(found)
    if known is not None:
        return known
    row = {
        "organisation_id": place.organisation_id,
        "name": await _free_name(connection, place.organisation_id),
        "is_active": False,
        "is_own": True,
        "priority": 1,
        "time_zone": place.time_zone,
        "created_at": now,
        "changed_at": now,
    }
    watch_id = int((await connection.execute(insert(watch).values(row).returning(watch.c.id))).scalar_one())
    await connection.execute(insert(watch_status).values(watch_id=watch_id, counted_until=now))
    return watch_id


async def _free_name(connection: AsyncConnection, organisation_id: int) -> str:
    """People may have called a watch of theirs so."""
    taken = select(watch.c.id).where(watch.c.organisation_id == organisation_id, watch.c.name == OWN_NAME)
    return f"{OWN_NAME} (built in)" if await connection.scalar(taken) else OWN_NAME


async def load_priority(connection: AsyncConnection, organisation_id: int) -> list[tuple[Hearing, datetime | None]]:
    """Sources that must not be silent, and when somebody was last told that they are."""
    rows = await connection.execute(
        select(
            source.c.id,
            source.c.name,
            source.c.address,
            source.c.tier,
            source.c.is_active,
            source.c.is_priority,
            source.c.created_at,
            source_status.c.health,
            source_status.c.failures,
            source_status.c.last_error,
            source_status.c.last_new_at,
            source_status.c.last_success_at,
            *(column for column in expectation.c if column.name != "source_id"),
        )
        .join(source_status, source_status.c.source_id == source.c.id)
        .join(expectation, expectation.c.source_id == source.c.id)
        .where(source.c.organisation_id == organisation_id)
        .where((source.c.is_priority & (source.c.kind != KIND_OF_TIPS)) | expectation.c.told_at.is_not(None))
        .order_by(source.c.id)
    )
    return [(_to_hearing(row), row.told_at) for row in rows]


def _to_hearing(row: Any) -> Hearing:
    return Hearing(
        source_id=row.id,
        name=row.name or row.address,
        tier=row.tier,
        health=row.health,
        is_active=row.is_active and row.is_priority,
        failures=row.failures,
        error=row.last_error,
        created_at=row.created_at,
        heard_at=row.last_new_at,
        asked_at=row.last_success_at,
        silent_after=row.silent_after,
        known=to_expectation(row),
    )


async def note_told(connection: AsyncConnection, source_id: int, told_at: datetime | None) -> None:
    """That its silence was told of; None: it is heard again."""
    await connection.execute(update(expectation).where(expectation.c.source_id == source_id).values(told_at=told_at))


async def lost_houses(
    connection: AsyncConnection, organisation_id: int, begin: datetime, until: datetime
) -> list[House]:
    given = {"organisation": organisation_id, "begin": begin, "until": until, "least": LEAST_OF_A_HOUSE}
    rows = await connection.execute(query("ledger.houses"), given)
    return [House(row.name, row.sources, row.expected) for row in rows]


async def living_alerts(connection: AsyncConnection, organisation_id: int) -> list[tuple[Alert, int | None]]:
    """Living alerts about our hearing, locked, and about which source each is."""
    rows = await connection.execute(
        select(alert)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(watch.c.organisation_id == organisation_id, watch.c.is_own, alert.c.state.in_(LIVING))
        .order_by(alert.c.id)
        .with_for_update(of=alert, skip_locked=True)
    )
    return [(to_alert(row), row.source_id) for row in rows]
