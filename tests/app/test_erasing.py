"""GD-04: what an author takes back is gone from every table, and does not come back."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import Settings
from app.schema import metadata
from app.schema.alert import alert
from app.schema.item import item
from app.schema.signal import signal
from app.schema.source import source_status
from app.schema.story import story
from app.stages.collect import CollectStage
from app.storage import sources
from app.storage.database import Database
from app.storage.erasing import erase_items
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter
from signals.types import Stakeholder
from tests.support.rows import add_watch, set_scene
from tests.support.services import Mastodon
from tests.support.services.base import NOON
from tests.support.workshop import Workshop

PLANTED = "planteskole"


@pytest.fixture
async def mastodon() -> AsyncIterator[Mastodon]:
    async with Mastodon() as mastodon:
        yield mastodon


@pytest.fixture
async def stage(database: Database, mastodon: Mastodon) -> AsyncIterator[CollectStage]:
    """A collector that listens to the server."""
    listened = Starter(mastodon.address, name="", stakeholder=Stakeholder.CUSTOMERS, kind="mastodon")
    async with database.transaction() as connection:
        await sources.add_sources(connection, 1, [listened], NOON)
    async with Outbound("t", ("127.0.0.1",)) as outbound, ParserPool(1) as parsers:
        yield CollectStage(database, outbound, parsers, Settings(host_pause=0), "n", chance=lambda low, high: 0)


async def poll(database: Database, stage: CollectStage, hours: int) -> dict[str, int]:
    """The tally of a visit so many hours after noon, with what it led to understood."""
    now = NOON + timedelta(hours=hours)
    async with database.transaction() as connection:
        await connection.execute(update(source_status).values(next_poll_at=now))
    tally = await stage.run(now)
    return {"made": tally.made, **dict(tally.passed_over)}


async def traces(connection: AsyncConnection, words: str) -> set[str]:
    """Tables that hold the words anywhere."""
    found = set()
    for table in metadata.tables.values():
        rows = await connection.execute(text(f'select 1 from "{table.name}" as one where one::text ilike :words'),
                                        {"words": f"%{words}%"})  # fmt: skip
        found |= {table.name} if rows.first() else set()
    return found


async def rows(database: Database, table: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(table).order_by(table.c.id))).all())


async def test_gd_04_a_post_that_its_author_deletes_leaves_no_trace_and_does_not_return(
    database: Database, mastodon: Mastodon, stage: CollectStage
) -> None:
    number = mastodon.say(f"Trafikken stanset av brannen på {PLANTED}")
    async with database.transaction() as connection:
        await add_watch(connection, query="brannen")
    assert (await poll(database, stage, 0))["made"] == 4
    async with Workshop(database) as workshop:
        await workshop.understand(NOON)
    async with database.transaction() as connection:
        assert await traces(connection, PLANTED) >= {"item", "signal", "story", "emergence"}
    mastodon.delete(number)
    assert (await poll(database, stage, 7))["erased: taken back by its author"] == 1
    async with database.transaction() as connection:
        assert await traces(connection, PLANTED) == set()
        assert await traces(connection, f"@kari/{number}") == set()
    mastodon.posts[number] |= {"visibility": "public", "content": f"<p>{PLANTED}, med andre ord</p>"}
    async with database.transaction() as connection:
        await connection.execute(update(source_status).values(position=""))  # as after a change of address
    await poll(database, stage, 14)
    async with database.transaction() as connection:
        assert await traces(connection, PLANTED) == set()
    assert [one.guid for one in await rows(database, item)].count(number) == 1


async def test_gd_04_a_post_deleted_before_it_was_understood_never_is(
    database: Database, mastodon: Mastodon, stage: CollectStage
) -> None:
    number = mastodon.say(PLANTED)
    await poll(database, stage, 0)
    mastodon.delete(number)
    await poll(database, stage, 7)
    async with Workshop(database) as workshop:
        await workshop.understand(NOON + timedelta(hours=7))
    assert len(await rows(database, signal)) == 3


async def test_an_edited_post_is_a_new_version(database: Database, mastodon: Mastodon, stage: CollectStage) -> None:
    await poll(database, stage, 0)
    number = next(iter(mastodon.posts))
    mastodon.edit(number, "Rettet")
    assert (await poll(database, stage, 7))["made"] == 1
    versions = [(one.version, one.summary) for one in await rows(database, item) if one.guid == number]
    assert (versions[-1], len(versions)) == ((2, "<p>Rettet</p>"), 2)


async def test_a_story_and_its_alert_take_the_words_of_the_next_who_told_it(database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        first, second, _ = scene.signal_ids
        await connection.execute(update(signal).where(signal.c.id == second).values(title="Det andre ord"))
        guid = await connection.scalar(select(item.c.guid).where(item.c.id == first))
        await connection.execute(update(alert).values(because="“Skolen stenger …” is told by 3 publishers."))
        assert await erase_items(connection, scene.source_ids[0], [guid, "unknown"]) == 1
        assert await erase_items(connection, scene.source_ids[0], [guid]) == 0
    assert [one.title for one in await rows(database, story)] == ["Det andre ord"]
    told = [(one.title, one.because) for one in await rows(database, alert)]
    assert told == [("Det andre ord", "“[…]” is told by 3 publishers.")]
    erased = (await rows(database, signal))[0]
    assert (erased.title, erased.text, erased.url) == ("[…]", "", "")
    assert "skol" not in erased.search


async def test_an_alert_headed_with_what_joined_its_story_later_loses_those_words(database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        second = scene.signal_ids[1]
        await connection.execute(update(signal).where(signal.c.id == second).values(title="Det andre ord"))
        await connection.execute(update(alert).values(title="Det andre ord"))
        row = (await connection.execute(select(item.c.guid, item.c.source_id).where(item.c.id == second))).one()
        assert await erase_items(connection, row.source_id, [row.guid]) == 1
    (opened,) = await rows(database, story)
    assert [one.title for one in await rows(database, alert)] == [opened.title] != ["Det andre ord"]


async def test_another_sources_item_of_the_same_name_stays(database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        guid = await connection.scalar(select(item.c.guid).where(item.c.id == scene.signal_ids[0]))
        assert await erase_items(connection, scene.source_ids[1], [guid]) == 0


@pytest.mark.parametrize("kinds_on", ["", "gdelt, reddit"])
def test_kinds_are_switched_on_by_name(kinds_on: str) -> None:
    assert Settings(kinds_on=kinds_on).kinds_on == tuple(kinds_on.split(", ") if kinds_on else ())  # type: ignore[arg-type]
