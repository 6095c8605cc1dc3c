"""Models: the registry as people see it, and which of them is in use."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, NotFound
from app.records import Caller
from app.records.learning import ModelRow, ModelState, Told
from app.services.checks import check_words
from app.storage import judgements, registry
from app.storage.database import Database


class Models:
    """Everything that is asked of trained models."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def list(self, caller: Caller) -> tuple[ModelRow, ...]:
        """An organisation's own and the one that ships, newest first."""
        async with self.database.transaction() as connection:
            return await registry.list_models(connection, caller.organisation_id)

    async def get(self, caller: Caller, version: str) -> ModelRow:
        async with self.database.transaction() as connection:
            return await get_model(connection, caller.organisation_id, version)

    async def find_live(self, caller: Caller) -> ModelRow | None:
        """The one in use; None: no worker has told of the shipped one yet."""
        async with self.database.transaction() as connection:
            own = await registry.find_in_state(connection, caller.organisation_id, ModelState.LIVE)
            return own or await registry.find_shipped(connection)

    async def told(self, caller: Caller, row: ModelRow) -> Told:
        """What people have said of its labels since it came into use."""
        async with self.database.transaction() as connection:
            return await judgements.told_of(connection, caller.organisation_id, row.by, row.promoted_at)

    async def promote(self, caller: Caller, version: str, why: str, now: datetime) -> ModelRow:
        """Put a model into use. Conflict where a canary flips, or its file is kept no more."""
        why = check_words(why, "why", 500)
        async with self.database.transaction() as connection:
            await registry.take_turn(connection, caller.organisation_id)
            row = await get_model(connection, caller.organisation_id, version)
            refuse(row)
            await retire_live(connection, caller.organisation_id, now, f"{row.version} took its place")
            if not row.is_shipped:
                await registry.set_state(connection, row.id, ModelState.LIVE, now, by=caller.name, why=why)
            return await get_model(connection, caller.organisation_id, version)

    async def rollback(self, caller: Caller, why: str, now: datetime) -> ModelRow | None:
        """Take the model in use out of it; the one before takes its place, in the end the shipped one. It is returned;
        None: the shipped one, of which no worker has told yet."""
        why = check_words(why, "why", 500)
        words = f"rolled back by {caller.name}{f': {why}' if why else ''}"
        async with self.database.transaction() as connection:
            await registry.take_turn(connection, caller.organisation_id)
            before = await registry.find_before(connection, caller.organisation_id)
            if not await retire_live(connection, caller.organisation_id, now, words):
                raise Conflict("The model that ships with Forkant is in use: there is none before it")
            if before is None:
                return await registry.find_shipped(connection)
            await registry.set_state(connection, before.id, ModelState.LIVE, now, by=caller.name, why=words)
            return await get_model(connection, caller.organisation_id, before.version)

    async def content(self, caller: Caller, version: str) -> bytes:
        """The file of a model of one's own; NotFound where it is kept no more."""
        async with self.database.transaction() as connection:
            row = await get_model(connection, caller.organisation_id, version)
            found = await registry.load_content(connection, row.id)
        if found is None:
            raise NotFound(f"The file of {row.version} is not kept: it ships with Forkant, or was retired long ago")
        return found


async def get_model(connection: AsyncConnection, organisation_id: int, version: str) -> ModelRow:
    found = await registry.find_model(connection, organisation_id, version)
    if found is None:
        raise NotFound(f"There is no model {version[:60]}")
    return found


def refuse(row: ModelRow) -> None:
    """Why a model cannot be put into use at all."""
    if row.state is ModelState.LIVE and not row.is_shipped:
        raise Conflict(f"{row.version} is in use already")
    if row.metrics and row.metrics.blocked:
        raise Conflict(f"{row.version} cannot be promoted: {row.metrics.blocked}")
    if row.is_shipped and row.state is not ModelState.LIVE:
        raise Conflict(f"{row.version} shipped with another Forkant")
    if not row.is_shipped and not row.size:
        raise Conflict(f"The file of {row.version} is kept no more: train again")


async def retire_live(connection: AsyncConnection, organisation_id: int, now: datetime, why: str) -> bool:
    """False: there was none but the shipped one."""
    live = await registry.find_in_state(connection, organisation_id, ModelState.LIVE)
    if live is not None:
        await registry.set_state(connection, live.id, ModelState.RETIRED, now, why=why)
    return live is not None
