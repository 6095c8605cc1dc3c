"""Runs migrations, on a connection handed in by Forkant or on FORKANT_DATABASE_URL."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection

from app.schema import metadata
from app.storage.database import make_engine


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()


async def run_on_url(url: str) -> None:
    engine = make_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    run(connection)
else:
    asyncio.run(run_on_url(os.environ["FORKANT_DATABASE_URL"]))
