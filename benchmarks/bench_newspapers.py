"""The whole service on one day of 162 Norwegian newspapers: items, errors, time, memory, alerts.

Serves the documents of ../shared/data/feeds/norwegian-newspapers-2025-01-09 from a local server, as 162 sources, and
runs the real pipeline on them (real HTTP, parser children, classifier process, Postgres) as of that evening.
"""

import asyncio
import os
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from sqlalchemy import text

from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.factory import make_pipeline
from app.pipeline import Pipeline
from app.storage.database import Database, make_engine
from app.storage.sources import add_sources
from classifiers.trained import MODEL
from signals.starters import Starter

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/feeds/norwegian-newspapers-2025-01-09"
EVENING = datetime(2025, 1, 9, 21, 0, tzinfo=UTC)


async def main() -> None:
    if not FOLDER.is_dir():
        print(f"skipped: no {FOLDER}")
        return
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home)) as server:
        async with _site() as port:
            settings = Settings(
                starters=False,
                host_pause=0,
                private_hosts=(f"127.0.0.1:{port}",),
                organisation="Bench",
                polls_at_once=32,
            )
            database = Database(make_engine(server.url()))
            await prepare(database, settings, EVENING)
            await _add(database, port)
            async with make_pipeline(database, settings, "bench", MODEL) as pipeline:
                await _run(pipeline, database, "first round", EVENING)
                await _run(pipeline, database, "second round, unchanged", EVENING + timedelta(hours=3))
            await _report(database)
            await database.close()


class _site:  # noqa: N801
    """The documents, as their newspapers served them."""

    async def __aenter__(self) -> int:
        app = web.Application()
        app.router.add_static("/", FOLDER)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        return int(self._runner.addresses[0][1])

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()


async def _add(database: Database, port: int) -> None:
    papers = [
        Starter(name=path.name.removesuffix(".xml"), address=f"http://127.0.0.1:{port}/{path.name}", country="no")
        for path in sorted(FOLDER.glob("*.xml"))
    ]
    async with database.transaction() as connection:
        await add_sources(connection, 1, papers, EVENING)


async def _run(pipeline: Pipeline, database: Database, name: str, now: datetime) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    collected = (await pipeline.listen(now))[0]
    middle = time.perf_counter()
    tallies = await pipeline.understand(now)
    end = time.perf_counter()
    made = {tally.stage: tally.made for tally in tallies}
    print(
        f"{name}: {collected.taken} polls in {middle - wall:.1f} s, understood in {end - middle:.1f} s "
        f"({time.process_time() - cpu:.1f} s of this process' CPU); {made}; {_memory()}"
    )


def _memory() -> str:
    """Resident memory of this process and the heaviest of its children."""
    own = _resident(os.getpid())
    children = sorted((_resident(child) for child in _descendants(os.getpid())), reverse=True)
    return f"memory {own:.0f} MB here, children {', '.join(f'{one:.0f}' for one in children[:4])} MB"


def _resident(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except OSError:
        return 0.0


def _descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return children + [one for child in children for one in _descendants(child)]


async def _report(database: Database) -> None:
    async with database.transaction() as connection:
        for title, query in (
            (
                "items, signals, copies, stories",
                """select (select count(*) from item), (select count(*) from signal),
                    (select count(*) from signal where copy_of is not null),
                    (select count(*) from story where merged_into is null)""",
            ),
            ("sources failing", "select count(*) from source_status where last_error <> ''"),
            ("still on their way, set aside", "select count(*), count(quarantined_at) from progress"),
            ("labelled", "select count(distinct signal_id) from label"),
            ("languages", "select language, count(*) from signal group by 1 order by 2 desc"),
            ("emergences", "select kind, verdict, hold, count(*) from emergence group by 1, 2, 3 order by 4 desc"),
        ):
            print(f"{title}: {[tuple(row) for row in await connection.execute(text(query))]}")
        rows = await connection.execute(text("select * from alert order by severity desc"))
        for row in rows:
            print(f"- {row.level} {row.severity} {row.topics} {row.title}\n    {row.because}")


if __name__ == "__main__":
    asyncio.run(main())
