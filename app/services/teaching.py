"""Teaching: what people judge of labels, examples of their own, canaries, and what Forkant asks them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, Invalid, NotFound
from app.records import Caller, Scope
from app.records.learning import (
    BadLine,
    CanaryRow,
    ExamplesTaken,
    JudgementRow,
    Origin,
    OwnExample,
    Person,
    QuestionRow,
    Standing,
    Verdict,
)
from app.services.checks import check_words
from app.storage import canaries as canary_store
from app.storage import judgements as store
from app.storage import learnings, questions, registry
from app.storage.database import Database
from app.storage.signals_search import find_signal
from classifiers.canaries import make_canary
from classifiers.corpus import NONE
from classifiers.lessons import to_lessons
from classifiers.taxonomy import load_taxonomy
from signals.types import Sensitivity

MOST_REASON: Final = 500
MOST_CANARIES: Final = 1_000
PLENTY: Final = 10_000  # lines of a corpus: enough for the bound of all lessons not to matter where influence is shown


class Teaching:
    """Everything that people tell us so that the next model does better."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def judge(self, caller: Caller, verdict: Verdict, now: datetime, *, origin: Origin = Origin.LABEL) -> None:
        """Keep what somebody says of a topic of a signal. What they said of it before is replaced."""
        verdict = checked(verdict)
        async with self.database.transaction() as connection:
            await self._judge(connection, caller, verdict, origin, now)
            await questions.close(connection, caller, verdict.signal_id, now)

    async def _judge(
        self, connection: AsyncConnection, caller: Caller, verdict: Verdict, origin: Origin, now: datetime
    ) -> None:
        found = await find_signal(connection, caller.sight, verdict.signal_id)
        named = await store.find_judged(connection, verdict.signal_id)
        if found is None or named is None:
            raise NotFound(f"There is no signal {verdict.signal_id}")
        if found.sensitivity is Sensitivity.RESTRICTED:
            raise Conflict("Nothing is learned from restricted tips: a model could tell of them")
        await store.store_verdict(connection, caller, named, verdict, origin, now)

    async def own(self, caller: Caller, signal_ids: Sequence[int]) -> Mapping[int, Mapping[str, bool]]:
        """What the caller has said of these signals."""
        async with self.database.transaction() as connection:
            return await store.list_own(connection, caller, signal_ids)

    async def give_examples(
        self,
        caller: Caller,
        examples: Sequence[OwnExample],
        refused: Sequence[BadLine],
        now: datetime,
        *,
        origin: Origin = Origin.API,
    ) -> ExamplesTaken:
        """Keep texts of their own; `refused`: lines that could not be read."""
        async with self.database.transaction() as connection:
            await store.store_examples(connection, caller, examples, origin, now)
        return ExamplesTaken(len(examples), tuple(refused))

    async def withdraw(self, caller: Caller, judgement_id: int, now: datetime) -> None:
        """Take back one judgement: one's own, or as an administrator anybody's."""
        own = not caller.may(Scope.ADMIN)
        async with self.database.transaction() as connection:
            if not await store.withdraw_one(connection, caller, judgement_id, now, own=own):
                raise NotFound(f"There is no judgement {judgement_id} that you may take back")

    async def forget(self, caller: Caller, judge: str, now: datetime) -> int:
        """Take back all that one person or key has judged, named as in the list of influence."""
        judge = check_words(judge, "judge", 200, least=1)
        async with self.database.transaction() as connection:
            return await store.withdraw_all_of(connection, caller, judge, now)

    async def judgements(self, caller: Caller) -> tuple[JudgementRow, ...]:
        async with self.database.transaction() as connection:
            return await store.list_judgements(connection, caller.organisation_id)

    async def standing(self, caller: Caller, now: datetime) -> Standing:
        """How far the learning has come, and whose judgements count how much."""
        async with self.database.transaction() as connection:
            after = await registry.newest_judgement(connection, caller.organisation_id)
            total, new = await store.count_after(connection, caller.organisation_id, after)
            given = await store.load_judgements(connection, caller.organisation_id, now)
            names = await store.names_of(connection, caller.organisation_id)
            tried_at, note = await learnings.read(connection, caller.organisation_id)
        influence = to_lessons(given, PLENTY).influence
        people = tuple(Person(names.get(one.judge, one.judge.removeprefix("key ")), one) for one in influence)
        return Standing(total, new, tried_at, note, people)

    async def questions(self, caller: Caller, now: datetime) -> tuple[QuestionRow, ...]:
        """What Forkant would like to know, best first."""
        async with self.database.transaction() as connection:
            return await questions.list_open(connection, caller, now)

    async def answer(self, caller: Caller, verdict: Verdict, now: datetime) -> None:
        await self.judge(caller, verdict, now, origin=Origin.ASKED)

    async def pass_over(self, caller: Caller, signal_id: int, now: datetime) -> None:
        """It will not be asked again."""
        async with self.database.transaction() as connection:
            if not await questions.close(connection, caller, signal_id, now):
                raise NotFound(f"Nothing is asked about signal {signal_id}")

    async def canaries(self, caller: Caller) -> tuple[CanaryRow, ...]:
        async with self.database.transaction() as connection:
            return await canary_store.list_canaries(connection, caller.organisation_id)

    async def add_canary(
        self,
        caller: Caller,
        text: str,
        language: str,
        must: Sequence[str],
        must_not: Sequence[str],
        note: str,
        now: datetime,
    ) -> CanaryRow:
        try:
            canary = make_canary(check_words(text, "text", 2_000, least=1), language, must, must_not)
        except ValueError as fault:
            raise Invalid(f"No canary: {fault}", "must") from None
        note = check_words(note, "note", MOST_REASON)
        async with self.database.transaction() as connection:
            if len(await canary_store.list_canaries(connection, caller.organisation_id)) >= MOST_CANARIES:
                raise Conflict(f"There are {MOST_CANARIES} canaries: remove some first")
            return await canary_store.add_canary(connection, caller, canary, note, now)

    async def remove_canary(self, caller: Caller, canary_id: int) -> None:
        async with self.database.transaction() as connection:
            if not await canary_store.remove_canary(connection, caller.organisation_id, canary_id):
                raise NotFound(f"There is no canary {canary_id}")


def checked(verdict: Verdict) -> Verdict:
    """Invalid says what of it cannot be kept."""
    known = load_taxonomy().topics
    if verdict.topic not in known and verdict.topic != NONE:
        raise Invalid(f"There is no topic {verdict.topic[:60]}", "topic")
    if verdict.instead and verdict.instead not in known and verdict.instead != NONE:
        raise Invalid(f"There is no topic {verdict.instead[:60]}", "instead")
    if verdict.instead and (verdict.is_right or verdict.instead == verdict.topic):
        raise Invalid("Another topic is named only where this one is wrong", "instead")
    return Verdict(
        verdict.signal_id,
        verdict.topic,
        verdict.is_right,
        verdict.instead,
        check_words(verdict.reason, "reason", MOST_REASON),
    )
