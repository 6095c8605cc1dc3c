"""What a pass of the life cycle costs: the first look at some 21,600 pairs of story and watch, and passes after it.

Run with `python -m benchmarks.bench_lifecycle`. A made week of 2,160 stories of three signals, and ten watches that
hear all of it. Seconds of the wall and of this process's processor; Postgres is on the same machine.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import text

from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.stages.lifecycle import LifecycleStage
from app.storage.database import Database, make_engine
from benchmarks.made_history import make_history
from classifiers.taxonomy import load_taxonomy

NOW = datetime(2026, 1, 12, 12, tzinfo=UTC)
SIGNALS, WATCHES, GROWN = 6_480, 10, 20

STATE_FACTS = text("""
    update story set signals = told.many, independent = 3, last_seen_at = told.latest
    from (select story_id, count(*) as many, max(seen_at) as latest
          from story_member join signal on signal.id = signal_id group by 1) as told
    where story.id = told.story_id
""")
ADD_WATCHES = text("""
    insert into watch (organisation_id, name, query, created_at, changed_at)
    select 1, 'Watch ' || number, 'word' || number, :at, :at from generate_series(1, :count) as number
""")
ADD_HITS = text("""
    insert into watch_hit (watch_id, signal_id, counted_at, is_counted, detected_at)
    select watch.id, signal.id, signal.seen_at, true, signal.seen_at from watch, signal where watch.name like 'Watch %'
""")
GROW = text("""
    with grown as (
        update story set last_seen_at = :at
        where id in (select id from story where independent > 1 order by id desc limit :count) returning id
    )
    update story_member set joined_at = :at from grown where signal_id = grown.id
""")


async def make_week(database: Database) -> None:
    await make_history(database, SIGNALS, NOW, days=7)
    async with database.transaction() as connection:
        await connection.execute(STATE_FACTS)
        await connection.execute(ADD_WATCHES, {"at": NOW, "count": WATCHES})
        await connection.execute(ADD_HITS)
        await connection.execute(text("analyze watch_hit"))


async def timed(what: str, stage: LifecycleStage, now: datetime) -> None:
    began, busy = perf_counter(), process_time()
    tally = await stage.run(now)
    print(
        f"{what}: {tally.taken:,} pairs looked at, {tally.made:,} proposals, {perf_counter() - began:.2f} s"
        f" ({process_time() - busy:.2f} s of this process)"
    )


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home) / "pg") as server:
        database = Database(make_engine(server.url()))
        await prepare(database, Settings(starters=False, organisation="Bench"), NOW)
        await make_week(database)
        stage = LifecycleStage(database, load_taxonomy())
        await timed("first look", stage, NOW)
        await timed("nothing new, a minute later", stage, NOW + timedelta(minutes=1))
        async with database.transaction() as connection:
            await connection.execute(GROW, {"at": NOW + timedelta(minutes=2), "count": GROWN})
        await timed(f"{GROWN} stories have grown", stage, NOW + timedelta(minutes=3))
        await timed("a restart, nothing new", LifecycleStage(database, load_taxonomy()), NOW + timedelta(minutes=4))
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
