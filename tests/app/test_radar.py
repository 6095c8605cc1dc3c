"""Once a week the radar suggests watches; people answer, and that teaches it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict, Invalid, NotFound
from app.records import Caller, Role, WatchDraft
from app.records.radar import NotWanted, SuggestionState
from app.schema.radar import radar_look, suggestion
from app.schema.watch import watch
from app.services.radar import Suggestions
from app.services.topics import Topics
from app.services.watches import Watches
from app.stages.radar import RadarStage, Sky
from app.storage.database import Database
from app.storage.erasing import erase_items
from classifiers.radar import suggest
from classifiers.radar_values import Radar
from tests.support.radar_sky import DAY, LEAK, MONDAY, PERSON, set_sky
from tests.support.rows import add_organisation, add_watch

KARI = Caller(1, "kari", Role.ADMIN.scopes, person_id=1)
NEXT = MONDAY + 7 * DAY
AGAIN = tuple(one._replace(title=f"{one.title} igjen") for one in LEAK)


async def look_here(sky: Sky) -> Radar:
    return suggest(sky.week, sky.past, sky.guards, sky.taught)


def stage(database: Database, worker: str = "a", look: Any = look_here) -> RadarStage:
    return RadarStage(database, worker, look)


@pytest.fixture
def desk(database: Database) -> Suggestions:
    return Suggestions(database, Watches(database, Topics()))


async def sky(database: Database, *matters: Any, **given: Any) -> list[int]:
    async with database.transaction() as connection:
        return await set_sky(connection, *matters, **given)


async def told_again(database: Database, ids: list[int]) -> None:
    """A week later: all that was said has been said a week later."""
    async with database.transaction() as connection:
        for table in ("item", "signal"):
            moved = f"update {table} set seen_at = seen_at + interval '7 days', said_at = said_at + interval '7 days'"
            await connection.execute(text(f"{moved} where id = any (:ids)"), {"ids": ids})


async def terms(database: Database) -> list[str]:
    async with database.transaction() as connection:
        return list(await connection.scalars(select(suggestion.c.term).order_by(suggestion.c.id)))


async def test_on_monday_morning_what_no_watch_has_is_suggested_once(database: Database, desk: Suggestions) -> None:
    ids = await sky(database, LEAK)
    assert (await stage(database).run(MONDAY - timedelta(hours=2, minutes=1))).made == 0  # not yet six in Oslo
    tally = await RadarStage(database, "a").run(MONDAY)  # in a child, as live
    assert (tally.taken, tally.made) == (1, 1)
    found = await desk.get(KARI, MONDAY)
    (one,) = found.open
    assert (one.term, one.query, one.signals, one.rank, one.state) == ("Nordlaks", "Nordlaks", 5, 1, "open")
    assert one.because.startswith("“Nordlaks” stands in 5 titles of the last 7 days")
    assert len(one.examples) == 3
    assert {signal.id for signal in one.examples} <= set(ids)
    assert found.look is not None
    assert (found.look.heard, found.look.looked_at) == (5, MONDAY)
    for at in (MONDAY + timedelta(hours=1), MONDAY + 6 * DAY):
        assert (await stage(database).run(at)).taken == 0
    assert await terms(database) == ["Nordlaks"]


async def test_a_new_organisation_is_left_alone_until_it_has_listened_for_two_weeks(database: Database) -> None:
    await sky(database, LEAK)
    async with database.transaction() as connection:
        await connection.execute(text("delete from item where seen_at < :at"), {"at": MONDAY - 13 * DAY})
    assert (await stage(database).run(MONDAY)).taken == 0
    async with database.transaction() as connection:
        assert await connection.scalar(select(radar_look.c.week)) is None


async def test_restricted_signals_and_new_sources_never_take_part_se_27(database: Database) -> None:
    await sky(database, LEAK, sensitivity="restricted")
    await sky(database, PERSON)
    async with database.transaction() as connection:
        new = await set_sky(connection, AGAIN)
        mine = text(
            "update source set created_at = :at where id in (select source_id from signal where id = any(:ids))"
        )
        await connection.execute(mine, {"at": MONDAY - 5 * DAY, "ids": new})
    await stage(database).run(MONDAY)
    assert await terms(database) == []


async def test_two_workers_look_once_and_one_that_died_is_followed_by_another(database: Database) -> None:
    await sky(database, LEAK)
    tallies = await asyncio.gather(stage(database, "a").run(MONDAY), stage(database, "b").run(MONDAY))
    assert sorted(tally.made for tally in tallies) == [0, 1]
    dying = asyncio.Event()

    async def die(_: Sky) -> Radar:
        dying.set()
        await asyncio.Event().wait()
        raise AssertionError

    await told_again(
        database, await sky(database, tuple(one._replace(title=f"Fjordkraft: {one.title}") for one in LEAK))
    )
    doomed = asyncio.create_task(stage(database, "c", die).run(NEXT))
    await dying.wait()
    doomed.cancel()
    await asyncio.gather(doomed, return_exceptions=True)
    assert (await stage(database, "d").run(NEXT + timedelta(minutes=14))).taken == 0  # the dead one's lease
    assert (await stage(database, "d").run(NEXT + timedelta(minutes=16))).taken == 1
    async with database.transaction() as connection:
        assert len((await connection.execute(select(radar_look.c.week))).all()) == 2


async def test_a_look_that_fails_says_why_and_is_tried_again(database: Database, desk: Suggestions) -> None:
    await sky(database, LEAK)

    async def fail(_: Sky) -> Radar:
        raise ValueError("out of memory")

    assert (await stage(database, "a", fail).run(MONDAY)).taken == 0
    look = (await desk.get(KARI, MONDAY)).look
    assert look is not None
    assert (look.looked_at, look.error) == (None, "out of memory")
    assert (await stage(database).run(MONDAY + timedelta(hours=1))).made == 1


async def test_each_organisation_has_its_own_week_and_its_own_signals(database: Database, desk: Suggestions) -> None:
    await sky(database, LEAK)
    async with database.transaction() as connection:
        other = await add_organisation(connection, time_zone="America/New_York")
        await add_watch(connection, query="Nordlaks", organisation_id=other)
    await sky(database, LEAK, organisation_id=other)
    assert (await stage(database).run(MONDAY)).taken == 1  # three in the morning in New York
    assert (await stage(database).run(MONDAY + timedelta(hours=4))).taken == 1
    theirs = Caller(other, "eve", Role.ADMIN.scopes, person_id=9)
    assert (await desk.get(theirs, MONDAY)).open == ()
    (mine,) = (await desk.get(KARI, MONDAY)).open
    with pytest.raises(NotFound):
        await desk.dismiss(theirs, mine.id, NotWanted.OTHER, MONDAY)
    with pytest.raises(NotFound):
        await desk.accept(theirs, mine.id, WatchDraft("Nordlaks", "Nordlaks"), MONDAY)


async def test_an_accepted_suggestion_becomes_a_watch_and_teaches(database: Database, desk: Suggestions) -> None:
    await sky(database, LEAK)
    await stage(database).run(MONDAY)
    (one,) = (await desk.get(KARI, MONDAY)).open
    draft = await desk.draft(KARI, one.id)
    with pytest.raises(Invalid):
        await desk.accept(KARI, one.id, WatchDraft("Nordlaks", "(Nordlaks"), MONDAY)
    made = await desk.accept(KARI, one.id, draft, MONDAY)
    assert (made.name, made.query) == ("Nordlaks", "Nordlaks")
    found = await desk.get(KARI, MONDAY)
    assert found.open == ()
    assert [(row.state, row.answered_by, row.watch_id) for row in found.answered] == [
        (SuggestionState.ACCEPTED, "kari", made.id)
    ]
    weights = {row.name: (row.accepted, row.weight) for row in found.weights}
    assert weights == {"environment": (1, 1.333), "legal_regulatory": (1, 1.333), "media": (1, 1.333)}
    with pytest.raises(Conflict, match="kari has accepted"):
        await desk.accept(KARI, one.id, WatchDraft("Another", "Nordlaks"), MONDAY)
    async with database.transaction() as connection:
        assert len((await connection.execute(select(watch.c.id))).all()) == 1


async def test_a_dismissed_one_and_its_neighbours_rest_for_ninety_days(database: Database, desk: Suggestions) -> None:
    ids = await sky(database, LEAK)
    await stage(database).run(MONDAY)
    (one,) = (await desk.get(KARI, MONDAY)).open
    row = await desk.dismiss(KARI, one.id, NotWanted.NOT_OURS, MONDAY, note="far away")
    assert (row.state, row.reason, row.note, row.answered_at) == ("dismissed", "not_ours", "far away", MONDAY)
    assert {(row.name, row.weight) for row in (await desk.get(KARI, MONDAY)).weights} == {
        ("environment", 0.75),
        ("legal_regulatory", 0.75),
        ("media", 0.75),
    }
    await told_again(database, ids)
    await stage(database).run(NEXT)
    assert await terms(database) == ["Nordlaks"]
    assert ((await desk.get(KARI, NEXT)).look or one).week == NEXT.date()
    async with database.transaction() as connection:
        long_ago = {"answered_at": NEXT - 91 * DAY}
        await connection.execute(update(suggestion).values(long_ago))
        await connection.execute(update(radar_look).values(looked_at=None, attempts=0))
        await connection.execute(text("delete from radar_look where week < :week"), {"week": NEXT.date()})
    await stage(database).run(NEXT)
    assert await terms(database) == ["Nordlaks", "Nordlaks"]


async def test_a_reason_that_says_nothing_of_the_topic_teaches_nothing(database: Database, desk: Suggestions) -> None:
    await sky(database, LEAK)
    await stage(database).run(MONDAY)
    (one,) = (await desk.get(KARI, MONDAY)).open
    answers = await asyncio.gather(
        *(desk.dismiss(KARI, one.id, NotWanted.KNOWN, MONDAY) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "SuggestionRow"]
    assert (await desk.get(KARI, MONDAY)).weights == ()


async def test_what_its_author_took_back_is_gone_from_the_suggestion_too_gd_04(
    database: Database, desk: Suggestions
) -> None:
    ids = await sky(database, LEAK)
    await stage(database).run(MONDAY)
    (one,) = (await desk.get(KARI, MONDAY)).open

    async def take_back(numbers: list[int]) -> None:
        async with database.transaction() as connection:
            rows = await connection.execute(
                text("select source_id, guid from item where id = any (:ids)"), {"ids": numbers}
            )
            for row in rows.all():
                await erase_items(connection, row.source_id, [row.guid])

    await take_back([one.examples[0].id])
    (left,) = (await desk.get(KARI, MONDAY)).open
    assert (left.term, left.signals, len(left.examples), left.companions) == ("Nordlaks", 4, 2, ())
    await take_back([number for number in ids if number != one.examples[0].id][:2])
    assert (await desk.get(KARI, MONDAY)).open == ()
    async with database.transaction() as connection:
        row = (await connection.execute(select(suggestion))).one()
    assert "Nordlaks" not in str(row)
    assert "nordlak" not in str(row)


async def test_there_is_no_room_for_a_sixth_in_a_week(database: Database) -> None:
    async with database.transaction() as connection:
        row = {"organisation_id": 1, "week": MONDAY.date(), "signal_ids": [], "example_ids": []}
        row |= {"expected": 0.0, "score": 1.0, "made_at": MONDAY}
        with pytest.raises(IntegrityError, match="five_a_week"):
            async with connection.begin_nested():
                await connection.execute(insert(suggestion).values(row | {"rank": 6}))
