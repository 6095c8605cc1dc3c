"""The stages from item to story on a real database: what each writes, what it sets aside, who sits at the desk."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.errors import DatabaseUnavailable
from app.schema.item import progress
from app.schema.label import label
from app.schema.signal import signal
from app.schema.story import story, story_member
from app.schema.watch import watch_hit
from app.storage.database import Database
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop, say

HOUR = timedelta(hours=1)


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


@pytest.fixture
async def papers(database: Database) -> tuple[int, int, int]:
    """Three papers of three owners."""
    async with database.transaction() as connection:
        one, two, three = [
            await add_source(connection, name=name, family=name) for name in ("Fjordposten", "Byavisa", "Havnytt")
        ]
    return one, two, three


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def test_an_item_becomes_a_clean_signal(database: Database, workshop: Workshop, papers: tuple[int, ...]) -> None:
    given = {
        "summary": "<p>Produsenten  ber <b>alle</b></p><script>x()</script>",
        "url": "https://a.example/1?utm_source=rss",
    }
    await say(database, papers[0], "Brød trekkes tilbake &amp; kastes", **given)
    tallies = await workshop.understand()
    assert (tallies["normalise"].taken, tallies["normalise"].made) == (1, 1)
    (row,) = await rows(database, *signal.c)
    assert (row.title, row.text) == ("Brød trekkes tilbake & kastes", "Produsenten ber alle")
    assert row.url == "https://a.example/1"
    assert await rows(database, progress.c.item_id) == []


async def test_the_same_words_elsewhere_are_marked_as_a_copy_and_kept(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    for paper in papers:
        await say(database, paper, "Møllestua trekker tilbake grovbrød etter funn av glass i deigen", guid="1")
    tallies = await workshop.understand()
    found = await rows(database, signal.c.id, signal.c.copy_of, signal.c.copy_kind)
    first = found[0].id
    assert [(row.copy_of, row.copy_kind) for row in found] == [(None, ""), (first, "wire"), (first, "wire")]
    assert tallies["dedupe"].made == 2


async def test_an_edit_points_to_the_version_before_it(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    for title in ("Brann i Storgata", "Brann i Storgata: to skadet", "Brann i Storgata: tre skadet"):
        await say(database, papers[0], title, guid="1")
        await workshop.understand()
    first, second, third = await rows(database, signal.c.id, signal.c.copy_of, signal.c.copy_kind)
    assert (second.copy_of, second.copy_kind) == (first.id, "edit")
    assert (third.copy_of, third.copy_kind) == (second.id, "edit")


async def test_an_item_that_breaks_the_classifier_is_set_aside_after_three_tries_rl11(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Brød trekkes tilbake", "Noe med gift i", "Toget er stanset")
    first = await workshop.understand()
    assert first["classify"].passed_over == (("failed, will be tried again", 1),)
    assert first["group"].taken == 2, "the rest flows"
    await workshop.understand()
    third = await workshop.understand()
    assert third["classify"].passed_over == (("set aside", 1),)
    (row,) = await rows(database, *progress.c)
    assert (row.stage, row.attempts, row.error) == ("classify", 3, "Poison: cannot read 'Noe med gift i'")
    assert row.quarantined_at == NOON
    assert (await workshop.understand())["classify"].taken == 0, "and left in peace"


async def test_a_broken_item_does_not_hold_those_that_come_after_it_rl11(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Noe med gift i")
    for _ in range(3):
        await workshop.understand()
    await say(database, papers[0], "Brød trekkes tilbake")
    assert (await workshop.understand())["group"].taken == 1


async def test_an_item_whose_fault_looks_like_a_lost_connection_is_set_aside_too_rl11(
    database: Database, papers: tuple[int, ...]
) -> None:
    async def breaks(_: object) -> Any:
        raise TimeoutError("the model thinks for ever")

    await say(database, papers[0], "Brød trekkes tilbake")
    async with Workshop(database, breaks) as workshop:
        for _ in range(3):
            tallies = await workshop.understand()
    assert tallies["classify"].passed_over == (("set aside", 1),)
    (row,) = await rows(database, *progress.c)
    assert row.error == "TimeoutError: the model thinks for ever"


async def test_labels_say_which_classifier_gave_them_and_why(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Brød trekkes tilbake")
    await workshop.understand()
    (row,) = await rows(database, *label.c)
    assert (row.name, row.by, row.score) == ("product_safety", "words@1", 0.9)
    assert row.because == [{"word": "tilbake", "weight": 1.0, "start": 0, "end": 0}]


async def test_a_signal_hits_the_watches_whose_words_it_says(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    async with database.transaction() as connection:
        bread = await add_watch(connection, query="brød")
        everything = await add_watch(connection, query="")
        await add_watch(connection, query="fisk")
        await add_watch(connection, query="brød", is_active=False)
    await say(database, papers[0], "Brød trekkes tilbake")
    await workshop.understand()
    assert [row.watch_id for row in await rows(database, watch_hit.c.watch_id)] == [bread, everything]


async def test_a_copy_hits_but_is_not_counted(database: Database, workshop: Workshop, papers: tuple[int, ...]) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    for paper in papers[:2]:
        await say(database, paper, "Møllestua trekker tilbake grovbrød etter funn av glass i deigen", guid="1")
    await workshop.understand()
    assert [row.is_counted for row in await rows(database, watch_hit.c.signal_id, watch_hit.c.is_counted)] == [
        True,
        False,
    ]


async def test_a_late_item_counts_for_the_time_when_it_was_said(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    await say(database, papers[0], "Brød trekkes tilbake", said_at=NOON - 5 * HOUR)
    await say(database, papers[0], "Toget er stanset", said_at=NOON - HOUR)
    await workshop.understand()
    counted = [row.counted_at for row in await rows(database, watch_hit.c.signal_id, watch_hit.c.counted_at)]
    assert counted == [NOON - 5 * HOUR, NOON]


async def test_signals_of_one_event_become_one_story_with_its_facts(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Møllestua trekker tilbake grovbrød etter funn av glass")
    await say(database, papers[1], "Glass i grovbrød: Møllestua trekker brødene tilbake")
    await say(database, papers[2], "Nordlys over Havøya i natt")
    await workshop.understand()
    recall, lights = await rows(database, story.c.id, story.c.signals, story.c.independent, story.c.publishers)
    assert (recall.signals, recall.independent, recall.publishers) == (2, 2, ["Byavisa", "Fjordposten"])
    assert lights.signals == 1


async def test_a_copy_stands_in_the_story_of_what_it_repeats_and_adds_no_voice(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    for paper in papers:
        await say(database, paper, "Møllestua trekker tilbake grovbrød etter funn av glass i deigen", guid="1")
        await workshop.understand()
    (row,) = await rows(database, story.c.id, story.c.signals, story.c.independent)
    assert (row.signals, row.independent) == (3, 1)


async def test_what_was_grouped_before_a_restart_is_remembered(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Møllestua trekker tilbake grovbrød etter funn av glass")
    await workshop.understand()
    await workshop.desk.leave()
    await say(database, papers[1], "Glass i grovbrød: Møllestua trekker brødene tilbake", at=NOON + HOUR)
    async with Workshop(database) as restarted:
        await restarted.understand(NOON + HOUR)
    assert len({row.story_id for row in await rows(database, story_member.c.story_id)}) == 1


async def test_running_again_with_nothing_new_changes_nothing(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Brød trekkes tilbake", "Toget er stanset")
    await workshop.understand()
    again = await workshop.understand()
    assert [again[name].taken for name in ("normalise", "dedupe", "classify", "group", "alert")] == [0] * 5


async def test_polling_the_same_document_twice_adds_nothing(database: Database, papers: tuple[int, ...]) -> None:
    assert (await say(database, papers[0], "a", "b")).stored == 2
    again = await say(database, papers[0], "a", "b", at=NOON + HOUR)
    assert (again.stored, again.edited, again.known) == (0, 0, 2)


async def test_more_items_than_a_batch_holds_are_all_carried(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], *(f"Melding nummer {number} om ting og tang" for number in range(1100)))
    tallies = await workshop.understand()
    assert [tallies[name].taken for name in ("normalise", "dedupe", "classify", "group")] == [1100] * 4


async def test_only_one_worker_sits_at_the_desk_and_the_next_gets_it_when_that_one_leaves(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Brød trekkes tilbake")
    assert await workshop.desk.sit()
    async with Workshop(database) as other:
        tallies = await other.understand()
        assert tallies["dedupe"].passed_over == (("another worker does it", 1),)
        assert tallies["normalise"].made == 1, "what needs no desk goes on"
        await workshop.desk.leave()
        assert (await other.understand())["group"].made == 1


async def test_who_lost_the_seat_cannot_write_and_another_gets_it_rl06(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    assert await workshop.desk.sit()
    await kill_holder(database)
    await say(database, papers[0], "Brød trekkes tilbake")
    await workshop.normalise.run(NOON)
    with pytest.raises(DatabaseUnavailable):
        await workshop.dedupe.run(NOON)
    async with Workshop(database) as other:
        assert (await other.understand())["group"].made == 1
        assert (await workshop.dedupe.run(NOON)).passed_over == (("another worker does it", 1),)


async def test_who_lost_the_seat_takes_it_again_when_it_is_free(
    database: Database, workshop: Workshop, papers: tuple[int, ...]
) -> None:
    await say(database, papers[0], "Brød trekkes tilbake")
    assert await workshop.desk.sit()
    await kill_holder(database)
    await workshop.normalise.run(NOON)
    with pytest.raises(DatabaseUnavailable):
        await workshop.dedupe.run(NOON)
    assert (await workshop.understand())["group"].made == 1


async def kill_holder(database: Database) -> None:
    """End the connection that holds the desk's seat, as when its process dies."""
    held = "select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and objsubid = 1"
    async with database.transaction() as connection:
        ended = await connection.execute(
            text(held + " and database = (select oid from pg_database where datname = current_database())")
        )
        assert [row[0] for row in ended] == [True]
