"""Notify: what the outbox holds is told, each receiver in order and at its own pace, which is nobody else's."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from app.alerts.types import Tally
from app.notifiers.retries import after
from app.notifiers.types import Notifier, Outcome, Result
from app.storage import outbox
from app.storage.database import Database
from app.storage.outbox import Due
from signals.fetch import Outbound

log = structlog.get_logger()

RECEIVERS_AT_ONCE = 200
IN_A_ROW = 5  # deliveries to one receiver in one go; with a pause between messages, one
MOMENT = 1.0  # seconds that a run waits for its receivers; whoever is slower is told on beside the next runs
DRAIN = 4.0  # seconds that they get when the worker stops


class NotifyStage:
    def __init__(
        self,
        database: Database,
        outbound: Outbound,
        notifiers: Mapping[str, Notifier],
        node_id: str,
        public_url: str = "",
        chance: random.Random | None = None,
        *,
        moment: float = MOMENT,
        drain: float = DRAIN,
    ) -> None:
        self._database = database
        self._outbound = outbound
        self._notifiers = notifiers
        self._node_id = node_id
        self._public_url = public_url
        self._chance = chance or random.Random()  # spreads retries; no secret hangs on it
        self._moment = moment
        self._drain = drain
        self._under_way: set[asyncio.Task[list[str]]] = set()
        self._leaving = False

    async def run(self, now: datetime) -> Tally:
        """Claim what is due and tell it. The tally is of what came to an end meanwhile."""
        self._under_way |= await self._set_out(now)
        if not self._under_way:
            return Tally("notify")
        done, self._under_way = await asyncio.wait(self._under_way, timeout=self._moment)
        outcomes = Counter(result for task in done for result in task.result())
        sent = outcomes.pop(Result.SENT.value, 0)
        return Tally("notify", sent + outcomes.total(), sent, tuple(outcomes.items()))

    async def drain(self) -> None:
        """End what is under way, or leave it to its lease: then it is told again, with the same id."""
        self._leaving = True
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=self._drain)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _set_out(self, now: datetime) -> set[asyncio.Task[list[str]]]:
        free = RECEIVERS_AT_ONCE - len(self._under_way)
        async with self._database.transaction() as connection:
            ids = await outbox.claim(connection, self._node_id, now, free, IN_A_ROW)
            due = await outbox.load(connection, ids, self._public_url) if ids else []
        queues = [list(group) for _, group in groupby(sorted(due, key=_by_receiver), key=lambda one: one.receiver_id)]
        return {asyncio.create_task(self._tell_in_order(queue, now)) for queue in queues}

    async def _tell_in_order(self, queue: Sequence[Due], now: datetime) -> list[str]:
        """Tell one receiver until something makes the rest wait; what was not tried is given back."""
        results: list[str] = []
        for place, due in enumerate(queue):
            outcome, held_until = await self._attempt(due, now)
            results.append(outcome.result.value)
            if held_until is not None or outcome.result is Result.DISABLE or self._leaving:
                async with self._database.transaction() as connection:
                    untried = [one.id for one in queue[place + 1 :]]
                    await outbox.release(connection, untried, held_until or now)
                break
        return results

    async def _attempt(self, due: Due, now: datetime) -> tuple[Outcome, datetime | None]:
        notifier = self._notifiers.get(due.notifier)
        began = time.monotonic()
        if notifier is None:
            outcome = Outcome(Result.DISABLE, error=f"there is no notifier of the kind {due.notifier!r}")
        else:
            outcome = await self._send(notifier, due, now)
        took = timedelta(seconds=time.monotonic() - began)
        pause = notifier.pause if notifier else timedelta(0)
        then = after(outcome, due.attempt, pause, now, self._chance)
        async with self._database.transaction() as connection:
            await outbox.record(connection, due, outcome, then, took, now)
        if outcome.result is not Result.SENT:
            log.warning("not delivered", delivery=due.id, receiver=due.receiver_id, error=outcome.error)
        return outcome, then.held_until

    async def _send(self, notifier: Notifier, due: Due, now: datetime) -> Outcome:
        try:
            return await notifier.send(due.message, due.target, self._outbound, now)
        except Exception as error:
            log.exception("notifier failed", delivery=due.id)
            return Outcome(Result.AGAIN, error=f"{type(error).__name__}: {error}")


def _by_receiver(due: Due) -> tuple[int, int]:
    return due.receiver_id, due.id
