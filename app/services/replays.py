"""Replays: what would these settings have told us? Asked for, followed, read side by side."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from app.alerts.side_by_side import Comparison, Matter, Place, Placed, compare, matters_of, place
from app.errors import Conflict, Invalid, NotFound, TooMany
from app.records import Caller, Page
from app.records.replays import Outcome, ReplayAsk, ReplayRow, ReplayState, Side
from app.records.watches import WatchDraft, WatchRow, to_draft
from app.services.paging import check_limit, from_place, to_place
from app.services.watches import Watches
from app.storage import replays as store
from app.storage.database import Database
from app.storage.watches import time_zone_of

LONGEST: Final = timedelta(days=90)
SHORTEST: Final = timedelta(hours=1)
MOST_WAITING: Final = 5  # of an organisation


@dataclass(frozen=True, slots=True)
class ReplayFull:
    """A replay and, once it is done, how its sides compare."""

    replay: ReplayRow
    comparison: Comparison | None


class Replays:
    """Everything that is asked of replays."""

    def __init__(self, database: Database, watches: Watches) -> None:
        self.database = database
        self.watches = watches

    async def ask(self, caller: Caller, ask: ReplayAsk, now: datetime) -> ReplayRow:
        """Queue a replay. Its settings are those of this moment, whatever becomes of the watch."""
        if ask.watch_id is None and ask.draft is None:
            raise Invalid("Say which watch, or a draft, or both", "watch")
        row = await self._watch(caller, ask.watch_id, now)
        draft = await self._draft(caller, ask.draft, row, now)
        ask = await self._within_history(caller, replace(ask, draft=draft), now)
        async with self.database.transaction() as connection:
            if await store.count_waiting(connection, caller.organisation_id) >= MOST_WAITING:
                raise TooMany(f"{MOST_WAITING} replays wait already: let them end, or cancel one")
            replay_id = await store.add(connection, caller, ask, to_draft(row) if row else None, now)
        return await self._row(caller, replay_id)

    async def history_begins(self, caller: Caller) -> datetime | None:
        """When what is stored was first seen."""
        async with self.database.transaction() as connection:
            return await store.first_seen(connection, caller.organisation_id)

    async def list(
        self, caller: Caller, *, watch_id: int | None = None, before: str | None = None, limit: int = 50
    ) -> Page[ReplayRow]:
        """Asked last, first."""
        after = from_place(before)
        async with self.database.transaction() as connection:
            rows = await store.list_replays(connection, caller.organisation_id, watch_id, after, check_limit(limit) + 1)
        more, rows = len(rows) > limit, rows[:limit]
        return Page(rows, to_place(rows[-1].asked_at, rows[-1].id) if more else None)

    async def get(self, caller: Caller, replay_id: int) -> ReplayFull:
        row = await self._row(caller, replay_id)
        if row.state is not ReplayState.DONE:
            return ReplayFull(row, None)
        async with self.database.transaction() as connection:
            rows = await store.list_results(connection, caller.sight, replay_id)
        sides = [side for side, draft in ((Side.LIVE, row.live), (Side.DRAFT, row.draft)) if draft]
        return ReplayFull(row, compare(rows, sides, row.begins_at, row.ends_at))

    async def results(
        self,
        caller: Caller,
        replay_id: int,
        *,
        side: Side | None = None,
        outcome: Outcome | None = None,
        where: Place | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page[Placed]:
        """What it told and held back, newest first, each with what the other settings made of the same."""
        after = from_place(before)
        check_limit(limit)
        await self._row(caller, replay_id)
        async with self.database.transaction() as connection:
            rows = place(await store.list_results(connection, caller.sight, replay_id))
        wanted = [
            one
            for one in reversed(rows)
            if side in (None, one.row.told.side)
            and outcome in (None, one.row.told.outcome)
            and where in (None, one.place)
            and (after is None or (one.row.told.at, one.row.id) < after)
        ]
        last = wanted[limit - 1].row if len(wanted) > limit else None
        return Page(tuple(wanted[:limit]), to_place(last.told.at, last.id) if last else None)

    async def matters(
        self, caller: Caller, replay_id: int, *, where: Place | None = None, before: str | None = None, limit: int = 50
    ) -> Page[Matter]:
        """What it told, newest first, alerts about the same together."""
        after = from_place(before)
        check_limit(limit)
        await self._row(caller, replay_id)
        async with self.database.transaction() as connection:
            found = matters_of(await store.list_results(connection, caller.sight, replay_id))
        wanted = [
            one
            for one in sorted(found, key=lambda one: (one.first.told.at, one.first.id), reverse=True)
            if where in (None, one.place) and (after is None or (one.first.told.at, one.first.id) < after)
        ]
        last = wanted[limit - 1].first if len(wanted) > limit else None
        return Page(tuple(wanted[:limit]), to_place(last.told.at, last.id) if last else None)

    async def cancel(self, caller: Caller, replay_id: int, now: datetime) -> ReplayRow:
        row = await self._row(caller, replay_id)
        async with self.database.transaction() as connection:
            is_cancelled = await store.cancel(connection, caller.organisation_id, replay_id, now)
        if not is_cancelled:
            raise Conflict(f"This replay is {row.state}: there is nothing to cancel")
        return await self._row(caller, replay_id)

    async def remove(self, caller: Caller, replay_id: int) -> None:
        """With all that it told; one that is being played is called off."""
        async with self.database.transaction() as connection:
            if not await store.remove(connection, caller.organisation_id, replay_id):
                raise NotFound(f"There is no replay {replay_id}")

    async def _row(self, caller: Caller, replay_id: int) -> ReplayRow:
        async with self.database.transaction() as connection:
            found = await store.find(connection, caller.organisation_id, replay_id)
        if found is None:
            raise NotFound(f"There is no replay {replay_id}")
        return found

    async def _watch(self, caller: Caller, watch_id: int | None, now: datetime) -> WatchRow | None:
        if watch_id is None:
            return None
        try:
            row = await self.watches.get(caller, watch_id, now)
        except NotFound as reason:
            raise Invalid(str(reason), "watch") from None
        if row.is_own:
            raise Invalid("Forkant's own hearing matches no signals: there is nothing to replay", "watch")
        return row

    async def _draft(
        self, caller: Caller, draft: WatchDraft | None, row: WatchRow | None, now: datetime
    ) -> WatchDraft | None:
        """As it would be kept; None where it says nothing else than the watch itself."""
        if draft is None:
            return None
        checked = await self.watches.check_draft(caller, draft, row.id if row else None, now)
        if not checked.time_zone:
            async with self.database.transaction() as connection:
                checked = replace(checked, time_zone=await time_zone_of(connection, caller.organisation_id))
        return None if row is not None and checked == to_draft(row) else checked

    async def _within_history(self, caller: Caller, ask: ReplayAsk, now: datetime) -> ReplayAsk:
        """The period, as far as something is stored of it."""
        if ask.ends_at <= ask.begins_at:
            raise Invalid("It must end after it begins", "to")
        if ask.ends_at - ask.begins_at > LONGEST:
            raise Invalid(f"A replay covers at most {LONGEST.days} days: ask for a shorter time", "from")
        begun = await self.history_begins(caller)
        if begun is None:
            raise Invalid("Nothing has been heard yet: there is no past to replay", "from")
        begins_at, ends_at = max(ask.begins_at, begun), min(ask.ends_at, now)
        if ends_at <= begins_at:
            raise Invalid(f"What is stored begins at {begun:%Y-%m-%d %H:%M} UTC and ends now", "from")
        if ends_at - begins_at < SHORTEST:
            raise Invalid("A replay covers at least an hour of what is stored", "to")
        return replace(ask, begins_at=begins_at, ends_at=ends_at)
