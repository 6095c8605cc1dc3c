"""Untried starter addresses: one that never answers does not make a new installation look broken."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.config import Settings
from app.schema.source import source_status
from app.stages import never_reached
from app.stages.collect import CollectStage
from app.storage import sources
from app.storage.coverage import read_hearing
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.starters import Starter
from tests.support.feeds import Site, rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
async def stage(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CollectStage]:
    """A collector for which every address that has `untried` in it came with Forkant and was never tried."""
    monkeypatch.setattr(never_reached, "is_unproven", lambda kind, address: "untried" in address)
    async with Outbound("t", ("127.0.0.1",)) as outbound, ParserPool(1) as parsers:
        yield CollectStage(database, outbound, parsers, Settings(host_pause=0), "n", chance=lambda low, high: 0)


async def poll(database: Database, stage: CollectStage, now: datetime) -> list[Any]:
    """What the sources look like after a visit."""
    async with database.transaction() as connection:
        await connection.execute(text("update source_status set next_poll_at = :now"), {"now": now})
    await stage.run(now)
    async with database.transaction() as connection:
        return list((await connection.execute(select(source_status).order_by(source_status.c.source_id))).all())


async def test_an_untried_starter_that_never_answered_waits_outside_the_coverage(
    database: Database, stage: CollectStage, site: Site
) -> None:
    """It is told apart on its page (UX-11), and a source known to work still counts when it fails."""
    known, untried = site.url("/known"), site.url("/untried")
    async with database.transaction() as connection:
        await sources.add_sources(connection, 1, [Starter(known, "A"), Starter(untried, "B")], NOW)
    failed, waiting = await poll(database, stage, NOW)
    assert (failed.health, waiting.health, waiting.failures) == ("failing", "new", 1)
    assert waiting.last_error == f"{never_reached.NEVER_REACHED} {failed.last_error.replace('known', 'untried')}"
    async with database.transaction() as connection:
        assert (await read_hearing(connection, 1)).by_health == {"failing": 1, "new": 1}
    site.pages["/untried"] = rss("at last")
    assert (await poll(database, stage, NOW + DAY))[1].health == "heard"
    del site.pages["/untried"]
    assert (await poll(database, stage, NOW + 2 * DAY))[1].health == "failing"  # it was reached once: now it counts


async def test_an_untried_starter_that_is_gone_is_retired(database: Database, stage: CollectStage, site: Site) -> None:
    site.pages["/untried"] = 410
    async with database.transaction() as connection:
        await sources.add_sources(connection, 1, [Starter(site.url("/untried"), "B")], NOW)
    (gone,) = await poll(database, stage, NOW)
    assert gone.health == "retired"
