"""RL-08: the machine was asleep for six hours. One visit each, no storm, and no surge made of what piled up."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import func, select, text

from app.config import Settings
from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.source import source_status
from app.schema.watch import watch_hit
from app.stages.collect import CollectStage
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from tests.support.feeds import Site
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ASLEEP_AT, AWAKE_AT = NOON - 6 * HOUR, NOON
PAPERS = 4
PLACES = ("Havnes", "Fjordvik", "Storås", "Myra")

# Three days in which two signals an hour hit the watch, heard by visits every quarter of an hour.
ORDINARY_DAYS = text("""
    with moment as (
        select number, cast(:asleep as timestamptz) - number * interval '30 minutes' as at
        from generate_series(1, 144) as number
    ),
    visit as (
        insert into poll (source_id, at, outcome, took_ms)
        select 1, cast(:asleep as timestamptz) - number * interval '15 minutes', 'unchanged', 1
        from generate_series(1, 288) as number
    ),
    said as (
        insert into item (source_id, guid, title, said_at, seen_at, content_hash)
        select 1, 'past-' || number, 'Møllestua', at, at, number from moment returning id, said_at
    ),
    signalled as (
        insert into signal (id, source_id, title, said_at, seen_at, fingerprint)
        select id, 1, 'Møllestua', said_at, said_at, id from said returning id, said_at
    )
    insert into watch_hit (watch_id, signal_id, counted_at, is_counted, detected_at)
    select 1, id, said_at, true, said_at from signalled
""")


def paper(number: int, dated: bool) -> bytes:
    """Three items of each of the six hours, as the paper would have brought them one by one."""
    entries = "".join(
        f"<item><title>Møllestua sak {number}-{place} fra {PLACES[place % 4]}</title>"
        f"<guid>{number}-{place}</guid><link>https://avis{number}.example/{place}</link>"
        + (f"<pubDate>{format_datetime(AWAKE_AT - place * 20 * MINUTE - MINUTE)}</pubDate>" if dated else "")
        + "</item>"
        for place in range(18)
    )
    known = "<item><title>gammelt</title><guid>known</guid></item>"
    return f'<rss version="2.0"><channel><title>Avis</title>{entries}{known * dated}</channel></rss>'.encode()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        site.pages = {f"/{number}": paper(number, dated=number % 2 == 0) for number in range(PAPERS)}
        yield site


@pytest.fixture
async def workshop(database: Database, site: Site) -> AsyncIterator[Workshop]:
    """A watch that knows three ordinary days, and papers that were all due while nobody was awake."""
    async with database.transaction() as connection:
        for number in range(PAPERS):
            due = ASLEEP_AT + (number + 1) * 5 * MINUTE
            await add_source(
                connection,
                address=site.url(f"/{number}"),
                name=f"Avis {number}",
                family=f"avis{number}",
                status_next_poll_at=due,
                status_last_polled_at=due - 15 * MINUTE,
                status_last_success_at=due - 15 * MINUTE,
            )
        await add_watch(connection, "Bakeriet", query="Møllestua", created_at=ASLEEP_AT - 30 * DAY)
        await connection.execute(ORDINARY_DAYS, {"asleep": ASLEEP_AT})
        await connection.execute(
            text("insert into watch_status (watch_id, counted_until, terms) values (1, :at, :terms)"),
            {"at": ASLEEP_AT - 3 * DAY, "terms": '[["nb", "nn", "sv", "da", "nl", "en"], "Møllestua"]'},
        )
    async with Workshop(database) as workshop:
        await workshop.understand(ASLEEP_AT)
        yield workshop


async def surges(database: Database) -> int:
    async with database.transaction() as connection:
        return int(await connection.scalar(select(func.count()).where(emergence.c.kind == "surge")) or 0)


@pytest.mark.parametrize("looks_first", [True, False])
async def test_rl_08_after_six_hours_asleep_each_source_is_visited_once_and_nothing_surges(
    database: Database, workshop: Workshop, site: Site, looks_first: bool
) -> None:
    """`looks_first`: the detectors woke up before the collector had been round."""
    async with Outbound("t", ("127.0.0.1",)) as outbound, ParserPool(1) as parsers:
        collect = CollectStage(database, outbound, parsers, Settings(host_pause=0), "n")
        if looks_first:
            await workshop.understand(AWAKE_AT)
        for minute in range(5):
            await collect.run(AWAKE_AT + minute * MINUTE)
            await workshop.understand(AWAKE_AT + minute * MINUTE)
        await workshop.understand(AWAKE_AT + 20 * MINUTE)
    assert await surges(database) == 0
    assert Counter(request.path for request in site.asked) == {f"/{number}": 1 for number in range(PAPERS)}
    async with database.transaction() as connection:
        assert await connection.scalar(select(func.count()).where(item.c.timing == "late")) == 18 * PAPERS + 2
        hits = (await connection.execute(select(watch_hit).where(watch_hit.c.counted_at > ASLEEP_AT))).all()
        next_visits = list((await connection.scalars(select(source_status.c.next_poll_at))).all())
    assert sum(hit.is_counted for hit in hits) == 18 * PAPERS / 2  # what has no date may be of any hour
    assert max(Counter(_quarter(hit.counted_at) for hit in hits if hit.is_counted).values()) <= 2
    assert len(set(next_visits)) == PAPERS


def _quarter(at: datetime) -> int:
    return int(at.timestamp() // 900)
