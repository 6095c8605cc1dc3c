"""Where stories stand, as the rules propose and people decide; what was predicted of them, and what came."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.engine import Engine

from app.errors import Conflict, NotFound
from app.records import Caller, OutlookRecord, Role, StageChangeKind
from app.schema.alert import alert, transition
from app.schema.delivery import delivery
from app.schema.lifecycle import stage_change, story_stage
from app.schema.outlook import outlook
from app.schema.story import story, story_member
from app.services.stories import Stories
from app.stages.lifecycle import LifecycleStage
from app.stages.outlook import GRACE, OutlookStage
from app.storage.database import Database
from app.storage.grouping import load_stories, merge_stories, update_facts
from app.storage.outbox import load
from classifiers.lifecycle import Stage
from classifiers.story_facts import facts_of
from classifiers.taxonomy import load_taxonomy
from signals.outlook import HORIZONS, Outlook
from tests.support.rows import (
    NOON,
    add_alert,
    add_hit,
    add_label,
    add_organisation,
    add_poll,
    add_receiver,
    add_signal,
    add_source,
    add_story,
    add_watch,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KARI = Caller(1, "kari", Role.TRIAGE.scopes, person_id=1)


@pytest.fixture
def stages(database: Database) -> LifecycleStage:
    return LifecycleStage(database, load_taxonomy())


@pytest.fixture
def stories(database: Database) -> Stories:
    return Stories(database)


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def a_story(database: Database, watch_id: int | None, *, at: Any = NOON, **given: Any) -> int:
    async with database.transaction() as connection:
        source_id = await add_source(connection, name="Fjordposten", family="Fjordposten", tier=2)
        signal_id = await add_signal(connection, source_id, at=at, family="Fjordposten", **given)
        await add_label(connection, signal_id, "health_safety", score=0.9)
        if watch_id:
            await add_hit(connection, watch_id, signal_id)
        return await add_story(connection, [signal_id])


async def another_tells(database: Database, story_id: int, at: Any, watch_id: int | None = None, **given: Any) -> int:
    """Another paper; the story's facts follow, as when it is grouped."""
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        name = f"Avis {source_id}"
        signal_id = await add_signal(connection, source_id, at=at, family=name, **given)
        await add_label(connection, signal_id, "health_safety", score=0.9)
        if watch_id:
            await add_hit(connection, watch_id, signal_id)
        row = {"signal_id": signal_id, "story_id": story_id, "score": 1, "novelty": 0, "joined_at": at}
        await connection.execute(insert(story_member).values(row))
        told = await load_stories(connection, [story_id])
        await update_facts(connection, [facts_of(story_id, told[story_id])])
        return signal_id


async def a_watch(database: Database) -> int:
    async with database.transaction() as connection:
        return await add_watch(connection, "Vann")


async def standing(stories: Stories, story_id: int) -> Any:
    return (await stories.get(KARI, story_id)).stages[0]


