"""What a pull says of a subscription: the other half of `receive`."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage import push
from app.storage.sources import Claim
from signals.push import after_pull
from signals.types import Catch


async def note_pull(connection: AsyncConnection, taken: Claim, catch: Catch, poll_id: int, now: datetime) -> bool:
    """Learn from a pull what it says of the hub. True: pulls are no more than a proof.

    In the pull's own transaction, which holds the source's status.
    """
    if catch.push is not None and catch.push != taken.push.links:
        await push.offer(connection, taken.source.id, catch.push)
        return False
    if not taken.push.is_active:
        return False
    subscription = await push.hold(connection, taken.push.id)
    if subscription is None:
        return False
    found = await push.first_found(connection, taken.source.id, poll_id)
    trust = after_pull(subscription.trust, found, now)
    await push.keep_trust(connection, subscription.id, trust)
    return trust.proven_at is not None
