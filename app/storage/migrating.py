"""Bringing a database to the present tables, one process at a time."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.database import Database

ROOT = Path(__file__).resolve().parent.parent.parent


def alembic_config() -> Config:
    """Alembic's settings; the folder of migrations stands beside the packages, in a checkout and in the image."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


async def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade to `revision`. Safe to call from many processes at once: they wait for one another."""
    async with database.transaction() as connection:
        await connection.execute(text("select pg_advisory_xact_lock(hashtext('forkant.migrate'))"))
        await connection.run_sync(_upgrade, revision)


async def downgrade(database: Database, revision: str) -> None:
    async with database.transaction() as connection:
        await connection.run_sync(_downgrade, revision)


async def present_revision(connection: AsyncConnection) -> str | None:
    """The migration that the database is at; None: no table yet."""
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def newest_revision() -> str | None:
    """The migration that this version of Forkant needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def _upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _downgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)
