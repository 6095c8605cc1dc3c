"""The migrations lead to exactly the tables that the code describes, and back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from app.schema import metadata
from app.storage.database import Database, make_engine
from app.storage.migrating import alembic_config, downgrade, migrate, newest_revision, present_revision


@pytest.fixture
async def empty_database(empty_database_url: str):  # type: ignore[no-untyped-def]
    database = Database(make_engine(empty_database_url))
    yield database
    await database.close()


def differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_upgrade_leads_to_the_tables_of_the_code_without_drift(empty_database: Database) -> None:
    await migrate(empty_database)
    async with empty_database.transaction() as connection:
        assert await connection.run_sync(differences) == []
        assert await present_revision(connection) == newest_revision()


async def test_downgrade_leaves_nothing_and_upgrade_works_again(empty_database: Database) -> None:
    await migrate(empty_database)
    await downgrade(empty_database, "base")
    async with empty_database.transaction() as connection:
        left = text("select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'")
        assert await connection.scalar(left) == 1  # Alembic's own table of versions
    await migrate(empty_database)


def test_every_column_says_what_it_is() -> None:
    silent = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if not column.comment
    ]
    assert silent == []


def test_there_is_one_newest_migration() -> None:
    assert newest_revision() is not None
    assert alembic_config().get_main_option("script_location")
