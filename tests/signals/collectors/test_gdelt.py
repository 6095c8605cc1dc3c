"""GDELT: forward from the last article, one question at a time, faults of its JSON mended."""

from datetime import timedelta

import pytest

from signals.collectors.gdelt import GdeltCollector
from signals.errors import CollectError
from tests.support.services import Gdelt
from tests.support.services.base import NOON
from tests.support.visiting import visit

HOUR = timedelta(hours=1)


async def test_an_article_comes_with_language_and_time() -> None:
    async with Gdelt() as service:
        catch = await visit(GdeltCollector(), service)
    newest = catch.items[0]
    assert (newest.guid, newest.title, newest.language) == ("https://avis.example/3", "Tre", "nb")
    assert (newest.said_at, newest.author) == (NOON - HOUR, "avis.example")
    assert catch.earliest_next == timedelta(minutes=15)


async def test_more_than_a_page_is_read_forward_and_waits_between_pages(waits: list[float]) -> None:
    async with Gdelt() as service:
        cursor = (await visit(GdeltCollector(), service)).cursor
        for number in range(600):
            service.see(f"Nummer {number}", NOON + timedelta(minutes=number // 100))
        catch = await visit(GdeltCollector(), service, cursor, at=NOON + HOUR)
    assert len(catch.items) == len({item.guid for item in catch.items}) == 600
    assert len(waits) == len(service.asked) - 2
    assert waits[0] > 5


async def test_more_in_one_moment_than_a_page_holds_is_said_and_not_asked_for_ever() -> None:
    async with Gdelt() as service:
        cursor = (await visit(GdeltCollector(), service)).cursor
        for number in range(300):
            service.see(f"Nummer {number}", NOON)
        service.see("Etterpå", NOON + timedelta(minutes=15))
        catch = await visit(GdeltCollector(), service, cursor, at=NOON + HOUR)
    assert "Narrow the query" in catch.remarks[0]
    assert catch.items[0].title == "Etterpå"


async def test_a_query_that_gdelt_refuses_in_plain_text_shows_what_it_said() -> None:
    async with Gdelt() as service:
        with pytest.raises(CollectError, match="Your query was too short"):
            await visit(GdeltCollector(), service, path="/api/v2/doc/doc?query=a")


async def test_escapes_that_json_does_not_know_are_mended() -> None:
    async with Gdelt() as service:
        service.broken = (
            rb'{"articles": [{"url": "https://a.example/1", "title": "Ol\'s \u00e5 \\ b@c",'
            rb' "seendate": "20261122T100000Z"}]}'.replace(b"@", b"\x0b")
        )
        (item,) = (await visit(GdeltCollector(), service)).items
    assert item.title == "Ol's å \\ b\x0bc"
