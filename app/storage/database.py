"""The connection pool, and transactions on it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.errors import DatabaseUnavailable


def make_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine for a `postgresql://` address; `sslmode` is understood as libpq means it."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    connect_args: dict[str, Any] = {"server_settings": {"application_name": "forkant", "timezone": "UTC"}}
    sslmode = address.query.get("sslmode")
    if sslmode:
        address = address.difference_update_query(["sslmode"])
        connect_args["ssl"] = sslmode if isinstance(sslmode, str) else ssl.create_default_context()
    return create_async_engine(
        address,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the connection used last has its statements prepared
        connect_args=connect_args,
        **options,
    )


class Database:
    """Transactions on one Postgres."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end, rolled back on an error.

        Errors of what is done inside stay what they are, also those that look like a lost connection.
        """
        connection = await self.connect()
        try:
            async with connection.begin():
                yield connection
        except DBAPIError as error:
            if error.connection_invalidated:
                raise DatabaseUnavailable(f"The database does not answer: {error}") from error
            raise
        finally:
            await connection.close()

    async def connect(self) -> AsyncConnection:
        """A connection for whoever must keep one, such as the holder of a seat; to be closed by them."""
        try:
            return await self.engine.connect()
        except (OSError, DBAPIError) as error:
            raise DatabaseUnavailable(f"The database does not answer: {error}") from error

    async def close(self) -> None:
        await self.engine.dispose()
