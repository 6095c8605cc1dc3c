"""A seat: work that only one process may do at a time, held by the connection that does it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import DatabaseUnavailable
from app.storage.database import Database


class Seat:
    """An advisory lock of the session, and the transactions done under it.

    The lock lives and dies with one connection, and the transactions run on that same connection: a process that
    lost its seat cannot write. When the holder dies, Postgres frees the seat, and the next to ask gets it.
    """

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._connection: AsyncConnection | None = None

    async def take(self) -> bool:
        """True: this process has the seat, from before or from now on."""
        if self._connection is not None:
            return True
        connection = await self._database.connect()
        try:
            taken = await connection.scalar(text("select pg_try_advisory_lock(hashtext(:name))"), {"name": self._name})
            await connection.commit()
        except BaseException:
            await connection.invalidate()  # it may hold the lock, and must not go back to the pool with it
            await connection.close()
            raise
        if taken:
            self._connection = connection
        else:
            await connection.close()
        return bool(taken)

    async def leave(self) -> None:
        """Give the seat up, by closing the connection for good."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.invalidate()
            await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction on the seat's own connection. The seat is left where that connection fails."""
        if self._connection is None:
            raise DatabaseUnavailable(f"The seat {self._name!r} is not held by this process.")
        try:
            async with self._connection.begin():
                yield self._connection
        except DBAPIError as error:
            if error.connection_invalidated:
                await self.leave()
                raise DatabaseUnavailable(f"The database does not answer: {error}") from error
            raise
