"""Alerts: listing, following, explaining, and what people decide about them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, DismissReason, TransitionKind
from app.errors import Conflict, Invalid, NotFound, Stale
from app.records import AlertFilter, AlertFull, AlertPage, AlertRow, Caller, ChangePage
from app.services.checks import check_words
from app.services.paging import check_limit, from_place, to_place
from app.storage import alerts as store
from app.storage import stories_stages as stages
from app.storage.database import Database

PATIENCE: Final = 100  # tries to get at an alert that the pipeline is changing
PAUSE: Final = 0.05  # seconds between them

LIVING: Final = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED})
CLOSED: Final = frozenset({AlertState.HANDLED, AlertState.DISMISSED, AlertState.FADED})


@dataclass(frozen=True, slots=True)
class Move:
    """What people may do with an alert: from which states, to which."""

    kind: TransitionKind
    before: frozenset[AlertState]
    after: AlertState
    refusal: str


ACKNOWLEDGE: Final = Move(
    TransitionKind.ACKNOWLEDGED,
    frozenset({AlertState.RAISED}),
    AlertState.ACKNOWLEDGED,
    "Only an alert that nobody has taken can be acknowledged",
)
HANDLE: Final = Move(TransitionKind.HANDLED, LIVING, AlertState.HANDLED, "Only a living alert can be marked as handled")
DISMISS: Final = Move(TransitionKind.DISMISSED, LIVING, AlertState.DISMISSED, "Only a living alert can be dismissed")
REOPEN: Final = Move(TransitionKind.REOPENED, CLOSED, AlertState.RAISED, "Only a closed alert can be reopened")


class Alerts:
    """Everything that is asked of alerts."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def list(
        self, caller: Caller, which: AlertFilter | None = None, *, before: str | None = None, limit: int = 50
    ) -> AlertPage:
        """Current alerts, newest raised first."""
        place = from_place(before)
        async with self.database.transaction() as connection:
            await store.see_one_moment(connection)
            position = await store.latest_position(connection)
            rows = await store.list_alerts(
                connection, caller.sight, which or AlertFilter(), place, check_limit(limit) + 1
            )
        more = len(rows) > limit
        rows = rows[:limit]
        return AlertPage(rows, to_place(rows[-1].raised_at, rows[-1].id) if more else None, position)

    async def changes(
        self, caller: Caller, after: int, which: AlertFilter | None = None, *, limit: int = 50
    ) -> ChangePage:
        """Every change after a position, exactly once, in commit order."""
        async with self.database.transaction() as connection:
            await store.see_one_moment(connection)
            position = await store.latest_position(connection)
            rows = await store.list_changes(
                connection, caller.sight, which or AlertFilter(), after, check_limit(limit) + 1
            )
        more = len(rows) > limit
        rows = rows[:limit]
        return ChangePage(rows, rows[-1].transition.id if more else max(position, after), more, position)

    async def latest_position(self) -> int:
        """The newest change of all; cheap enough to ask every half second."""
        async with self.database.transaction() as connection:
            return await store.latest_position(connection)

    async def version(self) -> str:
        """Changes whenever anything that lists of alerts show has changed: what an ETag is made of."""
        async with self.database.transaction() as connection:
            return await store.read_version(connection)

    async def get(self, caller: Caller, alert_id: int) -> AlertFull:
        """One alert with its explanation, its signals, its transitions and who was told."""
        async with self.database.transaction() as connection:
            found = await store.find_alert(connection, caller.sight, alert_id)
            if found is None:
                raise NotFound(f"There is no alert {alert_id}")
            return AlertFull(
                alert=found,
                emergences=await store.list_emergences(connection, alert_id),
                signals=await store.list_alert_signals(connection, alert_id),
                transitions=await store.list_transitions(connection, alert_id),
                deliveries=await store.list_deliveries(connection, alert_id),
                stage=await stages.find_stage(connection, caller.sight, found.story_id, found.watch_id),
            )

    async def acknowledge(
        self, caller: Caller, alert_id: int, now: datetime, *, position: int | None = None, note: str = ""
    ) -> AlertRow:
        """Take it. `position`: the version that the caller has seen; Stale when it changed since."""
        return await self._change(caller, alert_id, ACKNOWLEDGE, now, position, check_words(note, "note", 2000))

    async def handle(
        self, caller: Caller, alert_id: int, now: datetime, *, position: int | None = None, note: str = ""
    ) -> AlertRow:
        """Say that it has been answered, or needs no more."""
        return await self._change(caller, alert_id, HANDLE, now, position, check_words(note, "note", 2000))

    async def dismiss(
        self,
        caller: Caller,
        alert_id: int,
        reason: DismissReason | None,
        now: datetime,
        *,
        position: int | None = None,
        note: str = "",
    ) -> AlertRow:
        """Say that it was none, and why: the reason is what Forkant learns from."""
        if reason is None:
            raise Invalid("Say why: " + ", ".join(DismissReason), "reason")
        note = check_words(note, "note", 2000)
        words = f"{reason}: {note}" if note else str(reason)
        return await self._change(caller, alert_id, DISMISS, now, position, words, reason)

    async def reopen(
        self, caller: Caller, alert_id: int, now: datetime, *, position: int | None = None, note: str = ""
    ) -> AlertRow:
        """Take back a closing."""
        return await self._change(caller, alert_id, REOPEN, now, position, check_words(note, "note", 2000))

    async def _change(
        self,
        caller: Caller,
        alert_id: int,
        move: Move,
        now: datetime,
        position: int | None,
        words: str,
        reason: DismissReason | None = None,
    ) -> AlertRow:
        for _ in range(PATIENCE):
            try:
                async with self.database.transaction() as connection:
                    await store.take_turn(connection)
                    found = await self._take(connection, caller, alert_id, move, position)
                    await store.change_state(connection, found, move.kind, move.after, now, caller.name, words, reason)
                    changed = await store.find_alert(connection, caller.sight, alert_id)
                    assert changed is not None  # it is locked by this transaction
                    return changed
            except store.Busy:
                await asyncio.sleep(PAUSE)
        raise Conflict("Somebody else is changing this alert at this moment: try again")

    async def _take(
        self, connection: AsyncConnection, caller: Caller, alert_id: int, move: Move, position: int | None
    ) -> AlertRow:
        """Lock the alert, if the move can be made with it as it is now."""
        found = await store.lock_alert(connection, caller.sight, alert_id)
        if found is None:
            raise NotFound(f"There is no alert {alert_id}")
        if position is not None and position != found.position:
            raise Stale(f"It has changed since you saw it. {await self._last_words(connection, found)}")
        if found.state not in move.before:
            raise Conflict(f"{move.refusal}. {await self._last_words(connection, found)}")
        if move is REOPEN and await store.find_living(connection, found):
            raise Conflict("Another alert about the same story is living on this watch: use that one")
        return found

    async def _last_words(self, connection: AsyncConnection, alert: AlertRow) -> str:
        """What the other one did, for the message of a refusal (UX-07)."""
        transitions = await store.list_transitions(connection, alert.id)
        if not transitions:
            return f"It is {alert.state}"
        last = transitions[-1]
        return f"It is {alert.state}: {last.kind} by {last.actor} at {last.at:%Y-%m-%d %H:%M} UTC"
