"""Where a story stands for a watch: people accept what Forkant proposes, choose another stage, or leave it there."""

import asyncio
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, Invalid, NotFound
from app.records import Caller, StageChangeKind, StageRow
from app.services.checks import check_words
from app.storage import stories as store
from app.storage import stories_following as following
from app.storage import stories_stages as stages
from app.storage.alerts import Busy, take_turn
from app.storage.database import Database
from classifiers.lifecycle import Stage

PATIENCE: Final = 100  # tries to get at an alert that the pipeline is changing
PAUSE: Final = 0.05  # seconds between them


class Standings:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def decide(
        self, caller: Caller, story_id: int, watch_id: int, stage: Stage | None, now: datetime, *, reason: str = ""
    ) -> StageRow:
        """The stage that it has from now on. The one that it has already declines what is proposed, which is then not
        proposed again until much has changed. The living alert tells of it."""
        words = check_words(reason, "reason", 1000)
        if stage is None:
            raise Invalid("Say which stage: " + ", ".join(Stage), "stage")
        for _ in range(PATIENCE):
            try:
                async with self.database.transaction() as connection:
                    await take_turn(connection)
                    return await self._decide(connection, caller, story_id, watch_id, stage, now, words)
            except Busy:
                await asyncio.sleep(PAUSE)
        raise Conflict("Somebody else is changing an alert about this story at this moment: try again")

    async def _decide(
        self,
        connection: AsyncConnection,
        caller: Caller,
        story_id: int,
        watch_id: int,
        stage: Stage,
        now: datetime,
        words: str,
    ) -> StageRow:
        found = await store.find_story(connection, caller.sight, story_id)
        if found is None:
            raise NotFound(f"There is no story {story_id}")
        if found.merged_into is not None:
            raise Conflict(f"Story {story_id} is part of story {found.merged_into} by now: use that one")
        if watch_id not in {one.id for one in await store.list_watches(connection, caller.organisation_id, story_id)}:
            raise NotFound(f"No watch {watch_id} has to do with story {story_id}")
        before = await stages.take_stage(connection, caller.sight, story_id, watch_id, now)
        kind = kind_of(before, stage)
        said_by_rules = before.proposed or before.stage
        declined = said_by_rules if said_by_rules is not stage else None
        await stages.decide_stage(connection, before, stage, declined, caller.name, words, now)
        after = before.proposed if kind is StageChangeKind.DECLINED and before.proposed else stage
        await stages.append_change(
            connection, story_id, watch_id, kind, before.stage, after, now, actor=caller.name, reason=words
        )
        if stage is not before.stage:
            await self._tell(connection, before, stage, caller.name, words, now)
        (row,) = [
            one for one in await stages.list_stages(connection, caller.sight, story_id) if one.watch_id == watch_id
        ]
        return row

    async def _tell(
        self, connection: AsyncConnection, before: StageRow, stage: Stage, actor: str, words: str, now: datetime
    ) -> None:
        """The living alert of the watch about the story has it in its history; programs that follow it are told."""
        said = f"life cycle: from {before.stage} to {stage}" + (f" ({words})" if words else "")
        for one in await following.take_living(connection, before.story_id):
            if one.alert.watch_id == before.watch_id:
                await following.note(connection, one.alert, now, actor, said)


def kind_of(before: StageRow, stage: Stage) -> StageChangeKind:
    """What choosing a stage amounts to."""
    if stage is before.proposed:
        return StageChangeKind.ACCEPTED
    if stage is not before.stage:
        return StageChangeKind.SET
    if before.proposed is None:
        raise Conflict(f"It stands there already: {before.stage}")
    return StageChangeKind.DECLINED
