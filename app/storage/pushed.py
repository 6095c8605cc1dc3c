"""Documents that hubs pushed: from the web process, which only keeps them, to a worker, which reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.push import push_subscription, pushed_document
from app.schema.source import poll, source, source_status
from app.storage.items import Counts
from app.storage.queries import query
from signals.habits import NO_HABIT, Habit
from signals.item_text import storable

PAUSE = timedelta(minutes=2)  # between two polls that pushes ask for
LEASE = timedelta(minutes=2)  # longer than a parser may take
MOST_TRIES = 3
AT_ONCE = 20 * 1024 * 1024  # bytes that one worker takes in one go, and one document at least
MOST_BYTES = 200 * 1024 * 1024  # that wait for a worker, of all hubs together
MOST_OF_ONE = 100  # documents of one subscription


@dataclass(frozen=True, slots=True)
class Pushed:
    """A pushed document that this worker alone may read, until the lease ends."""

    id: int
    subscription_id: int
    source_id: int
    address: str
    body: bytes
    content_type: str
    received_at: datetime
    tries: int
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What is known of the source of a document that was taken off the queue."""

    poll_id: int
    habit: Habit
    last_new_at: datetime | None


@dataclass(frozen=True, slots=True)
class PushAccount:
    """What became of one pushed document."""

    poll_id: int
    at: datetime
    took: timedelta
    size: int
    counts: Counts = field(default_factory=Counts)
    dropped: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    oddity: str = ""  # what was strange about it, for people
    habit: Habit = NO_HABIT  # of the source, with what this push taught us of it


async def put(connection: AsyncConnection, subscription_id: int, body: bytes, content_type: str, now: datetime) -> bool:
    """Keep a document until a worker reads it; one that waits already is kept once. False: too much waits."""
    waiting = (
        await connection.execute(
            select(
                func.coalesce(func.sum(pushed_document.c.size), 0).label("bytes"),
                func.count().filter(pushed_document.c.subscription_id == subscription_id).label("of_one"),
            )
        )
    ).one()
    if waiting.bytes + len(body) > MOST_BYTES or waiting.of_one >= MOST_OF_ONE:
        return False
    values = {
        "subscription_id": subscription_id,
        "body": body,
        "size": len(body),
        "body_hash": blake2b(body, digest_size=16).hexdigest(),
        "content_type": storable(content_type, 200),
        "received_at": now,
    }
    await connection.execute(query("pushed.put"), values)
    return True


async def claim(connection: AsyncConnection, now: datetime, most: int) -> list[Pushed]:
    """Documents that nobody reads, the oldest first. Those whose source rests or is gone are let go."""
    wanted = select(push_subscription.c.id).join(source).where(source.c.is_active)
    await connection.execute(delete(pushed_document).where(pushed_document.c.subscription_id.not_in(wanted)))
    rows = await connection.execute(
        query("pushed.claim"), {"now": now, "until": now + LEASE, "most": most, "bytes": AT_ONCE}
    )
    found = (
        Pushed(
            id=row.id,
            subscription_id=row.subscription_id,
            source_id=row.source_id,
            address=row.address,
            body=row.body,
            content_type=row.content_type,
            received_at=row.received_at,
            tries=row.tries,
            lease_until=row.lease_until,
        )
        for row in rows
    )
    return sorted(found, key=lambda one: one.id)


async def take(connection: AsyncConnection, document: Pushed) -> Taken | None:
    """Hold the source, take the document off the queue and number the account. None: another worker had it."""
    status = (
        await connection.execute(
            select(source_status.c.habit, source_status.c.last_new_at)
            .where(source_status.c.source_id == document.source_id)
            .with_for_update()
        )
    ).first()
    gone = await connection.execute(
        delete(pushed_document).where(
            pushed_document.c.id == document.id, pushed_document.c.lease_until == document.lease_until
        )
    )
    if status is None or gone.rowcount != 1:
        return None
    number = await connection.execute(select(func.nextval(func.pg_get_serial_sequence("poll", "id"))))
    return Taken(number.scalar_one(), Habit.from_numbers(status.habit), status.last_new_at)


async def record(connection: AsyncConnection, document: Pushed, account: PushAccount, poll_at: datetime | None) -> None:
    """Write down what a push brought, beside the polls. `poll_at`: it could not be read, so the source is asked."""
    counts, dropped = account.counts, dict(account.dropped)
    await connection.execute(
        insert(poll).values(
            id=account.poll_id,
            source_id=document.source_id,
            at=account.at,
            outcome="pushed",
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
    changes: dict[str, object] = {}
    if counts.stored or counts.edited:
        changes |= {"last_new_at": account.at, "habit": account.habit.to_numbers()}
    if account.oddity:
        changes |= {"oddity": account.oddity, "oddity_at": account.at}
    if poll_at is not None:
        soonest = func.greatest(poll_at, source_status.c.last_polled_at + PAUSE)
        changes["next_poll_at"] = func.least(source_status.c.next_poll_at, soonest)
    if changes:
        status = update(source_status).where(source_status.c.source_id == document.source_id)
        await connection.execute(status.values(**changes))
