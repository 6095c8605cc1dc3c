"""Making a database ready: the right server, the present tables, and what a new installation needs."""

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.config import Settings
from app.errors import ConfigurationError, DatabaseUnavailable
from app.records import Role
from app.services.people import People
from app.storage import beginnings
from app.storage.database import Database
from app.storage.migrating import migrate
from app.storage.sources import load_starters

log = structlog.get_logger()

OLDEST_POSTGRES = 16
SAY_EVERY = 10.0  # seconds between two complaints
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class FirstSignIn:
    """Told once, at the very first start."""

    name: str
    password: str


async def prepare(database: Database, settings: Settings, now: datetime) -> FirstSignIn | None:
    """Migrate and fill a database; any number of processes may do so at once. Returns the sign-in it made, if any."""
    await wait_for(database, settings.database_patience)
    await migrate(database)
    async with database.transaction() as connection:
        await beginnings.take_turn(connection)
        if await beginnings.find_organisation(connection) is not None:
            return None
        organisation_id = await beginnings.add_organisation(
            connection, settings.organisation, settings.time_zone, now, settings.language
        )
        await beginnings.add_first_watch(connection, organisation_id, settings.time_zone, now)
        if settings.starters:
            added = await load_starters(connection, organisation_id, now)
            log.info("starter sources loaded", sources=added)
    return await _add_first_person(database, settings, now)


async def _add_first_person(database: Database, settings: Settings, now: datetime) -> FirstSignIn:
    password = settings.admin_password or secrets.token_urlsafe(PASSWORD_BYTES)
    await People(database).add(settings.admin_name, password, Role.ADMIN, now)
    return FirstSignIn(settings.admin_name, password)


async def wait_for(database: Database, patience: float) -> None:
    """Wait until the server answers. DatabaseUnavailable where it does not, ConfigurationError for one too old."""
    began = time.monotonic()
    told = began - SAY_EVERY
    while isinstance(version := await _version_or_reason(database), str):
        if time.monotonic() - began >= patience:
            raise DatabaseUnavailable(
                f"{version} Forkant has waited {patience:g} seconds. Is Postgres running, and does"
                " FORKANT_DATABASE_URL name the right host, database, user and password?"
            )
        if time.monotonic() - told >= SAY_EVERY:
            told = time.monotonic()
            log.warning("waiting for the database", error=version)
        await asyncio.sleep(1)
    if version < OLDEST_POSTGRES:
        raise ConfigurationError(f"FORKANT_DATABASE_URL leads to Postgres {version}; Forkant needs 16 or newer.")


async def _version_or_reason(database: Database) -> int | str:
    try:
        async with database.transaction() as connection:
            return await beginnings.server_version(connection)
    except DatabaseUnavailable as error:
        return str(error)
