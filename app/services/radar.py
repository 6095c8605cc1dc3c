"""The radar: what might be worth a watch, and what people answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, NotFound
from app.records import Caller, WatchDraft, WatchRow
from app.records.radar import TEACHES, NotWanted, RadarPage, SuggestionRow, SuggestionState
from app.services.checks import check_words
from app.services.watches import Watches
from app.storage import suggestions as store
from app.storage import watches as watch_store
from app.storage.database import Database


class Suggestions:
    """Everything that is asked of the radar."""

    def __init__(self, database: Database, watches: Watches) -> None:
        self.database = database
        self.watches = watches

    async def get(self, caller: Caller, now: datetime) -> RadarPage:
        """What waits for an answer, what was answered in the last 90 days, and what that has taught."""
        organisation_id = caller.organisation_id
        async with self.database.transaction() as connection:
            waiting = await store.list_open(connection, organisation_id, now)
            return RadarPage(
                look=await store.latest_look(connection, organisation_id),
                open=await self._with_examples(connection, caller, waiting),
                answered=await store.list_answered(connection, organisation_id, now),
                weights=await store.list_weights(connection, organisation_id),
            )

    async def count_open(self, caller: Caller, now: datetime) -> int:
        async with self.database.transaction() as connection:
            return await store.count_open(connection, caller.organisation_id, now)

    async def draft(self, caller: Caller, suggestion_id: int) -> WatchDraft:
        """The watch as it is suggested."""
        async with self.database.transaction() as connection:
            found = await store.find(connection, caller.organisation_id, suggestion_id)
        return to_draft(_there(found, suggestion_id))

    async def accept(self, caller: Caller, suggestion_id: int, draft: WatchDraft, now: datetime) -> WatchRow:
        """Make a watch of it, as the draft says, and learn from that. Both, or neither."""
        draft = await self.watches.check_draft(caller, draft, None, now)
        async with self.database.transaction() as connection:
            found = await self._take(connection, caller, suggestion_id)
            watch_id = await watch_store.add_watch(connection, caller.organisation_id, draft, now)
            if watch_id is None:
                raise Conflict("There is a watch of that name already")
            await store.answer(connection, found, SuggestionState.ACCEPTED, caller.name, now, watch_id=watch_id)
            await store.teach(connection, caller.organisation_id, found, is_accepted=True)
        return await self.watches.get(caller, watch_id, now)

    async def dismiss(
        self, caller: Caller, suggestion_id: int, reason: NotWanted, now: datetime, *, note: str = ""
    ) -> SuggestionRow:
        """It is not asked again for 90 days, nor what mostly stands in the same stories."""
        note = check_words(note, "note", 500)
        async with self.database.transaction() as connection:
            found = await self._take(connection, caller, suggestion_id)
            await store.answer(connection, found, SuggestionState.DISMISSED, caller.name, now, reason=reason, note=note)
            if reason in TEACHES:
                await store.teach(connection, caller.organisation_id, found, is_accepted=False)
            changed = await store.find(connection, caller.organisation_id, suggestion_id)
        return _there(changed, suggestion_id)

    async def _take(self, connection: AsyncConnection, caller: Caller, suggestion_id: int) -> SuggestionRow:
        """Locked until the transaction ends, if nobody has answered it."""
        found = await store.find(connection, caller.organisation_id, suggestion_id, to_answer=True)
        found = _there(found, suggestion_id)
        if found.state is not SuggestionState.OPEN:
            raise Conflict(f"{found.answered_by} has {found.state} this suggestion already")
        return found

    async def _with_examples(
        self, connection: AsyncConnection, caller: Caller, rows: Sequence[SuggestionRow]
    ) -> tuple[SuggestionRow, ...]:
        examples = await store.examples_of(connection, caller.sight, rows)
        return tuple(replace(row, examples=examples[row.id]) for row in rows)


def to_draft(row: SuggestionRow) -> WatchDraft:
    return WatchDraft(name=row.term[:200], query=row.query, languages=row.languages)


def _there(found: SuggestionRow | None, suggestion_id: int) -> SuggestionRow:
    if found is None:
        raise NotFound(f"There is no suggestion {suggestion_id}")
    return found
