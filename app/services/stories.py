"""Stories: what is being talked about, and who says it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from app.errors import NotFound
from app.records import (
    Caller,
    OutlookRecord,
    Page,
    Regrouped,
    StageRow,
    StoryChangeKind,
    StoryFilter,
    StoryFull,
    StoryRow,
)
from app.services.paging import check_limit, from_place, to_place
from app.services.regrouping import Regrouping
from app.services.standing import Standings
from app.storage import outlooks
from app.storage import stories as store
from app.storage import stories_changing as changing
from app.storage import stories_stages as stages
from app.storage.database import Database
from classifiers.lifecycle import Stage
from signals.languages import tokens

RECORDED: Final = timedelta(days=90)
RECKONED: Final = timedelta(minutes=5)  # the record is not reckoned anew for each page

NEAR: Final = timedelta(days=3)


class Stories:
    """Everything that is asked of stories."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.regrouping = Regrouping(database)
        self.standings = Standings(database)
        self._records: dict[int, OutlookRecord] = {}

    async def list(
        self, caller: Caller, which: StoryFilter | None = None, *, before: str | None = None, limit: int = 50
    ) -> Page[StoryRow]:
        """Stories, those that grew last first; merged ones are left out."""
        place = from_place(before)
        async with self.database.transaction() as connection:
            rows = await store.list_stories(
                connection, caller.sight, which or StoryFilter(), place, check_limit(limit) + 1
            )
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(rows, to_place(rows[-1].last_seen_at, rows[-1].id) if more else None)

    async def get(self, caller: Caller, story_id: int) -> StoryFull:
        """One story with its members in the order they were said, and its alerts."""
        async with self.database.transaction() as connection:
            found = await store.find_story(connection, caller.sight, story_id)
            if found is None:
                raise NotFound(f"There is no story {story_id}")
            return StoryFull(
                story=found,
                members=await store.list_members(connection, story_id),
                alert_ids=await store.list_alert_ids(connection, caller.organisation_id, story_id),
                changes=await changing.list_changes(connection, [story_id]),
                stages=await stages.list_stages(connection, caller.sight, story_id),
                stage_changes=await stages.list_stage_changes(connection, caller.sight, story_id),
                outlooks=await outlooks.list_outlooks(connection, caller.sight, story_id),
                linked=await store.list_linked(connection, caller.sight, story_id),
                watches=await store.list_watches(connection, caller.organisation_id, story_id),
            )

    async def neighbours(self, caller: Caller, found: StoryRow, limit: int = 12) -> tuple[StoryRow, ...]:
        """Stories of the same days that it might be one with, those with most words of the title in common first."""
        which = StoryFilter(since=found.last_seen_at - NEAR)
        async with self.database.transaction() as connection:
            rows = await store.list_stories(connection, caller.sight, which, None, 200)
        words = _words(found)
        others = [one for one in rows if one.id != found.id]
        return tuple(sorted(others, key=lambda one: -len(words & _words(one)))[:limit])

    async def merge(
        self, caller: Caller, story_id: int, other_id: int, now: datetime, *, reason: str = ""
    ) -> Regrouped:
        """Two stories are one."""
        change_id = await self.regrouping.merge(caller, story_id, other_id, now, reason=reason)
        return await self._outcome(caller, change_id)

    async def split(
        self, caller: Caller, story_id: int, signal_ids: Collection[int], now: datetime, *, reason: str = ""
    ) -> Regrouped:
        """These signals tell of something else."""
        change_id = await self.regrouping.split(caller, story_id, signal_ids, now, reason=reason)
        return await self._outcome(caller, change_id)

    async def undo(
        self, caller: Caller, story_id: int, change_id: int, now: datetime, *, reason: str = ""
    ) -> Regrouped:
        """Take back a merge or split that this story had part in."""
        new_id = await self.regrouping.undo(caller, story_id, change_id, now, reason=reason)
        return await self._outcome(caller, new_id)

    async def set_stage(
        self, caller: Caller, story_id: int, watch_id: int, stage: Stage | None, now: datetime, *, reason: str = ""
    ) -> StageRow:
        """Where a story stands for a watch."""
        return await self.standings.decide(caller, story_id, watch_id, stage, now, reason=reason)

    async def outlook_record(self, caller: Caller, now: datetime) -> OutlookRecord:
        """What our predictions of the last 90 days were worth."""
        known = self._records.get(caller.organisation_id)
        if known is None or not timedelta(0) <= now - RECORDED - known.since < RECKONED:
            async with self.database.transaction() as connection:
                bins = await outlooks.track_record(connection, caller.organisation_id, now - RECORDED)
            known = self._records[caller.organisation_id] = OutlookRecord(now - RECORDED, bins)
        return known

    async def _outcome(self, caller: Caller, change_id: int) -> Regrouped:
        async with self.database.transaction() as connection:
            change = await changing.find_change(connection, change_id)
            assert change is not None  # it has just been written
            kept = await store.find_story(connection, caller.sight, change.story_id)
            if kept is None:
                raise NotFound(f"There is no story {change.story_id} any more")
            other = None
            if change.kind is StoryChangeKind.SPLIT:
                other = await store.find_story(connection, caller.sight, change.other_id)
            return Regrouped(change, kept, other)


def _words(row: StoryRow) -> frozenset[str]:
    return frozenset(word for word in tokens(row.title) if len(word) > 3)
