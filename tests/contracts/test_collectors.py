"""What every collector must do, run over the table of collectors."""

import inspect
from datetime import UTC, datetime

import pytest

from signals.collectors import COLLECTORS, Collector
from signals.errors import CollectError
from signals.fetch import Limits, Outbound
from signals.parser_pool import ParserPool
from signals.types import Catch, Cursor, Source
from tests.support.feeds import Site, rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EVERY = pytest.mark.parametrize("collector", COLLECTORS.values(), ids=COLLECTORS)

# A document with three items for each kind of source. Whoever adds a collector adds one here.
DOCUMENTS = {"feed": rss("three", "two", "one")}


async def collect(site: Site, collector: Collector, cursor: Cursor | None = None) -> Catch:
    kind = next(kind for kind, one in COLLECTORS.items() if one is collector)
    site.pages.setdefault("/source", DOCUMENTS[kind])
    limits = Limits(seconds=5)
    async with Outbound("t", ("127.0.0.1",), limits) as outbound, ParserPool(1) as parsers:
        source = Source(1, kind, site.url("/source"), "")
        return await collector.collect(source, cursor or Cursor(), outbound, parsers, NOW)


@EVERY
def test_a_collector_has_a_document_to_be_tested_with_and_a_sentence_about_itself(collector: Collector) -> None:
    assert DOCUMENTS.keys() >= {kind for kind, one in COLLECTORS.items() if one is collector}
    assert inspect.getdoc(collector) or inspect.getdoc(type(collector))


@EVERY
async def test_a_collector_brings_items_home_with_names_of_their_own(collector: Collector) -> None:
    async with Site() as site:
        catch = await collect(site, collector)
    assert len({item.guid for item in catch.items}) == len(catch.items) == 3
    assert not catch.unchanged
    assert catch.size > 0


@EVERY
async def test_cv_50_a_collector_asks_conditionally_with_the_validators_byte_for_byte(collector: Collector) -> None:
    async with Site() as site:
        site.headers = {"ETag": 'W/"æ  \'1"', "Last-Modified": "whenever it was"}
        first = await collect(site, collector)
        await collect(site, collector, first.cursor)
    sent = dict(site.asked[1].raw_headers)
    assert sent[b"If-None-Match"] == 'W/"æ  \'1"'.encode()
    assert sent[b"If-Modified-Since"] == b"whenever it was"


@EVERY
async def test_a_collector_sees_that_nothing_has_changed(collector: Collector) -> None:
    async with Site() as site:
        first = await collect(site, collector)
        second = await collect(site, collector, first.cursor)
        site.pages["/source"] = 304
        third = await collect(site, collector, Cursor(etag='"1"'))
    assert (second.unchanged, second.items, second.cursor) == (True, (), first.cursor)
    assert (third.unchanged, third.items, third.cursor.etag) == (True, (), '"1"')


@EVERY
@pytest.mark.parametrize("page", [304, 404, 410, 429, 500, b"<!doctype html><title>Log in</title>", b"", b"\0\xff"])
async def test_rl_15_a_collector_that_cannot_read_says_why_in_words(collector: Collector, page: bytes | int) -> None:
    async with Site() as site:
        site.pages["/source"] = page
        with pytest.raises(CollectError) as error:
            await collect(site, collector)
    assert error.value.kind
    assert error.value.message.endswith((".", ")"))


@EVERY
async def test_a_collector_reports_where_a_source_moved_for_good(collector: Collector) -> None:
    async with Site() as site:
        document = await collect(site, collector)
        assert document.cursor.moved_to == ""
        site.pages["/new"] = site.pages["/source"]
        site.pages["/source"] = site.redirect("/new", 301)
        assert (await collect(site, collector)).cursor.moved_to == site.url("/new")
        site.pages["/source"] = site.redirect("/new", 302)
        assert (await collect(site, collector)).cursor.moved_to == ""
