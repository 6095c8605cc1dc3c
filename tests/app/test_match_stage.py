"""A new or changed watch meets the past four weeks."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from app.errors import OutOfOrder
from app.schema.watch import watch
from app.storage.database import Database
from classifiers.types import Label
from signals.types import Signal
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop, say

DAY = timedelta(days=1)


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


@pytest.fixture
async def paper(database: Database) -> int:
    async with database.transaction() as connection:
        return await add_source(connection, name="Fjordposten", family="fjord")


async def hits(database: Database) -> list[tuple[str, bool]]:
    query = text(
        "select title, detected_at < seen_at + interval '1 s' from watch_hit"
        " join signal on signal.id = signal_id order by signal_id"
    )
    async with database.transaction() as connection:
        return [(row[0], bool(row[1])) for row in await connection.execute(query)]


async def hits_of(database: Database, watch_id: int) -> list[str]:
    query = text(
        "select title from watch_hit join signal on signal.id = signal_id where watch_id = :watch_id order by signal_id"
    )
    async with database.transaction() as connection:
        return list((await connection.scalars(query, {"watch_id": watch_id})).all())


async def test_a_new_watch_hits_what_was_said_before_it_was_made(
    database: Database, workshop: Workshop, paper: int
) -> None:
    await say(database, paper, "Fergen står i Lillevik", at=NOON - 9 * DAY)
    await workshop.understand(NOON - 9 * DAY)
    await say(database, paper, "Ny ferge til Lillevik", "Fotball på Storhaug", at=NOON - timedelta(hours=2))
    await workshop.understand(NOON - timedelta(hours=2))
    async with database.transaction() as connection:
        await add_watch(connection, "Ferge", query="ferge", created_at=NOON)
    await workshop.understand(NOON)
    found = await hits(database)
    assert [title for title, _ in found] == ["Fergen står i Lillevik", "Ny ferge til Lillevik"]
    assert found[0][1], "what is older than a day only teaches"
    assert not found[1][1], "what was said in the last day is looked at as news"


async def test_a_changed_query_is_matched_anew_and_its_old_hits_go(
    database: Database, workshop: Workshop, paper: int
) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection, "Ferge", query="ferge")
    await workshop.understand(NOON)
    await say(database, paper, "Fergen står", "Bussen står", at=NOON)
    await workshop.understand(NOON)
    async with database.transaction() as connection:
        await connection.execute(update(watch).where(watch.c.id == watch_id).values(query="buss", version=2))
    await workshop.understand(NOON + timedelta(minutes=1))
    assert [title for title, _ in await hits(database)] == ["Bussen står"]


async def test_a_watch_is_matched_anew_when_one_deep_inside_it_changes(
    database: Database, workshop: Workshop, paper: int
) -> None:
    async with database.transaction() as connection:
        ferry = await add_watch(connection, "Ferge", query="ferge")
        await add_watch(connection, "Middle", query="watch:ferge")
        outer = await add_watch(connection, "Outer", query="watch:middle NOT fotball")
    await say(database, paper, "Fergen står", "Bussen står", at=NOON)
    await workshop.understand(NOON)
    async with database.transaction() as connection:
        await connection.execute(update(watch).where(watch.c.id == ferry).values(query="buss", version=2))
    await workshop.understand(NOON + timedelta(minutes=1))
    assert await hits_of(database, outer) == ["Bussen står"]
    assert (await workshop.match.run(NOON + timedelta(minutes=2))).taken == 0, "what is matched is not matched again"


async def test_a_watch_that_rests_still_stands_inside_another(
    database: Database, workshop: Workshop, paper: int
) -> None:
    await say(database, paper, "Fergen til Lillevik står", at=NOON - DAY)
    await workshop.understand(NOON - DAY)
    async with database.transaction() as connection:
        resting = await add_watch(connection, "Ferge", query="ferge", is_active=False)
        outer = await add_watch(connection, "Outer", query="watch:ferge lillevik")
    await workshop.understand(NOON)
    await say(database, paper, "Ny ferge til Lillevik", "Ny ferge til Storvik", at=NOON)
    await workshop.understand(NOON)
    assert await hits_of(database, outer) == ["Fergen til Lillevik står", "Ny ferge til Lillevik"]
    assert await hits_of(database, resting) == []


async def test_a_classifier_that_cannot_be_loaded_costs_no_item_a_try(database: Database, paper: int) -> None:
    async def broken(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        raise OutOfOrder("The classifier cannot be loaded: run `forkant model train`.")

    async with Workshop(database, broken) as workshop:
        await say(database, paper, "Fergen står", at=NOON)
        for _ in range(4):
            with pytest.raises(OutOfOrder):
                await workshop.understand(NOON)
    async with database.transaction() as connection:
        row = (await connection.execute(text("select stage, attempts, quarantined_at from progress"))).one()
    assert tuple(row) == ("classify", 0, None)
