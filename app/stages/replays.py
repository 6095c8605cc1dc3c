"""Replays: what people ask of the past is played in a child process beside the live work, and what it told is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from app.alerts.types import Tally, Watch
from app.errors import DatabaseUnavailable, OutOfOrder
from app.playing import Order, Tell
from app.records import Sight
from app.records.replays import Played, ReplayRow, Side
from app.records.watches import WatchDraft
from app.storage import replays as store
from app.storage.database import Database

log = structlog.get_logger()

Play = Callable[[Order, Tell], Awaitable[Played]]
KEPT = timedelta(days=180)  # what a replay told, from its end on
TRIED = "it ended without an answer {} times: the machine may have too little memory"


class ReplaysStage:
    """One replay at a time on a node. Each run is a sign of life; whoever dies leaves a lease that ends."""

    def __init__(self, database: Database, worker: str, play: Play) -> None:
        self._database = database
        self._worker = worker
        self._play = play
        self._row: ReplayRow | None = None
        self._task: asyncio.Task[Played] | None = None
        self._progress = (0, 0)
        self._swept_at: datetime | None = None

    async def run(self, now: datetime) -> Tally:
        await self._sweep(now)
        if self._row is None or self._task is None:
            return Tally("replays", taken=await self._begin(now))
        if self._task.done():
            return Tally("replays", made=await self._end(self._row, self._task, now))
        async with self._database.transaction() as connection:
            ours = await store.tell_progress(connection, self._row.id, self._worker, *self._progress, now)
        if not ours:
            log.info("a replay was called off", replay=self._row.id)
            await self._call_off()
        return Tally("replays")

    async def settle(self) -> None:
        """Wait until the child has answered; the next run keeps what it said."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def close(self) -> None:
        """Call off what is under way; another worker begins anew."""
        row = self._row
        await self._call_off()
        if row is not None:
            with suppress(DatabaseUnavailable):
                async with self._database.transaction() as connection:
                    await store.put_back(connection, row.id, self._worker)

    async def _sweep(self, now: datetime) -> None:
        """Once a day, what nobody is likely to read again goes."""
        if self._swept_at is None or now - self._swept_at >= timedelta(days=1):
            async with self._database.transaction() as connection:
                await store.forget(connection, now - KEPT)
            self._swept_at = now

    async def _begin(self, now: datetime) -> int:
        async with self._database.transaction() as connection:
            taken = await store.take(connection, self._worker, now)
        if taken is None:
            return 0
        self._row, sight = taken
        self._progress = (0, 0)
        self._task = asyncio.create_task(self._play_one(to_order(self._row, sight)))
        return 1

    async def _play_one(self, order: Order) -> Played:
        return await self._play(order, self._note)

    def _note(self, progress: tuple[int, int]) -> None:
        self._progress = progress

    async def _end(self, row: ReplayRow, task: asyncio.Task[Played], now: datetime) -> int:
        played, is_final = outcome_of(task, row.attempts)
        try:
            made = await self._keep(row, played, now) if not played.refusal else 0
        except DatabaseUnavailable:
            raise  # what it told waits for the next run
        except Exception as error:  # noqa: BLE001 - a job: the reason is stored on the replay's row
            made, played, is_final = 0, Played(refusal=f"what it told could not be kept: {error}"[:500]), True
        if played.refusal:
            log.warning("a replay failed", replay=row.id, error=played.refusal, for_good=is_final)
            async with self._database.transaction() as connection:
                await store.give_back(connection, row.id, self._worker, played.refusal, now, is_final=is_final)
        self._row = self._task = None
        return made

    async def _keep(self, row: ReplayRow, played: Played, now: datetime) -> int:
        async with self._database.transaction() as connection:
            await store.tell_progress(connection, row.id, self._worker, *self._progress, now)
            return int(await store.finish(connection, row.id, self._worker, played, now))

    async def _call_off(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._task
        self._row = self._task = None


def outcome_of(task: asyncio.Task[Played], attempts: int) -> tuple[Played, bool]:
    """What it told, or why it did not; and whether another try is no use."""
    try:
        return task.result(), True
    except (OutOfOrder, DatabaseUnavailable) as reason:
        is_final = attempts >= store.ATTEMPTS
        return Played(refusal=TRIED.format(attempts) if is_final else str(reason)), is_final
    except Exception as error:  # noqa: BLE001 - a job: the reason is stored on the replay's row
        return Played(refusal=str(error)), True


def to_order(row: ReplayRow, sight: Sight) -> Order:
    given = ((Side.LIVE, row.live), (Side.DRAFT, row.draft))
    sides = tuple((side, to_watch(draft)) for side, draft in given if draft is not None)
    return Order(sight, row.begins_at, row.ends_at, sides)


def to_watch(draft: WatchDraft) -> Watch:
    return Watch(
        id=0,  # a replay gives it one
        name=draft.name,
        query=draft.query,
        languages=draft.languages,
        topics=draft.topics,
        owner=draft.owner,
        sensitivity=draft.sensitivity,
        priority=draft.priority,
        alerts_per_day=draft.alerts_per_day,
        time_zone=draft.time_zone,
    )
