"""Runs the demo from the empty stage to the dashboard."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from app import clock as present
from app.config import Settings
from app.demo import happened
from app.demo.outlets import Loopback, Outlets
from app.demo.player import Moment, VirtualClock, play, steps
from app.demo.printing import Account, local, print_account, print_told
from app.demo.receivers import DemoReceivers
from app.demo.stage import ACTOR, SIGN_IN, check_port, demo_settings, empty, set_up
from app.demo.values import ThreadKind, Week
from app.demo.verdict import judge
from app.demo.week import load_week
from app.embedded.server import EmbeddedPostgres
from app.factory import beats, wire
from app.labelling import LabellerInAProcess
from app.main import Life, serve
from app.notifiers import NOTIFIERS
from app.pipeline import Pipeline
from app.playing import play_in_a_child
from app.scheduler import Ticker
from app.services.directory import Services
from app.stages.desk import Desk
from app.stages.notify import NotifyStage
from app.stages.replays import ReplaysStage
from app.storage.database import Database, make_engine
from signals.fetch import Outbound
from signals.parser_pool import ParserPool

NODE = "demo"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that the play needs, open."""

    settings: Settings
    week: Week
    clock: VirtualClock
    database: Database
    services: Services
    pipeline: Pipeline
    outlets: Outlets
    receivers: DemoReceivers


async def show(
    settings: Settings,
    model: Path,
    console: Console,
    *,
    hours_a_second: float = 0.0,
    is_served: bool = True,
    ends: datetime | None = None,
) -> Account:
    """Play the week that ends now, print what came of it, and serve the dashboard until a signal comes."""
    if is_served:
        check_port(settings)
    week = load_week(ends or present.now())
    async with embedded(settings.home / "demo") as url, open_stage(settings, week, url, model) as stage:
        account = await perform(stage, console, steps(week), hours_a_second)
        print_account(console, account)
        if is_served:
            await _serve(stage, console)
    return account


def _no_chance(low: float, high: float) -> float:
    """The same visits in every play."""
    return (low + high) / 2


@asynccontextmanager
async def embedded(home: Path) -> AsyncIterator[str]:
    """The demo's own Postgres, whatever database is set: it will be emptied."""
    server = EmbeddedPostgres(home)
    try:
        yield await asyncio.to_thread(server.start)
    finally:
        await asyncio.to_thread(server.stop)


@asynccontextmanager
async def open_stage(settings: Settings, week: Week, database_url: str, model: Path) -> AsyncIterator[Stage]:
    """Outlets and receivers on loopback, an emptied database with sources and watches, and the real stages."""
    clock = VirtualClock(week.begins)
    receivers = DemoReceivers(week.tellings, clock)
    async with AsyncExitStack() as stack:
        outlets = await stack.enter_async_context(Outlets(week, clock, receivers))
        settings = demo_settings(settings, week, database_url, outlets.hosts())
        database = Database(make_engine(database_url))
        stack.push_async_callback(database.close)
        await empty(database)
        services = await set_up(database, settings, week, outlets, week.begins)
        agent = settings.user_agent
        outbound = Outbound(agent, private_hosts=settings.private_hosts, resolver=Loopback())
        await stack.enter_async_context(outbound)
        parsers = await stack.enter_async_context(ParserPool())
        labeller = LabellerInAProcess(model)
        stack.callback(labeller.close)
        desk = Desk(database)
        stack.push_async_callback(desk.leave)
        notify = NotifyStage(database, outbound, NOTIFIERS, NODE, settings.link_base)
        stack.push_async_callback(notify.drain)
        replays = ReplaysStage(database, NODE, partial(play_in_a_child, database_url))
        stack.push_async_callback(replays.close)
        pipeline = wire(
            database,
            settings,
            NODE,
            labeller,
            desk,
            outbound,
            parsers,
            notify,
            chance=_no_chance,
            replays=replays,
        )
        yield Stage(settings, week, clock, database, services, pipeline, outlets, receivers)


async def perform(stage: Stage, console: Console, moments: list[datetime], hours_a_second: float = 0.0) -> Account:
    """Play the week at these moments, telling of alerts as they come, and account for it."""
    began = time.monotonic()
    console.print(f"[bold]{stage.week.organisation}[/]: {stage.week.about}")
    console.print(f"Playing its week on {len(stage.week.outlets)} feeds at {stage.outlets.base('<outlet>')}/feed.xml")
    last = 0
    moment = Moment(stage.week.begins, 0, 0, 0)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=len(moments), told="")
        async for moment in play(stage.pipeline, moments, stage.clock, hours_a_second):
            for told in await _news(stage.database, last):
                print_told(bar.console, told, stage.week.zone)
                last = told.id
            day = (moment.now - stage.week.begins).days + 1
            description = f"Day {min(day, 7)}  {local(moment.now, stage.week.zone)}"
            bar.update(task, advance=1, description=description, told=f"{moment.items} items")
    took = timedelta(seconds=time.monotonic() - began)
    return await _account(stage, moment, took)


async def _news(database: Database, last: int) -> list[happened.Told]:
    async with database.transaction() as connection:
        return await happened.told_since(connection, last)


async def _account(stage: Stage, moment: Moment, took: timedelta) -> Account:
    async with stage.database.transaction() as connection:
        found = await happened.find_all(connection)
        wires = {
            thread.id: await happened.voices_of(connection, frozenset(piece.number for piece in thread.pieces))
            for thread in stage.week.threads
            if thread.kind is ThreadKind.WIRE
        }
        deliveries = await happened.deliveries(connection)
    sources = await stage.services.sources.list(ACTOR, moment.now)
    verdict = judge(stage.week, found, wires)
    return Account(stage.week, verdict, sources, deliveries, stage.receivers, moment.items, moment.failures, took)


async def _serve(stage: Stage, console: Console) -> None:
    """The dashboard on the week's database; meanwhile the service goes on listening, on the wall's time."""
    stage.clock.follow(present.now)
    life = Life(stage.database, "work")
    ticker = Ticker((life.beat(), *beats(stage.pipeline)))
    ticker.start()
    address = f"http://{stage.settings.host}:{stage.settings.port}"
    console.print()
    console.print(f"  The dashboard is at [bold]{address}[/]")
    console.print(f"  Sign in as [bold]{SIGN_IN[0]}[/] with the password [bold]{SIGN_IN[1]}[/]")
    console.print("  Stop with Ctrl-C")
    try:
        await serve(stage.settings)
    finally:
        await ticker.drain(5.0)
        await life.end()
