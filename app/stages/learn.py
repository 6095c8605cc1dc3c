"""Learn: what people judged becomes a candidate, in the background; it runs in shadow, and questions are chosen."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.children import in_a_child
from app.labelling import LabellerInAProcess
from app.live_models import LiveModels
from app.records.learning import ModelRow, ModelState, ShadowExample
from app.services.models import retire_live
from app.storage import canaries, comparing, judgements, learnings, questions, registry, shadows
from app.storage.database import Database
from classifiers.asking import Doubt, choose
from classifiers.canaries import Canary, load_canaries, topics_given
from classifiers.corpus import FOLDER
from classifiers.errors import ModelError
from classifiers.exercise import Exercise, Learned, hash_of
from classifiers.promotion import Rule, Shadow, reason_to_wait

log = structlog.get_logger()

EVERY = timedelta(days=1)  # no organisation's model is trained more often, nor is more asked
AGAIN = timedelta(hours=1)  # too little was heard to ask about: look again then
ENOUGH = 20  # texts to choose questions from
SHADOW_BATCH = 300

Train = Callable[[Exercise], Awaitable[Learned]]


@dataclass(frozen=True, slots=True)
class Habits:
    """How Forkant learns: from the settings."""

    after: int = 30  # new judgements that make a training worthwhile; 0: never by itself
    questions: int = 10  # a day
    by_rule: bool = False  # may the rule promote?
    rule: Rule = field(default_factory=Rule)


@dataclass(frozen=True, slots=True)
class Seed:
    """What every model of ours begins with, and must never lose."""

    corpus: Path = FOLDER
    canaries: tuple[Canary, ...] = field(default_factory=load_canaries)


async def train_in_a_child(exercise: Exercise) -> Learned:
    return await in_a_child(_learn, exercise)


def _learn(exercise: Exercise) -> Learned:
    from classifiers.learning import learn  # in the child only: it is heavy

    return learn(exercise)


class LearnStage:
    """One look at every organisation each time. A training runs beside it, one at a time on a node; whoever dies
    meanwhile leaves a lease that ends."""

    def __init__(
        self,
        database: Database,
        labeller: LabellerInAProcess,
        models: LiveModels,
        shipped: Path,
        habits: Habits | None = None,
        *,
        train: Train = train_in_a_child,
        seed: Seed | None = None,
    ) -> None:
        self._database = database
        self._labeller = labeller
        self._models = models
        self._shipped = shipped
        self._habits = habits or Habits()
        self._train = train
        self._seed = seed or Seed()
        self._told = 0.0  # when the shipped model's file was written that the registry knows
        self._training: asyncio.Task[None] | None = None

    async def run(self, now: datetime) -> Tally:
        await self._tell_of_shipped(now)
        async with self._database.transaction() as connection:
            organisations = await learnings.organisations(connection)
        looked = made = 0
        for organisation_id in organisations:
            looked += await self._run_in_shadow(organisation_id)
            made += await self._ask(organisation_id, now)
            made += await self._promote_by_rule(organisation_id, now)
            await self._begin_training(organisation_id, now)
        return Tally("learn", looked, made)

    async def settle(self) -> None:
        """Wait for the training under way."""
        if self._training is not None:
            await self._training

    async def close(self) -> None:
        """Call off the training under way; its lease ends by itself, another worker begins anew."""
        if self._training is not None:
            self._training.cancel()
            with suppress(asyncio.CancelledError):
                await self._training

    async def _tell_of_shipped(self, now: datetime) -> None:
        written = self._shipped.stat().st_mtime if self._shipped.exists() else 0.0
        if written == self._told:
            return
        with suppress(ModelError):  # the stage that labels complains of it
            found = await self._labeller.describe()
            async with self._database.transaction() as connection:
                await registry.tell_of_shipped(
                    connection, found.version, found.hash, found.threshold, found.trained_from, now
                )
            self._told = written

    async def _run_in_shadow(self, organisation_id: int) -> int:
        """Label some of what came since with the shadow, and count where it differs; its labels are not kept."""
        async with self._database.transaction() as connection:
            row = await registry.find_in_state(connection, organisation_id, ModelState.SHADOW)
            unseen = await shadows.take_unseen(connection, organisation_id, row, SHADOW_BATCH) if row else None
            if row is None or unseen is None or not unseen.signal_ids:
                return 0
            try:
                path = await self._models.file_of(connection, row.id, row.hash)
                signals = await comparing.load_signals(connection, unseen.signal_ids)
                labels = await self._labeller.label_with(path, signals)
            except ModelError as reason:
                await registry.set_state(connection, row.id, ModelState.RETIRED, row.made_at, why=str(reason))
                return 0
            pairs = [
                (signal.id, unseen.given[signal.id], topics_given(given))
                for signal, given in zip(signals, labels, strict=True)
            ]
            await shadows.add_to_shadow(connection, row, tally(pairs), examples(pairs), unseen.read_until)
            return len(pairs)

    async def _ask(self, organisation_id: int, now: datetime) -> int:
        """Choose the questions of the day."""
        async with self._database.transaction() as connection:
            if not self._habits.questions or not await learnings.take_turn_to_ask(
                connection, organisation_id, now, EVERY
            ):
                return 0
            texts = await questions.list_unjudged(connection, organisation_id, now)
            if len(texts) < ENOUGH:
                await learnings.ask_again_at(connection, organisation_id, now - EVERY + AGAIN)
                return 0
            live = await registry.find_in_state(connection, organisation_id, ModelState.LIVE)
            path = await self._usable(connection, live)
            guesses = await self._labeller.guess(path, [(one.text, one.language) for one in texts])
            doubts = [
                Doubt(
                    one.signal_id,
                    one.family,
                    one.language,
                    topic,
                    score,
                    guesses.threshold,
                    one.alike,
                    one.is_disputed,
                )
                for one, (topic, score) in zip(texts, guesses.best, strict=True)
            ]
            chosen = choose(doubts, self._habits.questions)
            await questions.store(connection, organisation_id, chosen, now)
            return len(chosen)

    async def _usable(self, connection: AsyncConnection, row: ModelRow | None) -> Path | None:
        """The file of a model that is in use; None: the shipped one labels."""
        if row is None or self._models.is_unusable(row.hash):
            return None
        try:
            return await self._models.file_of(connection, row.id, row.hash)
        except ModelError:
            return None

    async def _promote_by_rule(self, organisation_id: int, now: datetime) -> int:
        if not self._habits.by_rule:
            return 0
        async with self._database.transaction() as connection:
            await registry.take_turn(connection, organisation_id)
            row = await registry.find_in_state(connection, organisation_id, ModelState.SHADOW)
            if row is None or row.metrics is None:
                return 0
            reason = reason_to_wait(row.metrics, row.shadow or Shadow(), self._habits.rule)
            if reason:
                await registry.set_state(connection, row.id, ModelState.SHADOW, now, why=reason)
                return 0
            await retire_live(connection, organisation_id, now, f"{row.version} took its place")
            why = "no canary flips, not worse on held-out texts, flags about as many"
            await registry.set_state(connection, row.id, ModelState.LIVE, now, by="rule", why=why)
            log.info("a model was promoted by the rule", model=row.by, organisation=organisation_id)
            return 1

    async def _begin_training(self, organisation_id: int, now: datetime) -> None:
        if self._training is not None and not self._training.done():
            return
        async with self._database.transaction() as connection:
            if not await self._is_due(connection, organisation_id, now):
                return
            if not await learnings.take_lease(connection, organisation_id, now):
                return
        self._training = asyncio.create_task(self._train_for(organisation_id, now))

    async def _is_due(self, connection: AsyncConnection, organisation_id: int, now: datetime) -> bool:
        """Enough new judgements, or some taken back, or another corpus; and the last training a day ago."""
        tried_at, _ = await learnings.read(connection, organisation_id)
        if not self._habits.after or (tried_at is not None and now - tried_at < EVERY):
            return False
        after = await registry.newest_judgement(connection, organisation_id)
        total, new = await judgements.count_after(connection, organisation_id, after)
        if new >= self._habits.after:
            return True
        last = await registry.newest_made(connection, organisation_id)
        if last is None or not total:
            return False
        shipped = await registry.find_shipped(connection)
        is_outdated = shipped is not None and last.corpus != shipped.trained_from
        return is_outdated or await judgements.count_withdrawn_since(connection, organisation_id, last.made_at) > 0

    async def _train_for(self, organisation_id: int, now: datetime) -> None:
        note = "it was interrupted"
        try:
            note = await train_for(
                self._database, self._models, self._train, self._shipped, organisation_id, now, self._seed
            )
        except Exception as error:  # noqa: BLE001 - a job: the reason is stored on the organisation's row
            note = f"it failed: {error}"
            log.warning("training failed", organisation=organisation_id, error=str(error))
        finally:
            with suppress(Exception):
                async with self._database.transaction() as connection:
                    await learnings.give_back(connection, organisation_id, note)


async def train_for(
    database: Database,
    models: LiveModels,
    train: Train,
    shipped: Path,
    organisation_id: int,
    now: datetime,
    seed: Seed | None = None,
) -> str:
    """Train a candidate and let it run in shadow, if no canary flips. What came of it, in words."""
    async with database.transaction() as connection:
        seen = await judgements.newest(connection, organisation_id)
        exercise = await make_exercise(connection, models, shipped, organisation_id, now, seed or Seed())
    learned = await train(exercise)
    async with database.transaction() as connection:
        return await take_in(connection, organisation_id, learned, seen, "forkant", now)


async def make_exercise(
    connection: AsyncConnection, models: LiveModels, shipped: Path, organisation_id: int, now: datetime, seed: Seed
) -> Exercise:
    live = await registry.find_in_state(connection, organisation_id, ModelState.LIVE)
    before, used = shipped, await registry.find_shipped(connection)
    if live is not None and not models.is_unusable(live.hash):
        with suppress(ModelError):
            before, used = await models.file_of(connection, live.id, live.hash), live
    return Exercise(
        judgements=await judgements.load_judgements(connection, organisation_id, now),
        canaries=(*seed.canaries, *await canaries.load_canaries(connection, organisation_id)),
        before=before,
        corpus=seed.corpus,
        seed_before=used.metrics.seed if used and used.metrics else None,
    )


async def take_in(
    connection: AsyncConnection, organisation_id: int, learned: Learned, seen: int, made_by: str, now: datetime
) -> str:
    """Keep a candidate, and let it run in shadow instead of the one before, if no canary flips."""
    await registry.take_turn(connection, organisation_id)
    row = await registry.add_model(connection, organisation_id, learned, hash_of(learned.content), seen, made_by, now)
    if row is None:
        return f"{learned.version} is known already: nothing new was learned"
    if learned.metrics.blocked:
        await registry.set_state(connection, row.id, ModelState.CANDIDATE, now, why=learned.metrics.blocked)
        return f"{row.version} was made, but {learned.metrics.blocked}"
    former = await registry.find_in_state(connection, organisation_id, ModelState.SHADOW)
    if former is not None:
        why = f"{row.version} took its place in shadow"
        await registry.set_state(connection, former.id, ModelState.RETIRED, now, why=why)
    await registry.set_state(connection, row.id, ModelState.SHADOW, now)
    await shadows.begin_shadow(connection, row.id)
    await registry.drop_old_files(connection, organisation_id)
    return f"{row.version} was made, and runs in shadow"


Pair = tuple[int, frozenset[str], frozenset[str]]  # signal, topics before, topics now


def tally(pairs: list[Pair]) -> Shadow:
    return Shadow(
        signals=len(pairs),
        flags_before=sum(bool(before) for _, before, _ in pairs),
        flags_now=sum(bool(now) for _, _, now in pairs),
        gained=sum(bool(now) and not before for _, before, now in pairs),
        lost=sum(bool(before) and not now for _, before, now in pairs),
        moved=sum(bool(before) and bool(now) and before != now for _, before, now in pairs),
    )


def examples(pairs: list[Pair]) -> list[ShadowExample]:
    """Texts whose flag would come or go first."""
    differing = [pair for pair in reversed(pairs) if pair[1] != pair[2]]
    differing.sort(key=lambda pair: bool(pair[1]) == bool(pair[2]))
    return [
        ShadowExample(number, tuple(sorted(before)), tuple(sorted(now)))
        for number, before, now in differing[: shadows.EXAMPLES]
    ]
