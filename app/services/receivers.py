"""Receivers: where to tell, without ever showing their secrets again."""

import base64
import binascii
import secrets
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from app.errors import Conflict, Invalid, NotFound
from app.records import Caller, DeliveryRow, ReceiverDraft, ReceiverRow, TestOutcome
from app.services.checks import check_reachable, check_words
from app.storage import receivers as store
from app.storage.database import Database

KINDS: Final = ("slack", "webhook")
SIGNED: Final = frozenset({"webhook"})  # kinds whose messages carry a signature


class SendTest(Protocol):
    """Sends a test message now; wired in by app.factory, since services open no sockets."""

    async def __call__(self, kind: str, address: str, secret: str, now: datetime) -> TestOutcome: ...


class Receivers:
    """Everything that is asked of receivers."""

    def __init__(
        self, database: Database, send_test: SendTest | None = None, private_hosts: tuple[str, ...] = ()
    ) -> None:
        self.database = database
        self.send_test = send_test
        self.private_hosts = private_hosts

    async def list(self, caller: Caller) -> tuple[ReceiverRow, ...]:
        async with self.database.transaction() as connection:
            return await store.list_receivers(connection, caller.organisation_id)

    async def get(self, caller: Caller, receiver_id: int) -> ReceiverRow:
        async with self.database.transaction() as connection:
            found = await store.find_receiver(connection, caller.organisation_id, receiver_id)
        if found is None:
            raise NotFound(f"There is no receiver {receiver_id}")
        return found

    async def deliveries(self, caller: Caller, receiver_id: int, limit: int = 50) -> tuple[DeliveryRow, ...]:
        """What it was told, or will be, newest first."""
        await self.get(caller, receiver_id)
        async with self.database.transaction() as connection:
            return await store.list_deliveries(connection, caller.sight, receiver_id, limit)

    async def add(self, caller: Caller, draft: ReceiverDraft, now: datetime) -> tuple[ReceiverRow, str]:
        """A new receiver, and the secret made for its signatures (shown this once; empty for Slack)."""
        draft = self._check(draft)
        if not draft.address:
            raise Invalid("Say where to tell", "address")
        if draft.kind in SIGNED and not draft.secret:
            draft = replace(draft, secret=make_secret())
        async with self.database.transaction() as connection:
            receiver_id = await store.add_receiver(connection, caller.organisation_id, draft, now)
            if receiver_id is None:
                raise Conflict("There is a receiver of that name already")
        return await self.get(caller, receiver_id), draft.secret if draft.kind in SIGNED else ""

    async def change(self, caller: Caller, receiver_id: int, draft: ReceiverDraft, now: datetime) -> ReceiverRow:
        """Set what can be said of it; its kind stays."""
        draft = self._check(replace(draft, kind=(await self.get(caller, receiver_id)).kind))
        async with self.database.transaction() as connection:
            if not await store.change_receiver(connection, receiver_id, draft):
                raise Conflict("There is a receiver of that name already")
        return await self.get(caller, receiver_id)

    async def test(self, caller: Caller, receiver_id: int, now: datetime) -> TestOutcome:
        """Sends a test message at once and says what came of it."""
        async with self.database.transaction() as connection:
            found = await store.find_secrets(connection, caller.organisation_id, receiver_id)
        if found is None:
            raise NotFound(f"There is no receiver {receiver_id}")
        if self.send_test is None:
            raise Conflict("This process cannot send messages")
        return await self.send_test(found.kind, found.address, found.secret, now)

    def _check(self, draft: ReceiverDraft) -> ReceiverDraft:
        if draft.kind not in KINDS:
            raise Invalid("The kinds are " + ", ".join(KINDS), "kind")
        address = check_words(draft.address, "address", 2048)
        if address:
            check_reachable(address, self.private_hosts, "address")
        return replace(
            draft,
            name=check_words(draft.name, "name", 200, least=1),
            address=address,
            secret=check_secret(draft.secret),
        )


def make_secret() -> str:
    """32 random bytes as Standard Webhooks writes them (CV-20)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> str:
    """Empty, or 24 to 64 bytes in base64 after whsec_."""
    if not secret:
        return ""
    try:
        size = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if not secret.startswith("whsec_") or not 24 <= size <= 64:
        raise Invalid("A secret is whsec_ and 24 to 64 bytes in base64; leave it empty to have one made", "secret")
    return secret
