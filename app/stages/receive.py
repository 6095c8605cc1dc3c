"""Receive: what hubs pushed is read and stored like a poll, and hubs that missed something are not believed."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.errors import DatabaseUnavailable
from app.storage import push, pushed
from app.storage.database import Database
from app.storage.items import Counts, note_timing, store_items
from app.storage.pushed import PushAccount, Pushed, Taken
from signals import oddities
from signals.habits import Habit
from signals.item_text import storable_item
from signals.oddities import Timing
from signals.parsed import ParsedFeed, ParseError, ParseErrorKind
from signals.parser_pool import Parsers
from signals.push import after_push, asked_anew_after, distrust, missed

log = structlog.get_logger()

AT_ONCE = 20
NOTHING = ParsedFeed(())
MISSED = "The hub did not push {number} of what the feed said: the feed is polled as ever, the hub asked anew later."


class ReceiveStage:
    """Reads pushed documents in the parsers' children, each source's in the order in which they came."""

    def __init__(self, database: Database, parsers: Parsers) -> None:
        self._database = database
        self._parsers = parsers

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            documents = await pushed.claim(connection, now, AT_ONCE)
        queues = [list(group) for _, group in groupby(sorted(documents, key=_by_source), key=lambda one: one.source_id)]
        seen: Counter[str] = Counter()
        for counts in await asyncio.gather(*(self._read_in_order(queue, now) for queue in queues)):
            seen += counts
        await self._judge(now)
        reasons = tuple((reason, number) for reason, number in seen.items() if reason != "made")
        return Tally("receive", len(documents), seen["made"], reasons)

    async def _read_in_order(self, queue: Sequence[Pushed], now: datetime) -> Counter[str]:
        seen: Counter[str] = Counter()
        for document in queue:
            try:
                seen += await self._read(document, now)
            except DatabaseUnavailable:
                raise
            except Exception:  # one source: the document waits for its lease to end, and is tried again
                log.warning("a pushed document could not be taken in", source=document.source_id, exc_info=True)
                seen["failed"] += 1
        return seen

    async def _read(self, document: Pushed, now: datetime) -> Counter[str]:
        began = asyncio.get_running_loop().time()
        parsed, error = await self._parse(document, now)
        took = timedelta(seconds=asyncio.get_running_loop().time() - began)
        return await self._keep(document, parsed, error, took, now)

    async def _parse(self, document: Pushed, now: datetime) -> tuple[ParsedFeed, str]:
        """The document, or why it cannot be read. Some hubs push nothing but the news that there is some."""
        if document.tries > pushed.MOST_TRIES:
            return NOTHING, "This push made us stumble three times; it was put aside."
        headers = {"content-type": document.content_type, "content-location": document.address}
        try:
            return await self._parsers.parse(document.body, headers, now), ""
        except ParseError as error:
            is_ping = error.kind is ParseErrorKind.EMPTY
            return NOTHING, "" if is_ping else f"The hub pushed something that is no feed. {error.message}"

    async def _keep(
        self, document: Pushed, parsed: ParsedFeed, error: str, took: timedelta, now: datetime
    ) -> Counter[str]:
        """Items and account in one transaction, in which the document leaves the queue."""
        async with self._database.transaction() as connection:
            taken = await pushed.take(connection, document)
            if taken is None:
                return Counter(lost=1)
            source_id, poll_id, size = document.source_id, taken.poll_id, len(document.body)
            counts = await store_items(connection, source_id, poll_id, parsed.items, is_backlog=False, now=now)
            habit, oddity = await _look_twice(connection, taken, counts, now)
            account = PushAccount(poll_id, now, took, size, counts, parsed.dropped, error, oddity, habit)
            await pushed.record(connection, document, account, None if parsed.items else now)
            if subscription := await push.hold(connection, document.subscription_id):
                guids = {storable_item(item).guid for item in parsed.items}
                await push.keep_trust(connection, subscription.id, after_push(subscription.trust, guids, now))
        dropped = {f"dropped: {reason}": number for reason, number in parsed.dropped.items()}
        return Counter(made=counts.stored + counts.edited, known=counts.known, **dropped)

    async def _judge(self, now: datetime) -> None:
        """Hubs that had their time to push what a pull found, and did not."""
        async with self._database.transaction() as connection:
            overdue = await push.list_overdue(connection, now)
        for candidate in overdue:
            async with self._database.transaction() as connection:
                await push.hasten(connection, candidate, now)
                subscription = await push.hold(connection, candidate.id)
                if subscription is None or not (items := missed(subscription.trust, now)):
                    continue
                trust = distrust(subscription.trust, now)
                again_at, words = now + asked_anew_after(trust.misses), MISSED.format(number=len(items))
                await push.keep_trust(connection, subscription.id, trust, next_step_at=again_at, remark=words)
            log.info("a hub missed items", source=candidate.source_id, hub=candidate.hub, items=len(items))


async def _look_twice(connection: AsyncConnection, taken: Taken, counts: Counts, now: datetime) -> tuple[Habit, str]:
    """The source's habit after this push, and what was strange: an archive pushed again teaches and wakes nobody."""
    usual = taken.habit.expected(taken.last_new_at, now) if taken.habit.is_known and taken.last_new_at else 0.0
    if oddities.is_archive_again(counts.said, usual):
        await note_timing(connection, counts.ids, Timing.REDATED)
        return taken.habit, oddities.archive_again(counts.stored)
    return taken.habit.learn([moment or now for moment in counts.said], now), ""


def _by_source(document: Pushed) -> tuple[int, int]:
    return document.source_id, document.id
