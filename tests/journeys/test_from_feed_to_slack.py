"""From twelve recorded documents to one delivered Slack message, through every stage as a worker runs it."""

from datetime import timedelta

from sqlalchemy import select

from app.schema.alert import alert
from app.schema.delivery import delivery
from app.schema.emergence import emergence
from app.schema.item import item, progress
from app.schema.source import poll, source, source_status
from app.storage.database import Database
from classifiers.topics import TopicClassifier
from tests.support.newsroom import Newsroom, a_worker, next_poll, run_once, subscribe
from tests.support.receivers import FakeReceiver
from tests.support.rows import NOON
from tests.support.slack import as_read, links_in, problems_with


async def test_a_recall_told_by_three_papers_becomes_one_slack_message(
    database: Database, newsroom: Newsroom, slack: FakeReceiver, model: TopicClassifier
) -> None:
    await subscribe(database, newsroom, slack, NOON)
    async with a_worker(database, newsroom, slack, model) as pipeline:
        made = await run_once(pipeline, NOON)
        assert made["collect"] == made["normalise"] > 20
        await run_once(pipeline, NOON + timedelta(seconds=1))
        told = list(slack.seen)
        for _ in range(2):
            again = await next_poll(database)
            made = await run_once(pipeline, again)
            assert (made["collect"], made["alert"], made["notify"]) == (0, 0, 0), "polled again, nothing is new"

    assert len(told) == len(slack.seen) == 1
    message = told[0].payload
    assert problems_with(message) == []
    read = as_read(message)
    assert "Møllestua" in message["text"]
    assert "brød" in message["text"]
    for said in ("New alert", "product_safety", "Bakery", "3 independent", "fjordposten", "byavisa", "havnytt"):
        assert said in read
    linked = dict(links_in(message))
    assert linked["http://fjordposten.example/nyheter/brod"] == "Møllestua tilbakekaller grovbrød etter funn av glass"
    await check_what_is_stored(database, newsroom)


async def check_what_is_stored(database: Database, newsroom: Newsroom) -> None:
    """Exactly one alert and one delivery; football and weather woke nobody; each document's fate is on its row."""
    async with database.transaction() as connection:
        alerts = (await connection.execute(select(alert))).all()
        deliveries = (await connection.execute(select(delivery))).all()
        verdicts = (await connection.execute(select(emergence.c.verdict, emergence.c.decided))).all()
        left = (await connection.execute(select(progress))).all()
        status = await connection.execute(
            select(source.c.name, source_status).join(source_status, source_status.c.source_id == source.c.id)
        )
        health = {row.name: row for row in status}
        accounts = (await connection.execute(select(poll))).all()
        stored = len((await connection.execute(select(item.c.id))).all())
    assert [(row.state, row.publisher_count, row.topics[0]) for row in alerts] == [("raised", 3, "product_safety")]
    assert [(row.state, row.attempts) for row in deliveries] == [("sent", 1)]
    assert all(row.verdict and row.decided for row in verdicts), "every emergence was decided, with a reason"
    assert left == []
    assert health["page"].health == "failing"
    assert "web page" in health["page"].last_error.lower() or "html" in health["page"].last_error.lower()
    assert health["fjordposten"].health == "heard"
    assert sum(row.stored for row in accounts) == stored
    for row in accounts:
        assert row.entries == row.stored + row.edited + row.known + sum(row.dropped.values())
    assert {request.path for request in newsroom.asked} == {f"/{name}" for name in newsroom.names}


async def test_an_edited_item_becomes_a_new_version_and_no_second_message(
    database: Database, newsroom: Newsroom, slack: FakeReceiver, model: TopicClassifier
) -> None:
    await subscribe(database, newsroom, slack, NOON)
    async with a_worker(database, newsroom, slack, model) as pipeline:
        await run_once(pipeline, NOON)
        before = newsroom.pages["/fjordposten.xml"]
        assert isinstance(before, bytes)
        newsroom.pages["/fjordposten.xml"] = before.replace(b"funn av glass<", b"funn av glassbiter<")
        made = await run_once(pipeline, await next_poll(database))
    assert made["collect"] == 1
    async with database.transaction() as connection:
        versions = (await connection.scalars(select(item.c.version).where(item.c.guid == "fp-1041"))).all()
    assert sorted(versions) == [1, 2]
    assert len(slack.seen) == 1
