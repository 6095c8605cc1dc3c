"""The desk where signals are compared with those before them: one process sits at it, its memory in hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage import comparing, grouping
from app.storage.database import Database
from app.storage.seat import Seat
from signals.dedupe import CopyIndex
from signals.stories import StoryIndex

COPIES_REMEMBERED = timedelta(days=7)
STORIES_REMEMBERED = timedelta(hours=72)


class Desk:
    """The indexes of copies and stories, and the seat that makes this process their only writer.

    Both stages that need the past in order (dedupe, group) work here. The indexes are a cache of the database: they
    are rebuilt when the seat is taken and whenever a transaction failed, since they may then hold what was not kept.
    """

    def __init__(self, database: Database) -> None:
        self._seat = Seat(database, "forkant.desk")
        self._copies: CopyIndex | None = None
        self._tips: CopyIndex | None = None
        self._stories: StoryIndex | None = None

    async def sit(self) -> bool:
        """False: another process sits there."""
        return await self._seat.take()

    async def leave(self) -> None:
        self._forget()
        await self._seat.leave()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._seat.transaction() as connection:
                yield connection
        except BaseException:
            self._forget()
            raise

    async def copies(self, connection: AsyncConnection, now: datetime) -> CopyIndex:
        if self._copies is None:
            self._copies = CopyIndex()
            for signal in await comparing.load_compared(connection, now - COPIES_REMEMBERED):
                if not signal.is_tip:
                    self._copies.add(signal)
        return self._copies

    async def tip_copies(self, connection: AsyncConnection, now: datetime) -> CopyIndex:
        if self._tips is None:
            self._tips = CopyIndex()
            for signal in await comparing.load_compared_tips(connection, now - COPIES_REMEMBERED):
                self._tips.add(replace(signal, url=""))
        return self._tips

    async def stories(self, connection: AsyncConnection, now: datetime) -> StoryIndex:
        if self._stories is None:
            self._stories = StoryIndex()
            for signal, story_id in await grouping.load_members(connection, now - STORIES_REMEMBERED):
                self._stories.restore(signal, story_id)
        return self._stories

    def _forget(self) -> None:
        self._copies = self._tips = self._stories = None