async def test_a_story_with_an_alert_is_opened_and_a_stage_is_proposed_with_reasons(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    alone = await a_story(database, watch_id)
    story_id = await a_story(database, watch_id)
    async with database.transaction() as connection:
        alert_id = await add_alert(connection, watch_id, story_id, severity=62)
        await add_receiver(connection, kind="webhook")
    assert (await stages.run(NOON)).taken == 1
    assert (await stories.get(KARI, alone)).stages == ()
    row = await standing(stories, story_id)
    assert (row.stage, row.set_by, row.proposed) == (Stage.POTENTIAL, "forkant", Stage.EMERGING)
    assert [(one.name, one.value) for one in row.because] == [("severity", 62)]
    for number in range(3):
        await another_tells(database, story_id, NOON + number * MINUTE, watch_id)
    await stages.run(NOON + HOUR)
    row = await standing(stories, story_id)
    assert (row.stage, row.proposed, row.because[0].value) == (Stage.POTENTIAL, Stage.CURRENT, 4)
    row = await stories.set_stage(KARI, story_id, watch_id, Stage.CURRENT, NOON + HOUR, reason="all papers have it")
    assert (row.stage, row.set_by, row.reason, row.proposed) == (Stage.CURRENT, "kari", "all papers have it", None)
    history = [(one.kind, one.after, one.actor) for one in (await stories.get(KARI, story_id)).stage_changes]
    assert history[::-1] == [
        ("opened", Stage.POTENTIAL, "forkant"),
        ("proposed", Stage.EMERGING, "forkant"),
        ("proposed", Stage.CURRENT, "forkant"),
        ("accepted", Stage.CURRENT, "kari"),
    ]
    told = (await rows(database, transition.c.id, transition.c.alert_id, transition.c.reason, transition.c.actor))[-1]
    assert (told.alert_id, told.actor) == (alert_id, "kari")
    assert told.reason == "life cycle: from potential to current (all papers have it)"
    queued = await rows(database, delivery.c.id, delivery.c.transition_id)
    async with database.transaction() as connection:
        (due,) = await load(connection, [row.id for row in queued if row.transition_id == told.id], "")
    assert (due.message.kind, due.message.stage, due.message.proposed) == ("updated", "current", "")


async def test_what_was_heard_long_ago_and_grouped_late_is_opened_and_looked_at(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    story_id, late = await a_story(database, watch_id), await a_story(database, watch_id)
    async with database.transaction() as connection:
        await add_alert(connection, watch_id, story_id, severity=20)
    await stages.run(NOON)
    await stages.run(NOON + 3 * HOUR)
    for told in (story_id, late):
        signal_id = await another_tells(database, told, NOON + HOUR, watch_id)
        async with database.transaction() as connection:
            grouped = update(story_member).where(story_member.c.signal_id == signal_id)
            await connection.execute(grouped.values(joined_at=NOON + 3 * HOUR + MINUTE))
    assert (await stages.run(NOON + 3 * HOUR + 2 * MINUTE)).taken == 2
    assert [(await standing(stories, told)).proposed for told in (story_id, late)] == [Stage.EMERGING] * 2


async def test_a_pass_asks_no_more_often_of_many_stories_than_of_a_few(
    database: Database, stages: LifecycleStage
) -> None:
    watch_id = await a_watch(database)
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    often = []
    event.listen(Engine, "before_cursor_execute", note)
    try:
        for number, many in enumerate((2, 12)):
            at = NOON + number * HOUR
            for _ in range(many):
                story_id = await a_story(database, watch_id, at=at)
                async with database.transaction() as connection:
                    await add_alert(connection, watch_id, story_id, severity=62)
                    await connection.execute(update(alert).values(changed_at=at))
            asked.clear()
            assert (await stages.run(at)).made == many
            often.append(len(asked))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert often[0] == often[1]


async def test_a_declined_proposal_is_not_repeated_until_much_has_changed(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    story_id = await a_story(database, watch_id)
    await another_tells(database, story_id, NOON, watch_id)
    await stages.run(NOON)
    assert (await standing(stories, story_id)).proposed is Stage.EMERGING
    row = await stories.set_stage(KARI, story_id, watch_id, Stage.POTENTIAL, NOON, reason="a rumour")
    assert (row.stage, row.proposed, row.set_by) == (Stage.POTENTIAL, None, "forkant")
    with pytest.raises(Conflict, match="stands there already"):
        await stories.set_stage(KARI, story_id, watch_id, Stage.POTENTIAL, NOON)
    await another_tells(database, story_id, NOON + HOUR, watch_id, copy_of=story_id, copy_kind="wire")
    await stages.run(NOON + HOUR)
    assert (await standing(stories, story_id)).proposed is None
    for number in (2, 3):
        await another_tells(database, story_id, NOON + number * HOUR, watch_id)
    await stages.run(NOON + 3 * HOUR)
    assert (await standing(stories, story_id)).proposed is Stage.CURRENT
    kinds = [row.kind for row in await rows(database, stage_change.c.id, stage_change.c.kind)]
    assert kinds == ["opened", "proposed", "declined", "proposed"]


async def test_what_people_set_against_the_rules_is_left_alone_and_silence_ends_it(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    story_id = await a_story(database, watch_id)
    await another_tells(database, story_id, NOON, watch_id)
    await stages.run(NOON)
    await stories.set_stage(KARI, story_id, watch_id, Stage.CRISIS, NOON, reason="we know more")
    await stages.run(NOON + 20 * MINUTE)
    row = await standing(stories, story_id)
    assert (row.stage, row.proposed) == (Stage.CRISIS, None)
    silent = NOON + 49 * HOUR
    for number in (24.5, 25, 49):
        await stages.run(NOON + number * HOUR)
    row = await standing(stories, story_id)
    assert (row.stage, row.proposed, row.because[0].name) == (Stage.CRISIS, Stage.DORMANT, "silent")
    assert (await stages.run(silent + HOUR)).taken == 0
    await another_tells(database, story_id, silent + 2 * HOUR, watch_id)
    await stages.run(silent + 2 * HOUR)
    assert (await standing(stories, story_id)).proposed is not Stage.DORMANT


async def test_two_workers_look_at_a_story_once_and_nobody_of_elsewhere_decides_rl06(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    numbers = []
    for _ in range(3):
        numbers.append(await a_story(database, watch_id))
        await another_tells(database, numbers[-1], NOON, watch_id)
    other = LifecycleStage(database, load_taxonomy())
    tallies = await asyncio.gather(stages.run(NOON), other.run(NOON))
    assert sum(tally.made for tally in tallies) == 3
    assert len(await rows(database, stage_change.c.id)) == 6
    async with database.transaction() as connection:
        foreign = Caller(await add_organisation(connection), "eve", Role.ADMIN.scopes, person_id=9)
        elsewhere = await add_watch(connection, organisation_id=foreign.organisation_id)
    with pytest.raises(NotFound):
        await stories.set_stage(foreign, numbers[0], watch_id, Stage.CRISIS, NOON)
    with pytest.raises(NotFound):
        await stories.set_stage(KARI, numbers[0], elsewhere, Stage.CRISIS, NOON)
    assert {row.stage for row in await rows(database, story_stage.c.story_id, story_stage.c.stage)} == {"potential"}


async def test_merged_stories_keep_where_they_stood(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    old, young = await a_story(database, watch_id), await a_story(database, watch_id, title="Noe annet")
    await another_tells(database, young, NOON, watch_id)
    await stages.run(NOON)
    await stories.set_stage(KARI, young, watch_id, Stage.CURRENT, NOON)
    await stories.merge(KARI, old, young, NOON)
    found = await stories.get(KARI, old)
    assert [(one.stage, one.set_by) for one in found.stages] == [(Stage.CURRENT, "kari")]
    assert found.stage_changes[0].kind is StageChangeKind.SET
    third = await a_story(database, watch_id, title="Et tredje")
    await stories.set_stage(KARI, third, watch_id, Stage.CRISIS, NOON)
    async with database.transaction() as connection:
        await merge_stories(connection, third, alone := await a_story(database, watch_id, title="Et fjerde"))
    await stages.run(NOON)
    assert [one.stage for one in (await stories.get(KARI, alone)).stages] == [Stage.CRISIS]
    with pytest.raises(Conflict, match="part of story"):
        await stories.set_stage(KARI, young, watch_id, Stage.CRISIS, NOON)


async def test_outlooks_are_made_as_a_story_grows_and_judged_when_their_time_has_come(
    database: Database, stories: Stories
) -> None:
    stage = OutlookStage(database)
    story_id = await a_story(database, None)
    assert (await stage.run(NOON)).made == 0  # one signal tells nothing of its growth
    await another_tells(database, story_id, NOON + MINUTE)
    assert (await stage.run(NOON + 2 * MINUTE)).made == 1
    made = await rows(database, outlook.c.id, outlook.c.horizon, outlook.c.signals, outlook.c.came)
    assert [(row.horizon, row.signals, row.came) for row in made] == [(horizon, 2, "") for horizon in HORIZONS]
    await another_tells(database, story_id, NOON + 3 * MINUTE)
    assert (await stage.run(NOON + 4 * MINUTE)).made == 0  # not more often than every ten minutes
    assert (await stage.run(NOON + 12 * MINUTE)).made == 1
    assert (await stage.run(NOON + 23 * MINUTE)).made == 0  # nothing has come since
    for number in (20, 21):
        await another_tells(database, story_id, NOON + number * MINUTE)
    async with database.transaction() as connection:
        await add_poll(connection, await add_source(connection), NOON + 30 * MINUTE)
    first = NOON + 2 * MINUTE
    await stage.run(first + HORIZONS[0] + GRACE)
    judged = await rows(database, outlook.c.id, outlook.c.made_at, outlook.c.came, outlook.c.came_signals)
    assert [(row.came, row.came_signals) for row in judged if row.made_at == first] == [("growing", 3), ("", None)]
    await stage.run(NOON + 3 * HOUR)
    came = {row.came for row in await rows(database, outlook.c.id, outlook.c.came)}
    assert "" not in came
    record = await stories.outlook_record(KARI, NOON + 3 * HOUR)
    assert record.predictions(HORIZONS[0]) == sum(
        row.horizon == HORIZONS[0] and row.came != "unheard"
        for row in await rows(database, outlook.c.id, outlook.c.horizon, outlook.c.came)
    )
    shown = (await stories.get(KARI, story_id)).outlooks
    assert (shown[0].made_at, shown[-1].came) == (max(row.made_at for row in shown), "growing")


async def test_what_nobody_listened_to_did_not_fade_and_restricted_tips_have_no_outlook(database: Database) -> None:
    stage = OutlookStage(database)
    story_id = await a_story(database, None)
    await another_tells(database, story_id, NOON)
    hidden = await a_story(database, None, sensitivity="restricted")
    await another_tells(database, hidden, NOON, sensitivity="restricted")
    assert (await stage.run(NOON + MINUTE)).made == 1
    await stage.run(NOON + 3 * HOUR)
    found = await rows(database, outlook.c.id, outlook.c.story_id, outlook.c.came)
    assert [(row.story_id, row.came) for row in found] == [(story_id, "unheard")] * 2
    async with database.transaction() as connection:
        assert (await Stories(database).outlook_record(KARI, NOON + 4 * HOUR)).bins == ()
        await connection.execute(update(story).values(last_seen_at=NOON + 200 * 24 * HOUR))


async def test_the_record_says_how_often_what_was_likely_came(database: Database, stories: Stories) -> None:
    story_id = await a_story(database, None)
    async with database.transaction() as connection:
        for number in range(10):
            row = {
                "story_id": story_id,
                "horizon": HORIZONS[1],
                "made_at": NOON + number * HOUR,
                "due_at": NOON + (number + 1) * HOUR,
                "signals": 3,
                "fading": 0.28,
                "holding": 0.1,
                "growing": 0.62,
                "came": "growing" if number < 6 else "fading",
                "came_signals": 2,
            }
            await connection.execute(insert(outlook).values(row))
    record: OutlookRecord = await stories.outlook_record(KARI, NOON + 24 * HOUR)
    latest = (await stories.get(KARI, story_id)).outlooks[0]
    assert latest.likeliest is Outlook.GROWING
    like_it = record.bin_of(latest)
    assert like_it is not None
    assert (like_it.predictions, like_it.stories, like_it.predicted, like_it.came) == (
        10,
        1,
        pytest.approx(0.62),
        pytest.approx(0.6),
    )
    assert record.predictions(HORIZONS[1]) == 10
    assert record.brier(HORIZONS[1]) == pytest.approx(
        0.6 * (0.38**2 + 0.28**2 + 0.1**2) + 0.4 * (0.62**2 + 0.72**2 + 0.1**2)
    )
    assert record.brier_of_usual(HORIZONS[1]) == pytest.approx(0.48)
    assert record.brier(HORIZONS[0]) is None


async def test_an_alert_that_is_closed_leaves_the_stage_to_people(
    database: Database, stages: LifecycleStage, stories: Stories
) -> None:
    watch_id = await a_watch(database)
    story_id = await a_story(database, watch_id)
    async with database.transaction() as connection:
        await add_alert(connection, watch_id, story_id, severity=62)
        await connection.execute(update(alert).values(state="handled", closed_at=NOON))
    await stages.run(NOON)
    await stories.set_stage(KARI, story_id, watch_id, Stage.DORMANT, NOON)
    assert len(await rows(database, transition.c.id)) == 1
