"""Subscriptions at hubs: what feeds offer, what we want of it, what is due, and how far each is trusted."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item
from app.schema.push import push_subscription as table
from app.schema.source import source, source_status
from app.storage.queries import query
from signals.item_text import storable
from signals.push import GRACE, ORDINARY, WEEK, Found, Standing, Trust
from signals.types import PushLinks

TOKEN_BYTES = 32
SECRET_BYTES = 32
CLAIMED_FOR = timedelta(minutes=5)  # longer than a hub may take to answer, redirects included

WAITS_TOO_LONG = "exists (select from jsonb_each_text(awaited) as one where cast(one.value as timestamptz) <= :latest)"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription, as stored."""

    id: int
    source_id: int | None
    topic: str
    hub: str
    token: str
    secret: str
    state: Standing
    is_wanted: bool
    callback: str
    asked_at: datetime | None
    tries: int
    lease_until: datetime | None
    trust: Trust

    @property
    def is_over(self) -> bool:
        """Nothing is expected of the hub any more."""
        return not self.is_wanted and self.state in (Standing.NONE, Standing.DENIED)


async def offer(connection: AsyncConnection, source_id: int, links: PushLinks) -> None:
    """Remember what a feed says of its hub. Whoever calls holds the source's status, so that nobody else does so."""
    hub, topic = storable(links.hub), storable(links.topic)
    mine = table.c.source_id == source_id
    await connection.execute(update(table).where(mine, table.c.is_offered).values(is_offered=False))
    if not hub:
        return
    same = (
        select(table.c.id)
        .where(mine, table.c.hub == hub, table.c.topic == topic)
        .order_by(table.c.id)
        .limit(1)
        .scalar_subquery()
    )
    known = await connection.execute(update(table).where(table.c.id == same).values(is_offered=True))
    if not known.rowcount:
        fresh = {"token": secrets.token_urlsafe(TOKEN_BYTES), "secret": secrets.token_hex(SECRET_BYTES)}
        values = {"source_id": source_id, "hub": hub, "topic": topic, "is_offered": True, **fresh}
        await connection.execute(insert(table).values(values))


async def reconcile(connection: AsyncConnection, now: datetime, *, is_on: bool, all_sources: bool) -> None:
    """Want what is offered by the sources that count, and nothing else; forget what nobody wants or has."""
    await connection.execute(query("push.want"), {"now": now, "is_on": is_on, "all": all_sources})
    # Who was asked and never verified it need not hear that we leave: when it asks, the answer is no.
    idle = ~table.c.is_wanted & (table.c.state != Standing.ACTIVE)
    await connection.execute(delete(table).where(idle, ~table.c.is_offered | table.c.source_id.is_(None)))
    await connection.execute(
        update(table).where(idle, table.c.next_step_at.is_not(None)).values(next_step_at=None, state=Standing.NONE)
    )


async def claim_steps(connection: AsyncConnection, now: datetime, base: str, most: int) -> list[Subscription]:
    """Subscriptions that must be asked for, renewed or ended now; nobody else takes them for a while."""
    given = {"now": now, "until": now + CLAIMED_FOR, "callbacks": f"{base}/websub/", "most": most}
    return [_to_subscription(row) for row in await connection.execute(query("push.claim"), given)]


async def note_reply(
    connection: AsyncConnection, asked: Subscription, next_step_at: datetime | None, remark: str, *, is_over: bool
) -> None:
    """What came of asking, unless the hub has verified it meanwhile."""
    values: dict[str, Any] = {"next_step_at": next_step_at, "remark": storable(remark)[:1000]}
    if is_over:
        values["state"] = Standing.NONE
    still = table.c.asked_at == asked.asked_at, table.c.tries == asked.tries
    await connection.execute(update(table).where(table.c.id == asked.id, *still).values(values))


async def find_by_token(connection: AsyncConnection, token: str) -> Subscription | None:
    row = (await connection.execute(select(table).where(table.c.token == token))).first()
    return _to_subscription(row) if row else None


async def confirm(
    connection: AsyncConnection, subscription: Subscription, trust: Trust, lease_until: datetime, renew_at: datetime
) -> None:
    """The hub has verified that we mean it."""
    await connection.execute(
        update(table)
        .where(table.c.id == subscription.id)
        .values(
            state=Standing.ACTIVE, lease_until=lease_until, next_step_at=renew_at, tries=0, remark="", **_columns(trust)
        )
    )


async def end(connection: AsyncConnection, subscription: Subscription) -> None:
    """The hub has verified that we mean to leave."""
    gone = {"state": Standing.NONE, "lease_until": None, "next_step_at": None, "tries": 0, "remark": ""}
    await connection.execute(update(table).where(table.c.id == subscription.id).values(**gone, **_columns(Trust())))


