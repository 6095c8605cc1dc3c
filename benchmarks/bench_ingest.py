"""Storing 20,000 items: our statements against get-or-create with an ORM, on keys only and with the search index.

Collecting stores items under their keys; the search index is on the signals that are made of them. So two tables are
measured, each with our statement and with what people write: SELECT, add, and commit per feed of 30 items. Both sides
fill the real tables with their keys, foreign keys and indexes. `and sent on` is the whole of our own way, with old
versions compared and the row of `progress` that sends an item on; the ORM then writes that row as well.
CPU is that of both sides of the connection; the best of three counts.
"""

import asyncio
import random
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import registry

from app.bootstrap import prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.schema.item import item as item_table
from app.schema.item import progress
from app.schema.signal import signal as signal_table
from app.storage.database import Database, make_engine
from app.storage.items import Brought, store_all
from app.storage.normalising import insert_signals
from app.storage.sources import add_sources
from benchmarks.made_feeds import SYLLABLES, Writer
from benchmarks.side_by_side import Lap, lap
from signals.item_text import content_hash
from signals.starters import Starter
from signals.types import Item, Signal, Stakeholder

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOURCES, ITEMS = 667, 30
BATCH = 3_000  # as the stages write them
FEWER = 10  # the ORM gets a tenth of the rows: it takes a minute as it is

COLUMNS = (
    """source_id, poll_id, guid, title, summary, url, author, categories, said_at, language, seen_at, content_hash"""
)
BARE = text(f"""
    insert into item ({COLUMNS})
    select source_id, 1, guid, title, summary, url, author, array[]::text[], said_at, language, :now, content_hash
    from unnest(cast(:source_ids as bigint[]), cast(:guids as text[]), cast(:titles as text[]),
        cast(:summaries as text[]), cast(:urls as text[]), cast(:authors as text[]), cast(:said_ats as timestamptz[]),
        cast(:languages as text[]), cast(:hashes as text[]))
        as given(source_id, guid, title, summary, url, author, said_at, language, content_hash)
    on conflict do nothing
""")

HASHES: dict[str, str] = {}  # of the words, by guid: made before, where the statement alone is compared

Run = Callable[[], Awaitable[None]]


class Row:
    """What an ORM fills."""

    id: int

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)


class ItemRow(Row):
    """An item as an ORM sees it."""


class SignalRow(Row):
    """A signal as an ORM sees it."""


class ProgressRow(Row):
    """The row that sends an item on, as an ORM sees it."""


async def main() -> None:
    feeds = _make_items()
    HASHES.update({one.guid: content_hash(one) for items in feeds for one in items})
    registry().map_imperatively(ItemRow, item_table)
    registry().map_imperatively(ProgressRow, progress)
    registry().map_imperatively(SignalRow, signal_table, exclude_properties=["search"])
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home) / "pg") as server:
        postmaster = int((server.layout.data / "postmaster.pid").read_text().split()[0])
        database = Database(make_engine(server.url()))
        await prepare(database, Settings(starters=False, organisation="Bench"), NOW)
        async with database.transaction() as connection:
            papers = [Starter(address=f"https://paper{number}.example/feed", name="p") for number in range(SOURCES)]
            await add_sources(connection, 1, papers, NOW)
        print(
            f"{SOURCES * ITEMS} items of {_size(feeds)} characters; rows per CPU-second, both sides of the connection"
        )
        await _compare_items(database, feeds, postmaster)
        await _compare_signals(database, postmaster)
        await database.close()


