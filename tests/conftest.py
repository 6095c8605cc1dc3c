"""Fixtures with real parts: an embedded Postgres for the whole run, a clean database for each test."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from app.embedded.server import EmbeddedPostgres
from app.schema import metadata
from app.storage.database import Database, make_engine
from app.storage.migrating import migrate
from tests.support.books import BY_HAND, check_books
from tests.support.lessons import small_corpus, small_model  # noqa: F401 - fixtures for all tests
from tests.support.models import model, model_file, tone  # noqa: F401 - fixtures for all tests

# The same examples in every run, however busy the machine is, and nothing left behind.
settings.register_profile(
    "forkant", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("forkant")

# The same labels with the extra forkant[embeddings] and without: tests that want it switch it on.
os.environ.setdefault("FORKANT_EMBEDDINGS", "off")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[EmbeddedPostgres]:
    """One Postgres for all test processes: they share a home folder, and the last to leave stops it."""
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "postgres-home"
    with EmbeddedPostgres(home) as postgres:
        yield postgres


async def _create(server_url: str, name: str) -> None:
    connection = await asyncpg.connect(server_url)
    await connection.execute(f'drop database if exists "{name}" with (force)')
    await connection.execute(f'create database "{name}"')
    await connection.close()


@pytest.fixture(scope="session")
def url(server: EmbeddedPostgres, worker_id: str) -> str:
    """Address of this process's own migrated database."""
    name = f"test_{worker_id}_{os.getpid()}"
    asyncio.run(_create(server.url(), name))
    address = server.url(name)

    async def prepare() -> None:
        database = Database(make_engine(address))
        await migrate(database)
        await database.close()

    asyncio.run(prepare())
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with all tables, empty but for the organisation with number 1. Afterwards its books must agree."""
    database = Database(make_engine(url))
    BY_HAND.clear()
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    async with database.transaction() as connection:
        await connection.execute(text(f"truncate {tables} restart identity cascade"))
        await connection.execute(
            text("insert into organisation (name, created_at) values ('Testkommunen', :now)"),
            {"now": datetime(2026, 1, 1, tzinfo=UTC)},
        )
    yield database
    try:
        await check_books(database)
    finally:
        await database.close()


@pytest.fixture
def empty_database_url(server: EmbeddedPostgres, worker_id: str, request: pytest.FixtureRequest) -> str:
    """A database of the test's own, without any table."""
    name = f"own_{worker_id}_{abs(hash(request.node.nodeid)) % 10**8}"
    asyncio.run(_create(server.url(), name))
    return server.url(name)


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data beside the repository; the test is skipped where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real data at {SHARED_DATA}")
    return SHARED_DATA
