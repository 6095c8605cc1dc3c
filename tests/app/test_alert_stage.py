"""Detect and alert on a real database: one living alert per story and watch, nothing lost, nothing told twice."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from app.alerts.types import AlertState, Level, TransitionKind
from app.schema.alert import alert, transition
from app.schema.delivery import delivery
from app.schema.emergence import emergence
from app.schema.signal import signal
from app.schema.story import story, story_link, story_member
from app.schema.watch import watch_status
from app.stages.alert import QUIET_UNTIL_FADED, AlertStage
from app.storage import deciding
from app.storage.database import Database
from app.storage.grouping import merge_stories
from app.storage.linking import insert_links
from app.storage.transitions import append_transition
from classifiers.taxonomy import load_taxonomy
from signals.links import Link
from tests.support.rows import (
    NOON,
    add_emergence,
    add_hit,
    add_label,
    add_organisation,
    add_receiver,
    add_signal,
    add_source,
    add_story,
    add_watch,
)
from tests.support.workshop import Workshop, say

HOUR = timedelta(hours=1)
RECALL = "Møllestua trekker tilbake grovbrød etter funn av glass"
ALSO = "Glass i grovbrød: Møllestua trekker brødene tilbake"


@pytest.fixture
async def workshop(database: Database) -> AsyncIterator[Workshop]:
    async with Workshop(database) as workshop:
        yield workshop


@pytest.fixture
async def paper(database: Database) -> int:
    async with database.transaction() as connection:
        return await add_source(connection, name="Fjordposten", family="Fjordposten", tier=1)


@pytest.fixture
async def other_paper(database: Database) -> int:
    async with database.transaction() as connection:
        return await add_source(connection, name="Byavisa", family="Byavisa", tier=1)


@pytest.fixture
def stage(database: Database) -> AlertStage:
    return AlertStage(database, load_taxonomy())


async def a_watch(database: Database, **given: Any) -> int:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection, **given)
        await connection.execute(insert(watch_status).values(watch_id=watch_id, counted_until=NOON))
    return watch_id


async def a_case(
    database: Database, watch_id: int, *, score: float = 0.9, story_id: int | None = None, **given: Any
) -> tuple[int, int]:
    """An undecided emergence about a story of one signal, or about one that is there; returns both numbers."""
    async with database.transaction() as connection:
        signal_id = await add_signal(connection, await add_source(connection, tier=1), RECALL)
        await add_label(connection, signal_id, "product_safety", score=score)
        await add_hit(connection, watch_id, signal_id)
        if story_id is None:
            story_id = await add_story(connection, [signal_id])
        else:
            row = {"signal_id": signal_id, "story_id": story_id, "score": 1, "novelty": 0, "joined_at": NOON}
            await connection.execute(insert(story_member).values(row))
        values = {"verdict": "", "severity": None, "decided": "", "topics": ["product_safety"]} | given
        return story_id, await add_emergence(connection, watch_id, [signal_id], story_id, **values)


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def people_decide(database: Database, kind: TransitionKind, state: AlertState, at: datetime = NOON) -> None:
    """Somebody acts on the only alert."""
    (row,) = await rows(database, alert.c.id, alert.c.severity, alert.c.level)
    async with database.transaction() as connection:
        await append_transition(connection, row.id, kind, state, row.severity, Level(row.level), at, actor="Kari")


async def test_a_recall_becomes_one_alert_with_its_reason(database: Database, workshop: Workshop, paper: int) -> None:
    await a_watch(database, query="Møllestua", owner="Spokesperson")
    await say(database, paper, RECALL)
    tallies = await workshop.understand()
    assert (tallies["detect"].made, tallies["alert"].made) == (1, 1)
    (row,) = await rows(database, *alert.c)
    assert (row.title, row.state, row.owner, row.topics) == (RECALL, "raised", "Spokesperson", ["product_safety"])
    assert "Fjordposten reports product safety" in row.because
    assert sum(factor["points"] for factor in row.factors) == pytest.approx(row.severity, abs=0.5)


async def test_more_of_the_same_story_feeds_the_living_alert(
    database: Database, workshop: Workshop, paper: int, other_paper: int
) -> None:
    await a_watch(database)
    await say(database, paper, RECALL)
    await workshop.understand()
    await say(database, other_paper, ALSO, at=NOON + HOUR)
    await workshop.understand(NOON + HOUR)
    (row,) = await rows(database, alert.c.id, alert.c.signal_count, alert.c.publisher_count, alert.c.severity)
    assert (row.signal_count, row.publisher_count) == (2, 2)
    kinds = [one.kind for one in await rows(database, transition.c.id, transition.c.kind)]
    assert kinds[0] == "raised"
    assert set(kinds[1:]) <= {"updated", "escalated"}
    assert len(kinds) > 1


async def test_of_two_watches_that_hit_a_story_the_narrower_tells_and_the_other_stands_beside(
    database: Database, workshop: Workshop, paper: int
) -> None:
    broad, narrow = await a_watch(database, owner="Ola"), await a_watch(database, query="glass", owner="Kari")
    await say(database, paper, RECALL)
    tallies = await workshop.understand()
    assert [row.watch_id for row in await rows(database, alert.c.watch_id)] == [narrow]
    assert dict(tallies["alert"].passed_over) == {"told_elsewhere": 1}
    found = await rows(database, emergence.c.watch_id, emergence.c.hold, emergence.c.told_by, emergence.c.factors)
    (told,) = await rows(database, alert.c.id, alert.c.factors)
    assert [(row.watch_id, row.hold, row.told_by) for row in found] == [
        (broad, "told_elsewhere", told.id),
        (narrow, "", None),
    ]
    assert all(row.factors == told.factors for row in found)
    changes = await rows(database, transition.c.id, transition.c.kind, transition.c.reason)
    assert [row.kind for row in changes] == ["raised", "updated"]
    assert changes[1].reason.startswith("also: Watch")


async def test_a_broad_watch_that_was_first_is_joined_by_a_narrow_one_of_the_same_people_once(
    database: Database, stage: AlertStage
) -> None:
    broad = await a_watch(database, owner="Kari")
    story_id, _ = await a_case(database, broad)
    await stage.run(NOON)
    narrow = await a_watch(database, query="glass", owner="Kari")
    for _ in range(2):
        await a_case(database, narrow, story_id=story_id)
        await stage.run(NOON + HOUR)
    assert [row.watch_id for row in await rows(database, alert.c.watch_id)] == [broad]
    reasons = [row.reason for row in await rows(database, transition.c.id, transition.c.reason)]
    assert [reason.startswith("also: ") for reason in reasons] == [False, True]


async def test_a_narrow_watch_of_other_people_tells_although_a_broad_one_did(
    database: Database, stage: AlertStage
) -> None:
    broad, narrow = await a_watch(database, owner="Ola"), await a_watch(database, query="glass", owner="Kari")
    story_id, _ = await a_case(database, broad)
    await stage.run(NOON)
    await a_case(database, narrow, story_id=story_id)
    await stage.run(NOON + HOUR)
    assert [row.watch_id for row in await rows(database, alert.c.watch_id)] == [broad, narrow]


async def test_a_restricted_watch_tells_nothing_for_others_nor_they_for_it(
    database: Database, stage: AlertStage
) -> None:
    narrow = await a_watch(database, query="glass", sensitivity="restricted")
    story_id, _ = await a_case(database, narrow)
    broad = await a_watch(database)
    await a_case(database, broad, story_id=story_id)
    await stage.run(NOON)
    assert [row.watch_id for row in await rows(database, alert.c.watch_id)] == [narrow, broad]


async def test_another_organisation_s_watch_tells_nothing_for_ours(database: Database, stage: AlertStage) -> None:
    async with database.transaction() as connection:
        theirs = await add_organisation(connection)
    narrow, broad = await a_watch(database, query="glass", organisation_id=theirs), await a_watch(database)
    story_id, _ = await a_case(database, narrow)
    await a_case(database, broad, story_id=story_id)
    await stage.run(NOON)
    assert [row.watch_id for row in await rows(database, alert.c.watch_id)] == [narrow, broad]


async def test_football_raises_nothing(database: Database, workshop: Workshop, paper: int) -> None:
    await a_watch(database)
    await say(database, paper, "Havøya vant cupfinalen på straffer")
    tallies = await workshop.understand()
    assert (tallies["group"].taken, tallies["detect"].made) == (1, 0)
    assert await rows(database, alert.c.id) == []


async def test_alert_transition_and_outbox_come_together_or_not_at_all_rl03(
    database: Database, stage: AlertStage
) -> None:
    async with database.transaction() as connection:
        await add_receiver(connection)
    await a_case(database, await a_watch(database))
    async with database.transaction() as connection:
        await connection.execute(text("alter table delivery add constraint full_disk check (id < 0) not valid"))
    try:
        with pytest.raises(IntegrityError, match="full_disk"):
            await stage.run(NOON)
        assert [await rows(database, table.c.id) for table in (alert, transition, delivery)] == [[], [], []]
        assert [row.verdict for row in await rows(database, emergence.c.id, emergence.c.verdict)] == [""]
    finally:
        async with database.transaction() as connection:
            await connection.execute(text("alter table delivery drop constraint full_disk"))
    await stage.run(NOON)
    assert [len(await rows(database, table.c.id)) for table in (alert, transition, delivery)] == [1, 1, 1]


async def test_what_woke_nobody_is_kept_with_its_reason(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database, alerts_per_day=1)
    await a_case(database, watch_id, score=0.2)
    await a_case(database, watch_id, topics=[])
    await a_case(database, watch_id)
    await a_case(database, watch_id)
    tally = await stage.run(NOON)
    assert (tally.taken, tally.made) == (4, 1)
    held = [row.hold for row in await rows(database, emergence.c.id, emergence.c.hold)]
    assert sorted(held) == ["", "below_threshold", "budget", "off_topic"]
    assert dict(tally.passed_over) == {"below_threshold": 1, "budget": 1, "off_topic": 1}
    reasons = await rows(database, emergence.c.id, emergence.c.decided, emergence.c.severity)
    assert all(row.decided and row.severity is not None for row in reasons)


async def test_a_rise_of_what_was_told_one_by_one_wakes_nobody_again(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    await a_case(database, watch_id)
    await stage.run(NOON)
    async with database.transaction() as connection:
        signals = list(await connection.scalars(select(signal.c.id)))
        rise = {"kind": "slow_rise", "verdict": "", "severity": None, "decided": "", "topics": ["product_safety"]}
        await add_emergence(connection, watch_id, signals, None, **rise)
    await stage.run(NOON + timedelta(hours=1))
    held = await rows(database, emergence.c.id, emergence.c.hold, emergence.c.decided)
    assert [row.hold for row in held] == ["", "told"]
    assert held[1].decided == "100% of what it counts has been told already"
    await a_case(database, await a_watch(database), kind="slow_rise")
    await stage.run(NOON + timedelta(hours=1))
    assert [row.hold for row in await rows(database, emergence.c.id, emergence.c.hold)] == ["", "told", ""]


async def test_what_a_report_and_a_slow_finding_tell_in_the_same_minute_is_told_once(
    database: Database, stage: AlertStage
) -> None:
    """Found by a reader: a quiet watch's first item in months came as two alerts."""
    watch_id = await a_watch(database)
    _, report_id = await a_case(database, watch_id, kind="report")
    async with database.transaction() as connection:
        signals = list(await connection.scalars(select(signal.c.id)))
        again = {"kind": "from_zero", "verdict": "", "severity": None, "decided": "", "topics": ["product_safety"]}
        await add_emergence(connection, watch_id, signals, None, **again)
        await connection.execute(update(emergence).where(emergence.c.id == report_id).values(id=report_id + 100))
    await stage.run(NOON)
    assert {row.kind: row.hold for row in await rows(database, emergence.c.kind, emergence.c.hold)} == {
        "report": "",
        "from_zero": "told",
    }


