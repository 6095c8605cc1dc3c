"""Sources as the collector needs them: claim those that are due, write down how a visit went."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Row, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.source import source, source_status
from app.storage.items import Counts
from app.storage.queries import query
from signals.habits import Habit
from signals.rhythm import LISTENED_TO, Pace, share_known
from signals.starters import Starter
from signals.starters import load_starters as read_starters
from signals.types import Cursor, PushLinks, Source, Stakeholder

LOOK_AHEAD = 10  # due sources looked at for one that is taken: to rank all of thousands would cost more than to visit
EVERYBODY = 1_000_000


@dataclass(frozen=True, slots=True)
class Push:
    """What we know of a source's hub when we set out to it."""

    id: int = 0
    links: PushLinks = field(default_factory=PushLinks)
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A source that this worker alone may visit, until the lease ends."""

    source: Source
    cursor: Cursor
    pace: Pace
    is_first: bool  # never read before: what it brings is its backlog
    last_polled_at: datetime | None
    node: str
    lease_until: datetime
    push: Push = field(default_factory=Push)
    not_modified_at: datetime | None = None  # the last visit, where it was answered with 304
    doubted_until: datetime | None = None  # its validators are not believed until then


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a visit that went well taught us of the source's ways."""

    habit: Habit
    not_modified_at: datetime | None = None
    doubted_until: datetime | None = None
    oddity: str = ""  # what was strange about the visit, for people


@dataclass(frozen=True, slots=True)
class Account:
    """What one visit cost and brought."""

    poll_id: int
    outcome: str  # new, unchanged or failed
    at: datetime
    took: timedelta
    size: int = 0
    counts: Counts = field(default_factory=Counts)
    dropped: Mapping[str, int] = field(default_factory=dict)
    error: str = ""


async def claim(
    connection: AsyncConnection,
    node: str,
    now: datetime,
    *,
    lease: timedelta,
    most: int,
    per_host: int = 2,
    busy_hosts: Collection[str] = (),
    kinds: Collection[str] = (),
) -> list[Claim]:
    """Lease up to `most` due sources that nobody else has: of these kinds, or of all that are not listened to live."""
    given = {
        "now": now,
        "until": now + lease,
        "node": node,
        "per_host": per_host,
        "busy": sorted(busy_hosts),
        "live": list(LISTENED_TO),
        "kinds": list(kinds),
    }
    look = most * LOOK_AHEAD
    rows = (await connection.execute(query("sources.claim"), {**given, "most": most, "look": look})).all()
    if 0 < len(rows) < most and rows[0].looked_at == look:  # few hosts have all the first places: look at everybody
        served = {*busy_hosts, *(row.host or "" for row in rows)}
        rest = {**given, "most": most - len(rows), "look": EVERYBODY, "busy": sorted(served)}
        rows = [*rows, *(await connection.execute(query("sources.claim"), rest)).all()]
    return [_to_claim(row) for row in rows]


async def release(connection: AsyncConnection, node: str) -> None:
    """Give back whatever a worker still holds."""
    held = source_status.c.leased_by == node
    await connection.execute(update(source_status).where(held).values(lease_until=None, leased_by=""))


async def move(connection: AsyncConnection, taken: Claim, address: str) -> bool:
    """Give a source its new address, unless another source has it. True: moved."""
    other = source.alias("other")
    mine = select(source.c.organisation_id).where(source.c.id == taken.source.id).scalar_subquery()
    is_taken = exists().where(
        other.c.organisation_id == mine, other.c.kind == taken.source.kind, other.c.address == address
    )
    moved = await connection.execute(
        update(source).where(source.c.id == taken.source.id, ~is_taken).values(address=address)
    )
    return moved.rowcount == 1


async def load_starters(connection: AsyncConnection, organisation_id: int, now: datetime) -> int:
    """Add the starter sources that are not there yet; returns how many that were."""
    return await add_sources(connection, organisation_id, read_starters(), now)


async def add_sources(
    connection: AsyncConnection, organisation_id: int, starters: Sequence[Starter], now: datetime
) -> int:
    """Add sources, due at once; one that is there already stays as people have made it."""
    if not starters:
        return 0
    values = [
        {
            "organisation_id": organisation_id,
            "kind": one.kind,
            "address": one.address,
            "name": one.name,
            "stakeholder": one.stakeholder,
            "tier": one.tier,
            "family": one.family,
            "country": one.country,
            "language": one.language,
            "created_at": now,
        }
        for one in starters
    ]
    adding = insert_unless(source).on_conflict_do_nothing().returning(source.c.id)
    added = list((await connection.scalars(adding, values)).all())
    if added:
        due = [{"source_id": source_id, "next_poll_at": now} for source_id in added]
        await connection.execute(insert(source_status), due)
    return len(added)


def _to_claim(row: Row[tuple[object, ...]]) -> Claim:
    has_share = row.last_outcome in ("new", "unchanged")
    return Claim(
        source=Source(
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
        ),
        cursor=Cursor(row.etag, row.last_modified, row.body_hash, row.position, row.moved_to),
        pace=Pace(
            every=row.every,
            due_at=row.due_at,
            failures=row.failures,
            last_share=share_known(row.last_known, row.last_entries) if has_share else None,
            last_new_at=row.last_new_at,
            longest_pause=row.longest_pause,
            habit=Habit.from_numbers(row.habit),
            skips=frozenset(row.skips),
            silent_after=row.silent_after,
        ),
        is_first=row.last_success_at is None,
        last_polled_at=row.last_polled_at,
        node=row.leased_by,
        lease_until=row.lease_until,
        push=Push(row.push_id, PushLinks(row.hub, row.topic), row.is_pushed) if row.push_id else Push(),
        not_modified_at=row.not_modified_at,
        doubted_until=row.doubted_until,
    )
