"""Pushes: hubs verify that we meant to subscribe, and bring what is new. They know an address that nobody can guess.

The web process only keeps what it is handed; a worker reads it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.errors import NotFound, TooMany
from app.records import Caller, PushRow
from app.storage import push as store
from app.storage import pushed
from app.storage.database import Database
from app.storage.push import Subscription
from signals.push import Signature, Standing, accepts, after_verification, check_signature, lease_of, renewal_after

TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
LONGEST_CHALLENGE: Final = 4096
RETRY_AFTER: Final = 60  # seconds, when too much waits
WEAK: Final = "This hub signs with SHA-1, which is weak."
IGNORED: Final = "This hub pushed something without a right signature; it was not read."
SAFE: Final = (Signature.GOOD, Signature.WEAK)
NOTHING_THERE: Final = "There is nothing at this address"


@dataclass(frozen=True, slots=True)
class Question:
    """What a hub asks of our callback, as it came."""

    mode: str
    topic: str
    challenge: str
    lease_seconds: str
    reason: str


class Pushes:
    """Everything that hubs ask of us, and what is shown of them. `which`, `has_address`: as the settings have it."""

    def __init__(self, database: Database, *, which: str = "priority", has_address: bool = False) -> None:
        self.database = database
        self.which = which
        self.has_address = has_address

    async def find(self, token: str) -> Subscription:
        """The subscription behind an address of ours. NotFound says the same to all who guess."""
        if TOKEN.fullmatch(token):
            async with self.database.transaction() as connection:
                if found := await store.find_by_token(connection, token):
                    return found
        raise NotFound(NOTHING_THERE)

    async def answer(self, token: str, asked: Question, now: datetime) -> str:
        """The challenge, where we meant what the hub asks; else NotFound. Empty for news that needs no answer."""
        found = await self.find(token)
        if asked.mode == "denied" and asked.topic == found.topic:
            await self._deny(found, asked.reason, now)
            return ""
        is_meant = accepts(
            asked.mode,
            asked.topic,
            own_topic=found.topic,
            is_wanted=found.is_wanted,
            has_asked=found.asked_at is not None,
        )
        if not is_meant or not 0 < len(asked.challenge) <= LONGEST_CHALLENGE:
            raise NotFound(NOTHING_THERE)
        async with self.database.transaction() as connection:
            subscription = await store.hold(connection, found.id)
            if subscription is None:
                raise NotFound(NOTHING_THERE)
            if asked.mode == "unsubscribe":
                await store.end(connection, subscription)
                return asked.challenge
            lease = lease_of(asked.lease_seconds)
            trust = after_verification(subscription.trust, now, was_active=subscription.state is Standing.ACTIVE)
            renew_at = now + renewal_after(subscription.id, lease)
            await store.confirm(connection, subscription, trust, now + lease, renew_at)
        return asked.challenge

    async def _deny(self, found: Subscription, reason: str, now: datetime) -> None:
        words = f"The hub will not have us: {reason[:500]}" if reason else "The hub will not have us."
        async with self.database.transaction() as connection:
            await store.deny(connection, found, words, now)

    async def receive(
        self, subscription: Subscription, body: bytes, content_type: str, signature: str, now: datetime
    ) -> None:
        """Keep a pushed document for a worker, if it is signed with our secret. Else it is counted, and that is all."""
        worth = check_signature(signature, subscription.secret, body)
        async with self.database.transaction() as connection:
            if worth not in SAFE:
                await store.count_push(connection, subscription.id, is_ignored=True, remark=IGNORED)
                return
            if not await pushed.put(connection, subscription.id, body, content_type, now):
                raise TooMany("Too much waits to be read", RETRY_AFTER)
            remark = WEAK if worth is Signature.WEAK else ""
            await store.count_push(connection, subscription.id, is_ignored=False, remark=remark)

    async def of_source(self, caller: Caller, source_id: int) -> PushRow | None:
        """How a source stands with its hub; None: it offers no push."""
        async with self.database.transaction() as connection:
            row = await store.find_of_source(connection, caller.organisation_id, source_id)
        if row is None:
            return None
        return PushRow(
            state=row.state,
            hub=row.hub,
            topic=row.topic,
            is_wanted=row.is_wanted,
            is_proven=row.proven_at is not None and row.state == Standing.ACTIVE,
            lease_until=row.lease_until,
            last_push_at=row.last_push_at,
            proven_at=row.proven_at,
            pushes=row.pushes,
            ignored=row.ignored,
            remark=self._why_not() if not row.is_wanted else row.remark,
        )

    def _why_not(self) -> str:
        if self.which == "off":
            return "The operator has switched push off (FORKANT_PUSH)."
        if not self.has_address:
            return "Hubs cannot reach this Forkant: it has no public https address (FORKANT_PUBLIC_URL)."
        if self.which == "priority":
            return "Only active priority sources are subscribed to (FORKANT_PUSH)."
        return "Only active sources are subscribed to."
