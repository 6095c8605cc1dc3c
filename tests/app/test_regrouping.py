"""People merge and split stories: at once, remembered over restarts, alerts and detectors follow, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text

from app.errors import Conflict, Invalid, NotFound, Refused
from app.records import Caller, Role
from app.schema.alert import alert, transition
from app.schema.signal import signal
from app.schema.story import story, story_member
from app.services.alerts import Alerts
from app.services.stories import Stories
from app.storage.alerts import see_one_moment
from app.storage.database import Database
from tests.support.rows import NOON, add_organisation, add_signal, add_source, add_story, add_watch
from tests.support.workshop import Workshop, say, state_of

HOUR = timedelta(hours=1)
KARI = Caller(1, "kari", Role.TRIAGE.scopes, person_id=1)
RECALL = "Møllestua trekker tilbake grovbrød etter funn av glass"
ALSO = "Glass i grovbrød: Møllestua trekker tilbake brødene"
THIRD = "Møllestua: glass funnet i grovbrød, trekker tilbake alt"
STRIKE = "Bussjåførene i Nordhavn varsler streik fra mandag"


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


@pytest.fixture
async def papers(database: Database) -> tuple[int, ...]:
    async with database.transaction() as connection:
        names = ("Fjordposten", "Byavisa", "Havnytt", "Kysten")
        return tuple([await add_source(connection, name=name, family=name, tier=1) for name in names])


@pytest.fixture
def stories(database: Database) -> Stories:
    return Stories(database)


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def places(database: Database) -> dict[str, int]:
    """The story of each title. On the way: the books of stories must agree."""
    async with database.transaction() as connection:
        await see_one_moment(connection)
        joined = select(signal.c.id, signal.c.title, story_member.c.story_id).join(
            story_member, story_member.c.signal_id == signal.c.id
        )
        found = (await connection.execute(joined)).all()
        told = {row.id: row for row in (await connection.execute(select(story))).all()}
    members: dict[int, list[int]] = {}
    for row in found:
        members.setdefault(row.story_id, []).append(row.id)
    for key, ids in members.items():
        assert told[key].merged_into is None, "a story that is part of another has no members"
        assert key in ids, "a story holds the signal whose number it has"
        assert told[key].signals == len(ids)
    for key, row in told.items():
        assert (row.merged_into is None) == (key in members)
        assert row.merged_into is None or told[row.merged_into].merged_into is None
    return {row.title: row.story_id for row in found}


async def two_papers_tell(database: Database, workshop: Workshop, papers: tuple[int, ...]) -> dict[str, int]:
    await say(database, papers[0], RECALL)
    await say(database, papers[1], ALSO)
    await workshop.understand()
    return await places(database)


async def numbers(database: Database) -> dict[str, int]:
    return {row.title: row.id for row in await rows(database, signal.c.id, signal.c.title)}


async def test_what_people_split_is_never_joined_again_also_after_a_restart(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    before = await two_papers_tell(database, workshop, papers)
    assert before[RECALL] == before[ALSO]
    ids = await numbers(database)
    outcome = await stories.split(KARI, before[RECALL], [ids[ALSO]], NOON, reason="another bakery")
    assert outcome.other is not None
    assert (outcome.story.signals, outcome.other.id, outcome.other.signals) == (1, ids[ALSO], 1)
    await say(database, papers[2], THIRD, at=NOON + HOUR)
    await workshop.understand(NOON + HOUR)
    after = await places(database)
    assert after[RECALL] != after[ALSO]
    assert after[THIRD] in (after[RECALL], after[ALSO]), "what comes next goes to the nearer part"
    await workshop.desk.leave()
    async with Workshop(database) as restarted:
        await say(database, papers[3], f"{ALSO} og beklager", at=NOON + 2 * HOUR)
        await restarted.understand(NOON + 2 * HOUR)
    last = await places(database)
    assert last[RECALL] != last[ALSO]


async def test_what_people_merge_stays_one_and_takes_what_comes_next(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    await say(database, papers[0], RECALL)
    await say(database, papers[1], STRIKE)
    await workshop.understand()
    apart = await places(database)
    outcome = await stories.merge(KARI, apart[STRIKE], apart[RECALL], NOON, reason="the bakery's drivers")
    assert (outcome.story.id, outcome.story.signals, outcome.story.independent) == (apart[RECALL], 2, 2)
    await say(database, papers[2], f"{STRIKE} morgen", at=NOON + HOUR)
    await workshop.understand(NOON + HOUR)
    assert set((await places(database)).values()) == {apart[RECALL]}
    await workshop.desk.leave()
    async with Workshop(database) as restarted:
        await say(database, papers[3], f"Nå: {STRIKE} av", at=NOON + 2 * HOUR)
        await restarted.understand(NOON + 2 * HOUR)
    assert set((await places(database)).values()) == {apart[RECALL]}


async def test_of_two_alerts_of_merged_stories_one_goes_on_and_the_other_says_where(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    await say(database, papers[0], RECALL)
    await say(database, papers[1], STRIKE)
    await workshop.understand()
    old, young = await rows(database, alert.c.id, alert.c.story_id)
    outcome = await stories.merge(KARI, old.story_id, young.story_id, NOON, reason="one matter")
    living, closed = await rows(database, alert.c.id, alert.c.state, alert.c.signal_count, alert.c.dismiss_reason)
    assert (living.state, living.signal_count, closed.state, closed.dismiss_reason) == (
        "raised",
        2,
        "dismissed",
        "duplicate",
    )
    last = (await rows(database, transition.c.id, transition.c.alert_id, transition.c.actor, transition.c.reason))[-2:]
    assert [(row.alert_id, row.actor) for row in last] == [(young.id, "kari"), (old.id, "kari")]
    assert last[0].reason == f"the same story as alert {old.id}: merged the stories (one matter)"
    await stories.undo(KARI, outcome.story.id, outcome.change.id, NOON + HOUR, reason="a mistake")
    again = await rows(database, alert.c.id, alert.c.state, alert.c.story_id, alert.c.dismiss_reason)
    assert [(row.state, row.story_id, row.dismiss_reason) for row in again] == [
        ("raised", old.story_id, ""),
        ("raised", young.story_id, ""),
    ]
    assert len(set((await places(database)).values())) == 2
    await workshop.understand(NOON + HOUR)
    assert len(set((await places(database)).values())) == 2
    assert len(await rows(database, alert.c.id)) == 2


async def test_of_two_alerts_the_one_that_somebody_has_taken_goes_on(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    await say(database, papers[0], RECALL)
    await say(database, papers[1], STRIKE)
    await workshop.understand()
    old, young = await rows(database, alert.c.id, alert.c.story_id)
    await Alerts(database).acknowledge(KARI, young.id, NOON)
    outcome = await stories.merge(KARI, old.story_id, young.story_id, NOON)
    found = await rows(database, alert.c.id, alert.c.state, alert.c.story_id)
    assert [(row.state, row.story_id) for row in found] == [
        ("dismissed", old.story_id),
        ("acknowledged", old.story_id),
    ]
    await stories.undo(KARI, old.story_id, outcome.change.id, NOON)
    found = await rows(database, alert.c.id, alert.c.state, alert.c.story_id)
    assert [(row.state, row.story_id) for row in found] == [
        ("raised", old.story_id),
        ("acknowledged", young.story_id),
    ]


async def test_the_part_of_a_split_that_has_no_alert_is_detected_afresh(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    await two_papers_tell(database, workshop, papers)
    (before,) = await rows(database, alert.c.id, alert.c.story_id)
    ids = await numbers(database)
    outcome = await stories.split(KARI, before.story_id, [ids[ALSO]], NOON + HOUR)
    assert outcome.other is not None
    tallies = await workshop.understand(NOON + HOUR)
    assert tallies["detect"].made > 0
    after = await rows(database, alert.c.id, alert.c.state, alert.c.story_id)
    assert [(row.state, row.story_id) for row in after] == [
        ("raised", before.story_id),
        ("raised", outcome.other.id),
    ]
    assert (await workshop.understand(NOON + 2 * HOUR))["detect"].made == 0


async def test_an_alert_goes_with_the_signals_that_raised_it(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection, query="brødene")
    before = await two_papers_tell(database, workshop, papers)
    (raised,) = await rows(database, alert.c.id, alert.c.story_id)
    ids = await numbers(database)
    outcome = await stories.split(KARI, before[RECALL], [ids[ALSO]], NOON)
    (moved,) = await rows(database, alert.c.id, alert.c.story_id, alert.c.title, alert.c.signal_count)
    assert outcome.other is not None
    assert (raised.story_id, moved.story_id, moved.title, moved.signal_count) == (
        before[RECALL],
        outcome.other.id,
        ALSO,
        1,
    )


async def test_a_split_takes_copies_along_and_keeps_the_number_with_the_first_signal(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    before = await two_papers_tell(database, workshop, papers)
    await say(database, papers[2], RECALL, guid="copy", at=NOON + HOUR)
    await workshop.understand(NOON + HOUR)
    first = before[RECALL]
    outcome = await stories.split(KARI, first, [first], NOON + HOUR)
    assert outcome.other is not None
    assert (outcome.story.id, outcome.story.signals, outcome.other.id) == (first, 2, (await numbers(database))[ALSO])
    await places(database)
    with pytest.raises(Conflict, match="whole story"):
        await stories.split(KARI, first, [first], NOON + HOUR)
    one = await stories.undo(KARI, outcome.other.id, outcome.change.id, NOON + 2 * HOUR)
    assert (one.story.id, one.story.signals, one.other) == (first, 3, None)
    with pytest.raises(Conflict, match="taken back already"):
        await stories.undo(KARI, first, outcome.change.id, NOON + 2 * HOUR)
    await say(database, papers[3], THIRD, at=NOON + 2 * HOUR)
    await workshop.understand(NOON + 2 * HOUR)
    assert set((await places(database)).values()) == {first}


async def test_what_cannot_be_regrouped_says_why(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    before = await two_papers_tell(database, workshop, papers)
    story_id = before[RECALL]
    async with database.transaction() as connection:
        tip = await add_signal(connection, papers[0], "Varsel", sensitivity="restricted")
        hidden = await add_story(connection, [tip])
        elsewhere = await add_organisation(connection)
        foreign = await add_signal(connection, await add_source(connection, organisation_id=elsewhere), "Foreign")
        theirs = await add_story(connection, [foreign])
    admin = Caller(1, "ola", Role.ADMIN.scopes, person_id=2)
    with pytest.raises(Refused, match="restricted tip"):
        await stories.merge(admin, story_id, hidden, NOON)
    for other in (hidden, theirs, 999_999):
        with pytest.raises(NotFound):
            await stories.merge(KARI, story_id, other, NOON)
    with pytest.raises(Invalid):
        await stories.merge(KARI, story_id, story_id, NOON)
    with pytest.raises(Invalid, match=str(tip)):
        await stories.split(KARI, story_id, [tip], NOON)
    with pytest.raises(NotFound):
        await stories.undo(KARI, story_id, 1, NOON)


async def test_people_and_two_workers_at_once_leave_the_stories_whole_rl06(
    database: Database, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)

    async def regroup(number: int) -> None:
        found = await places(database)
        chosen = sorted(set(found.values()))
        with suppress(Conflict, Invalid):
            if number % 2 and len(chosen) > 1:
                await stories.merge(KARI, chosen[0], chosen[-1], NOON + number * HOUR)
            else:
                held = [key for title, key in (await numbers(database)).items() if found.get(title) == chosen[0]]
                await stories.split(KARI, chosen[0], held[-1:], NOON + number * HOUR)

    async with Workshop(database) as one, Workshop(database) as two:
        await say(database, papers[0], RECALL)
        await one.understand()
        for number in range(1, 7):
            await say(database, papers[number % 4], f"{ALSO} {number}", STRIKE + f" {number}", at=NOON + number * HOUR)
            await asyncio.gather(
                one.understand(NOON + number * HOUR),
                two.understand(NOON + number * HOUR),
                regroup(number),
                regroup(number + 1),
            )
        for worker in (one, two):
            await worker.understand(NOON + 7 * HOUR)
    assert len(await places(database)) == 13
    assert (await state_of(database))["waiting"] == []


async def test_a_change_that_fails_anywhere_changes_nothing_rl01(
    database: Database, workshop: Workshop, papers: tuple[int, ...], stories: Stories
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection)
    before = await two_papers_tell(database, workshop, papers)
    also = (await numbers(database))[ALSO]
    untouched = await state_of(database)
    seen = last = 0

    def count(connection: object, cursor: object, statement: str, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            raise RuntimeError(f"statement {seen}")

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    try:
        for last in range(2, 60):
            seen = 0
            try:
                await stories.regrouping.split(KARI, before[RECALL], [also], NOON)
                break
            except RuntimeError:
                number, seen = last, 1_000
                assert await state_of(database) == untouched, number
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", count)
    assert last > 15
    assert len(set((await places(database)).values())) == 2
    async with database.transaction() as connection:
        assert await connection.scalar(text("select count(*) from story_change")) == 1
