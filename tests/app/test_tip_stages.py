"""Tips on their way through the stages: a strong one is reported, a restricted one stands apart."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.records import Caller, GivenTip, Scope
from app.schema.alert import alert
from app.schema.item import item
from app.schema.signal import signal
from app.schema.story import story
from app.schema.watch import watch_hit
from app.services.tips import Tips
from app.storage.database import Database
from app.storage.outbox import claim, load
from signals.tips import Tip
from signals.types import Sensitivity
from tests.support.rows import NOON, add_receiver, add_source, add_watch
from tests.support.workshop import Workshop, say, state_of

GIVER = Caller(1, "giver", frozenset({Scope.TIPS}))
TEXT = "Vi har trukket tilbake all yoghurt fra butikkene etter funn av glass"


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with database.transaction() as connection:
        await add_watch(connection, "Meieriet", owner="Olga Eier")
        await add_receiver(connection, "Vakt", kind="slack", address="https://hooks.example/1", created_at=NOON)
    async with Workshop(database) as workshop:
        yield workshop


async def give(database: Database, *given: Tip, at: timedelta = timedelta(0)) -> None:
    report = await Tips(database).give(GIVER, [GivenTip(place, tip) for place, tip in enumerate(given)], NOON + at)
    assert report.refused == ()


async def test_a_single_strong_tip_is_reported_by_no_publisher_and_keeps_its_raw_text(
    workshop: Workshop, database: Database
) -> None:
    await give(database, Tip(title="<b>Yoghurt</b> trukket tilbake", text=f"{TEXT} \u202e!", stakeholder="customers"))
    await workshop.understand(NOON)
    state = await state_of(database)
    assert [row[:3] for row in state["alerts"]] == [("Meieriet", "Yoghurt trukket tilbake", "raised")]
    assert [(row[2], row[3]) for row in state["stories"]] == [(0, [])]
    async with database.transaction() as connection:
        raw = (await connection.execute(select(item.c.title, item.c.summary))).one()
        kept = (await connection.execute(select(signal.c.text, signal.c.sensitivity, signal.c.stakeholder))).one()
        count = await connection.scalar(select(alert.c.publisher_count))
    assert tuple(raw) == ("<b>Yoghurt</b> trukket tilbake", f"{TEXT} \u202e!")
    assert tuple(kept) == (f"{TEXT} !", "internal", "customers")
    assert count == 0


async def test_what_a_paper_prints_is_no_copy_of_a_tip_and_counts_as_a_publisher(
    workshop: Workshop, database: Database
) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection, name="Avisa", family="avisa.example")
    await give(database, Tip(title=TEXT, sensitivity=Sensitivity.INTERNAL))
    await workshop.understand(NOON)
    await say(database, paper, TEXT, at=NOON + timedelta(minutes=5))
    await workshop.understand(NOON + timedelta(minutes=6))
    state = await state_of(database)
    assert [row[3] for row in state["signals"]] == ["", ""], "neither is a copy, let alone a wire copy"
    assert [(row[1], row[2], row[3]) for row in state["stories"]] == [(2, 1, ["avisa.example"])]


async def test_two_tips_alike_are_near_copies_and_two_about_one_page_are_two(
    workshop: Workshop, database: Database
) -> None:
    link = "https://avis.example/sak/1"
    await give(database, Tip(title=TEXT), Tip(title=f"{TEXT} i dag"), Tip(title="Se her", url=link))
    await give(database, Tip(title="Dette må noen svare på", url=link))
    await workshop.understand(NOON)
    assert sorted(row[3] for row in (await state_of(database))["signals"]) == ["", "", "", "near"]


async def test_se_27_a_restricted_tip_stands_in_a_story_of_its_own_and_counts_in_no_series(
    workshop: Workshop, database: Database
) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection, name="Avisa", family="avisa.example")
    await say(database, paper, TEXT)
    await give(database, Tip(title=TEXT, sensitivity=Sensitivity.RESTRICTED, reference="R-1"))
    await workshop.understand(NOON)
    await give(database, Tip(title=f"{TEXT} igjen", sensitivity=Sensitivity.RESTRICTED, reference="R-1"))
    await say(database, paper, f"{TEXT} på tirsdag", at=NOON + timedelta(minutes=1))
    await workshop.desk.leave()  # the next worker rebuilds what it compares with
    await workshop.understand(NOON + timedelta(minutes=2))
    async with database.transaction() as connection:
        hidden = list(await connection.scalars(select(signal.c.id).where(signal.c.sensitivity == "restricted")))
        stories = {row.id: row.signals for row in await connection.execute(select(story))}
        counted = {row.signal_id: row.is_counted for row in await connection.execute(select(watch_hit))}
        members = (await state_of(database))["members"]
    first, edit = sorted(hidden)
    assert stories[first] == 2, "the tip and its edit"
    assert edit not in stories
    assert len(members) == 4
    assert [counted[number] for number in (first, edit)] == [False, False]


async def test_se_27_messages_tell_of_tips_as_they_may(workshop: Workshop, database: Database) -> None:
    await give(database, Tip(title=TEXT, sensitivity=Sensitivity.RESTRICTED))
    await workshop.understand(NOON)
    await give(database, Tip(title="Hele linja er stanset i natt", sensitivity=Sensitivity.INTERNAL))
    await workshop.understand(NOON + timedelta(minutes=1))
    async with database.transaction() as connection:
        due = await load(
            connection, await claim(connection, "node", NOON + timedelta(minutes=2), 9, 9), "https://f.example"
        )
    titles = [one.message.title for one in due]
    assert titles == ["A restricted tip, open in Forkant", "An internal tip, open in Forkant"]
    assert not any("stanset" in repr(one.message) or "yoghurt" in repr(one.message) for one in due)
    assert due[0].message.link == "https://f.example/alerts/1"
