"""Watches: what a team wants to be early about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, Invalid, NotFound, Stale
from app.records import Caller, WatchDraft, WatchRow
from app.services.checks import check_between, check_words, check_zone
from app.services.topics import Topics
from app.storage import watches as store
from app.storage.database import Database
from classifiers.watches import QueryError, WatchBook, WatchTerms, parse_query
from classifiers.watches.errors import did_you_mean
from classifiers.watches.saved import place_of

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?", re.ASCII)


class Watches:
    """Everything that is asked of watches."""

    def __init__(self, database: Database, topics: Topics) -> None:
        self.database = database
        self.topics = topics

    async def list(self, caller: Caller, now: datetime) -> tuple[WatchRow, ...]:
        """All watches, the active ones first, then by priority and name."""
        async with self.database.transaction() as connection:
            return await store.list_watches(connection, caller.sight, now)

    async def get(self, caller: Caller, watch_id: int, now: datetime) -> WatchRow:
        async with self.database.transaction() as connection:
            found = await store.find_watch(connection, caller.sight, watch_id, now)
        if found is None:
            raise NotFound(f"There is no watch {watch_id}")
        return found

    async def add(self, caller: Caller, draft: WatchDraft, now: datetime) -> WatchRow:
        """A new watch. Invalid tells which field, and for a query where the error stands."""
        draft = self._check(draft)
        check_together(draft, await self.list(caller, now))
        async with self.database.transaction() as connection:
            watch_id = await store.add_watch(connection, caller.organisation_id, draft, now)
            if watch_id is None:
                raise Conflict("There is a watch of that name already")
        return await self.get(caller, watch_id, now)

    async def change(
        self, caller: Caller, watch_id: int, draft: WatchDraft, now: datetime, *, version: int | None = None
    ) -> WatchRow:
        """Set everything that can be said of it. Stale when `version` is not the present one."""
        draft = self._check(draft)
        check_together(draft, [other for other in await self.list(caller, now) if other.id != watch_id])
        async with self.database.transaction() as connection:
            await self._take(connection, caller, watch_id, version)
            if not await store.change_watch(connection, watch_id, draft, now):
                raise Conflict("There is a watch of that name already")
        return await self.get(caller, watch_id, now)

    async def check_draft(self, caller: Caller, draft: WatchDraft, watch_id: int | None, now: datetime) -> WatchDraft:
        """The draft as it would be kept, in the place of `watch_id` where there is one; Invalid as when keeping it."""
        draft = self._check(draft)
        check_together(draft, [other for other in await self.list(caller, now) if other.id != watch_id])
        return draft

    async def rest(self, caller: Caller, watch_id: int, now: datetime, *, version: int | None = None) -> WatchRow:
        """Let it rest: it matches nothing and raises nothing until it is woken."""
        return await self._set_active(caller, watch_id, False, now, version)

    async def wake(self, caller: Caller, watch_id: int, now: datetime, *, version: int | None = None) -> WatchRow:
        """Let it match again, from now on."""
        return await self._set_active(caller, watch_id, True, now, version)

    async def _set_active(
        self, caller: Caller, watch_id: int, is_active: bool, now: datetime, version: int | None
    ) -> WatchRow:
        async with self.database.transaction() as connection:
            await self._take(connection, caller, watch_id, version)
            if is_active and await store.is_own(connection, watch_id):
                raise Conflict("This is Forkant's own hearing: it raises what the coverage ledger finds, as it is")
            await store.set_active(connection, watch_id, is_active, now)
        return await self.get(caller, watch_id, now)

    async def _take(self, connection: AsyncConnection, caller: Caller, watch_id: int, version: int | None) -> None:
        """Lock it until the transaction ends, if it is still as the caller saw it."""
        present = await store.lock_version(connection, caller.organisation_id, watch_id)
        if present is None:
            raise NotFound(f"There is no watch {watch_id}")
        if version is not None and version != present:
            raise Stale("Somebody has changed this watch since you saw it: read it again, then change it")

    def _check(self, draft: WatchDraft) -> WatchDraft:
        query = check_words(draft.query, "query", 4000)
        check_query(query)
        known = {topic.id for topic in self.topics.list()}
        if unknown := [topic for topic in draft.topics if topic not in known]:
            raise Invalid(f"There is no topic {', '.join(unknown)}", "topics")
        if unknown := [language for language in draft.languages if not LANGUAGE.fullmatch(language)]:
            raise Invalid(f"Not a language code: {', '.join(unknown)}", "languages")
        return replace(
            draft,
            name=check_words(draft.name, "name", 200, least=1),
            query=query,
            languages=tuple(dict.fromkeys(draft.languages)),
            topics=tuple(dict.fromkeys(draft.topics)),
            owner=check_words(draft.owner, "owner", 200),
            priority=check_between(draft.priority, 1, 3, "priority"),
            alerts_per_day=check_between(draft.alerts_per_day, 1, 1000, "alerts_per_day"),
            time_zone=check_zone(draft.time_zone, "time_zone") if draft.time_zone else "",
        )


def check_query(query: str) -> None:
    """Invalid says what is wrong with a query, and where."""
    try:
        parse_query(query)
    except QueryError as error:
        raise Invalid(str(error), "query", error.position) from None


def check_together(draft: WatchDraft, others: Iterable[WatchRow]) -> None:
    """Invalid where the query names a watch that is not there, or one that leads back to it."""
    terms = [WatchTerms(number, other.name, other.query, ()) for number, other in enumerate(others, start=1)]
    if not _trouble(draft.name, draft.query, terms):
        return
    for name in parse_query(draft.query).watches():
        if trouble := _trouble(draft.name, f'watch:"{name}"', terms):
            known = [one.name for one in terms]
            hint = "" if name in known else did_you_mean(name, known)
            told = f"{trouble[0].upper()}{trouble[1:]}{hint or '; take it away, or change the watch it names'}"
            error = QueryError(told, place_of(draft.query, name), draft.query)
            raise Invalid(str(error), "query", error.position)


def _trouble(name: str, query: str, others: Sequence[WatchTerms]) -> str:
    """What is wrong with the watches that a query names; empty where nothing is."""
    broken = WatchBook([*others, WatchTerms(0, name, query, ())]).broken
    return next((reason for called, reason in broken if called == name), "")
