"""Two workers on one database at the same moment: every item once, one alert, one message (RL-06)."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from sqlalchemy import func, select

from app.schema.alert import alert
from app.schema.item import item, progress
from app.schema.signal import signal
from app.schema.source import poll
from app.storage.database import Database
from classifiers.topics import TopicClassifier
from tests.support.newsroom import Newsroom, a_worker, next_poll, run_once, subscribe
from tests.support.receivers import FakeReceiver
from tests.support.rows import NOON


async def test_two_workers_at_once_do_nothing_twice_rl06(
    database: Database, newsroom: Newsroom, slack: FakeReceiver, model: TopicClassifier
) -> None:
    await subscribe(database, newsroom, slack, NOON)
    async with AsyncExitStack() as stack:
        workers = [
            await stack.enter_async_context(a_worker(database, newsroom, slack, model, f"node-{number}"))
            for number in (1, 2)
        ]
        for second in range(4):
            await asyncio.gather(*(run_once(worker, NOON + timedelta(seconds=second)) for worker in workers))
        fetched = [request.path for request in newsroom.asked]
        assert sorted(fetched) == sorted(f"/{name}" for name in newsroom.names), "each source is fetched once"
        again = await next_poll(database)
        for second in range(2):
            await asyncio.gather(*(run_once(worker, again + timedelta(seconds=second)) for worker in workers))
    async with database.transaction() as connection:
        counted = {
            table.name: await connection.scalar(select(func.count()).select_from(table))
            for table in (item, signal, progress, alert, poll)
        }
        kept = await connection.scalar(select(func.sum(poll.c.stored)))
    assert counted["item"] == counted["signal"] == kept
    assert counted["progress"] == 0
    assert counted["poll"] == 2 * len(newsroom.names)
    assert counted["alert"] == 1
    assert len(slack.seen) == 1


async def test_one_worker_takes_over_when_the_other_leaves_in_the_middle_rl06(
    database: Database, newsroom: Newsroom, slack: FakeReceiver, model: TopicClassifier
) -> None:
    await subscribe(database, newsroom, slack, NOON)
    async with a_worker(database, newsroom, slack, model, "node-1") as first:
        await first.listen(NOON)
        await first.normalise.run(NOON)
        await first.dedupe.run(NOON)
    async with a_worker(database, newsroom, slack, model, "node-2") as second:
        await run_once(second, NOON + timedelta(seconds=1))
    assert len(slack.seen) == 1
