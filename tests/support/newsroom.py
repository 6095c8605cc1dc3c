"""The recorded papers of tests/data/journey, served on loopback, and a worker that reads them on virtual time."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update

from app.config import Settings
from app.factory import wire
from app.labelling import LabellerHere
from app.notifiers import NOTIFIERS
from app.pipeline import Pipeline
from app.schema.source import source_status
from app.stages.desk import Desk
from app.stages.notify import NotifyStage
from app.storage.database import Database
from classifiers.types import Classifier
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from tests.support.feeds import Site
from tests.support.receivers import FakeReceiver
from tests.support.rows import add_receiver, add_source, add_watch

DOCUMENTS = Path(__file__).parents[1] / "data" / "journey"


class Newsroom(Site):
    """Serves every document under its name."""

    def __init__(self) -> None:
        super().__init__()
        self.names = tuple(sorted(file.name for file in DOCUMENTS.iterdir() if file.suffix != ".md"))
        self.pages = {f"/{name}": (DOCUMENTS / name).read_bytes() for name in self.names}


async def subscribe(database: Database, newsroom: Newsroom, slack: FakeReceiver, now: datetime) -> None:
    """Every paper is a source, due now; watches on a bakery and on an island; a Slack channel to tell."""
    async with database.transaction() as connection:
        for name in newsroom.names:
            paper = name.partition(".")[0]
            never = dict.fromkeys(("status_last_polled_at", "status_last_success_at", "status_last_new_at"))
            given = {"name": paper, "family": paper, "language": "", "tier": 1, "health": "new"}
            address = newsroom.url(f"/{name}")
            await add_source(connection, address=address, status_next_poll_at=now, **given, **never)
        await add_watch(connection, "Bakery", query="Møllestua", owner="Spokesperson")
        await add_watch(connection, "Island", query="Havøya")
        await add_receiver(connection, "On duty", kind="slack", address=slack.url("/slack/duty"))


@asynccontextmanager
async def a_worker(
    database: Database, newsroom: Newsroom, slack: FakeReceiver, model: Classifier, node: str = "node-1"
) -> AsyncIterator[Pipeline]:
    """The whole pipeline as a worker runs it, but for the labeller's process."""
    loopback = f"127.0.0.1:{newsroom.server.port},{slack.host}"
    settings = Settings(private_hosts=loopback, host_pause=0, public_url="https://forkant.example")
    async with AsyncExitStack() as stack:
        outbound = await stack.enter_async_context(Outbound("Forkant-test", settings.private_hosts))
        parsers = await stack.enter_async_context(ParserPool(1))
        desk = Desk(database)
        stack.push_async_callback(desk.leave)
        notify = NotifyStage(database, outbound, NOTIFIERS, node, settings.public_url, moment=60)
        stack.push_async_callback(notify.drain)
        yield wire(database, settings, node, LabellerHere(model), desk, outbound, parsers, notify)


async def run_once(pipeline: Pipeline, now: datetime) -> dict[str, int]:
    """One beat of everything; how much each stage made."""
    tallies = (*await pipeline.listen(now), *await pipeline.understand(now), *await pipeline.tell(now))
    return {tally.stage: tally.made for tally in tallies}


async def next_poll(database: Database) -> datetime:
    """When every source is due again; all of them are moved to that moment."""
    async with database.transaction() as connection:
        at = await connection.scalar(select(func.max(source_status.c.next_poll_at)))
        await connection.execute(update(source_status).values(next_poll_at=at))
    assert at is not None
    return at
