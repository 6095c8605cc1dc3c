"""Previewing a watch over 90 days of 100,000 made-up signals: seconds, and the ratio to asking every signal.

Run with `python benchmarks/bench_preview.py [SIGNALS]`. "Asking every" reads all signals and matches each with the same
matcher, without the sieve in the database: what finding the hits would cost without it, and what it is checked against.
"""

import asyncio
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.records import Caller, Scope, WatchDraft
from app.services.previews import Previews, Tally, midnight
from app.services.topics import Topics
from app.services.watches import Watches
from app.storage import previewing
from app.storage.database import Database, make_engine
from app.storage.previewing import Reading
from benchmarks.made_history import make_history
from benchmarks.side_by_side import Lap, lap
from classifiers.watches import WatchTerms
from classifiers.watches.trial import DRAFT, Trial

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CALLER = Caller(1, "bench", frozenset({Scope.READ, Scope.ADMIN}))
QUERIES = (
    ("a name and its troubles", "fjordkraft (streik OR lekkasje OR konkurs)"),
    ("two names", "Nordhavn OR Havgruppen"),
    ("an acronym", "KLM OR NS"),
    ("a phrase", '"kommune skole" OR (brann NEAR/5 sykehus)'),
    ("a common word", "kommune"),
    ("several common words", "streik OR brann OR ulykke OR sykehus"),
    ("common, in titles", "title:(kommune OR skole)"),
    ("a topic alone", "topic:legal_regulatory"),
    ("everything", ""),
)


async def main(signals: int) -> None:
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home) / "pg") as server:
        database = Database(make_engine(server.url()))
        await prepare(database, Settings(starters=False, organisation="Bench"), NOW)
        await make_history(database, signals, NOW)
        postmaster = int((server.layout.data / "postmaster.pid").read_text().split()[0])
        await measure(database, postmaster)
        await database.close()


async def measure(database: Database, postmaster: int) -> None:
    previews = Previews(database, Watches(database, Topics()))
    for name, query in QUERIES:
        with lap(name, postmaster) as whole:
            found = await previews.preview(CALLER, WatchDraft("Bench", query), NOW)
        with lap(name, postmaster) as hits:
            ours = await ask(database, query, is_sieved=True)
        with lap(name, postmaster) as slow:
            every = await ask(database, query, is_sieved=False)
        assert ours == every == found.total, (query, ours, every, found.total)
        print(
            f"{name:24} {found.total:>7,} hits of {found.searched:,}: preview {cpu(whole):5.2f} CPU-s "
            f"({whole.wall:5.2f} s), its hits {cpu(hits):5.2f}; asking every {cpu(slow):5.2f}, "
            f"{cpu(slow) / max(cpu(hits), 0.01):4.1f} times; {found.alerts.a_week} alerts a week"
        )


def cpu(measured: Lap) -> float:
    """Of both sides of the connection."""
    return measured.cpu + measured.server_cpu


async def ask(database: Database, query: str, *, is_sieved: bool) -> int:
    """The hits alone, without alerts, examples and topics; or the slow and simple way, without the sieve."""
    trial = Trial(WatchTerms(DRAFT, "Bench", query))
    async with database.transaction() as connection:
        reading = Reading(CALLER.sight, midnight(NOW, "Europe/Oslo", 89), NOW, "Europe/Oslo")
        if is_sieved:
            reading = replace(reading, languages=trial.languages, passes=trial.passes, reads_text=trial.reads_text)
        tally = Tally()
        async for passages in previewing.read_passages(connection, replace(reading, reads_labels=trial.reads_labels)):
            tally.take(passages, trial)
    return len(tally.ids)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
