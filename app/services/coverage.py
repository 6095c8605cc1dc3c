"""Coverage: whether we hear what we mean to hear."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Invalid, NotFound
from app.records import Caller, Coverage
from app.records.coverage import Ledger, LedgerFilter
from app.storage import coverage as store
from app.storage import nodes
from app.storage.database import Database

# A new source has not had its chance yet, and a retired one is not expected to speak.
LONGEST: Final = timedelta(days=31)
UNHEARD: Final = ("silent", "late", "failing", "blocked")


class Coverages:
    """The summary that every page, chart and message prints."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def get(self, caller: Caller, now: datetime) -> Coverage:
        async with self.database.transaction() as connection:
            hearing = await store.read_hearing(connection, caller.organisation_id)
            workers = await nodes.count_workers(connection, now)
        sources = sum(hearing.by_health.values()) - hearing.by_health.get("retired", 0)
        share = hearing.share if hearing.share is not None else float(sources > 0)
        if not workers or not sources:
            share = 0.0
        return Coverage(
            at=now,
            sources=sources,
            by_health=hearing.by_health,
            share=share,
            is_listening=workers > 0,
            last_poll_at=hearing.last_poll_at,
            last_signal_at=hearing.last_signal_at,
            because=because(sources, hearing.by_health, workers, share),
        )

    async def ledger(
        self,
        caller: Caller,
        begin: datetime,
        until: datetime,
        which: LedgerFilter | None = None,
        *,
        watch_id: int | None = None,
        limit: int = 0,
        skip: int = 0,
        accounted_until: datetime | None = None,
    ) -> Ledger:
        """Hour by hour what was to be heard and what was, from `begin` up to `until`; sources where `limit` asks for
        them, those that miss most first; and what became of all that was fetched, up to `accounted_until`."""
        if not timedelta(0) < until - begin <= LONGEST:
            raise Invalid(f"The range must begin before it ends, and be no longer than {LONGEST.days} days", "from")
        which = which or LedgerFilter()
        async with self.database.transaction() as connection:
            if watch_id is not None:
                which = replace(which, source_ids=await self._audience(connection, caller, watch_id))
            hours = await store.heard_hours(connection, caller.organisation_id, begin, until, which)
            rows = await store.source_hours(connection, caller.organisation_id, begin, until, which, limit, skip)
            states = await store.count_ledger_sources(connection, caller.organisation_id, begin, until, which)
            account = await store.account_of(connection, caller.organisation_id, begin, accounted_until or until)
        return Ledger(
            begin=begin,
            until=until,
            hours=tuple(hours),
            sources=tuple(rows),
            states={state: count for state, count in states.items() if state},
            total=states.get("", 0),
            share=store.share_of(hours),
            account=account,
        )

    async def _audience(self, connection: AsyncConnection, caller: Caller, watch_id: int) -> tuple[int, ...] | None:
        audience = await store.find_audience(connection, caller.organisation_id, watch_id)
        if audience is None:
            raise NotFound(f"There is no watch {watch_id}")
        return await store.audience_ids(connection, caller.organisation_id, audience)


def because(sources: int, by_health: Mapping[str, int], workers: int, share: float) -> str:
    """The coverage in one sentence."""
    if not sources:
        return "There are no sources yet: nothing can be heard."
    if not workers:
        return "Nobody listens: no `forkant work` process has been seen in the last minute."
    unheard = [f"{by_health[health]} {health}" for health in UNHEARD if by_health.get(health)]
    heard = f"{by_health.get('heard', 0)} of {sources} sources are heard as they should be"
    if by_health.get("new"):
        unheard.append(f"{by_health['new']} not heard yet")
    words = f"{heard}; {', '.join(unheard)}." if unheard else f"{heard}."
    is_part = any(by_health.get(health) for health in UNHEARD)
    return f"{words} We hear {share:.0%} of what they say." if is_part else words
