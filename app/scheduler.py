"""When things happen: one table, ticking in memory on every node. Rows' leases see to it that nothing happens twice."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from app import clock
from app.alerts.types import Tally
from app.errors import DatabaseUnavailable, OutOfOrder

log = structlog.get_logger()

NEWS = frozenset({"alert", "notify"})  # stages whose work is told at level info; the others' would fill the screen


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that happens every so often. It never runs twice at once on a node; missed beats become one."""

    name: str
    every: timedelta
    what: Callable[[datetime], Awaitable[tuple[Tally, ...]]]


class Ticker:
    """Runs beats until stopped."""

    def __init__(self, beats: tuple[Beat, ...]) -> None:
        self._beats = beats
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._silent_since: dict[str, float] = {}
        self._running: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        for beat in self._beats:
            self._scheduler.add_job(
                self._run,
                "interval",
                args=(beat,),
                seconds=beat.every.total_seconds(),
                id=beat.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=clock.now(),
            )
        self._scheduler.start()

    def stop(self) -> None:
        """No further beat begins; those under way go on."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def drain(self, seconds: float) -> None:
        """No further beat begins; wait for those under way, but not longer than that."""
        self.stop()
        if self._running:
            await asyncio.wait(set(self._running), timeout=seconds)

    async def _run(self, beat: Beat) -> None:
        """Runs the beat as a task of ours: the scheduler would cancel its own when it is shut down."""
        task = asyncio.create_task(self._beat(beat))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        with suppress(asyncio.CancelledError):  # else the scheduler would log a stop as an error
            await asyncio.shield(task)

    async def _beat(self, beat: Beat) -> None:
        try:
            tallies = await beat.what(clock.now())
        except (DatabaseUnavailable, OutOfOrder) as error:
            self._complain(beat, str(error))
            return
        except Exception:
            log.exception("beat failed", beat=beat.name)
            return
        if self._silent_since.pop(beat.name, None) is not None:
            log.info("in order again", beat=beat.name)
        for tally in tallies:
            if tally.taken or tally.made:
                is_news = tally.stage in NEWS and tally.made
                log.log(
                    logging.INFO if is_news else logging.DEBUG,
                    "stage ran",
                    stage=tally.stage,
                    taken=tally.taken,
                    made=tally.made,
                    passed_over=dict(tally.passed_over),
                )

    def _complain(self, beat: Beat, error: str) -> None:
        """Say it once a minute, not once a second."""
        now = time.monotonic()
        if now - self._silent_since.get(beat.name, -60.0) >= 60:
            self._silent_since[beat.name] = now
            log.warning("out of order, trying again", beat=beat.name, error=error)