async def deny(connection: AsyncConnection, subscription: Subscription, reason: str, now: datetime) -> None:
    """The hub will not have us, or not any more. It is asked again after a week: publishers change their minds."""
    await hasten(connection, subscription, now)
    await connection.execute(
        update(table)
        .where(table.c.id == subscription.id)
        .values(
            state=Standing.DENIED,
            next_step_at=now + WEEK,
            remark=storable(reason)[:1000],
            **_columns(Trust(misses=subscription.trust.misses)),
        )
    )


async def lapse(connection: AsyncConnection, now: datetime) -> int:
    """Leases that ended without a renewal; returns how many."""
    ended = table.c.state == Standing.ACTIVE, table.c.lease_until <= now
    rows = (await connection.execute(select(table).where(*ended).order_by(table.c.source_id).limit(100))).all()
    for subscription in map(_to_subscription, rows):
        await hasten(connection, subscription, now)
        await connection.execute(
            update(table)
            .where(table.c.id == subscription.id, *ended)
            .values(state=Standing.LAPSED, **_columns(Trust(misses=subscription.trust.misses)))
        )
    return len(rows)


async def hasten(connection: AsyncConnection, subscription: Subscription, now: datetime) -> None:
    """A source that was polled for proof only is polled as ever, beginning with its next turn."""
    if subscription.trust.proven_at is None:
        return
    await connection.execute(
        update(source_status)
        .where(source_status.c.source_id == subscription.source_id)
        .values(
            every=func.least(source_status.c.every, ORDINARY),
            next_poll_at=func.least(source_status.c.next_poll_at, now),
        )
    )


async def list_overdue(connection: AsyncConnection, now: datetime) -> list[Subscription]:
    """Active subscriptions that may have missed something: items wait for their push for longer than is fair."""
    waits = text(WAITS_TOO_LONG).bindparams(latest=now - GRACE)
    rows = await connection.execute(
        select(table).where(table.c.state == Standing.ACTIVE, table.c.awaited != {}, waits).limit(100)
    )
    return [_to_subscription(row) for row in rows]


async def hold(connection: AsyncConnection, subscription_id: int) -> Subscription | None:
    """Lock a subscription for writing. Whoever needs its source's status too must hold that first."""
    row = (await connection.execute(select(table).where(table.c.id == subscription_id).with_for_update())).first()
    return _to_subscription(row) if row else None


async def keep_trust(connection: AsyncConnection, subscription_id: int, trust: Trust, **more: Any) -> None:
    await connection.execute(update(table).where(table.c.id == subscription_id).values(**_columns(trust), **more))


async def count_push(connection: AsyncConnection, subscription_id: int, *, is_ignored: bool, remark: str = "") -> None:
    column = table.c.ignored if is_ignored else table.c.pushes
    values: dict[str, Any] = {column.name: column + 1}
    if remark:
        values["remark"] = func.coalesce(func.nullif(table.c.remark, ""), remark)
    await connection.execute(update(table).where(table.c.id == subscription_id).values(values))


async def first_found(connection: AsyncConnection, source_id: int, poll_id: int) -> list[Found]:
    """The items that a pull brought and nothing had brought before."""
    rows = await connection.execute(
        select(item.c.guid, item.c.said_at).where(
            item.c.source_id == source_id, item.c.poll_id == poll_id, item.c.version == 1, ~item.c.is_backlog
        )
    )
    return [Found(row.guid, row.said_at) for row in rows]


async def find_of_source(connection: AsyncConnection, organisation_id: int, source_id: int) -> Row[Any] | None:
    """The subscription that its page tells of: what the feed offers now, else the last that is left."""
    rows = await connection.execute(
        select(table)
        .join(source, source.c.id == table.c.source_id)
        .where(source.c.organisation_id == organisation_id)
        .where(table.c.source_id == source_id, or_(table.c.is_offered, table.c.state != Standing.NONE))
        .order_by(table.c.is_offered.desc(), table.c.id.desc())
        .limit(1)
    )
    return rows.first()


def to_trust(row: Row[Any]) -> Trust:
    return Trust(
        active_since=row.active_since,
        last_push_at=row.last_push_at,
        pulled_at=row.pulled_at,
        proven_at=row.proven_at,
        distrusted_at=row.distrusted_at,
        misses=row.misses,
        awaited={guid: datetime.fromisoformat(since) for guid, since in row.awaited.items()},
    )


def _columns(trust: Trust) -> dict[str, Any]:
    return {
        "active_since": trust.active_since,
        "last_push_at": trust.last_push_at,
        "pulled_at": trust.pulled_at,
        "proven_at": trust.proven_at,
        "distrusted_at": trust.distrusted_at,
        "misses": trust.misses,
        "awaited": {guid: since.isoformat() for guid, since in trust.awaited.items()},
    }


def _to_subscription(row: Row[Any]) -> Subscription:
    return Subscription(
        id=row.id,
        source_id=row.source_id,
        topic=row.topic,
        hub=row.hub,
        token=row.token,
        secret=row.secret,
        state=Standing(row.state),
        is_wanted=row.is_wanted,
        callback=row.callback,
        asked_at=row.asked_at,
        tries=row.tries,
        lease_until=row.lease_until,
        trust=to_trust(row),
    )
