"""Hacker News: stories and comments that hold some words."""

from datetime import timedelta

from signals.collectors.hackernews import HackerNewsCollector, to_words
from tests.support.services import HackerNews
from tests.support.services.base import NOON
from tests.support.visiting import visit


def test_an_address_as_the_search_page_shows_it_holds_the_words() -> None:
    assert to_words("https://hn.algolia.com/?dateRange=all&query=brown%20water&sort=byDate") == "brown water"


async def test_a_comment_is_an_item_without_a_title() -> None:
    async with HackerNews() as service:
        items = (await visit(HackerNewsCollector(), service)).items
    assert [(item.title, item.summary) for item in items] == [
        ("", "I agree <i>much</i>"),
        ("Two", "<p>It is &quot;two&quot;"),
        ("One", ""),
    ]
    assert items[0].url == "https://news.ycombinator.com/item?id=40000003"


async def test_a_busy_hour_is_read_back_to_the_last_visit() -> None:
    async with HackerNews() as service:
        cursor = (await visit(HackerNewsCollector(), service)).cursor
        said = [service.say(title=f"Number {number}") for number in range(250)]
        catch = await visit(HackerNewsCollector(), service, cursor)
    assert [item.guid for item in catch.items] == said[::-1]


async def test_gd_04_a_deleted_post_is_told_of_once() -> None:
    async with HackerNews() as service:
        cursor = (await visit(HackerNewsCollector(), service)).cursor
        service.delete("40000001")
        catch = await visit(HackerNewsCollector(), service, cursor, at=NOON + timedelta(hours=7))
        again = await visit(HackerNewsCollector(), service, catch.cursor, at=NOON + timedelta(hours=14))
    assert (catch.deleted, catch.items, again.deleted) == (("40000001",), (), ())
