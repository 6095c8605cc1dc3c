"""Collect: visits the sources that are due and stores what is new, each source on its own."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from app.alerts.types import Tally
from app.config import Settings
from app.errors import DatabaseUnavailable
from app.stages.hosts import HostDoors, host_of
from app.stages.keeping import Keeper, Visit
from app.stages.second_look import asks_for_everything
from app.storage import sources
from app.storage.database import Database
from app.storage.erasing import erase_items
from app.storage.sources import Claim
from signals import rhythm
from signals.collectors import Collector, with_kinds_on
from signals.errors import CollectError
from signals.fetch import Outbound
from signals.parser_pool import Parsers
from signals.types import Catch

log = structlog.get_logger()

LEASE = timedelta(minutes=5)  # longer than the slowest visit: wait for the host, fetch, wait for a parser, parse
CLAIM_FOR = 20.0  # seconds that one run takes new sources, so that its `now` does not grow old


class OwnFault(StrEnum):
    OWN_FAULT = "own_fault"


class CollectStage:
    """Visits due sources, many at a time. Run it on as many nodes as you like: each source is leased to one."""

    def __init__(
        self,
        database: Database,
        outbound: Outbound,
        parsers: Parsers,
        settings: Settings,
        node_id: str,
        collectors: Mapping[str, Collector] | None = None,
        chance: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._database = database
        self._outbound = outbound
        self._parsers = parsers
        self._node_id = node_id
        self._at_once = settings.polls_at_once
        self._keeper = Keeper(database, rhythm.Bounds(fastest=timedelta(seconds=settings.fastest_poll)), chance)
        self._doors = HostDoors(settings.host_pause)
        own = with_kinds_on(settings.kinds_on, settings.tokens_by_host)
        self._collectors = own if collectors is None else collectors

    async def run(self, now: datetime) -> Tally:
        seen: Counter[str] = Counter()
        visits: set[asyncio.Task[Counter[str]]] = set()
        started = asyncio.get_running_loop().time()
        try:
            while True:
                if asyncio.get_running_loop().time() - started < CLAIM_FOR:
                    visits |= await self._set_out(len(visits) - self._being_kept(), now)
                if not visits:
                    return to_tally("collect", seen)
                done, visits = await asyncio.wait(visits, return_when=asyncio.FIRST_COMPLETED)
                for visit in done:
                    seen += visit.result()
        finally:
            if visits:
                await self._turn_back(visits)

    def _being_kept(self) -> int:
        """Visits that only wait to be written down leave their place to others, but not without end."""
        return min(self._keeper.pending, 2 * self._at_once)

    async def _set_out(self, under_way: int, now: datetime) -> set[asyncio.Task[Counter[str]]]:
        free = self._at_once - under_way
        if under_way and free < max(1, self._at_once // 4):
            return set()  # ask the database for a handful at a time, not for one
        async with self._database.transaction() as connection:
            claims = await sources.claim(
                connection, self._node_id, now, lease=LEASE, most=free, busy_hosts=self._doors.busy()
            )
        return {asyncio.create_task(self._visit(taken, now)) for taken in claims}

    async def _turn_back(self, visits: set[asyncio.Task[Counter[str]]]) -> None:
        """We are told to stop, or the database is gone: leave no source leased for nothing."""
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)
        await self._keeper.settle()
        with suppress(DatabaseUnavailable):
            async with self._database.transaction() as connection:
                await sources.release(connection, self._node_id)

    async def _visit(self, taken: Claim, now: datetime) -> Counter[str]:
        async with self._doors.visit(host_of(taken.source.address)):
            return await self.attend(taken, now)

    async def attend(self, taken: Claim, now: datetime) -> Counter[str]:
        """One source, start to end. Whatever goes wrong with it stays with it.

        A session of listening takes minutes: what it brings is seen when it ends.
        """
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            catch = await self._collect(taken, now)
            took = timedelta(seconds=clock() - started)
            return await self._keep(taken, catch, took, now + took if catch.goes_on else now)
        except DatabaseUnavailable:
            raise
        except CollectError as error:
            failure = error
        except Exception as error:  # a source: the reason is stored on its row
            log.warning("collecting failed by our own fault", source=taken.source.address, exc_info=True)
            what = f"Forkant itself stumbled over this source ({type(error).__name__}). It tries again by itself."
            failure = CollectError(OwnFault.OWN_FAULT, what)
        return await self._note_failure(taken, failure, timedelta(seconds=clock() - started), now)

    async def _collect(self, taken: Claim, now: datetime) -> Catch:
        collector = self._collectors.get(taken.source.kind)
        if collector is None:
            known = ", ".join(sorted(self._collectors))
            raise CollectError(
                OwnFault.OWN_FAULT,
                f"Nothing here reads sources of the kind {taken.source.kind!r} (known: {known}). Is a package missing?",
            )
        cursor = taken.cursor
        if asks_for_everything(taken, now):
            cursor = replace(cursor, etag="", last_modified="")
        return await collector.collect(taken.source, cursor, self._outbound, self._parsers, now)

    async def _erase(self, taken: Claim, catch: Catch) -> int:
        """Before the cursor moves on, and in a transaction of its own: whoever dies in between erases once more.

        It must not hold the source's status, which the next stage locks while it holds what we wait for.
        """
        if not catch.deleted:
            return 0
        async with self._database.transaction() as connection:
            return await erase_items(connection, taken.source.id, catch.deleted)

    async def _keep(self, taken: Claim, catch: Catch, took: timedelta, now: datetime) -> Counter[str]:
        erased = await self._erase(taken, catch)
        gone = {"erased: taken back by its author": erased} if erased else {}
        return await self._keeper.keep(Visit(taken, catch, took, now)) + Counter(gone)

    async def _note_failure(self, taken: Claim, error: CollectError, took: timedelta, now: datetime) -> Counter[str]:
        log.debug("source failed", source=taken.source.address, kind=error.kind.value, error=error.message)
        return await self._keeper.keep(Visit(taken, error, took, now))


def to_tally(stage: str, seen: Counter[str]) -> Tally:
    reasons = tuple((reason, number) for reason, number in seen.items() if reason not in ("sources", "made"))
    return Tally(stage, taken=seen["sources"], made=seen["made"], passed_over=reasons)