async def test_topics_that_the_watch_does_not_want_are_held_back(database: Database, stage: AlertStage) -> None:
    await a_case(database, await a_watch(database, topics=["recognition"]))
    await stage.run(NOON)
    (row,) = await rows(database, emergence.c.hold, emergence.c.decided)
    assert (row.hold, row.decided) == ("off_topic", "its topics (product_safety) are not the watch's")


async def test_a_dismissed_story_stays_quiet_until_it_has_grown(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    story_id, _ = await a_case(database, watch_id, score=0.7)
    await stage.run(NOON)
    await people_decide(database, TransitionKind.DISMISSED, AlertState.DISMISSED)
    await a_case(database, watch_id, score=0.7, story_id=story_id)
    await stage.run(NOON + HOUR)
    assert [row.hold for row in await rows(database, emergence.c.id, emergence.c.hold)] == ["", "decided"]
    async with database.transaction() as connection:
        await connection.execute(update(story).values(independent=12, signals=40, last_seen_at=NOON + 2 * HOUR))
    await a_case(database, watch_id, score=0.99, story_id=story_id)
    await stage.run(NOON + 2 * HOUR)
    states = [row.state for row in await rows(database, alert.c.id, alert.c.state)]
    assert states == ["dismissed", "raised"]
    (_, _, last) = await rows(database, emergence.c.id, emergence.c.decided)
    assert "grew past" in last.decided


async def test_what_people_decided_holds_when_the_story_is_merged_into_an_older_one(
    database: Database, stage: AlertStage
) -> None:
    watch_id = await a_watch(database)
    older, _ = await a_case(database, watch_id, verdict="hold", severity=10)
    younger, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    await people_decide(database, TransitionKind.DISMISSED, AlertState.DISMISSED)
    async with database.transaction() as connection:
        await merge_stories(connection, younger, older)
    await a_case(database, watch_id, story_id=older)
    await stage.run(NOON + HOUR)
    assert [row.state for row in await rows(database, alert.c.id, alert.c.state)] == ["dismissed"]


async def test_an_alert_that_nobody_took_and_nothing_feeds_fades_after_72_hours(
    database: Database, stage: AlertStage
) -> None:
    await a_case(database, await a_watch(database))
    await stage.run(NOON)
    await stage.run(NOON + QUIET_UNTIL_FADED)
    assert [row.state for row in await rows(database, alert.c.state)] == ["raised"]
    await stage.run(NOON + QUIET_UNTIL_FADED + timedelta(seconds=1))
    (row,) = await rows(database, alert.c.state, alert.c.closed_at)
    assert (row.state, row.closed_at) == ("faded", NOON + QUIET_UNTIL_FADED + timedelta(seconds=1))
    kinds = [row.kind for row in await rows(database, transition.c.id, transition.c.kind)]
    assert kinds == ["raised", "faded"]


async def test_a_taken_alert_does_not_fade(database: Database, stage: AlertStage) -> None:
    await a_case(database, await a_watch(database))
    await stage.run(NOON)
    await people_decide(database, TransitionKind.ACKNOWLEDGED, AlertState.ACKNOWLEDGED)
    await stage.run(NOON + 3 * QUIET_UNTIL_FADED)
    assert [row.state for row in await rows(database, alert.c.state)] == ["acknowledged"]


async def test_the_alert_of_a_merged_story_follows_it(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    older, _ = await a_case(database, watch_id, verdict="hold", severity=10)
    younger, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    async with database.transaction() as connection:
        await merge_stories(connection, younger, older)
    await stage.run(NOON)
    assert [(row.story_id, row.state) for row in await rows(database, alert.c.story_id, alert.c.state)] == [
        (older, "raised")
    ]


async def test_of_two_alerts_whose_stories_are_one_the_older_storys_lives(
    database: Database, stage: AlertStage
) -> None:
    watch_id = await a_watch(database)
    older, _ = await a_case(database, watch_id)
    younger, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    async with database.transaction() as connection:
        await merge_stories(connection, younger, older)
    await stage.run(NOON)
    found = {row.story_id: row for row in await rows(database, alert.c.story_id, alert.c.state, alert.c.dismiss_reason)}
    assert found[older].state == "raised"
    assert (found[younger].state, found[younger].dismiss_reason) == ("dismissed", "duplicate")


async def linked(database: Database, one: int, other: int) -> None:
    async with database.transaction() as connection:
        await insert_links(connection, [Link(one, other, 0.8, ("Møllestua",))], NOON)


async def test_what_another_language_tells_of_the_event_feeds_the_living_alert(
    database: Database, stage: AlertStage
) -> None:
    watch_id = await a_watch(database)
    older, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    younger, _ = await a_case(database, watch_id, at=NOON + HOUR)
    await linked(database, older, younger)
    await stage.run(NOON + HOUR)
    assert [(row.story_id, row.state) for row in await rows(database, alert.c.story_id, alert.c.state)] == [
        (older, "raised")
    ]
    kinds = [row.kind for row in await rows(database, transition.c.id, transition.c.kind)]
    assert kinds == ["raised", "updated"]


async def test_of_two_alerts_whose_stories_are_linked_later_the_older_lives_unless_somebody_took_the_younger(
    database: Database, stage: AlertStage
) -> None:
    watch_id = await a_watch(database, alerts_per_day=9)
    stories = [(await a_case(database, watch_id))[0] for _ in range(4)]
    await stage.run(NOON)
    for one, other in ((0, 1), (1, 2), (0, 3)):
        await linked(database, stories[one], stories[other])
    async with database.transaction() as connection:
        await connection.execute(update(alert).where(alert.c.story_id == stories[3]).values(state="acknowledged"))
    await stage.run(NOON + HOUR)
    found = await rows(database, alert.c.story_id, alert.c.state, alert.c.dismiss_reason)
    assert [(row.state, row.dismiss_reason) for row in found] == [
        ("raised", ""),
        ("dismissed", "duplicate"),
        ("dismissed", "duplicate"),
        ("acknowledged", ""),
    ]


async def test_a_closed_alert_of_a_linked_story_holds_nothing_back(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    older, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    await people_decide(database, TransitionKind.DISMISSED, AlertState.DISMISSED)
    younger, _ = await a_case(database, watch_id)
    await linked(database, older, younger)
    await stage.run(NOON + HOUR)
    found = {row.story_id: row.state for row in await rows(database, alert.c.story_id, alert.c.state)}
    assert found == {older: "dismissed", younger: "raised"}


async def test_the_links_of_a_merged_story_follow_it(database: Database) -> None:
    watch_id = await a_watch(database)
    first, second, third = [(await a_case(database, watch_id))[0] for _ in range(3)]
    await linked(database, first, second)
    await linked(database, second, third)
    async with database.transaction() as connection:
        await merge_stories(connection, second, first)
    assert [tuple(row) for row in await rows(database, story_link.c.one_id, story_link.c.other_id)] == [(first, third)]


async def test_two_alerts_whose_stories_are_merged_into_a_third_become_one(
    database: Database, stage: AlertStage
) -> None:
    watch_id = await a_watch(database)
    oldest, _ = await a_case(database, watch_id, verdict="hold", severity=10)
    second, _ = await a_case(database, watch_id)
    third, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    async with database.transaction() as connection:
        await merge_stories(connection, second, oldest)
        await merge_stories(connection, third, oldest)
    await stage.run(NOON)
    await stage.run(NOON)
    living = [
        row.story_id
        for row in await rows(database, alert.c.id, alert.c.story_id, alert.c.state)
        if row.state == "raised"
    ]
    assert living == [oldest]


async def test_two_workers_decide_each_emergence_once_rl06(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    await a_case(database, watch_id)
    async with database.transaction() as other:
        assert await deciding.take_watch(other, watch_id)
        assert (await stage.run(NOON)).taken == 0, "another worker looks at this watch"
    assert (await stage.run(NOON)).made == 1
    assert (await stage.run(NOON)).taken == 0


async def test_the_database_itself_refuses_a_second_living_alert(database: Database, stage: AlertStage) -> None:
    watch_id = await a_watch(database)
    story_id, _ = await a_case(database, watch_id)
    await stage.run(NOON)
    row = {"watch_id": watch_id, "story_id": story_id, "severity": 1, "level": "low"}
    second = insert(alert).values(**row, raised_at=NOON, changed_at=NOON)
    async with database.engine.connect() as connection:
        with pytest.raises(IntegrityError, match="uq_alert_living"):
            await connection.execute(second)
