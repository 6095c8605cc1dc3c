"""People: signing in and out, sessions, passwords."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import Conflict, Invalid, NotFound, Refused, TooMany
from app.records import Caller, Person, Role, SignedIn
from app.services.checks import check_words
from app.storage import access as store
from app.storage.database import Database

HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY: Final = HASHER.hash("the password of nobody")  # an unknown name takes as long as a wrong password

IDLE: Final = timedelta(hours=8)
WINDOW: Final = timedelta(minutes=15)
TRIES: Final = 10
LEAST: Final = 8  # characters of a new password
WRONG: Final = "Name or password is wrong"


class People:
    """Everything that is asked of people and their sessions."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def sign_in(self, name: str, password: str, address: str, now: datetime) -> SignedIn:
        """A new session. Refused (same words, same time) for a wrong password as for an unknown name;
        TooMany after ten failures in 15 minutes of this account or from this address."""
        name = check_words(name, "name", 200)
        password = password[:1024]
        subjects = (f"account {name.casefold()}", f"address {address}")
        async with self.database.transaction() as connection:
            if await store.count_failures(connection, subjects, now, WINDOW) >= TRIES:
                raise TooMany("Too many failed sign-ins: wait a quarter of an hour", int(WINDOW.total_seconds()))
            # Counted before it is judged: many tries at once cannot slip past the limit together.
            await store.add_failure(connection, subjects, now, WINDOW)
            found = await store.find_credentials(connection, name)
        matches = await asyncio.to_thread(is_password, found.password_hash if found else NOBODY, password)
        if found is None or not matches or not found.person.is_active:
            raise Refused(WRONG)
        token, form_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        async with self.database.transaction() as connection:
            await store.forgive(connection, *subjects)
            await store.add_session(connection, digest(token), found.person.id, form_token, now, IDLE)
        caller = Caller(
            organisation_id=found.organisation_id,
            name=found.person.name,
            scopes=found.person.role.scopes,
            person_id=found.person.id,
            form_token=form_token,
        )
        return SignedIn(token, caller, now + IDLE)

    async def find_caller(self, token: str, now: datetime, *, by_person: bool = True) -> Caller | None:
        """Whose session this is; None when there is none, or it has been idle for 8 hours.

        What a page asks by itself is no sign of a person (`by_person`), and lets the idle time run on.
        """
        if not token or len(token) > 200:
            return None
        async with self.database.transaction() as connection:
            return await store.use_session(connection, digest(token), now, IDLE, by_person=by_person)

    async def sign_out(self, token: str) -> None:
        async with self.database.transaction() as connection:
            await store.end_session(connection, digest(token))

    async def list(self) -> tuple[Person, ...]:
        async with self.database.transaction() as connection:
            return await store.list_people(connection)

    async def add(self, name: str, password: str, role: Role, now: datetime) -> Person:
        """A new person, in the organisation of this installation."""
        name = check_words(name, "name", 200, least=1)
        hashed = await asyncio.to_thread(HASHER.hash, check_password(password))
        async with self.database.transaction() as connection:
            organisation_id = await store.find_organisation(connection)
            if organisation_id is None:
                raise Conflict("There is no organisation yet: start Forkant once, or run `forkant db migrate`")
            person_id = await store.add_person(connection, organisation_id, name, hashed, role, now)
        if person_id is None:
            raise Conflict(f"There is a person called {name} already")
        return Person(person_id, name, role, True, now)

    async def set_password(self, name: str, password: str) -> None:
        """Ends all sessions of that person."""
        hashed = await asyncio.to_thread(HASHER.hash, check_password(password))
        async with self.database.transaction() as connection:
            found = await store.find_credentials(connection, name)
            if found is None:
                raise NotFound(f"There is nobody called {name}")
            await store.set_password(connection, found.person.id, hashed)


def check_password(password: str) -> str:
    if len(password) < LEAST:
        raise Invalid(f"A password has at least {LEAST} characters; 15 or more are better", "password")
    if len(password) > 1024:
        raise Invalid("A password has at most 1024 characters", "password")
    return password


def is_password(hashed: str, password: str) -> bool:
    """Slow by design: 19 MiB and two passes (SE-22). Call it in a thread."""
    try:
        return HASHER.verify(hashed, password.encode("utf-8", "replace"))
    except (VerificationError, InvalidHashError):
        return False


def digest(token: str) -> str:
    """What is stored of a token: of 256 random bits a plain hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
