"""RL-08, RL-09: what collectors do wrong is no news to any kind of detector: a month of virtual time, real stages."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from sqlalchemy import select, update

from app.config import Settings
from app.schema.emergence import emergence
from app.schema.source import source_status
from app.stages.collect import CollectStage
from app.stages.detect import BUCKET
from app.storage import archives, sources
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter
from signals.types import Stakeholder
from tests.support.feeds import Site
from tests.support.rows import NOON, add_watch
from tests.support.workshop import Workshop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONTH = 24  # days
BEGIN = NOON - MONTH * DAY
NUMERIC = ("surge", "slow_rise", "from_zero", "new_term")
PLACES = ("Fjordvik", "Havnes", "Storås", "Nesbygda", "Elvestad", "Bakken", "Sundet", "Myra", "Tangen", "Vågen")
WARES = ("grovbrød", "loff", "kringler", "boller")
RECALLS = [f"Møllestua i Lillevik trekker tilbake {ware} i {place}" for place in PLACES for ware in WARES]

Entry = tuple[str, datetime, str]  # title, date, guid


def document(entries: Sequence[Entry]) -> bytes:
    items = "".join(
        f'<item><title>{title}</title><link>https://avis.example/{guid}</link><guid isPermaLink="false">{guid}</guid>'
        f"<pubDate>{format_datetime(date)}</pubDate></item>"
        for title, date, guid in entries
    )
    return f'<rss version="2.0"><channel><title>Avisen</title>{items}</channel></rss>'.encode()


def ordinary(paper: str, until: datetime) -> list[Entry]:
    """An item a day about Lillevik, the latest ten: what the busy watch is used to, and the quiet one is not."""
    days = [number for number in range(MONTH + 40) if BEGIN + number * DAY <= until][-10:]
    return [
        (f"Lillevik: {paper} om {PLACES[day % 10]} og sak {day}", BEGIN + day * DAY - HOUR, f"{paper}-{day}")
        for day in days
    ]


class Month:
    """Two papers that a busy and a quiet watch listen to, and what becomes of them."""

    def __init__(self, database: Database, collect: CollectStage, workshop: Workshop, site: Site) -> None:
        self._database, self._collect, self._workshop, self.site = database, collect, workshop, site
        self._listened = BEGIN

    async def visit(self, now: datetime, more: Mapping[str, Sequence[Entry]] = {}, is_asleep: bool = False) -> None:
        for paper in ("one", "two"):
            self.site.pages[f"/{paper}"] = document([*more.get(paper, ()), *ordinary(paper, now)])
        if "three" in more:
            self.site.pages["/three"] = document(more["three"])
        async with self._database.transaction() as connection:
            if not is_asleep:
                await archives.note_listening(connection, self._listened, now, BUCKET)
            await connection.execute(update(source_status).values(next_poll_at=now))
        self._listened = now
        await self._collect.run(now)
        await self._workshop.understand(now + 2 * BUCKET)

    async def add(self, *papers: str, now: datetime) -> None:
        starters = [
            Starter(self.site.url(f"/{one}"), name=one, family=one, stakeholder=Stakeholder.MEDIA) for one in papers
        ]
        async with self._database.transaction() as connection:
            await sources.add_sources(connection, 1, starters, now)

    async def found(self) -> list[tuple[str, str]]:
        async with self._database.transaction() as connection:
            rows = await connection.execute(select(emergence.c.kind, emergence.c.because).order_by(emergence.c.id))
        return [(row.kind, row.because) for row in rows if row.kind in NUMERIC]


@pytest.fixture
async def month(database: Database) -> AsyncIterator[Month]:
    async with (
        Site() as site,
        ParserPool(1) as parsers,
        Workshop(database) as workshop,
        Outbound("t", ("127.0.0.1",)) as outbound,
    ):
        collect = CollectStage(database, outbound, parsers, Settings(host_pause=0), "n", chance=lambda low, high: 0)
        month = Month(database, collect, workshop, site)
        await month.add("one", "two", now=BEGIN)
        async with database.transaction() as connection:
            await add_watch(connection, "Bygda", query="Lillevik", created_at=BEGIN - 30 * DAY)
            await add_watch(connection, "Bakeriet", query="Møllestua", created_at=BEGIN - 30 * DAY)
        for day in range(1, MONTH):
            await month.visit(BEGIN + day * DAY)
        yield month


async def test_rl_08_rl_09_no_fault_of_the_collectors_is_news_to_any_kind_but_real_news_is(month: Month) -> None:
    assert await month.found() == [], "a month of ordinary days"
    now = NOON
    old = [(title, now - (5 + number) * DAY, f"old-{number}") for number, title in enumerate(RECALLS[:8])]
    await month.visit(now, {"one": old, "two": old})
    assert await month.found() == [], "back-dated: eight recalls of long ago appear today"

    now += DAY
    archive = [
        (title, now - number * timedelta(seconds=20), f"archive-{number}") for number, title in enumerate(RECALLS)
    ]
    await month.visit(now, {"one": archive})
    assert await month.found() == [], "re-dated: an archive under today's date"

    now += DAY
    renamed = [(title, now, f"renamed-{number}") for number, (title, *_) in enumerate(archive)]
    await month.visit(now, {"one": renamed})
    assert await month.found() == [], "re-crawled: the same items under new names and dates"

    await month.add("three", now=now)
    catalogue = [
        (f"Fra {place}: Lillevik og Møllestua, sak {number}", now - number * 30 * HOUR, f"three-{number}")
        for number, place in enumerate(PLACES)
    ]
    for day in range(1, 9):
        now += DAY
        catalogue = [(f"Møllestua i Lillevik, dag {day} fra {PLACES[day]}", now - HOUR, f"new-{day}"), *catalogue]
        await month.visit(now, {"three": catalogue})
    assert await month.found() == [], "a source that was added brings its past, and then a signal a day of its own"

    now += 4 * DAY
    await month.visit(now, is_asleep=True)
    assert await month.found() == [], "caught up after four days asleep"

    now += DAY
    news = {
        "one": [("Kunder saksøker Møllestua etter glassfunn", now - HOUR, "one-a")],
        "two": [("Arbeidstilsynet stanser ovnene hos Møllestua", now - 2 * HOUR, "two-a")],
    }
    news["two"].append(("Bakerkjeden Møllestua varsler nedleggelser", now - 3 * HOUR, "two-b"))
    await month.visit(now, news)
    assert "from_zero" in {kind for kind, _ in await month.found()}
