"""Signals: searching what has been said, and one with what was judged of it."""

from app.errors import Invalid, NotFound
from app.records import Caller, Page, SignalFilter, SignalFull, SignalRow
from app.services.checks import check_words
from app.services.paging import check_limit, from_place, to_place
from app.storage import signals_search as store
from app.storage.database import Database


class Signals:
    """Everything that is asked of signals."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def search(
        self, caller: Caller, which: SignalFilter | None = None, *, before: str | None = None, limit: int = 50
    ) -> Page[SignalRow]:
        """Signals that match all that is asked, newest seen first. Words match stems in each signal's language."""
        which = which or SignalFilter()
        check_words(which.words, "q", 500)
        if which.since and which.until and which.since >= which.until:
            raise Invalid("`since` must come before `until`", "since")
        place = from_place(before)
        async with self.database.transaction() as connection:
            rows = await store.search_signals(connection, caller.sight, which, place, check_limit(limit) + 1)
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(rows, to_place(rows[-1].seen_at, rows[-1].id) if more else None)

    async def count(self, caller: Caller, which: SignalFilter) -> int:
        """How many there are: the number that a drill-down must equal (UX-08)."""
        async with self.database.transaction() as connection:
            return await store.count_signals(connection, caller.sight, which)

    async def get(self, caller: Caller, signal_id: int) -> SignalFull:
        """One signal with its labels and their `because` spans, the watches it matched and its copies."""
        async with self.database.transaction() as connection:
            found = await store.find_signal(connection, caller.sight, signal_id)
            if found is None:
                raise NotFound(f"There is no signal {signal_id}")
            return SignalFull(
                signal=found,
                labels=await store.list_labels(connection, signal_id),
                watches=await store.list_watches_hit(connection, signal_id),
                copies=await store.list_copies(connection, caller.sight, signal_id),
                told_by=await store.find_teller(connection, signal_id),
            )
