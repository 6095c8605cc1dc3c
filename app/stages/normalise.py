"""Normalise: items become signals with clean text, language, canonical address and believable times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier, Transactions
from app.storage import normalising
from signals.normalise import normalise
from signals.types import Sensitivity


class NormaliseStage:
    def __init__(self, database: Transactions) -> None:
        self._carrier = Carrier(database, "normalise", then="dedupe")

    async def run(self, now: datetime) -> Tally:
        return await self._carrier.carry(self._work, now)

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> int:
        items = await normalising.load_items(connection, ids)
        priors = await normalising.language_scores(connection, sorted({one.source.id for one in items}))
        signals = []
        for one in items:
            prior = priors.get(one.source.id, {})
            signal, scores = normalise(one.id, one.item, one.source, prior, one.seen_at)
            priors[one.source.id] = dict(scores)
            is_open = one.sensitivity is Sensitivity.OPEN
            signals.append(signal if is_open else replace(signal, sensitivity=one.sensitivity))
        await normalising.insert_signals(connection, signals)
        await normalising.save_language_scores(connection, priors)
        return len(signals)
