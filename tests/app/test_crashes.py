"""A worker that fails anywhere, or is killed anywhere, leaves what a run without a fault leaves (RL-01 to RL-03)."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from app.errors import DatabaseUnavailable
from app.schema import metadata
from app.storage.database import Database
from tests.support.rows import NOON, add_organisation, add_receiver, add_source, add_watch
from tests.support.workshop import Workshop, say, state_of

REPOSITORY = Path(__file__).parents[2]
RECALL = "Møllestua trekker tilbake grovbrød etter funn av glass i deigen"

STEP = 3  # every statement takes a minute: run with FORKANT_TEST_FIRST_FAULT=2 and 3 for the others

# At the end of every transaction: an alert has its transition, and a raised one its delivery to each receiver.
WHOLE = """
create or replace function nothing_half() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from transition where alert_id = new.id) then
        raise exception 'an alert without a transition';
    end if;
    if exists (select 1 from receiver where is_active) and not exists (
        select 1 from delivery join transition on transition.id = transition_id where alert_id = new.id) then
        raise exception 'an alert without a delivery';
    end if;
    return null;
end $$;
"""
WHOLE_TRIGGER = """
create constraint trigger nothing_half after insert on alert deferrable initially deferred
for each row execute function nothing_half()
"""


@pytest.fixture(autouse=True)
async def nothing_half(database: Database) -> Any:
    """RL-03: the database itself refuses an alert without what must be told of it."""
    async with database.transaction() as connection:
        await connection.execute(text(WHOLE))
        await connection.execute(text(WHOLE_TRIGGER))
    yield
    async with database.transaction() as connection:
        await connection.execute(text("drop trigger nothing_half on alert"))


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of faults on purpose are not worth their tracebacks."""
    with structlog.testing.capture_logs():
        yield


async def set_up(database: Database) -> None:
    """Four papers: two tell of a recall, one copies it and edits itself, one writes of football."""
    async with database.transaction() as connection:
        names = ("Fjordposten", "Byavisa", "Havnytt", "Målet")
        papers = [await add_source(connection, name=name, family=name, tier=1) for name in names]
        await add_watch(connection, "Brød", query="grovbrød")
        await add_watch(connection, "Alt", query="")
        await add_receiver(connection, "Vakt")
    await say(database, papers[0], RECALL)
    await say(database, papers[1], "Glass i grovbrød: Møllestua trekker brødene tilbake")
    await say(database, papers[2], RECALL, guid="1")
    await say(database, papers[2], RECALL + ", to syke", guid="1")
    await say(database, papers[3], "Havøya vant cupfinalen på straffer", "Nordlys over Havøya i natt")


async def begin_again(database: Database) -> None:
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    async with database.transaction() as connection:
        await connection.execute(text(f"truncate {tables} restart identity cascade"))
        await add_organisation(connection)
    await set_up(database)


async def finish(database: Database) -> dict[str, list[Any]]:
    """Another worker takes over; what is there then."""
    async with Workshop(database) as workshop:
        while not await workshop.desk.sit():  # noqa: ASYNC110 - there is nothing to wait for but Postgres
            await asyncio.sleep(0.02)  # it has not yet noticed that the holder is dead
        await workshop.understand(NOON)
        await workshop.understand(NOON)
    return await state_of(database)


@contextmanager
def failing_at(database: Database, number: int, fault: Exception) -> Iterator[list[int]]:
    """The statement with that number fails, once."""
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1
        if seen[0] == number:
            raise fault

    event.listen(database.engine.sync_engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", count)


class Fault(Exception):
    """Something that nobody thought of."""


@pytest.mark.timeout(600)
async def test_whichever_statement_fails_the_end_is_the_same_rl01_rl03(database: Database) -> None:
    await set_up(database)
    whole = await finish(database)
    assert len(whole["alerts"]) == 1, "the watch on everything leaves it to the narrow one"
    assert whole["waiting"] == []
    number, touched = int(os.environ.get("FORKANT_TEST_FIRST_FAULT", "1")), True
    while touched:
        await begin_again(database)
        with failing_at(database, number, Fault(f"statement {number}")) as seen:
            async with Workshop(database) as workshop:
                with suppress(Fault, DBAPIError, DatabaseUnavailable):
                    await workshop.understand(NOON)
        touched = seen[0] >= number
        after = await finish(database)
        assert after == whole, f"after a fault at statement {number}"
        number += STEP
    assert number > 40


DEATHS = [
    ("app.storage.labelling", "insert_hits"),
    ("app.storage.grouping", "update_facts"),
    ("app.storage.progress", "pass_on"),
    ("app.storage.noticing", "mark_seen"),
    ("app.storage.deciding", "append_transition"),
    ("app.storage.transitions", "_fill_outbox"),
]


@pytest.mark.parametrize(("module", "function"), DEATHS, ids=[death[1] for death in DEATHS])
async def test_killed_in_the_middle_of_a_batch_the_end_is_the_same_rl02_rl03(
    module: str, function: str, database: Database, url: str
) -> None:
    await set_up(database)
    whole = await finish(database)
    await begin_again(database)
    command = (sys.executable, "-m", "tests.support.dying_worker", url, module, function)
    worker = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE)
    try:
        assert worker.stdout
        async for line in worker.stdout:
            if line == b"here\n":
                break
        else:
            pytest.fail("it never came there")
    finally:
        worker.kill()
        await worker.wait()
    assert await finish(database) == whole
