"""From what people judge to a model in use and back, on a real database with a small model."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from app.children import in_a_child
from app.errors import Conflict, NotFound, OutOfOrder
from app.labelling import LabellerInAProcess
from app.live_models import LiveModels
from app.records import Caller, Role
from app.records.learning import ModelState, Origin, OwnExample, Verdict
from app.schema.label import label
from app.schema.learning import learning, model, question, shadow
from app.services.models import Models
from app.services.readings import Readings
from app.services.teaching import Teaching
from app.stages.classify import ClassifyStage
from app.stages.learn import Habits, LearnStage, Seed
from app.storage import judgements
from app.storage.database import Database
from classifiers.exercise import Exercise, Learned
from classifiers.learning import learn
from classifiers.promotion import Rule
from tests.support.lessons import later
from tests.support.rows import (
    NOON,
    add_alert,
    add_emergence,
    add_label,
    add_organisation,
    add_signal,
    add_source,
    add_story,
    add_watch,
)
from tests.support.workshop import Workshop, say

ADMIN = Caller(1, "kari", Role.ADMIN.scopes, person_id=1)
DAY = timedelta(days=1)
# What this organisation calls a danger to the environment, in a word that no corpus knows.
PLACES = ("Vika", "Neset", "Sundet", "Lia", "Moen", "Eidet", "Holmen")
WATERS = ("fjorden", "elva", "tjernet", "bekken", "sjøen", "vannet", "bukta")
OURS = [f"{place} melder om kvabbing i {water}" for place in PLACES for water in WATERS]
OTHERS = [
    f"{who} vant {what}" for who in ("Tone", "Per", "Kari", "Ola", "Siri") for what in ("løpet", "turen", "cupen", "NM")
]


@pytest.fixture(scope="module")
async def labeller(small_model: Path) -> AsyncIterator[LabellerInAProcess]:
    made = LabellerInAProcess(small_model)
    yield made
    made.close()


@pytest.fixture
def models(labeller: LabellerInAProcess, tmp_path: Path) -> LiveModels:
    return LiveModels(labeller, tmp_path)


async def train_here(exercise: Exercise) -> Learned:
    return await asyncio.to_thread(learn, exercise)


class School:
    """One worker that learns, and whoever teaches it."""

    def __init__(self, database: Database, labeller: LabellerInAProcess, models: LiveModels, folder: Path) -> None:
        self.database, self.labeller, self.models, self.folder = database, labeller, models, folder
        self.teaching, self.registry = Teaching(database), Models(database)

    def stage(self, habits: Habits | None = None) -> LearnStage:
        return LearnStage(
            self.database,
            self.labeller,
            self.models,
            self.folder / "small.npz",
            habits or Habits(after=20),
            train=train_here,
            seed=Seed(self.folder, ()),
        )

    async def learn(self, now: datetime, habits: Habits | None = None) -> LearnStage:
        stage = self.stage(habits)
        await stage.run(now)
        await stage.settle()
        return stage

    async def give(self, texts: list[str], topics: tuple[str, ...], who: Caller = ADMIN, at: datetime = NOON) -> None:
        given = [OwnExample(one, "nb", topics, number) for number, one in enumerate(texts)]
        await self.teaching.give_examples(who, given, (), at, origin=Origin.FILE)

    async def state_of(self, version: str) -> ModelState:
        return (await self.registry.get(ADMIN, version)).state

    async def note(self) -> str:
        async with self.database.transaction() as connection:
            return await connection.scalar(select(learning.c.note)) or ""


@pytest.fixture
def school(database: Database, labeller: LabellerInAProcess, models: LiveModels, small_corpus: Path) -> School:
    return School(database, labeller, models, small_corpus)


async def taught(school: School) -> str:
    """The version of a candidate that has learned what kvabbing is."""
    await school.give(OURS, ("environment",))
    await school.give(OTHERS, ())
    await school.learn(NOON)
    (row,) = [one for one in await school.registry.list(ADMIN) if not one.is_shipped]
    return row.version


async def classify(
    school: School, source_id: int, *titles: str, at: datetime = NOON
) -> dict[str, set[tuple[str, str]]]:
    """Let these be said and labelled; topic and model of each title."""
    async with Workshop(school.database) as workshop:
        workshop.classify = ClassifyStage(school.database, school.labeller, school.models)
        await say(school.database, source_id, *titles, at=at)
        await workshop.understand(at)
    async with school.database.transaction() as connection:
        rows = await connection.execute(
            text(
                "select title, name, by from label join signal on signal.id = signal_id"
                " where title = any(:titles) and kind = 'topic'"
            ),
            {"titles": list(titles)},
        )
        found: dict[str, set[tuple[str, str]]] = {title: set() for title in titles}
        for row in rows:
            found[row.title].add((row.name, row.by))
        return found


async def test_what_people_judge_becomes_a_candidate_in_shadow_that_nobody_is_shown(school: School) -> None:
    version = await taught(school)
    row = await school.registry.get(ADMIN, version)
    assert row.state is ModelState.SHADOW
    assert row.metrics is not None
    assert row.metrics.lessons + row.metrics.held_out[0].texts == len(OURS) + len(OTHERS)
    assert row.metrics.comparison is not None
    assert row.metrics.comparison.only_now > 0
    assert not row.metrics.comparison.is_worse
    assert row.metrics.seed is not None
    assert row.metrics.seed_before is not None
    assert "runs in shadow" in await school.note()
    live = await school.registry.find_live(ADMIN)
    assert live is not None
    assert live.is_shipped


async def test_a_shadow_is_counted_beside_the_model_in_use_and_its_labels_are_not_kept(school: School) -> None:
    version = await taught(school)
    async with school.database.transaction() as connection:
        source_id = await add_source(connection)
    said = await classify(school, source_id, "Odden melder om kvabbing i fjorden", "Brannen vant cupen i Odden")
    assert all(by != f"topics@{version}" for labels in said.values() for _, by in labels)
    stage = await school.learn(NOON)
    await stage.run(NOON)
    row = await school.registry.get(ADMIN, version)
    assert row.shadow is not None
    assert (row.shadow.signals, row.shadow.gained, row.shadow.lost) == (2, 1, 0)
    assert row.examples[0].now == ("environment",)
    async with school.database.transaction() as connection:
        assert not await connection.scalar(select(func.count()).where(label.c.by == row.by))


async def test_a_promoted_model_labels_the_next_batch_of_its_organisation_and_a_rollback_ends_it(
    school: School,
) -> None:
    version = await taught(school)
    async with school.database.transaction() as connection:
        ours = await add_source(connection)
        other = await add_organisation(connection)
        theirs = await add_source(connection, organisation_id=other)
    title = "Odden melder om kvabbing i fjorden"
    before = (await classify(school, ours, title))[title]
    assert ("environment", f"topics@{version}") not in before
    await school.registry.promote(ADMIN, version, "it knows our words", NOON)
    now = (await classify(school, ours, f"{title} igjen", at=later(0.1)))[f"{title} igjen"]
    assert ("environment", f"topics@{version}") in now
    readings = Readings(school.database, school.models)
    for caller, is_ours in ((ADMIN, True), (replace(ADMIN, organisation_id=other), False)):
        read = await readings.read(caller, title, "", "nb")
        assert (f"topics@{version}" in {one.by for one in read.labels}) is is_ours
    strangers = (await classify(school, theirs, f"{title} i dag", at=later(0.2)))[f"{title} i dag"]
    assert all(by != f"topics@{version}" for _, by in strangers)
    assert (await school.registry.rollback(ADMIN, "too many flags", later(0.3))).is_shipped  # type: ignore[union-attr]
    after = (await classify(school, ours, f"{title} atter", at=later(0.4)))[f"{title} atter"]
    assert all(by != f"topics@{version}" for _, by in after)
    async with school.database.transaction() as connection:
        assert await connection.scalar(select(func.count()).where(label.c.by == f"topics@{version}"))
    with pytest.raises(Conflict, match="ships with Forkant"):
        await school.registry.rollback(ADMIN, "", later(0.5))


async def test_a_canary_that_flips_keeps_a_model_from_being_promoted_at_all(school: School) -> None:
    # No model knows the word: silence is right before the lessons, and wrong after them.
    await school.teaching.add_canary(ADMIN, "Vika melder om kvabbing i elva og bukta", "nb", (), ("any",), "", NOON)
    version = await taught(school)
    row = await school.registry.get(ADMIN, version)
    assert row.state is ModelState.CANDIDATE
    assert "flips" in row.why
    with pytest.raises(Conflict, match="canary flips"):
        await school.registry.promote(ADMIN, version, "", NOON)
    assert "flips" in await school.note()


async def test_a_model_is_trained_after_enough_judgements_and_once_a_day_at_most(school: School) -> None:
    await school.give(OURS[:19], ("environment",))
    await school.learn(NOON)
    assert [one.is_shipped for one in await school.registry.list(ADMIN)] == [True]
    await school.give(OURS[19:21], ("environment",))
    await school.learn(NOON)
    assert len(await school.registry.list(ADMIN)) == 2
    await school.give(OURS[21:], ("environment",))
    await school.learn(NOON + timedelta(hours=23))
    assert len(await school.registry.list(ADMIN)) == 2
    await school.learn(NOON + DAY)
    newest, older, _ = await school.registry.list(ADMIN)
    assert (newest.state, older.state) == (ModelState.SHADOW, ModelState.RETIRED)


async def test_one_worker_trains_and_a_dead_one_is_replaced(school: School) -> None:
    await school.give(OURS, ("environment",))
    first = school.stage()
    never = asyncio.Event()

    async def hang(exercise: Exercise) -> Learned:
        await never.wait()
        raise AssertionError

    first._train = hang
    await first.run(NOON)
    await school.learn(NOON + timedelta(minutes=1))
    assert len(await school.registry.list(ADMIN)) == 1
    await first.close()
    await school.learn(NOON + DAY)
    assert len(await school.registry.list(ADMIN)) == 2


async def test_all_that_one_person_judged_is_taken_back_at_once_and_the_next_model_is_without_it(
    school: School,
) -> None:
    ola = replace(ADMIN, name="ola", person_id=2)
    await school.give(OTHERS, ())
    await school.give(OURS, ("recognition",), ola)
    await school.learn(NOON)
    standing = await school.teaching.standing(ADMIN, NOON)
    assert [(one.name, one.influence.judgements) for one in standing.influence] == [("ola", 49), ("kari", 20)]
    assert await school.teaching.forget(ADMIN, "ola", later(0.5)) == len(OURS)
    await school.learn(later(1), Habits(after=1_000))
    newest, *_ = await school.registry.list(ADMIN)
    assert newest.metrics is not None
    assert newest.metrics.people == 1


async def test_the_rule_promotes_only_where_it_is_asked_to(school: School) -> None:
    version = await taught(school)
    async with school.database.transaction() as connection:
        await connection.execute(update(shadow).values(signals=600, flags_before=100, flags_now=110))
    rule = Rule(held_out=5, seed_loss=1.0)  # so small a corpus loses some of its own
    await school.learn(NOON, Habits(after=0, rule=rule))
    assert await school.state_of(version) is ModelState.SHADOW
    await school.learn(NOON, Habits(after=0, by_rule=True, rule=Rule(held_out=500)))
    assert "500 are needed" in (await school.registry.get(ADMIN, version)).why
    await school.learn(NOON, Habits(after=0, by_rule=True, rule=rule))
    row = await school.registry.get(ADMIN, version)
    assert (row.state, row.promoted_by) == (ModelState.LIVE, "rule")


async def test_a_promoted_model_that_cannot_be_used_gives_way_to_the_shipped_one_se_15(school: School) -> None:
    version = await taught(school)
    await school.registry.promote(ADMIN, version, "", NOON)
    async with school.database.transaction() as connection:
        source_id = await add_source(connection)
        await connection.execute(
            update(model)
            .where(model.c.version == version)
            .values(content=func.overlay(model.c.content, text("'\\x00'::bytea"), 5000, 1))
        )
    title = "Fabrikken slapp ut giftig avløpsvann i elva"
    labels = (await classify(school, source_id, title))[title]
    assert labels
    assert all(by != f"topics@{version}" for _, by in labels)


async def test_feedback_is_for_signals_that_one_may_see_and_never_for_restricted_ones_se_27(school: School) -> None:
    triage = Caller(1, "ola", Role.TRIAGE.scopes, person_id=2)
    async with school.database.transaction() as connection:
        source_id = await add_source(connection)
        seen = await add_signal(connection, source_id)
        hidden = await add_signal(connection, source_id, "Hemmelig tips", sensitivity="restricted")
    with pytest.raises(NotFound):
        await school.teaching.judge(triage, Verdict(hidden, "environment", True), NOON)
    with pytest.raises(Conflict, match="restricted"):
        await school.teaching.judge(ADMIN, Verdict(hidden, "environment", True), NOON)
    await school.teaching.judge(triage, Verdict(seen, "environment", True), NOON)
    await school.teaching.judge(triage, Verdict(seen, "environment", False, "service_disruption"), later(0.1))
    async with school.database.transaction() as connection:
        said = await judgements.load_judgements(connection, 1, later(1))
    assert {(one.topic, one.is_right) for one in said} == {("environment", False), ("service_disruption", True)}


async def test_an_alert_handled_or_called_boilerplate_is_weak_evidence_and_other_dismissals_are_none(
    school: School,
) -> None:
    async with school.database.transaction() as connection:
        source_id, watch_id = await add_source(connection), await add_watch(connection)
        for state, reason in (("handled", ""), ("dismissed", "boilerplate"), ("dismissed", "not_relevant")):
            signal_id = await add_signal(connection, source_id, f"Skolen stenger {state} {reason}")
            await add_label(connection, signal_id)
            story_id = await add_story(connection, [signal_id])
            found = await add_emergence(connection, watch_id, [signal_id], story_id)
            alert_id = await add_alert(connection, watch_id, story_id, emergence_id=found)
            await connection.execute(
                text("update alert set state = :state, dismiss_reason = :reason where id = :id"),
                {"state": state, "reason": reason, "id": alert_id},
            )
            await connection.execute(
                text("""insert into transition (alert_id, kind, state, severity, level, at, actor)
                        values (:id, :state, :state, 50, 'serious', :at, 'kari')"""),
                {"id": alert_id, "state": state, "at": NOON},
            )
        said = await judgements.load_judgements(connection, 1, later(1))
    assert {(one.text, one.is_right, one.is_weak) for one in said} == {
        ("Skolen stenger handled ", True, True),
        ("Skolen stenger dismissed boilerplate", False, True),
    }
    await school.teaching.forget(ADMIN, "kari", NOON)
    async with school.database.transaction() as connection:
        assert await judgements.load_judgements(connection, 1, later(1)) == ()


async def test_questions_are_few_a_day_and_never_of_restricted_signals(school: School) -> None:
    async with school.database.transaction() as connection:
        source_id = await add_source(connection)
        for number in range(30):
            await add_signal(connection, source_id, f"Kommunen vurderer tiltak nummer {number} etter klagene")
        hidden = await add_signal(connection, source_id, "Fabrikken slapp ut gift", sensitivity="restricted")
    await school.learn(NOON, Habits(questions=4))
    await school.learn(NOON + timedelta(hours=1), Habits(questions=4))
    rows = await school.teaching.questions(ADMIN, NOON)
    assert len(rows) == 4
    assert hidden not in {one.signal.id for one in rows}
    first, second, *_ = rows
    await school.teaching.answer(ADMIN, Verdict(first.signal.id, first.topic, True), NOON)
    await school.teaching.pass_over(ADMIN, second.signal.id, NOON)
    assert len(await school.teaching.questions(ADMIN, NOON)) == 2
    await school.learn(NOON + DAY, Habits(questions=4))
    async with school.database.transaction() as connection:
        assert await connection.scalar(select(func.count()).select_from(question)) == 8


def fall(_: str) -> str:
    import os

    os._exit(3)


def refuse(why: str) -> str:
    raise ValueError(why)


async def test_a_child_that_dies_or_refuses_is_told_of() -> None:
    with pytest.raises(OutOfOrder):
        await in_a_child(fall, "now")
    with pytest.raises(RuntimeError, match="no such thing"):
        await in_a_child(refuse, "no such thing")
