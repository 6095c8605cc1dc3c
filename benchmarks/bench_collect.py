"""Listening against `reader`, newsboat and the ceiling: 1,000 feeds on loopback, cold, unchanged and a fifth changed.

Ours is the real thing: claim, guarded fetch, parser children, storing on the embedded Postgres, polls written down,
politeness on (each feed has a host of its own, in FORKANT_PRIVATE_HOSTS). The ceiling is what nobody can beat: an
unguarded fetch, the fastest parser and COPY into a table without keys, in one process.

    python -m benchmarks.bench_collect [number of feeds] [contestants, comma-separated]

`reader` is looked for in the Python named by FORKANT_BENCH_READER, newsboat on the PATH.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import asyncpg
from sqlalchemy import text

from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.stages.collect import CollectStage
from app.storage.database import Database, make_engine
from app.storage.sources import add_sources
from benchmarks.feed_server import host_of
from benchmarks.side_by_side import Lap, children, lap, peak_memory
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ROUNDS = (("cold", 0), ("unchanged", 0), ("a fifth changed", 1))
AT_ONCE = 32
POLITE = 2.1  # seconds until every host may be asked again

Poll = Callable[[str, datetime], Awaitable[None]]


async def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    wanted = sys.argv[2].split(",") if len(sys.argv) > 2 else list(CONTESTANTS)
    found: dict[str, list[Lap]] = {}
    with _feed_server(count) as port, tempfile.TemporaryDirectory(prefix="forkant-bench-") as home:
        addresses = [f"http://{host_of(number)}:{port}/paper{number}.xml" for number in range(count)]
        with EmbeddedPostgres(Path(home) / "postgres") as server:
            postmaster = int((server.layout.data / "postmaster.pid").read_text().split()[0])
            for name in wanted:
                found[name] = await CONTESTANTS[name](addresses, server, postmaster, Path(home))
    _print(found, count)


class _feed_server:  # noqa: N801
    def __init__(self, count: int) -> None:
        self._count = count

    def __enter__(self) -> int:
        asked = [sys.executable, "-m", "benchmarks.feed_server", str(self._count)]
        self._process = subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


async def _turn_to(generation: int, address: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address.rpartition('/')[0]}/_generation/{generation}"),
    ):
        pass


async def _rounds(poll: Poll, addresses: list[str], postmaster: int, again: str = "") -> list[Lap]:
    """`again`: the round that is gone through once more before it is timed."""
    laps = []
    for number, (name, generation) in enumerate(ROUNDS):
        await _turn_to(generation, addresses[0])
        await asyncio.sleep(POLITE)
        if name == again:
            await poll(name, NOW)
        with lap(name, postmaster) as measured:
            await poll(name, NOW + number * timedelta(minutes=20))
        laps.append(measured)
    return laps


async def _ours(addresses: list[str], server: EmbeddedPostgres, postmaster: int, home: Path) -> list[Lap]:
    settings = Settings(
        starters=False,
        private_hosts=tuple(address.split("/")[2] for address in addresses),
        polls_at_once=AT_ONCE,
        organisation="Bench",
    )
    async with _service(server, settings, addresses) as (database, stage):

        async def poll(name: str, now: datetime) -> None:
            async with database.transaction() as connection:
                await connection.execute(text("update source_status set next_poll_at = :now"), {"now": now})
            tally = await stage.run(now)
            print(f"  ours, {name}: {tally.taken} sources, {tally.made} items, {dict(tally.passed_over)}", flush=True)

        laps = await _rounds(poll, addresses, postmaster)
        parsers = [peak_memory(child) for child in children(os.getpid()) if _is_parser(child)]
        print(
            f"  ours: peak {peak_memory(os.getpid()):.0f} MB, parsers {', '.join(f'{one:.0f}' for one in parsers)} MB"
        )
        return laps


def _is_parser(pid: int) -> bool:
    return b"parser_child" in Path(f"/proc/{pid}/cmdline").read_bytes()


@asynccontextmanager
async def _service(
    server: EmbeddedPostgres, settings: Settings, addresses: list[str]
) -> AsyncIterator[tuple[Database, CollectStage]]:
    database = Database(make_engine(server.url()))
    await prepare(database, settings, NOW)
    papers = [Starter(address=address, name="", language="") for address in addresses]
    async with database.transaction() as connection:
        await add_sources(connection, 1, papers, NOW)
    async with Outbound(settings.user_agent, private_hosts=settings.private_hosts) as outbound, ParserPool() as parsers:
        await asyncio.gather(*(parsers.parse(b"<rss/>", {}, NOW) for _ in range(4)))  # a worker lives for weeks
        yield database, CollectStage(database, outbound, parsers, settings, "bench")
    await database.close()


async def _ceiling(addresses: list[str], server: EmbeddedPostgres, postmaster: int, home: Path) -> list[Lap]:
    import fastfeedparser

    pool = await asyncpg.create_pool(server.url(), min_size=2, max_size=2)
    await pool.execute("create table ceiling (guid text, title text, summary text, url text)")
    tags: dict[str, str] = {}

    async def one(session: aiohttp.ClientSession, address: str) -> list[tuple[str, str, str, str]]:
        async with session.get(address, headers={"If-None-Match": tags.get(address, "")}) as response:
            body = await response.read()
            if response.status == 304:
                return []
            tags[address] = response.headers["ETag"]
        entries = fastfeedparser.parse(body).entries
        return [(e.get("id", ""), e.get("title", ""), _words_of(e), e.get("link", "")) for e in entries]

    async def store(rows: list[tuple[str, str, str, str]]) -> None:
        async with pool.acquire() as connection:
            await connection.copy_records_to_table("ceiling", records=rows)

    async def poll(name: str, now: datetime) -> None:
        waiting, rows, storing = list(addresses), [], []

        async def walk(session: aiohttp.ClientSession) -> None:
            while waiting:
                rows.extend(await one(session, waiting.pop()))
                if len(rows) >= 1000:
                    taken = rows[:]
                    rows.clear()
                    storing.append(asyncio.create_task(store(taken)))

        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(walk(session) for _ in range(AT_ONCE)))
        await asyncio.gather(*storing, store(rows))

    laps = await _rounds(poll, addresses, postmaster)
    print(f"  ceiling: {await pool.fetchval('select count(*) from ceiling')} items")
    await pool.close()
    return laps


def _words_of(entry: dict[str, object]) -> str:
    return str(entry.get("description") or "")


async def _reader(addresses: list[str], server: EmbeddedPostgres, postmaster: int, home: Path) -> list[Lap]:
    python = os.environ.get("FORKANT_BENCH_READER", sys.executable)
    (home / "addresses").write_text("\n".join(addresses))
    script = Path(__file__).with_name("rival_reader.py")
    player = await asyncio.create_subprocess_exec(
        python, str(script), str(home / "reader.sqlite"), str(home / "addresses"), stdin=PIPE, stdout=PIPE
    )
    assert player.stdin is not None
    assert player.stdout is not None
    if not await player.stdout.readline():
        print("  reader is skipped: it is not there (pip install reader; FORKANT_BENCH_READER names its Python)")
        return []

    async def poll(name: str, now: datetime) -> None:
        assert player.stdin is not None
        assert player.stdout is not None
        player.stdin.write(b"poll\n")
        print(f"  reader, {name}: {(await player.stdout.readline()).decode().strip()}", flush=True)

    laps = await _rounds(poll, addresses, 0)
    player.stdin.close()
    await player.wait()
    return laps


async def _newsboat(addresses: list[str], server: EmbeddedPostgres, postmaster: int, home: Path) -> list[Lap]:
    if not shutil.which("newsboat"):
        print("  newsboat is skipped: it is not on the PATH")
        return []
    (home / "urls").write_text("\n".join(addresses))
    (home / "newsboat").write_text("reload-threads 1\n")
    cache = home / "newsboat.sqlite"

    async def poll(name: str, now: datetime) -> None:
        asked = ("-u", str(home / "urls"), "-c", str(cache), "-C", str(home / "newsboat"), "-x", "reload")
        going = await asyncio.create_subprocess_exec("newsboat", *asked, env={**os.environ, "HOME": str(home)})
        await going.wait()

    # It asks with conditions from its third visit on: the second, which gets whole answers, is not counted.
    laps = await _rounds(poll, addresses, 0, again="unchanged")
    with sqlite3.connect(cache) as found:
        print(f"  newsboat: {found.execute('select count(*) from rss_item').fetchone()[0]} items")
    return laps


CONTESTANTS = {"ours": _ours, "ceiling": _ceiling, "newsboat": _newsboat, "reader": _reader}


def _print(found: dict[str, list[Lap]], count: int) -> None:
    ours = {one.name: one for one in found.get("ours", [])}
    print(f"\n{count} feeds      wall s  feeds/s   cpu s  +pg s  feeds/cpu-s  times ours: wall, cpu")
    for name, laps in found.items():
        for one in laps:
            cpu = one.cpu + one.server_cpu
            mine = ours.get(one.name)
            ratio = f"{one.wall / mine.wall:6.2f} {cpu / (mine.cpu + mine.server_cpu):6.2f}" if mine else ""
            print(
                f"{name:9} {one.name:16} {one.wall:6.2f} {count / one.wall:7.0f} {one.cpu:7.2f} {one.server_cpu:6.2f}"
                f" {count / max(cpu, 0.01):8.0f}   {ratio}"
            )


if __name__ == "__main__":
    asyncio.run(main())
