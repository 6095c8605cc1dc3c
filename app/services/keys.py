"""API keys: a program's way in; the key itself is shown once and not stored (SE-25).

A key is `fk_<id>_<secret><checksum>`: the id finds the row, 32 random bytes are the secret, and the checksum
tells a mistyped key, and a key found in somebody's repository, without asking the database.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.errors import Conflict, Invalid, NotFound
from app.records import ApiKey, Caller, NewKey, Scope, widened
from app.services.checks import check_words
from app.storage import access as store
from app.storage.database import Database

LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHAPE: Final = re.compile(r"fk_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII)


class Keys:
    """Making, checking, listing and revoking keys."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def create(
        self, name: str, scopes: Sequence[Scope], now: datetime, *, expires_at: datetime | None = None
    ) -> NewKey:
        """A key with these scopes and those they include."""
        if not scopes:
            raise Invalid("Say what the key may do: " + ", ".join(Scope), "scopes")
        if expires_at is not None and expires_at <= now:
            raise Invalid("It would have expired already", "expires_at")
        public, secret = draw(12), draw(43)
        key = ApiKey(
            id=public,
            name=check_words(name, "name", 200, least=1),
            scopes=tuple(dict.fromkeys(scopes)),
            created_at=now,
            expires_at=expires_at,
            last_used_at=None,
            revoked_at=None,
        )
        async with self.database.transaction() as connection:
            organisation_id = await store.find_organisation(connection)
            if organisation_id is None:
                raise Conflict("There is no organisation yet: start Forkant once")
            await store.add_key(connection, organisation_id, key, hashed(secret))
        return NewKey(key, f"fk_{public}_{secret}{checksum(public, secret)}")

    async def list(self) -> tuple[ApiKey, ...]:
        async with self.database.transaction() as connection:
            return await store.list_keys(connection)

    async def revoke(self, key_id: str, now: datetime) -> None:
        """It stops working at once, on all nodes: every request asks the database."""
        async with self.database.transaction() as connection:
            if not await store.revoke_key(connection, key_id, now):
                raise NotFound(f"There is no key {key_id}")

    async def find_caller(self, key: str, now: datetime) -> Caller | None:
        """Whose key this is; None when it is wrong, expired or revoked."""
        shape = SHAPE.fullmatch(key)
        if shape is None or not hmac.compare_digest(checksum(shape[1], shape[2]), shape[3]):
            return None
        async with self.database.transaction() as connection:
            found = await store.find_key(connection, shape[1])
            if found is None or not hmac.compare_digest(found.secret_hash, hashed(shape[2])):
                return None
            if not is_valid(found.key, now):
                return None
            await store.note_use(connection, found.key, now)
        return Caller(
            organisation_id=found.organisation_id,
            name=f"key {found.key.name}",
            scopes=widened(found.key.scopes),
            key_id=found.key.id,
        )


def is_valid(key: ApiKey, now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now)


def draw(length: int) -> str:
    """43 letters of 62 hold 256 random bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def checksum(public: str, secret: str) -> str:
    number = zlib.crc32(f"{public}{secret}".encode())
    letters = ""
    for _ in range(6):
        number, place = divmod(number, 62)
        letters = LETTERS[place] + letters
    return letters
