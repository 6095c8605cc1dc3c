"""Coverage: whether we hear what we mean to hear."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.records import Caller, Coverage
from app.storage import coverage as store
from app.storage import nodes
from app.storage.database import Database

# A new source has not had its chance yet, and a retired one is not expected to speak.
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
        heard = hearing.by_health.get("heard", 0)
        new = hearing.by_health.get("new", 0)
        judged = sources - new
        share = heard / judged if judged else (1.0 if new else 0.0)
        if not workers:
            share = 0.0
        return Coverage(
            at=now,
            sources=sources,
            by_health=hearing.by_health,
            share=share,
            is_listening=workers > 0,
            last_poll_at=hearing.last_poll_at,
            last_signal_at=hearing.last_signal_at,
            because=because(sources, hearing.by_health, workers),
        )


def because(sources: int, by_health: Mapping[str, int], workers: int) -> str:
    """The coverage in one sentence."""
    if not sources:
        return "There are no sources yet: nothing can be heard."
    if not workers:
        return "Nobody listens: no `forkant work` process has been seen in the last minute."
    unheard = [f"{by_health[health]} {health}" for health in UNHEARD if by_health.get(health)]
    heard = f"{by_health.get('heard', 0)} of {sources} sources are heard as they should be"
    if by_health.get("new"):
        unheard.append(f"{by_health['new']} not heard yet")
    return f"{heard}; {', '.join(unheard)}." if unheard else f"{heard}."
