"""Detect: the detectors look at each watch's news and say what is on its way."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Transactions
from app.stages.stores import Noticing
from app.storage import noticing
from app.storage.noticing import WatchPlace
from classifiers.types import Detector, Emergence, WatchNews
from classifiers.watches.audience import Audience, audience_of

BUCKET = timedelta(minutes=15)
GRACE = timedelta(minutes=1)  # a bucket closes a little late: its last items are still on their way to us
LONGEST_LOOK_BACK = timedelta(days=28)
RECENT = timedelta(hours=12)
STORY_LIFE = timedelta(days=7)
NEWCOMER = timedelta(days=70)  # as far back as the slow detectors compare


class DetectStage:
    def __init__(self, database: Transactions, detectors: Sequence[Detector], store: Noticing = noticing) -> None:
        self._database = database
        self._detectors = [((one.kind.value, one.version), one) for one in detectors]
        self._store = store

    async def run(self, now: datetime) -> Tally:
        until = last_closed(now)
        async with self._database.transaction() as connection:
            waiting = await self._store.waiting_watches(connection, until)
        found = 0
        shares: dict[object, float] = {}  # many watches listen to the same
        for watch_id in waiting:
            async with self._database.transaction() as connection:
                place = await self._store.take_watch(connection, watch_id)
                if place is not None:
                    audience = _audience_of(place.query, place.languages)
                    if (place.organisation_id, audience) not in shares:
                        heard = await self._store.audience_share(connection, place.organisation_id, audience, now)
                        shares[place.organisation_id, audience] = heard
                    share = shares[place.organisation_id, audience]
                    found += await self._look(connection, place, until, share, now)
        return Tally("detect", len(waiting), found)

    async def _look(
        self, connection: AsyncConnection, place: WatchPlace, until: datetime, share: float, now: datetime
    ) -> int:
        new = await self._store.new_hits(connection, place.watch_id)
        news = await self._gather(connection, place, new, until, share, now)
        states = await self._store.load_states(connection, place.watch_id)
        found: list[Emergence] = []
        for key, detector in self._detectors:
            before = states.get(key, {})
            finding = detector.detect(news, before)
            found.extend(finding.emergences)
            if finding.state is not before and finding.state != before:
                await self._store.save_state(connection, place.watch_id, *key, finding.state, now)
        await self._store.insert_emergences(connection, found)
        await self._store.mark_seen(connection, place.watch_id, new, max(until, place.counted_until), now)
        return len(found)

    async def _gather(
        self,
        connection: AsyncConnection,
        place: WatchPlace,
        new: Sequence[int],
        until: datetime,
        share: float,
        now: datetime,
    ) -> WatchNews:
        begin = max(place.counted_until, until - LONGEST_LOOK_BACK)
        counts = await self._store.closed_buckets(connection, place.watch_id, begin, until, BUCKET)
        told = await self._store.hits_of_stories(connection, place.watch_id, new, now - STORY_LIFE) if new else []
        busy = any(count.signals for count in counts)  # a quiet bucket surges with nothing
        recent = await self._store.hits_since(connection, place.watch_id, until - RECENT) if busy else []
        keys = {*new, *told, *recent}
        hits = await self._store.load_hits(connection, keys) if keys else {}
        speakers = {hits[key].signal.source_id for key in new}
        newcomers = await self._store.newcomers(connection, speakers, now - NEWCOMER) if speakers else {}
        return WatchNews(
            watch_id=place.watch_id,
            now=now,
            time_zone=place.time_zone,
            topics=place.topics,
            hits=tuple(hits[key] for key in new),
            told=tuple(hits[key] for key in sorted(set(told) | set(new))),
            recent=tuple(hits[key] for key in sorted(recent) if key in hits),
            counts=counts,
            bucket=BUCKET,
            usual_a_day=await self._store.usual_a_day(connection, place, now) if new else 0.0,
            coverage=share,
            newcomers=newcomers,
        )


@lru_cache(maxsize=10_000)
def _audience_of(query: str, languages: tuple[str, ...]) -> Audience:
    return audience_of(query, languages)


def last_closed(now: datetime) -> datetime:
    """The end of the newest bucket that nothing can be added to any more."""
    settled = now - GRACE
    return settled - (settled - datetime.min.replace(tzinfo=settled.tzinfo)) % BUCKET
