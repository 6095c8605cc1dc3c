"""Merging and splitting stories, as people decide: at once, remembered, and to be taken back.

Whoever regroups holds the turn of the stories, which the desk takes too, so that neither works on what the other is
changing; then the watches, as the detectors take them; then the turn of the transitions. Alerts are never waited for:
those who hold them may wait for that turn, so a busy one means to begin again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Alert, AlertState
from app.errors import Conflict, Invalid, NotFound, Refused
from app.records import Caller, StoryChange, StoryChangeKind, StoryRow
from app.services.checks import check_words
from app.storage import stories as store
from app.storage import stories_changing as changing
from app.storage import stories_following as following
from app.storage import stories_stages as stages
from app.storage.alerts import Busy
from app.storage.alerts import take_turn as take_turn_of_alerts
from app.storage.database import Database

PATIENCE: Final = 100  # tries to get at an alert that the pipeline is changing
PAUSE: Final = 0.05  # seconds between them
MOST_SIGNALS: Final = 1000  # named in one split

Change = Callable[[AsyncConnection], Awaitable[int]]


class Regrouping:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def merge(self, caller: Caller, story_id: int, other_id: int, now: datetime, *, reason: str = "") -> int:
        """Two stories are one; the older keeps its number. Returns the number of the change."""
        words = check_words(reason, "reason", 1000)
        if story_id == other_id:
            raise Invalid("A story cannot be merged with itself", "other")

        async def do(connection: AsyncConnection) -> int:
            for one in (story_id, other_id):
                await self._living(connection, caller, one)
            await self._refuse_restricted(connection, (story_id, other_id))
            young, old = sorted((story_id, other_id), reverse=True)
            return await self._merge(connection, caller, young, old, now, words)

        return await self._in_turn(do)

    async def split(
        self, caller: Caller, story_id: int, signal_ids: Collection[int], now: datetime, *, reason: str = ""
    ) -> int:
        """These signals tell of something else. What repeats them goes with them. The part that holds the story's
        first signal keeps its number; the other is numbered by its own first. Returns the number of the change."""
        words = check_words(reason, "reason", 1000)
        if not signal_ids:
            raise Invalid("Say which signals are to stand in a story of their own", "signals")
        if len(signal_ids) > MOST_SIGNALS:
            raise Invalid(f"At most {MOST_SIGNALS} signals at once", "signals")

        async def do(connection: AsyncConnection) -> int:
            await self._living(connection, caller, story_id)
            members = set(await changing.members_of(connection, story_id))
            if strange := sorted(set(signal_ids) - members):
                raise Invalid(f"Not in story {story_id}: {', '.join(map(str, strange[:10]))}", "signals")
            return await self._split(connection, caller, story_id, members, set(signal_ids), now, words)

        return await self._in_turn(do)

    async def undo(self, caller: Caller, story_id: int, change_id: int, now: datetime, *, reason: str = "") -> int:
        """Take back a merge or split that a story had part in. Returns the number of the change that does."""
        words = check_words(reason, "reason", 1000)

        async def do(connection: AsyncConnection) -> int:
            change = await changing.find_change(connection, change_id)
            is_hidden = await store.find_story(connection, caller.sight, story_id) is None
            if is_hidden or change is None or story_id not in (change.story_id, change.other_id):
                raise NotFound(f"There is no change {change_id} of story {story_id}")
            if change.undone_at is not None:
                raise Conflict(f"It was taken back already, at {change.undone_at:%Y-%m-%d %H:%M} UTC")
            again = self._split_again if change.kind is StoryChangeKind.MERGE else self._merge_again
            return await again(connection, caller, change, now, words)

        return await self._in_turn(do)

    async def _in_turn(self, do: Change) -> int:
        for _ in range(PATIENCE):
            try:
                async with self.database.transaction() as connection:
                    await changing.take_turn(connection)
                    return await do(connection)
            except Busy:
                await asyncio.sleep(PAUSE)
        raise Conflict("Somebody else is changing an alert about this story at this moment: try again")

    async def _living(self, connection: AsyncConnection, caller: Caller, story_id: int) -> StoryRow:
        found = await store.find_story(connection, caller.sight, story_id)
        if found is None:
            raise NotFound(f"There is no story {story_id}")
        if found.merged_into is not None:
            raise Conflict(f"Story {story_id} is part of story {found.merged_into} by now: use that one")
        return found

    async def _refuse_restricted(self, connection: AsyncConnection, story_ids: Collection[int]) -> None:
        if await changing.has_restricted(connection, story_ids):
            raise Refused("A restricted tip stands in a story of its own: it cannot be merged with another")

    async def _merge_again(
        self, connection: AsyncConnection, caller: Caller, change: StoryChange, now: datetime, words: str
    ) -> int:
        old = await changing.present_story(connection, change.story_id)
        young = await changing.present_story(connection, change.other_id)
        if young == old:
            raise Conflict(f"They are one story again, {old}")
        await self._refuse_restricted(connection, (young, old))
        return await self._merge(connection, caller, young, old, now, words, change.id)

    async def _split_again(
        self, connection: AsyncConnection, caller: Caller, change: StoryChange, now: datetime, words: str
    ) -> int:
        whole = await changing.present_story(connection, change.story_id)
        members = set(await changing.members_of(connection, whole))
        if not members & set(change.signal_ids):
            raise Conflict("None of its signals stands there any more")
        return await self._split(connection, caller, whole, members, set(change.signal_ids), now, words, change.id)

    async def _merge(
        self,
        connection: AsyncConnection,
        caller: Caller,
        young: int,
        old: int,
        now: datetime,
        words: str,
        undoes: int | None = None,
    ) -> int:
        moved = await changing.members_of(connection, young)
        kept = await changing.members_of(connection, old)
        watches = await following.take_watches(connection, (young, old))
        await take_turn_of_alerts(connection)
        leaving = await following.take_living(connection, young)
        staying = {one.alert.watch_id: one.alert for one in await following.take_living(connection, old)}
        await changing.merge(connection, young, old)
        said = _said("merged the stories", words)
        for one in leaving:
            await self._join(connection, one.alert, staying.get(one.alert.watch_id), old, now, caller.name, said)
        await following.recount(connection, [old])
        await stages.follow_merged(connection, now, young=young)
        await following.look_again(connection, moved, watches, now)
        kind = StoryChangeKind.MERGE
        return await changing.insert_change(connection, kind, old, young, moved, kept, caller.name, words, now, undoes)

    async def _join(
        self,
        connection: AsyncConnection,
        young: Alert,
        other: Alert | None,
        story_id: int,
        now: datetime,
        actor: str,
        said: str,
    ) -> None:
        """One alert of a watch goes on about both stories: the one that somebody has taken, else the older story's."""
        if other is None:
            await following.move(connection, young, story_id, now, actor, f"part of story {story_id}: {said}")
            return
        is_taken = young.state is AlertState.ACKNOWLEDGED and other.state is AlertState.RAISED
        kept, double = (young, other) if is_taken else (other, young)
        await following.close_as_double(connection, double, kept.id, now, actor, said)
        about = f"alert {double.id} is about the same story: {said}"
        if kept is young:
            await following.move(connection, kept, story_id, now, actor, about)
        else:
            await following.note(connection, kept, now, actor, about)

    async def _split(
        self,
        connection: AsyncConnection,
        caller: Caller,
        story_id: int,
        members: Collection[int],
        wanted: Collection[int],
        now: datetime,
        words: str,
        undoes: int | None = None,
    ) -> int:
        apart = set(await changing.with_copies(connection, story_id, wanted))
        moved = sorted(apart if story_id not in apart else set(members) - apart)
        if not moved or len(moved) == len(members):
            raise Conflict("Nothing would be left: these signals and their copies are the whole story")
        kept = sorted(set(members) - set(moved))
        other_id = await changing.number_for(connection, moved)
        watches = await following.take_watches(connection, (story_id,))
        await take_turn_of_alerts(connection)
        living = await following.take_living(connection, story_id)
        await changing.split(connection, story_id, other_id, moved)
        said = _said("split the story", words)
        gone = set()
        for one in living:
            if len(one.signal_ids & set(moved)) > len(one.signal_ids & set(kept)):
                about = f"its signals stand in story {other_id} now: {said}"
                await following.move(connection, one.alert, other_id, now, caller.name, about)
                gone.add(one.alert.watch_id)
            else:
                about = f"{len(moved)} signals stand in story {other_id} now: {said}"
                await following.note(connection, one.alert, now, caller.name, about)
        doubles = await following.take_closed_as_doubles(connection, other_id)
        left = await following.take_closed_as_doubles(connection, story_id) if gone else []
        for double in (*doubles, *(one for one in left if one.watch_id in gone)):
            await following.reopen(connection, double, now, caller.name, said)
        await following.recount(connection, [story_id, other_id])
        untold = await following.watches_without_alert(connection, other_id, watches)
        await following.detect_afresh(connection, other_id, moved, untold, now)
        bare = set(await following.watches_without_alert(connection, story_id, watches)) & gone
        await following.detect_afresh(connection, story_id, kept, sorted(bare), now)
        kind = StoryChangeKind.SPLIT
        return await changing.insert_change(
            connection, kind, story_id, other_id, moved, kept, caller.name, words, now, undoes
        )


def _said(what: str, words: str) -> str:
    return f"{what} ({words})" if words else what
