"""Archive: stands in the place of collect in a replay, and stores what had been said until a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.storage import archives
from app.storage.database import Database
from app.storage.items import store_items
from signals.types import Item


@dataclass(frozen=True, slots=True)
class Saying:
    """One line of an archive, ready to be stored."""

    archive_id: str
    source_id: int
    item: Item
    seen_at: datetime


class ArchiveStage:
    """Brings the sayings of an archive, in order of when they were seen, each source's as a poll at that moment."""

    def __init__(self, database: Database, sayings: Sequence[Saying], bucket: timedelta) -> None:
        self._database = database
        self._sayings = sayings
        self._bucket = bucket
        self._next = 0
        self._listened_until = sayings[0].seen_at if sayings else None
        self.archive_ids: dict[int, str] = {}

    async def run(self, now: datetime) -> Tally:
        begin = self._next
        while self._next < len(self._sayings) and self._sayings[self._next].seen_at <= now:
            self._next += 1
        due = self._sayings[begin : self._next]
        async with self._database.transaction() as connection:
            if self._listened_until is not None:
                await archives.note_listening(connection, self._listened_until, now, self._bucket)
                self._listened_until = now
            for (seen_at, source_id), group in groupby(due, key=lambda one: (one.seen_at, one.source_id)):
                await self._store(connection, source_id, list(group), seen_at)
        return Tally("archive", len(due), len(due))

    async def _store(
        self, connection: AsyncConnection, source_id: int, sayings: Sequence[Saying], seen_at: datetime
    ) -> None:
        poll_id = await archives.insert_poll(connection, source_id, seen_at)
        items = [one.item for one in reversed(sayings)]  # as a document has them: newest first
        counts = await store_items(connection, source_id, poll_id, items, is_backlog=False, now=seen_at)
        await archives.note_counts(connection, poll_id, len(items), counts)
        numbers: Mapping[str, int] = await archives.numbers_of_poll(connection, poll_id)
        for one in sayings:
            if one.item.guid in numbers:
                self.archive_ids[numbers[one.item.guid]] = one.archive_id
