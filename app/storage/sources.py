"""Sources as the collector needs them: claim those that are due, write down how a visit went."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Row, exists, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_unless
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.source import poll, source, source_status
from app.storage.items import Counts
from app.storage.queries import query
from signals.item_text import storable
from signals.rhythm import Health, Pace, Plan, share_known
from signals.starters import Starter
from signals.starters import load_starters as read_starters
from signals.types import Catch, Cursor, Source, Stakeholder


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
) -> list[Claim]:
    """Lease up to `most` due sources that nobody else has."""
    rows = await connection.execute(
        query("sources.claim"),
        {
            "now": now,
            "until": now + lease,
            "node": node,
            "most": most,
            "per_host": per_host,
            "busy": sorted(busy_hosts),
        },
    )
    return [_to_claim(row) for row in rows]


async def hold_lease(connection: AsyncConnection, taken: Claim) -> int | None:
    """Lock the source's status for writing and number the poll. None: the lease is lost, and with it the visit."""
    poll_id = func.nextval(func.pg_get_serial_sequence("poll", "id"))
    found: int | None = await connection.scalar(
        select(poll_id)
        .where(
            source_status.c.source_id == taken.source.id,
            source_status.c.leased_by == taken.node,
            source_status.c.lease_until == taken.lease_until,
        )
        .with_for_update()
    )
    return found


async def release(connection: AsyncConnection, node: str) -> None:
    """Give back whatever a worker still holds."""
    held = source_status.c.leased_by == node
    await connection.execute(update(source_status).where(held).values(lease_until=None, leased_by=""))


async def record_catch(connection: AsyncConnection, taken: Claim, account: Account, catch: Catch, plan: Plan) -> None:
    """Write down a visit that went well. The items are stored in the same transaction."""
    cursor = catch.cursor
    news = {"last_new_at": account.at} if account.counts.stored or account.counts.edited else {}
    await _update_status(
        connection,
        taken,
        plan,
        account,
        etag=storable(cursor.etag),
        last_modified=storable(cursor.last_modified),
        body_hash=cursor.body_hash,
        position=storable(cursor.position),
        moved_to=storable(cursor.moved_to),
        last_success_at=account.at,
        last_error_kind="",
        **news,
    )
    await _insert_poll(connection, taken, account)
    await _learn_its_name(connection, taken.source, catch)


async def record_failure(connection: AsyncConnection, taken: Claim, account: Account, kind: str, plan: Plan) -> None:
    """Write down a visit that failed. What we knew of the source stays as it was."""
    await _update_status(connection, taken, plan, account, last_error_kind=kind)
    await _insert_poll(connection, taken, account)
    if plan.health is Health.RETIRED:
        await connection.execute(update(source).where(source.c.id == taken.source.id).values(is_active=False))


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


async def _update_status(
    connection: AsyncConnection, taken: Claim, plan: Plan, account: Account, **changes: object
) -> None:
    await connection.execute(
        update(source_status)
        .where(source_status.c.source_id == taken.source.id)
        .values(
            lease_until=None,
            leased_by="",
            every=plan.every,
            next_poll_at=plan.next_poll_at,
            health=plan.health,
            failures=plan.failures,
            last_error=storable(account.error),
            last_polled_at=account.at,
            **changes,
        )
    )


async def _insert_poll(connection: AsyncConnection, taken: Claim, account: Account) -> None:
    counts, dropped = account.counts, dict(account.dropped)
    await connection.execute(
        insert(poll).values(
            id=account.poll_id,
            source_id=taken.source.id,
            at=account.at,
            outcome=account.outcome,
            took_ms=round(account.took / timedelta(milliseconds=1)),
            size=account.size,
            entries=counts.stored + counts.edited + counts.known + sum(dropped.values()),
            stored=counts.stored,
            edited=counts.edited,
            known=counts.known,
            dropped=dropped,
            error=storable(account.error),
        )
    )


async def _learn_its_name(connection: AsyncConnection, known: Source, catch: Catch) -> None:
    """A source without a name, or named after its host, gets the name it gives itself; language likewise."""
    host = urlsplit(known.address).hostname or ""
    unnamed = known.name in ("", known.address, host, host.removeprefix("www."))
    name = storable(catch.title).strip() if unnamed else ""
    language = "" if known.language else storable(catch.language)
    learnt = {key: value for key, value in (("name", name), ("language", language)) if value}
    if learnt:
        await connection.execute(update(source).where(source.c.id == known.id).values(**learnt))


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
        ),
        is_first=row.last_success_at is None,
        last_polled_at=row.last_polled_at,
        node=row.leased_by,
        lease_until=row.lease_until,
    )
