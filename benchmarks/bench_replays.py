"""A replay that somebody asks for on the page: reading stored signals and playing two settings in a child process.

Run with `python benchmarks/bench_replays.py [SIGNALS]`. Shown are seconds, signals a CPU-second with start and
reading included, and the most memory that the child had.
"""

import asyncio
import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from app.alerts.types import Watch
from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.playing import Order, play_in_a_child
from app.records import Sight
from app.records.replays import Outcome, Side
from app.storage.database import Database, make_engine
from benchmarks.made_history import DAYS, make_history

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIDES = (
    (Side.LIVE, Watch(1, "Names", "Fjordkraft OR Nordhavn")),
    (Side.DRAFT, Watch(1, "Names", "Fjordkraft OR Nordhavn OR kommune", alerts_per_day=1)),
)


async def main(signals: int) -> None:
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home) / "pg") as server:
        database = Database(make_engine(server.url()))
        await prepare(database, Settings(starters=False, organisation="Bench"), NOW)
        await make_history(database, signals, NOW)
        order = Order(Sight(1, True), NOW - timedelta(days=DAYS), NOW, SIDES)
        begin, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        played = await play_in_a_child(server.url(), order, lambda _: None)
        took = perf_counter() - begin
        await database.close()
    raised = {side: sum(one.side is side and one.outcome is Outcome.RAISED for one in played.results) for side in Side}
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = child.ru_utime - before
    print(f"{played.heard:,} signals over {DAYS} days, two settings: {took:.1f} s, of a processor {cpu:.1f} s")
    print(f"{played.heard / cpu:,.0f} signals a CPU-second; {child.ru_maxrss / 1024:,.0f} MB at most; alerts: {raised}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000))
