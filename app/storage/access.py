"""People, their sessions, failed sign-ins and API keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import ApiKey, Caller, Person, Role, Scope
from app.schema.access import api_key, person, session, sign_in_attempt
from app.schema.organisation import organisation

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A person with what their password is checked against."""

    person: Person
    organisation_id: int
    password_hash: str


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as stored, with what the secret is checked against."""

    key: ApiKey
    organisation_id: int
    secret_hash: str


async def find_organisation(connection: AsyncConnection) -> int | None:
    """The one organisation of this installation, or the first."""
    number: int | None = await connection.scalar(select(func.min(organisation.c.id)))
    return number


async def find_credentials(connection: AsyncConnection, name: str) -> Credentials | None:
    row = (await connection.execute(select(person).where(person.c.name == name).order_by(person.c.id))).first()
    return Credentials(to_person(row), row.organisation_id, row.password_hash) if row else None


async def add_person(
    connection: AsyncConnection, organisation_id: int, name: str, password_hash: str, role: Role, now: datetime
) -> int | None:
    """Their number; None when the name is taken."""
    values = {
        "organisation_id": organisation_id,
        "name": name,
        "password_hash": password_hash,
        "role": role,
        "created_at": now,
    }
    made = insert(person).values(values).on_conflict_do_nothing().returning(person.c.id)
    number: int | None = (await connection.execute(made)).scalar_one_or_none()
    return number


async def list_people(connection: AsyncConnection) -> tuple[Person, ...]:
    return tuple(map(to_person, await connection.execute(select(person).order_by(person.c.name))))


async def set_password(connection: AsyncConnection, person_id: int, password_hash: str) -> None:
    """Ends their sessions too: whoever knew the old password is out."""
    await connection.execute(update(person).where(person.c.id == person_id).values(password_hash=password_hash))
    await connection.execute(delete(session).where(session.c.person_id == person_id))


async def add_session(
    connection: AsyncConnection, token_hash: str, person_id: int, form_token: str, now: datetime, idle: timedelta
) -> None:
    await connection.execute(
        insert(session).values(
            token_hash=token_hash,
            person_id=person_id,
            form_token=form_token,
            created_at=now,
            seen_at=now,
            expires_at=now + idle,
        )
    )
    await connection.execute(delete(session).where(session.c.expires_at < now))


async def use_session(
    connection: AsyncConnection, token_hash: str, now: datetime, idle: timedelta, *, by_person: bool = True
) -> Caller | None:
    """Whose session it is, if it is valid; used by a person its idle time starts anew, written once a minute."""
    row = (
        await connection.execute(
            select(session.c.form_token, session.c.seen_at, person)
            .join(person, person.c.id == session.c.person_id)
            .where(session.c.token_hash == token_hash, session.c.expires_at > now, person.c.is_active)
        )
    ).first()
    if row is None:
        return None
    if by_person and now - row.seen_at >= MINUTE:
        await connection.execute(
            update(session).where(session.c.token_hash == token_hash).values(seen_at=now, expires_at=now + idle)
        )
    return Caller(
        organisation_id=row.organisation_id,
        name=row.name,
        scopes=Role(row.role).scopes,
        person_id=row.id,
        form_token=row.form_token,
    )


async def end_session(connection: AsyncConnection, token_hash: str) -> None:
    await connection.execute(delete(session).where(session.c.token_hash == token_hash))


async def count_failures(connection: AsyncConnection, subjects: Sequence[str], now: datetime, window: timedelta) -> int:
    """The most failures that any of these subjects has in the running window."""
    query = select(func.max(sign_in_attempt.c.failures)).where(
        sign_in_attempt.c.subject.in_(subjects), sign_in_attempt.c.first_at > now - window
    )
    return await connection.scalar(query) or 0


async def add_failure(connection: AsyncConnection, subjects: Sequence[str], now: datetime, window: timedelta) -> None:
    """One more failure for each subject; a window that has passed begins anew."""
    made = insert(sign_in_attempt).values(
        [{"subject": one, "failures": 1, "first_at": now} for one in sorted(subjects)]
    )
    passed = sign_in_attempt.c.first_at <= now - window
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=[sign_in_attempt.c.subject],
            set_={
                "failures": case((passed, 1), else_=sign_in_attempt.c.failures + 1),
                "first_at": case((passed, made.excluded.first_at), else_=sign_in_attempt.c.first_at),
            },
        )
    )


async def forgive(connection: AsyncConnection, account: str, address: str) -> None:
    """A sign-in went well: the account starts anew. The address does not, or one's own account would buy tries
    at others'; only the try just counted is taken back."""
    await connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.subject == account))
    await connection.execute(
        update(sign_in_attempt)
        .where(sign_in_attempt.c.subject == address, sign_in_attempt.c.failures > 0)
        .values(failures=sign_in_attempt.c.failures - 1)
    )


async def add_key(connection: AsyncConnection, organisation_id: int, key: ApiKey, secret_hash: str) -> None:
    await connection.execute(
        insert(api_key).values(
            id=key.id,
            organisation_id=organisation_id,
            name=key.name,
            secret_hash=secret_hash,
            scopes=list(key.scopes),
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
    )


async def list_keys(connection: AsyncConnection) -> tuple[ApiKey, ...]:
    return tuple(map(to_key, await connection.execute(select(api_key).order_by(api_key.c.created_at))))


async def find_key(connection: AsyncConnection, key_id: str) -> StoredKey | None:
    row = (await connection.execute(select(api_key).where(api_key.c.id == key_id))).first()
    return StoredKey(to_key(row), row.organisation_id, row.secret_hash) if row else None


async def note_use(connection: AsyncConnection, key: ApiKey, now: datetime) -> None:
    """To the minute: not a write per request."""
    if key.last_used_at is None or now - key.last_used_at >= MINUTE:
        await connection.execute(update(api_key).where(api_key.c.id == key.id).values(last_used_at=now))


async def revoke_key(connection: AsyncConnection, key_id: str, now: datetime) -> bool:
    """False: there is no such key."""
    revoked = func.coalesce(api_key.c.revoked_at, now)
    query = update(api_key).where(api_key.c.id == key_id).values(revoked_at=revoked).returning(api_key.c.id)
    return (await connection.execute(query)).first() is not None


def to_person(row: Row[Any]) -> Person:
    return Person(row.id, row.name, Role(row.role), row.is_active, row.created_at)


def to_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        scopes=tuple(Scope(scope) for scope in row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
