"""Dedupe: edits, exact and near copies are marked, never dropped: copies show spread."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier
from app.stages.desk import Desk
from app.storage import comparing
from signals.types import CopyKind


class DedupeStage:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._carrier = Carrier(desk, "dedupe", then="classify")

    async def run(self, now: datetime) -> Tally:
        if not await self._desk.sit():
            return Tally("dedupe", passed_over=(("another worker does it", 1),))
        return await self._carrier.carry(self._work, now)

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> int:
        index = await self._desk.copies(connection, now)
        edits = await comparing.earlier_versions(connection, ids)
        copies: dict[int, tuple[int, CopyKind]] = {}
        for signal in await comparing.load_signals(connection, ids):
            found = index.add(signal, edits.get(signal.id))
            if signal.id in edits:
                copies[signal.id] = (edits[signal.id], CopyKind.EDIT)
            elif found:
                copies[signal.id] = (found.of, found.kind)
        await comparing.mark_copies(connection, copies)
        return len(copies)
