"""Match: a new or changed watch meets the past four weeks, so that its series and its detectors know what is usual."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.detect import LONGEST_LOOK_BACK, last_closed
from app.storage import labelling, matching
from app.storage.database import Database
from classifiers.watches import WatchBook, WatchTerms

CHUNK = 2000
NEWS = timedelta(hours=24)  # what was seen in the last day is news to the watch's owner; the rest only teaches


class MatchStage:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            known = await matching.matched_terms(connection)
            active = await labelling.load_watch_terms(connection)
        changed = [one for one in active if known.get(one.id) != matching.written(one)]
        found = 0
        book = WatchBook(active) if changed else WatchBook(())  # all of them: a query may name another watch
        for terms in changed:
            async with self._database.transaction() as connection:
                await labelling.wait_for_readers(connection)
                if await matching.take_turn(connection, terms.id):
                    found += await self._match(connection, terms, book, now)
        return Tally("match", len(changed), found)

    async def _match(self, connection: AsyncConnection, terms: WatchTerms, book: WatchBook, now: datetime) -> int:
        since = now - LONGEST_LOOK_BACK
        await matching.forget(connection, terms.id, since)
        after = found = 0
        while signals := await matching.classified_signals(connection, since, after, CHUNK):
            after = signals[-1].id
            ids: Sequence[int] = [signal.id for signal in signals]
            labels = await labelling.load_labels(connection, ids)
            hits = [
                (terms.id, signal) for signal in signals if terms.id in book.match(signal, labels.get(signal.id, ()))
            ]
            arrivals = await labelling.load_arrivals(connection, ids)
            await labelling.insert_hits(connection, hits, arrivals, past=now - NEWS)
            found += len(hits)
        begin = last_closed(since if found else now)
        await matching.begin(connection, terms.id, matching.written(terms), begin)
        return found
