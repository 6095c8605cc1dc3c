"""Health: can this process serve, is anybody listening, and the figures behind /metrics."""

from datetime import datetime

from app.errors import DatabaseUnavailable
from app.records import Check, Readiness, Totals
from app.storage import nodes as store
from app.storage.database import Database
from app.storage.migrating import present_revision


class Health:
    """What load balancers and monitors ask."""

    def __init__(self, database: Database, head: str = "") -> None:
        self.database = database
        self.head = head  # the migration that this code needs; empty: any

    async def readiness(self, now: datetime) -> Readiness:
        """Database answers, migrated to head, a worker seen in the last minute; each with its reason in words."""
        try:
            async with self.database.transaction() as connection:
                revision = await present_revision(connection)
                workers = await store.count_workers(connection, now) if revision else 0
        except DatabaseUnavailable:
            return Readiness((Check("database", False, "The database does not answer"),))
        return Readiness((
            Check("database", True, "The database answers"),
            check_migrated(revision, self.head),
            check_workers(workers),
        ))  # fmt: skip

    async def totals(self, now: datetime) -> Totals:
        async with self.database.transaction() as connection:
            return await store.read_totals(connection, now)


def check_migrated(revision: str | None, head: str) -> Check:
    if not revision:
        return Check("migrations", False, "The database has never been migrated: run `forkant db migrate`")
    if head and revision != head:
        return Check("migrations", False, f"The database is at {revision}, this code needs {head}")
    return Check("migrations", True, f"The database is at {revision}")


def check_workers(workers: int) -> Check:
    if not workers:
        return Check("work", False, "No `forkant work` process has been seen in the last 60 seconds: nobody listens")
    return Check("work", True, f"{workers} `forkant work` processes are awake")
