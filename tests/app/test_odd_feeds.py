"""Feeds that do strange things with names and dates, through the real stages: no alert, and the source says why."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select, update

from app.config import Settings
from app.schema.alert import alert
from app.schema.item import item
from app.schema.source import poll, source_status
from app.schema.watch import watch_hit
from app.stages.collect import CollectStage
from app.storage import sources
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter
from signals.types import Stakeholder
from tests.support.feeds import Answerer, Site
from tests.support.rows import NOON, add_watch
from tests.support.workshop import Workshop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGIN = NOON - 40 * DAY
PLACES = ("Fjordvik", "Havnes", "Lillevik", "Storås", "Nesbygda", "Elvestad", "Bakken", "Sundet", "Myra", "Tangen")
WORDS = [f"Møllestua trekker tilbake {ware} i {place}" for place in PLACES for ware in ("grovbrød", "loff")]


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture(scope="module")
async def parsers() -> AsyncIterator[ParserPool]:
    async with ParserPool(1) as parsers:
        yield parsers


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


@pytest.fixture
async def listen(database: Database, parsers: ParserPool, workshop: Workshop, site: Site) -> AsyncIterator["Listener"]:
    async with Outbound("t", ("127.0.0.1",)) as outbound:
        stage = CollectStage(database, outbound, parsers, Settings(host_pause=0), "n", chance=lambda low, high: 0)
        async with database.transaction() as connection:
            paper = Starter(site.url("/feed"), name="Avisen", stakeholder=Stakeholder.MEDIA)
            await sources.add_sources(connection, 1, [paper], BEGIN)
            await add_watch(connection, "Bakeriet", query="Møllestua", alerts_per_day=50, created_at=BEGIN - 30 * DAY)
        yield Listener(database, stage, workshop, site)


class Listener:
    """One source, visited on virtual time by the real stages."""

    def __init__(self, database: Database, collect: CollectStage, workshop: Workshop, site: Site) -> None:
        self._database, self._collect, self._workshop, self._site = database, collect, workshop, site

    async def visit(self, page: bytes | Answerer, now: datetime) -> None:
        self._site.pages["/feed"] = page
        async with self._database.transaction() as connection:
            await connection.execute(update(source_status).values(next_poll_at=now))
        await self._collect.run(now)
        await self._workshop.understand(now)

    async def count(self, table: Any, *where: Any) -> int:
        async with self._database.transaction() as connection:
            return int(await connection.scalar(select(func.count()).select_from(table).where(*where)) or 0)

    async def status(self) -> Any:
        async with self._database.transaction() as connection:
            return (await connection.execute(select(source_status))).one()

    async def last_poll(self) -> Any:
        async with self._database.transaction() as connection:
            return (await connection.execute(select(poll).order_by(poll.c.id.desc()).limit(1))).one()


def document(
    words: Sequence[str], dates: Sequence[datetime | None], names: str = "id", links: str = "https://avis.example/{}"
) -> bytes:
    """`names`: what guids begin with; empty: no guids."""
    entries = []
    for number, (title, date) in enumerate(zip(words, dates, strict=True)):
        guid = f'<guid isPermaLink="false">{names}-{title}</guid>' if names else ""
        said = f"<pubDate>{format_datetime(date)}</pubDate>" if date else ""
        entries.append(f"<item><title>{title}</title><link>{links.format(number)}</link>{guid}{said}</item>")
    return f'<rss version="2.0"><channel><title>Avisen</title>{"".join(entries)}</channel></rss>'.encode()


def daily(count: int, now: datetime) -> list[datetime | None]:
    return [now - number * DAY for number in range(1, count + 1)]


async def test_rl_09_an_archive_under_new_guids_and_dates_is_known_by_its_words(listen: Listener) -> None:
    await listen.visit(document(WORDS, daily(20, BEGIN)), BEGIN)
    alerts = await listen.count(alert)
    later = BEGIN + 30 * DAY  # longer than copies are remembered
    await listen.visit(document(WORDS, [later] * 20, names="new", links="https://avis.example/neu/{}"), later)
    assert await listen.count(alert) == alerts
    assert await listen.count(item) == 20
    account = await listen.last_poll()
    assert (account.outcome, account.stored, account.known) == ("unchanged", 0, 20)
    status = await listen.status()
    assert "20 old items new names" in status.oddity
    assert status.oddity_at == later
    # The new names have been learnt: the next visit finds nothing strange, and one real item.
    news = ["Møllestua trekker tilbake kringler", *WORDS]
    await listen.visit(document(news, [later + DAY] * 21, names="new"), later + DAY)
    assert ((await listen.last_poll()).stored, (await listen.status()).oddity_at) == (1, later)
    assert await listen.count(alert) > alerts


async def test_rl_09_an_archive_that_we_never_saw_under_todays_date_raises_no_alert(listen: Listener) -> None:
    await listen.visit(document(["Nytt bygg i sentrum"], [BEGIN - DAY]), BEGIN)
    later = BEGIN + 10 * DAY
    await listen.visit(document(WORDS, [later] * 20, names="archive"), later)
    assert await listen.count(item) == 21
    assert await listen.count(alert) == await listen.count(watch_hit, watch_hit.c.is_counted) == 0
    assert await listen.count(watch_hit) == 20
    assert "archive under a new date" in (await listen.status()).oddity


async def test_rl_09_a_feed_that_gives_everything_the_same_guid_but_new_dates_says_nothing_new(
    listen: Listener,
) -> None:
    await listen.visit(document(WORDS, daily(20, BEGIN)), BEGIN)
    await listen.visit(document(WORDS, [BEGIN + HOUR] * 20), BEGIN + HOUR)
    assert ((await listen.last_poll()).known, await listen.count(item)) == (20, 20)


async def test_rl_09_links_with_new_tracking_words_are_no_news(listen: Listener) -> None:
    await listen.visit(document(WORDS, daily(20, BEGIN), names="", links="https://avis.example/{}?utm_id=1"), BEGIN)
    again = document(WORDS, daily(20, BEGIN), names="", links="https://avis.example/{}?utm_id=2")
    await listen.visit(again, BEGIN + HOUR)
    assert ((await listen.last_poll()).stored, await listen.count(item)) == (0, 20)


async def test_items_under_old_dates_count_for_their_own_time_and_raise_no_alert(listen: Listener) -> None:
    await listen.visit(document(["Nytt bygg i sentrum"], [BEGIN - DAY]), BEGIN)
    await listen.visit(document(["Nytt bygg i sentrum", *WORDS], [BEGIN - DAY, *daily(21, BEGIN)[1:]]), BEGIN + HOUR)
    assert await listen.count(alert) == 0
    assert await listen.count(watch_hit, watch_hit.c.counted_at < BEGIN - 12 * HOUR) == 20
    assert (await listen.status()).oddity == ""


@pytest.mark.parametrize("dates", [daily(20, BEGIN), [BEGIN] * 20, [None] * 20])
async def test_a_new_source_with_a_full_archive_raises_no_alert(listen: Listener, dates: list[datetime | None]) -> None:
    dates[0] = dates[0] and min(dates[0], BEGIN - 2 * DAY)
    await listen.visit(document(WORDS, dates), BEGIN)
    assert await listen.count(alert) == 0
    assert await listen.count(watch_hit) == 20


async def test_five_real_items_at_once_are_news(listen: Listener) -> None:
    await listen.visit(document(["Nytt bygg i sentrum"], [BEGIN - DAY]), BEGIN)
    later = BEGIN + 3 * HOUR
    await listen.visit(document(WORDS[:5], [later] * 5), later)
    assert await listen.count(alert) >= 1
    assert (await listen.status()).oddity == ""


async def test_a_site_that_says_304_although_there_is_news_is_asked_without_validators(
    listen: Listener, site: Site
) -> None:
    words = [f"Møllestua trekker tilbake vare {number}" for number in range(60)]

    def lies(now: datetime) -> Answerer:
        said = [BEGIN + number * HOUR for number in range(60) if BEGIN + number * HOUR <= now]
        body = document(words[: len(said)], said)

        async def answer(request: web.Request) -> web.Response:
            if "If-None-Match" in request.headers:
                return web.Response(status=304)
            return web.Response(body=body, headers={"ETag": '"for ever"'})

        return answer

    for hour in range(0, 60, 2):
        await listen.visit(lies(BEGIN + hour * HOUR), BEGIN + hour * HOUR)
        if (await listen.status()).oddity:
            break
    status = await listen.status()
    assert "although there is news" in status.oddity
    now = BEGIN + (hour + 2) * HOUR
    await listen.visit(lies(now), now)
    assert "If-None-Match" not in site.asked[-1].headers
    assert (await listen.last_poll()).stored == 2
    assert (await listen.status()).next_poll_at >= now + HOUR
