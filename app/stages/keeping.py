"""Keeping: writes down what visits brought, as many as have come in by then in one transaction.

A commit costs as much for one visit as for fifty, so whoever comes while others are being written waits and goes with
the next. A visit that cannot be kept fails alone: its batch is taken back, and each of it is kept by itself.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import DatabaseUnavailable
from app.stages.never_reached import excuse
from app.stages.proving import note_pull
from app.stages.second_look import learn, look_twice
from app.storage import sources, visits
from app.storage.database import Database
from app.storage.items import Brought, Counts, store_all
from app.storage.sources import Account, Claim, Learnt
from app.storage.visits import Report
from signals import rhythm
from signals.errors import CollectError
from signals.push import as_proof
from signals.types import Catch

log = structlog.get_logger()

NO_REST = timedelta(0)
WRITERS = 2  # transactions at once: while one waits for the disk, the other is made ready
MOST_VISITS, MOST_ITEMS = 100, 3_000  # of one transaction: it must not keep others waiting for long


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that has ended, well or not."""

    taken: Claim
    found: Catch | CollectError
    took: timedelta
    now: datetime

    @property
    def items(self) -> int:
        return len(self.found.items) if isinstance(self.found, Catch) else 0


_Waiting = tuple[Visit, asyncio.Future[Counter[str]]]


