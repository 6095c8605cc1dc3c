"""How a stage carries items: in batches, one transaction each; a bad item is found alone and set aside."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.errors import DatabaseUnavailable, OutOfOrder
from app.storage import progress

log = structlog.get_logger()

Work = Callable[[AsyncConnection, Sequence[int], datetime], Awaitable[int]]


class Transactions(Protocol):
    """Whatever opens transactions: the database, or the one connection that holds a seat."""

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


class Carrier:
    """Takes the items that wait at one stage through `work` and passes them on to the next.

    `work` gets a connection inside a transaction, the ids of the items and the time, and returns how many
    results it wrote. When it raises, nothing of the batch is kept; the items are then tried one by one, so that
    only those that fail alone count a failed try, and after three of these rest in quarantine with the reason.
    """

    def __init__(self, database: Transactions, stage: str, then: str | None, size: int = 500) -> None:
        self._database = database
        self._stage = stage
        self._then = then
        self._size = size

    async def carry(self, work: Work, now: datetime) -> Tally:
        taken = made = 0
        passed_over: Counter[str] = Counter()
        while True:
            ids, written = await self._try_batch(work, now, passed_over)
            taken += len(ids)
            made += written
            if len(ids) < self._size:
                return Tally(self._stage, taken, made, tuple(passed_over.items()))

    async def _try_batch(self, work: Work, now: datetime, passed_over: Counter[str]) -> tuple[Sequence[int], int]:
        ids: list[int] = []
        try:
            async with self._database.transaction() as connection:
                ids = await progress.claim(connection, self._stage, self._size)
                return ids, await self._work_on(connection, ids, work, now) if ids else 0
        except (DatabaseUnavailable, OutOfOrder):
            raise
        except Exception:
            log.warning("batch failed, trying its items one by one", stage=self._stage, items=len(ids), exc_info=True)
        return ids, sum([await self._try_alone(item_id, work, now, passed_over) for item_id in ids])

    async def _try_alone(self, item_id: int, work: Work, now: datetime, passed_over: Counter[str]) -> int:
        try:
            async with self._database.transaction() as connection:
                if not await progress.claim_one(connection, self._stage, item_id):
                    return 0
                return await self._work_on(connection, [item_id], work, now)
        except (DatabaseUnavailable, OutOfOrder):
            raise
        except Exception as error:  # noqa: BLE001 - a job: the reason is stored on the item's row
            async with self._database.transaction() as connection:
                reason = f"{type(error).__name__}: {error}"
                aside = await progress.record_failure(connection, item_id, reason, now)
            passed_over["set aside" if aside else "failed, will be tried again"] += 1
            log.warning("item failed", stage=self._stage, item=item_id, error=reason, set_aside=aside)
            return 0

    async def _work_on(self, connection: AsyncConnection, ids: Sequence[int], work: Work, now: datetime) -> int:
        made = await work(connection, ids, now)
        await progress.pass_on(connection, ids, self._then)
        return made
