"""What woke nobody: listed with its reason, and raised anyway where a person says so."""

from datetime import datetime

from app.alerts.types import AlertState, HoldReason, TransitionKind
from app.errors import Conflict, NotFound
from app.overviews import Held
from app.records import AlertRow, Caller, Page
from app.services.checks import check_words
from app.services.paging import check_limit, from_place, to_place
from app.storage import alerts, deciding, held, overviews
from app.storage.database import Database
from app.storage.transitions import append_transition


class HeldBack:
    """Everything that is asked of what was held back."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def list(
        self,
        caller: Caller,
        hold: HoldReason | None = None,
        *,
        watch_id: int | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> Page[Held]:
        """Findings that woke nobody, newest first."""
        place = from_place(before)
        async with self.database.transaction() as connection:
            rows = await overviews.list_held(
                connection, caller.sight, hold, None, place, check_limit(limit) + 1, watch_id=watch_id
            )
        more, rows = len(rows) > limit, rows[:limit]
        return Page(rows, to_place(rows[-1].at, rows[-1].id) if more else None)

    async def raise_anyway(self, caller: Caller, emergence_id: int, now: datetime, *, note: str = "") -> AlertRow:
        """An alert of what was held back, in the name of whoever says so; receivers are told as of any other."""
        note = check_words(note, "note", 2000)
        async with self.database.transaction() as connection:
            found = await held.lock(connection, caller.sight, emergence_id)
            if found is None:
                raise NotFound(f"Nothing with the number {emergence_id} is held back")
            if found.living_alert_id is not None:
                raise Conflict(f"Alert {found.living_alert_id} about the same is living on this watch: use that one")
            severity = found.severity
            alert_id = await deciding.insert_alert(
                connection, found.emergence, severity, found.title, found.owner, found.signals, found.publishers, now
            )
            reason = f"raised by hand, although it was held back: {found.hold or 'held'}"
            await append_transition(
                connection,
                alert_id,
                TransitionKind.RAISED,
                AlertState.RAISED,
                severity.score,
                severity.level,
                now,
                actor=caller.name,
                reason=f"{reason}. {note}" if note else reason,
                emergence_id=emergence_id,
            )
            await held.note_raised(connection, emergence_id, alert_id, f"raised by {caller.name}")
            raised = await alerts.find_alert(connection, caller.sight, alert_id)
            assert raised is not None  # this transaction has just written it
            return raised
