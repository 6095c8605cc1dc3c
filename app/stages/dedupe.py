"""Dedupe: edits, exact and near copies are marked, never dropped: copies show spread."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier
from app.stages.desk import Desk
from app.storage import comparing
from signals.dedupe import Copy, CopyIndex
from signals.types import CopyKind, Release, Sensitivity, Signal


class DedupeStage:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._carrier = Carrier(desk, "dedupe", then="classify")

    async def run(self, now: datetime) -> Tally:
        if not await self._desk.sit():
            return Tally("dedupe", passed_over=(("another worker does it", 1),))
        return await self._carrier.carry(self._work, now)

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> int:
        index, tips = await self._desk.copies(connection, now), await self._desk.tip_copies(connection, now)
        edits = await comparing.earlier_versions(connection, ids)
        signals = await comparing.load_signals(connection, ids)
        copies, printed_before = compare(index, tips, signals, edits)
        await comparing.mark_copies(connection, copies)
        await comparing.mark_reprints(connection, printed_before)
        return len(copies)


def compare(
    index: CopyIndex, tips: CopyIndex, signals: Sequence[Signal], edits: Mapping[int, int]
) -> tuple[dict[int, Copy], list[int]]:
    """What repeats what, and what had printed a release of ours before we heard of it ourselves."""
    copies: dict[int, Copy] = {}
    printed_before: list[int] = []
    for signal in signals:
        found = _compare(index, tips, signal, edits.get(signal.id))
        if signal.id in edits:
            copies[signal.id] = Copy(edits[signal.id], CopyKind.EDIT)
        elif found:
            copies[signal.id] = found
            printed_before += [found.of] if signal.release is Release.OURS else []
    return copies, printed_before


def _compare(index: CopyIndex, tips: CopyIndex, signal: Signal, edit_of: int | None) -> Copy | None:
    """Tips are compared with tips alone: what the papers print is no copy of what a colleague told us, and an article
    that two colleagues point to is not what they say of it. A restricted tip is compared with nothing."""
    if not signal.is_tip:
        return index.add(signal, edit_of)
    if signal.sensitivity is Sensitivity.RESTRICTED:
        return None
    found = tips.add(replace(signal, url=""), edit_of)
    return replace(found, kind=CopyKind.NEAR) if found and found.kind is CopyKind.WIRE else found
