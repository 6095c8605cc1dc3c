"""The desk where signals are compared with those before them: one process sits at it, its memory in hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage import comparing, grouping, linking, stories_changing
from app.storage.database import Database
from app.storage.seat import Seat
from signals.dedupe import CopyIndex
from signals.links import LinkIndex
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
        self._links: LinkIndex | None = None
        self._change = 0  # of what people decided about stories, the last that the index knows

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
        """The stories as they are by now. People change them too, from other processes: nobody does until this
        transaction ends, and what they did before is taken in here."""
        await stories_changing.take_turn(connection)
        newest, since = await stories_changing.newest_change(connection), now - STORIES_REMEMBERED
        if self._stories is None:
            self._stories = StoryIndex()
            for signal, story_id in await grouping.load_members(connection, since):
                self._stories.restore(signal, story_id)
            self._stories.keep_apart(await stories_changing.kept_apart(connection, since))
        elif newest > self._change:
            await self._recast(connection, since)
        self._change = newest
        return self._stories

    async def _recast(self, connection: AsyncConnection, since: datetime) -> None:
        """Only what people have changed is read anew, in both indexes."""
        assert self._stories is not None
        changed = await stories_changing.changed_after(connection, self._change)
        members = await grouping.load_members(connection, since, changed)
        self._stories.recast(changed, members)
        self._stories.keep_apart(await stories_changing.kept_apart(connection, since))
        if self._links is not None:
            self._links.recast(changed, members)
            self._links.linked_already(await linking.load_pairs(connection, since))

    async def links(self, connection: AsyncConnection, now: datetime) -> LinkIndex:
        """The same stories by what other languages know them by."""
        if self._links is None:
            since, stories = now - STORIES_REMEMBERED, await self.stories(connection, now)
            self._links = LinkIndex(stories.frequencies)
            for signal, story_id in await grouping.load_members(connection, since):
                self._links.add(signal, story_id)
            self._links.linked_already(await linking.load_pairs(connection, since))
        return self._links

    def _forget(self) -> None:
        self._copies = self._tips = self._stories = self._links = None
