"""Match: a new or changed watch meets the past four weeks, so that its series and its detectors know what is usual.

A watch has changed too when one that stands inside it has.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.detect import LONGEST_LOOK_BACK, last_closed
from app.storage import labelling, matching
from app.storage.database import Database
from classifiers.watches import WatchBook, WatchTerms
from classifiers.watches.saved import watches_inside

CHUNK = 2000
NEWS = timedelta(hours=24)  # what was seen in the last day is news to the watch's owner; the rest only teaches


class MatchStage:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            known = await matching.matched_terms(connection)
            terms = await labelling.load_watch_terms(connection)
        inside = watches_inside(terms)
        written = {one.id: matching.written(one, inside.get(one.id, ())) for one in terms if one.is_active}
        changed = [one for one in terms if one.id in written and known.get(one.id) != written[one.id]]
        found = 0
        for one in changed:
            book = WatchBook(_apart(one, inside.get(one.id, ())))
            async with self._database.transaction() as connection:
                await labelling.wait_for_readers(connection)
                if await matching.take_turn(connection, one.id):
                    found += await self._match(connection, one, written[one.id], book, now)
        return Tally("match", len(changed), found)

    async def _match(
        self, connection: AsyncConnection, terms: WatchTerms, written: str, book: WatchBook, now: datetime
    ) -> int:
        since = now - LONGEST_LOOK_BACK
        await matching.forget(connection, terms.id, since)
        after = found = 0
        while signals := await matching.classified_signals(connection, since, after, CHUNK):
            after = signals[-1].id
            ids: Sequence[int] = [signal.id for signal in signals]
            labels = await labelling.load_labels(connection, ids)
            hits = [(terms.id, signal) for signal in signals if book.match(signal, labels.get(signal.id, ()))]
            arrivals = await labelling.load_arrivals(connection, ids)
            await labelling.insert_hits(connection, hits, arrivals, past=now - NEWS)
            found += len(hits)
        begin = last_closed(since if found else now)
        await matching.begin(connection, terms.id, written, begin)
        return found


def _apart(terms: WatchTerms, inside: Sequence[WatchTerms]) -> list[WatchTerms]:
    """A watch with those inside it, which here match nothing for themselves."""
    resting = (replace(one, is_active=False) for one in inside)
    return sorted([terms, *resting], key=lambda one: one.id)  # of two with one name, the first is meant
