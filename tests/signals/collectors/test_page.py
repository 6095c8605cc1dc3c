"""Pages: links under a selector, and only where the site lets machines read."""

from datetime import timedelta

import pytest

from signals.collectors.page import PageCollector
from signals.errors import CollectError
from signals.parser_pool import ParserLimits, ParserPool
from tests.support.services import Page
from tests.support.services.base import NOON
from tests.support.services.documents import page
from tests.support.visiting import visit


async def test_links_of_the_main_part_are_items_titled_by_their_words() -> None:
    async with Page() as site:
        catch = await visit(PageCollector(), site)
    assert [(item.title, item.guid, item.url) for item in catch.items] == [
        ("Tre saker", site.url("/3"), site.url("/3")),
        ("To saker", site.url("/2"), site.url("/2")),
        ("En sak", site.url("/1"), site.url("/1")),
    ]
    assert (catch.title, catch.language) == ("Aktuelt", "nb")


@pytest.mark.parametrize("selector", ["nav%20a", "nav", "body%20%3E%20nav%20%3E%20a"])
async def test_the_address_may_say_where_the_links_stand(selector: str) -> None:
    async with Page() as site:
        catch = await visit(PageCollector(), site, path=f"/source#css={selector}")
    assert [item.title for item in catch.items] == ["Om oss"]


@pytest.mark.parametrize(("selector", "words"), [("a[", "not a CSS selector"), ("table%20a", "has no link")])
async def test_a_selector_that_finds_nothing_is_an_error_not_silence(selector: str, words: str) -> None:
    async with Page() as site:
        with pytest.raises(CollectError, match=words) as error:
            await visit(PageCollector(), site, path=f"/source#css={selector}")
    assert error.value.kind == "no_links"


async def test_strange_links_are_counted_and_left_out() -> None:
    async with Page() as site:
        body = page("En").replace(
            b"</main>",
            b'<a href="javascript:alert(1)">x</a><a href="mailto:a@b.example">y</a><a href="http://[">z</a>'
            b'<a href="/bilde"><img src="x"></a><a href="/alt"><img alt="Et bilde"></a><a href="#top">her</a></main>',
        )
        site.pages["/source"] = body
        catch = await visit(PageCollector(), site)
    assert [item.title for item in catch.items] == ["En", "Et bilde"]
    assert catch.dropped == {"no_address": 3, "no_words": 1}


async def test_gd_07_a_page_closed_by_robots_is_not_fetched() -> None:
    async with Page() as site:
        site.pages["/robots.txt"] = b"User-agent: Forkant\nDisallow: /source"
        with pytest.raises(CollectError, match=r"robots\.txt") as error:
            await visit(PageCollector(), site)
    assert error.value.kind == "blocked"
    assert [request.path for request in site.asked] == ["/robots.txt"]


async def test_robots_is_asked_once_a_day_and_its_delay_kept() -> None:
    async with Page() as site:
        site.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 600\nDisallow: /intern"
        first = await visit(PageCollector(), site)
        second = await visit(PageCollector(), site, first.cursor, at=NOON + timedelta(hours=23))
        await visit(PageCollector(), site, second.cursor, at=NOON + timedelta(hours=25))
    assert (first.earliest_next, second.earliest_next) == (timedelta(minutes=10),) * 2
    assert [request.path for request in site.asked].count("/robots.txt") == 2


@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_robots_file_that_is_not_there_forbids_nothing(status: int) -> None:
    async with Page() as site:
        site.pages["/robots.txt"] = status
        assert len((await visit(PageCollector(), site)).items) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_robots_file_that_cannot_be_had_now_forbids_all_for_now(status: int) -> None:
    async with Page() as site:
        site.pages["/robots.txt"] = status
        with pytest.raises(CollectError):
            await visit(PageCollector(), site)
    assert len(site.asked) == 1


async def test_gd_07_a_page_that_asks_not_to_be_indexed_is_left_alone() -> None:
    async with Page() as site:
        site.pages["/source"] = page("En", head='<meta name="robots" content="NoIndex, follow">')
        with pytest.raises(CollectError, match="noindex"):
            await visit(PageCollector(), site)
        site.pages["/source"] = page("En")
        site.headers = {"X-Robots-Tag": "none"}
        with pytest.raises(CollectError, match="noindex"):
            await visit(PageCollector(), site)


async def test_a_page_that_moved_keeps_its_selector() -> None:
    async with Page() as site:
        site.pages["/new"] = page("En")
        site.moved["/source"] = ("/new", 301)
        catch = await visit(PageCollector(), site, path="/source#css=main")
    assert catch.cursor.moved_to == site.url("/new#css=main")


async def test_se_08_a_page_nested_without_end_costs_its_reader_only() -> None:
    async with Page() as site, ParserPool(1, ParserLimits(cpu_seconds=2)) as parsers:
        site.pages["/source"] = b"<main>" + b"<div>" * 200_000 + b'<a href="/1">x</a>'
        try:
            found = len((await visit(PageCollector(), site, parsers=parsers)).items)
        except CollectError as error:
            found = error.kind
    assert found in (1, "too_hard", "no_links")