class Keeper:
    """Whoever has been on a visit awaits `keep`; the visit is written down when that returns."""

    def __init__(self, database: Database, bounds: rhythm.Bounds, chance: Callable[[float, float], float]) -> None:
        self._database = database
        self._bounds = bounds
        self._chance = chance
        self._waiting: deque[_Waiting] = deque()
        self._writing: set[asyncio.Task[None]] = set()
        self._writers = 0
        self.pending = 0  # visits handed over and not yet written down

    async def keep(self, visit: Visit) -> Counter[str]:
        """What became of it: `lost` where the lease was."""
        told: asyncio.Future[Counter[str]] = asyncio.get_running_loop().create_future()
        self._waiting.append((visit, told))
        if self._writers < WRITERS:
            self._writers += 1
            writing = asyncio.create_task(self._write())
            self._writing.add(writing)
            writing.add_done_callback(self._writing.discard)
        self.pending += 1
        try:
            return await told
        finally:
            self.pending -= 1

    async def settle(self) -> None:
        """Until what is being written is written. Visits that nobody awaits any more are not."""
        if self._writing:
            await asyncio.wait(self._writing)

    async def _write(self) -> None:
        batch: list[_Waiting] = []
        try:
            while batch := self._next_batch():
                await self._keep_batch(batch)
        except BaseException as error:
            for _, told in (*batch, *self._waiting):
                if not told.done():
                    told.cancel() if isinstance(error, asyncio.CancelledError) else told.set_exception(error)
            self._waiting.clear()
            if not isinstance(error, DatabaseUnavailable):  # all who waited have been told
                raise
        finally:
            self._writers -= 1

    def _next_batch(self) -> list[_Waiting]:
        """Those who have waited longest; of one source only one."""
        batch: dict[int, _Waiting] = {}
        items = 0
        while self._waiting and len(batch) < MOST_VISITS:
            visit, told = self._waiting[0]
            if batch and (visit.taken.source.id in batch or items + visit.items > MOST_ITEMS):
                break
            self._waiting.popleft()
            if not told.done():
                batch[visit.taken.source.id] = (visit, told)
                items += visit.items
        return list(batch.values())

    async def _keep_batch(self, batch: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._keep_all([visit for visit, _ in batch])
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # a source: which of them it was shows when each is kept by itself
            if len(batch) > 1:
                for one in batch:
                    await self._keep_batch([one])
            elif not (told := batch[0][1]).done():
                told.set_exception(error)
            return
        for (_, told), outcome in zip(batch, outcomes, strict=True):
            if not told.done():
                told.set_result(outcome)

    async def _keep_all(self, given: Sequence[Visit]) -> list[Counter[str]]:
        """Items, cursors, plans and accounts in one transaction; nothing of a visit whose lease is lost."""
        async with self._database.transaction() as connection:
            polls = await visits.hold_leases(connection, [visit.taken for visit in given])
            held = [visit for visit in given if visit.taken.source.id in polls]
            counts = await self._store(connection, held, polls)
            reports, outcomes = [], {}
            for visit in held:
                poll_id, counted = polls[visit.taken.source.id], counts.get(visit.taken.source.id, Counts())
                if isinstance(visit.found, Catch):
                    report, outcome = await self._caught(connection, visit, visit.found, poll_id, counted)
                else:
                    report, outcome = self._failed(visit, visit.found, poll_id), Counter(sources=1, failed=1)
                reports.append(report)
                outcomes[visit.taken.source.id] = outcome
            if reports:
                await visits.write_down(connection, reports)
        return [outcomes.get(visit.taken.source.id, Counter(sources=1, lost=1)) for visit in given]

    async def _store(
        self, connection: AsyncConnection, held: Sequence[Visit], polls: dict[int, int]
    ) -> dict[int, Counts]:
        brought = [
            Brought(key, polls[key], visit.found.items, visit.taken.is_first, visit.now)
            for visit in held
            if isinstance(visit.found, Catch) and visit.found.items
            for key in (visit.taken.source.id,)
        ]
        counts = await store_all(connection, brought) if brought else []
        return {one.source_id: counted for one, counted in zip(brought, counts, strict=True)}

    async def _caught(
        self, connection: AsyncConnection, visit: Visit, catch: Catch, poll_id: int, counts: Counts
    ) -> tuple[Report, Counter[str]]:
        taken, now = visit.taken, visit.now
        counts, oddity = await look_twice(connection, taken, catch, counts, now)
        if rhythm.has_moved(taken.cursor.moved_to, catch.cursor.moved_to):
            await sources.move(connection, taken, catch.cursor.moved_to)
            catch = replace(catch, cursor=replace(catch.cursor, moved_to=""))
        outcome = "new" if counts.stored or counts.edited else "unchanged"
        account = Account(poll_id, outcome, now, visit.took, catch.size, counts, catch.dropped)
        learnt = learn(taken, catch, counts, oddity, now)
        plan = self._plan(taken, catch, counts, learnt, now)
        if await note_pull(connection, taken, catch, poll_id, now):
            plan = as_proof(plan, jitter=self._chance(-1, 1), now=now)
        dropped = {f"dropped: {reason}": number for reason, number in catch.dropped.items()}
        told = Counter(sources=1, made=counts.stored + counts.edited, known=counts.known, **dropped)
        return visits.report_catch(taken, account, catch, plan, learnt), told

    def _plan(self, taken: Claim, catch: Catch, counts: Counts, learnt: Learnt, now: datetime) -> rhythm.Plan:
        if catch.goes_on:
            return rhythm.after_session(taken.pace, catch.earliest_next, now)
        skips = taken.pace.skips if catch.unchanged else catch.skips
        doubt = rhythm.REST_IN_DOUBT if learnt.doubted_until else NO_REST
        return rhythm.after_catch(
            replace(taken.pace, habit=learnt.habit, skips=frozenset(skips)),
            share=rhythm.share_known(counts.known, len(catch.items)),
            has_news=counts.stored + counts.edited > 0,
            earliest_next=max(catch.earliest_next or NO_REST, doubt),
            bounds=self._bounds,
            jitter=self._chance(-1, 1),
            now=now,
        )

    def _failed(self, visit: Visit, error: CollectError, poll_id: int) -> Report:
        plan = rhythm.after_failure(
            visit.taken.pace,
            kind=error.kind,
            is_gone=error.kind == "gone",
            retry_after=error.retry_after,
            bounds=self._bounds,
            jitter=self._chance(-1, 1),
            now=visit.now,
        )
        plan, message = excuse(visit.taken, plan, error.message)
        account = Account(poll_id, "failed", visit.now, visit.took, error=message)
        return visits.report_failure(visit.taken, account, error.kind, plan)
