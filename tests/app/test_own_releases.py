"""Wire origins and our own releases, from item to story, alarm and page."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.schema.emergence import emergence
from app.schema.signal import signal
from app.schema.source import source
from app.schema.story import story
from app.schema.watch import watch_hit
from app.storage.database import Database
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop, say

RELEASE = "Møllestua trekker tilbake grovbrød etter funn av glass i deigen og ber alle kaste det"
OWN_WORDS = "Kunde på legevakten: Glass i grovbrødet som Møllestua nå tar tilbake"
LATER = NOON + timedelta(minutes=20)


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


async def papers(database: Database, *given: dict[str, Any]) -> list[int]:
    async with database.transaction() as connection:
        return [await add_source(connection, **one) for one in given]


OURS, BYAVISA, HAVNYTT = {"name": "Møllestua", "is_own": True}, {"name": "Byavisa"}, {"name": "Havnytt"}


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def test_papers_that_print_our_release_show_its_spread_and_are_no_voices(
    database: Database, workshop: Workshop
) -> None:
    ours, byavisa, havnytt = await papers(database, OURS, BYAVISA, HAVNYTT)
    await say(database, ours, RELEASE)
    await say(database, byavisa, RELEASE)
    await say(database, havnytt, RELEASE)
    await workshop.understand()
    assert [row.release for row in await rows(database, signal.c.id, signal.c.release)] == [
        "ours",
        "reprint",
        "reprint",
    ]
    (told,) = await rows(database, story.c.id, story.c.independent, story.c.publishers, story.c.reprinters)
    assert (told.independent, told.publishers, told.reprinters) == (0, [], ["Byavisa", "Havnytt"])


async def test_a_paper_that_was_faster_than_our_own_feed_printed_our_release_all_the_same(
    database: Database, workshop: Workshop
) -> None:
    ours, byavisa, havnytt = await papers(database, OURS, BYAVISA, HAVNYTT)
    await say(database, byavisa, RELEASE)
    await say(database, havnytt, RELEASE)
    await workshop.understand()
    (before,) = await rows(database, story.c.id, story.c.independent)
    assert before.independent == 1
    await say(database, ours, RELEASE, at=LATER)
    await workshop.understand(LATER)
    (told,) = await rows(database, story.c.id, story.c.independent, story.c.reprinters)
    assert (told.independent, told.reprinters) == (0, ["Byavisa", "Havnytt"])


async def test_our_release_raises_no_report_by_itself_and_a_papers_own_words_do(
    database: Database, workshop: Workshop
) -> None:
    ours, byavisa, havnytt = await papers(database, OURS, BYAVISA, HAVNYTT)
    async with database.transaction() as connection:
        await add_watch(connection, "Bakery", query="Møllestua")
    await say(database, ours, RELEASE)
    await say(database, byavisa, RELEASE)
    await workshop.understand()
    assert [row.is_counted for row in await rows(database, watch_hit.c.signal_id, watch_hit.c.is_counted)] == [
        False,
        False,
    ]
    assert await rows(database, emergence.c.id) == []
    await say(database, havnytt, OWN_WORDS, at=LATER)
    await workshop.understand(LATER)
    assert [row.kind for row in await rows(database, emergence.c.id, emergence.c.kind)] == ["report"]


async def test_an_agencys_texts_in_many_papers_are_one_voice_in_their_story(
    database: Database, workshop: Workshop
) -> None:
    byavisa, havnytt, posten = await papers(database, BYAVISA, HAVNYTT, {"name": "Posten"})
    await say(database, byavisa, "Møllestua trekker tilbake grovbrød etter funn av glass", author="NTB")
    await say(database, havnytt, "Møllestua trekker tilbake brød: glass i grovbrød", author="Kari Nordmann, NTB")
    await say(database, posten, "Møllestua trekker tilbake alt grovbrød: fant glass", author="Ola Nordmann")
    await workshop.understand()
    assert [row.wire for row in await rows(database, signal.c.id, signal.c.wire)] == ["NTB", "NTB", ""]
    (told,) = await rows(database, story.c.id, story.c.independent, story.c.publishers, story.c.signals)
    assert (told.signals, told.independent) == (3, 2)
    assert "NTB" in told.publishers


async def test_a_source_added_by_hand_has_its_family_from_the_table(database: Database, workshop: Workshop) -> None:
    paper, owned = await papers(
        database,
        {"address": "https://www.nordlys.no/service/rss", "name": "Nordlys"},
        {"address": "https://www.vg.no/rss", "name": "VG", "family": "Schibsted"},
    )
    await say(database, paper, "Brød trekkes tilbake")
    await say(database, owned, "Toget er stanset")
    await workshop.understand()
    assert [row.family for row in await rows(database, signal.c.id, signal.c.family)] == ["amedia", "schibsted media"]
    assert [row.family for row in await rows(database, source.c.id, source.c.family)] == ["", "Schibsted"], (
        "as people set it"
    )