async def _compare_items(database: Database, feeds: Sequence[Sequence[Item]], postmaster: int) -> None:
    few = feeds[: SOURCES // FEWER]
    slow = await _time(database, "items, get-or-create", lambda: _get_or_create(database, few), few, postmaster)
    fast = await _time(database, "items, one statement", lambda: _insert_bare(database, feeds), feeds, postmaster)
    print(f"  one statement: {fast / slow:.0f} times get-or-create")
    slow = await _time(
        database, "and sent on, get-or-create", lambda: _get_or_create(database, few, is_sent_on=True), few, postmaster
    )
    fast = await _time(database, "and sent on, store_all", lambda: _store(database, feeds), feeds, postmaster)
    print(f"  store_all: {fast / slow:.0f} times get-or-create")
    again = lambda: _store(database, feeds)  # noqa: E731
    await _time(database, "all known, store_all", again, feeds, postmaster, is_kept=True)


async def _compare_signals(database: Database, postmaster: int) -> None:
    async with database.transaction() as connection:
        rows = (await connection.execute(select(item_table).order_by(item_table.c.id))).all()
    signals = [
        Signal(
            row.id, row.source_id, row.title, row.summary, row.language, row.url, row.said_at, NOW, "Paper", "",
            Stakeholder.MEDIA, 2, row.content_hash,
        )
        for row in rows
    ]  # fmt: skip
    few = signals[: len(signals) // FEWER]

    async def ours() -> None:
        for begin in range(0, len(signals), BATCH):
            async with database.transaction() as connection:
                await insert_signals(connection, signals[begin : begin + BATCH])

    slow = await _time_signals(
        database, "signals, get-or-create", lambda: _get_or_create_signals(database, few), few, postmaster
    )
    for limit in ("4MB", "64MB"):
        async with database.transaction() as connection:
            kilobytes = int(limit.removesuffix("MB")) * 1024
            await connection.execute(text(f"alter index ix_signal_search set (gin_pending_list_limit = {kilobytes})"))
        fast = await _time_signals(database, f"signals, pending list {limit}", ours, signals, postmaster)
        print(f"  pending list {limit}: {fast / slow:.0f} times get-or-create")


async def _get_or_create(database: Database, feeds: Sequence[Sequence[Item]], *, is_sent_on: bool = False) -> None:
    for number, items in enumerate(feeds, start=1):
        async with AsyncSession(database.engine) as session:
            added = []
            for one in items:
                asked = select(ItemRow).where(item_table.c.source_id == number, item_table.c.guid == one.guid)
                if (await session.scalars(asked)).first() is None:
                    row = ItemRow(
                        source_id=number, poll_id=1, guid=one.guid, title=one.title, summary=one.summary,
                        url=one.url, author=one.author, categories=[], said_at=one.said_at,
                        language=one.language, seen_at=NOW, content_hash=HASHES[one.guid],
                    )  # fmt: skip
                    session.add(row)
                    added.append(row)
            if is_sent_on:
                await session.flush()
                session.add_all([ProgressRow(item_id=row.id) for row in added])
            await session.commit()


async def _insert_bare(database: Database, feeds: Sequence[Sequence[Item]]) -> None:
    for begin in range(0, len(feeds), BATCH // ITEMS):
        given = [
            (number, one)
            for number, items in enumerate(feeds[begin : begin + BATCH // ITEMS], start=begin + 1)
            for one in items
        ]
        items = [one for _, one in given]
        async with database.transaction() as connection:
            await connection.execute(
                BARE,
                {
                    "now": NOW,
                    "source_ids": [number for number, _ in given],
                    "guids": [one.guid for one in items],
                    "titles": [one.title for one in items],
                    "summaries": [one.summary for one in items],
                    "urls": [one.url for one in items],
                    "authors": [one.author for one in items],
                    "said_ats": [one.said_at for one in items],
                    "languages": [one.language for one in items],
                    "hashes": [HASHES[one.guid] for one in items],
                },
            )


async def _store(database: Database, feeds: Sequence[Sequence[Item]]) -> None:
    for begin in range(0, len(feeds), BATCH // ITEMS):
        polls = [
            Brought(number, number, items, False, NOW)
            for number, items in enumerate(feeds[begin : begin + BATCH // ITEMS], start=begin + 1)
        ]
        async with database.transaction() as connection:
            await store_all(connection, polls)


async def _get_or_create_signals(database: Database, signals: Sequence[Signal]) -> None:
    for begin in range(0, len(signals), ITEMS):
        async with AsyncSession(database.engine) as session:
            for one in signals[begin : begin + ITEMS]:
                asked = select(SignalRow).where(signal_table.c.id == one.id)
                if (await session.scalars(asked)).first() is None:
                    session.add(
                        SignalRow(
                            id=one.id, source_id=one.source_id, title=one.title, text=one.text,
                            language=one.language, language_score=0.0, url=one.url, said_at=one.said_at,
                            seen_at=one.seen_at, family=one.family, stakeholder=one.stakeholder.value, tier=one.tier,
                            fingerprint=one.fingerprint,
                        )
                    )  # fmt: skip
            await session.commit()


async def _time(
    database: Database, name: str, run: Run, feeds: Sequence[Sequence[Item]], postmaster: int, *, is_kept: bool = False
) -> float:
    return await _best(database, name, run, sum(map(len, feeds)), postmaster, "" if is_kept else "item")


async def _time_signals(database: Database, name: str, run: Run, signals: Sequence[Signal], postmaster: int) -> float:
    return await _best(database, name, run, len(signals), postmaster, "signal")


async def _best(database: Database, name: str, run: Run, rows: int, postmaster: int, table: str) -> float:
    """The best of three, rows per CPU-second; the table is emptied before each."""
    laps = []
    for _ in range(3):
        if table:
            await _empty(database, table)
        with lap(name, postmaster) as measured:
            await run()
        laps.append(measured)
    return _tell(min(laps, key=lambda one: one.cpu + one.server_cpu), rows)


async def _empty(database: Database, table: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text(f"truncate {table} cascade"))


def _tell(measured: Lap, rows: int) -> float:
    a_second = rows / (measured.cpu + measured.server_cpu)
    print(
        f"{measured.name:28} {a_second:8,.0f}   ({rows} rows: {measured.cpu:.2f} s here, {measured.server_cpu:.2f} s"
        f" in Postgres, {measured.wall:.2f} s in all)"
    )
    return a_second


def _make_items() -> list[list[Item]]:
    chance = random.Random(7)
    writers = {language: Writer(language, chance) for language in SYLLABLES}
    languages = list(writers)
    return [
        [_make_item(f"{feed}-{place}", writers[language], language, chance) for place in range(ITEMS)]
        for feed in range(SOURCES)
        for language in (languages[feed % len(languages)],)
    ]


def _make_item(guid: str, writer: Writer, language: str, chance: random.Random) -> Item:
    said_at = NOW - timedelta(minutes=chance.randint(1, 20_000))
    url = f"https://paper.example/news/{guid}"
    return Item(guid, writer.sentence(8), writer.sentence(48), url, "", (), said_at, language)


def _size(feeds: Sequence[Sequence[Item]]) -> int:
    sizes = [len(one.title) + len(one.summary) for items in feeds for one in items]
    return round(sum(sizes) / len(sizes))


if __name__ == "__main__":
    asyncio.run(main())
