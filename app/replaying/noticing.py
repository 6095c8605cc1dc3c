"""What the detect stage asks, answered from memory: see app.stages.stores."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Watch
from app.replaying.findings import Findings
from app.replaying.past import Past
from app.stages.detect import BUCKET, GRACE
from app.storage.noticing import WatchPlace
from classifiers.detectors.new_term import WINDOW as TITLES_OF
from classifiers.detectors.remembering import Living
from classifiers.types import Count, Detector, Emergence, Hit
from classifiers.watches.audience import Audience

MOST_NEW = 500  # hits of one look, as live


class NoticingInMemory:
    def __init__(
        self,
        past: Past,
        findings: Findings,
        watches: Iterable[Watch],
        detectors: Sequence[Detector],
        begin: datetime,
        sources_since: Mapping[int, datetime],
    ) -> None:
        self._past, self._findings = past, findings
        self._begin = begin  # from here on somebody listened
        self._sources_since = sources_since
        self._places = {one.id: _place(one, begin) for one in sorted(watches, key=lambda one: one.id)}
        self._counted_until: dict[int, datetime] = {}
        self._states: dict[int, dict[tuple[str, str], Mapping[str, Any]]] = {
            key: {(one.kind.value, one.version): Living() for one in detectors} for key in self._places
        }

    def begin(self, watch_id: int, counted_until: datetime) -> None:
        """The series of the watch begins here."""
        self._counted_until[watch_id] = counted_until

    async def waiting_watches(self, _: AsyncConnection, counted_until: datetime) -> list[int]:
        return [key for key in self._places if self._is_due(key, counted_until)]

    def _is_due(self, watch_id: int, until: datetime) -> bool:
        """A look of which nothing can come waits, since detectors take any number of closed buckets at once: one at
        which nothing was said, no day may have ended, and no title is just a day old (new_term learns it then)."""
        hits, since = self._past.hits[watch_id], self._counted_until[watch_id]
        if hits.unseen or since >= until:
            return bool(hits.unseen)
        opens_hour = since <= _last_hour_before(until, self._places[watch_id].time_zone)
        after_now = until + BUCKET + GRACE
        return (
            opens_hour
            or hits.since(since) < hits.since(until)
            or hits.is_any_between(since - TITLES_OF, after_now - TITLES_OF)
        )

    async def take_watch(self, _: AsyncConnection, watch_id: int) -> WatchPlace | None:
        place = self._places[watch_id]
        return WatchPlace(
            watch_id,
            place.topics,
            place.time_zone,
            place.created_at,
            self._counted_until[watch_id],
            query=place.query,
            languages=place.languages,
        )

    async def audience_share(
        self, _: AsyncConnection, organisation_id: int, audience: Audience, now: datetime
    ) -> float:
        return 1.0  # whoever kept the archive heard what is in it

    async def new_hits(self, _: AsyncConnection, watch_id: int) -> list[int]:
        return self._past.hits[watch_id].unseen[:MOST_NEW]

    async def hits_of_stories(
        self, _: AsyncConnection, watch_id: int, signal_ids: Sequence[int], since: datetime
    ) -> list[int]:
        return self._past.hits_of_stories(watch_id, signal_ids, since)

    async def hits_since(self, _: AsyncConnection, watch_id: int, since: datetime) -> list[int]:
        hits = self._past.hits[watch_id]
        return [key for _, key in hits.counted[hits.since(since) :]]

    async def load_hits(self, _: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, Hit]:
        return self._past.load_hits(signal_ids)

    async def closed_buckets(
        self, _: AsyncConnection, watch_id: int, begin: datetime, until: datetime, bucket: timedelta
    ) -> tuple[Count, ...]:
        counted = self._past.hits[watch_id].counted
        counts = []
        place = bisect_left(counted, (begin, 0))
        while begin < until:
            end = begin + bucket
            after = bisect_left(counted, (end, 0), place)
            counts.append(Count(begin, after - place, end > self._begin))
            begin, place = end, after
        return tuple(counts)

    async def usual_a_day(self, _: AsyncConnection, place: WatchPlace, now: datetime) -> float:
        days = min(28.0, (now - place.created_at) / timedelta(days=1))
        if days < 1:
            return 0.0
        hits = self._past.hits[place.watch_id]
        return float(len(hits.counted) - hits.since(now - timedelta(days=days))) / days

    async def newcomers(self, _: AsyncConnection, source_ids: Iterable[int], since: datetime) -> dict[int, datetime]:
        added = {key: self._sources_since.get(key, self._begin) for key in source_ids}
        return {key: at for key, at in added.items() if at > since}

    async def load_states(self, _: AsyncConnection, watch_id: int) -> dict[tuple[str, str], Mapping[str, Any]]:
        return self._states[watch_id]

    async def save_state(
        self, _: AsyncConnection, watch_id: int, kind: str, version: str, state: Mapping[str, Any], now: datetime
    ) -> None:
        self._states[watch_id][kind, version] = state

    async def mark_seen(
        self, _: AsyncConnection, watch_id: int, signal_ids: Sequence[int], until: datetime, now: datetime
    ) -> None:
        del self._past.hits[watch_id].unseen[: len(signal_ids)]
        self._counted_until[watch_id] = until

    async def insert_emergences(self, _: AsyncConnection, found: Sequence[Emergence]) -> None:
        self._findings.add(found)


@lru_cache(maxsize=100)  # the watches of one look mostly ask the same
def _last_hour_before(until: datetime, time_zone: str) -> datetime:
    """Of the audience: some days begin at half past by our clock."""
    local = (until - timedelta.resolution).astimezone(ZoneInfo(time_zone))
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def _place(watch: Watch, begin: datetime) -> WatchPlace:
    topics = frozenset(watch.topics)
    return WatchPlace(watch.id, topics, watch.time_zone, begin, begin, query=watch.query, languages=watch.languages)
