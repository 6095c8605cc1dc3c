"""Making a database ready: the right server, the present tables, and what a new installation needs."""

import asyncio
import secrets
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
PATIENCE = 60  # seconds that a database may take to come up beside us
PASSWORD_BYTES = 15


@dataclass(frozen=True, slots=True)
class FirstSignIn:
    """Told once, at the very first start."""

    name: str
    password: str


async def prepare(database: Database, settings: Settings, now: datetime) -> FirstSignIn | None:
    """Migrate and fill a database; any number of processes may do so at once. Returns the sign-in it made, if any."""
    await wait_for(database)
    await migrate(database)
    async with database.transaction() as connection:
        await beginnings.take_turn(connection)
        if await beginnings.find_organisation(connection) is not None:
            return None
        organisation_id = await beginnings.add_organisation(connection, settings.organisation, settings.time_zone, now)
        await beginnings.add_first_watch(connection, organisation_id, settings.time_zone, now)
        if settings.starters:
            added = await load_starters(connection, organisation_id, now)
            log.info("starter sources loaded", sources=added)
    return await _add_first_person(database, settings, now)


async def _add_first_person(database: Database, settings: Settings, now: datetime) -> FirstSignIn:
    password = settings.admin_password or secrets.token_urlsafe(PASSWORD_BYTES)
    await People(database).add(settings.admin_name, password, Role.ADMIN, now)
    return FirstSignIn(settings.admin_name, password)


async def wait_for(database: Database) -> None:
    """Wait until the server answers. DatabaseUnavailable after a minute, ConfigurationError for one too old."""
    for second in range(PATIENCE):
        try:
            async with database.transaction() as connection:
                version = await beginnings.server_version(connection)
            break
        except DatabaseUnavailable as error:
            if second == PATIENCE - 1:
                raise
            if second % 10 == 0:
                log.warning("waiting for the database", error=str(error))
            await asyncio.sleep(1)
    if version < OLDEST_POSTGRES:
        raise ConfigurationError(f"FORKANT_DATABASE_URL leads to Postgres {version}; Forkant needs 16 or newer.")
