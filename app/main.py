"""The processes: `serve` answers, `work` listens and understands, `up` runs both and the embedded database."""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
import uvicorn

from app import clock
from app.alerts.types import Tally
from app.api.application import make_app
from app.bootstrap import FirstSignIn, prepare
from app.config import Settings
from app.embedded.server import EmbeddedPostgres
from app.errors import ConfigurationError, DatabaseUnavailable
from app.listening import LISTENER, listen, port_of
from app.live_models import open_models
from app.logs import configure_logs
from app.notifiers import NOTIFIERS
from app.notifiers.trial import Trial
from app.scheduler import Beat, Ticker
from app.services.directory import make_services
from app.storage import beginnings
from app.storage.database import Database, make_engine
from app.storage.migrating import newest_revision
from classifiers.trained import MODEL
from signals.discovery import Scout
from signals.fetch import Outbound
from signals.parser_pool import ParserPool

log = structlog.get_logger()

Result = TypeVar("Result")

DRAIN = 20.0  # seconds that work under way gets to finish
SIGN_OF_LIFE = timedelta(seconds=10)
DEAD = timedelta(hours=1)
REVIVE = timedelta(seconds=5)
UNUSABLE = 2  # how a process ends that no further try can help; it has said why
PARENT = "FORKANT_PARENT"  # a child of `up` leaves when this process is gone


@dataclass(frozen=True, slots=True)
class House:
    """What every role lives in: the database, and the embedded server where there is one."""

    database: Database
    embedded: EmbeddedPostgres | None

    async def revive(self, now: datetime) -> tuple[Tally, ...]:
        """Bring the embedded server back where it was killed; does nothing while it runs."""
        if self.embedded:
            await asyncio.to_thread(self.embedded.start)
        return ()


@asynccontextmanager
async def open_house(settings: Settings) -> AsyncIterator[House]:
    """The database of the settings; without an address the embedded one, held while this process runs."""
    embedded = None if settings.database_url else EmbeddedPostgres(settings.home)
    url = await asyncio.to_thread(embedded.start) if embedded else settings.database_url
    database = Database(make_engine(url))
    try:
        yield House(database, embedded)
    finally:
        await database.close()
        if embedded:
            await asyncio.to_thread(embedded.stop)


async def serve(settings: Settings) -> None:
    """API and pages until a signal comes."""
    stop = stop_on_signal()
    listener = listen(settings)
    settings = settings.model_copy(update={"port": port_of(listener)})
    async with (
        open_house(settings) as house,
        Outbound(settings.user_agent, settings.private_hosts) as outbound,
        ParserPool(size=1) as parsers,  # its child starts when somebody looks for feeds
        open_models(MODEL) as models,
    ):
        database = house.database
        await unless(stop, prepare(database, settings, clock.now()))
        trial = Trial(outbound, NOTIFIERS, settings.link_base)
        head = newest_revision() or ""
        services = make_services(
            database, settings, head=head, send_test=trial, discover=Scout(outbound, parsers), labels=models
        )
        config = uvicorn.Config(
            make_app(services, settings),
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(DRAIN),
        )
        server = PageServer(config)
        life = Life(database, "serve")
        ticker = Ticker((life.beat(), Beat("revive", REVIVE, house.revive)))
        ticker.start()
        watchers = (asyncio.create_task(_leave_with_parent(stop.set)), asyncio.create_task(server.stop_on(stop)))
        await server.serve(sockets=[listener])
        for watcher in watchers:
            watcher.cancel()
        ticker.stop()
        await life.end()


class PageServer(uvicorn.Server):
    """uvicorn's server without its signals: it raises them again at its end, before we have put things in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def stop_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.should_exit = True


async def work(settings: Settings) -> None:
    """The pipeline, ticking, until a signal comes; then what is under way gets 20 seconds."""
    from app.factory import beats, make_pipeline

    stop = stop_on_signal()
    async with open_house(settings) as house:
        database = house.database
        await unless(stop, prepare(database, settings, clock.now()))
        life = Life(database, "work")
        async with make_pipeline(database, settings, life.id, MODEL) as pipeline:
            ticker = Ticker((life.beat(), Beat("revive", REVIVE, house.revive), *beats(pipeline)))
            ticker.start()
            log.info("listening", node=life.id)
            watcher = asyncio.create_task(_leave_with_parent(stop.set))
            await stop.wait()
            watcher.cancel()
            await ticker.drain(DRAIN)
        await life.end()


class Life:
    """This process's row among the nodes: 'is anybody listening?' is answered from there."""

    def __init__(self, database: Database, role: str) -> None:
        self.id = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
        self._database = database
        self._role = role

    def beat(self) -> Beat:
        return Beat("life", SIGN_OF_LIFE, self._show)

    async def _show(self, now: datetime) -> tuple[Tally, ...]:
        async with self._database.transaction() as connection:
            await beginnings.show_life(connection, self.id, self._role, now)
            await beginnings.forget_dead_nodes(connection, now - DEAD)
        return ()

    async def end(self) -> None:
        with suppress(DatabaseUnavailable):
            async with self._database.transaction() as connection:
                await beginnings.remove_node(connection, self.id)


class Stopped(Exception):
    """A signal came before there was anything to stop."""


async def unless(stop: asyncio.Event, work: Coroutine[None, None, Result]) -> Result:
    """The result of `work`; Stopped as soon as a signal comes, with the work called off."""
    task, signalled = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait({task, signalled}, return_when=asyncio.FIRST_COMPLETED)
    signalled.cancel()
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    raise Stopped


def stop_on_signal() -> asyncio.Event:
    """Set by the first SIGINT or SIGTERM; the second ends the process as usual."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def first(number: int) -> None:
        loop.remove_signal_handler(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, first, number)
    return stop


async def _leave_with_parent(leave: Callable[[], None]) -> None:
    """A child whose parent was killed must not stay behind."""
    parent = int(os.environ.get(PARENT, "0"))
    while parent and os.getppid() == parent:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(1)
    if parent:
        log.warning("the parent process is gone, stopping")
        leave()


async def up(settings: Settings) -> None:
    """Everything: database, workers and pages, each in a process of its own, started again when one falls."""
    stop = stop_on_signal()
    listener = listen(settings)
    settings = settings.model_copy(update={"port": port_of(listener)})
    async with open_house(settings) as house:
        told = await unless(stop, _get_ready(house.database, settings))
        greeting(settings, told)
        children = [Child("serve", settings.port, listener)]
        children += [Child("work", settings.port) for _ in range(settings.workers)]
        try:
            await asyncio.gather(*(child.run(stop) for child in children))
        finally:
            stop.set()
            print("Stopping; what is under way may take some seconds.", flush=True)  # noqa: T201
            await asyncio.gather(*(child.end() for child in children))
    print("Forkant has stopped.", flush=True)  # noqa: T201


class Child:
    """One process of `up`, begun again, with growing patience, when it falls.

    The listener is its parent's: the port stays ours while a process that serves is begun again.
    """

    def __init__(self, role: str, port: int, listener: socket.socket | None = None) -> None:
        self._role = role
        self._port = port
        self._handed_on = (listener.fileno(),) if listener else ()
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, stop: asyncio.Event) -> None:
        pause = 1.0
        while not stop.is_set():
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "app.cli",
                self._role,
                env={
                    **os.environ,
                    "FORKANT_PORT": str(self._port),
                    PARENT: str(os.getpid()),
                    LISTENER: "".join(map(str, self._handed_on)),
                },
                pass_fds=self._handed_on,
                start_new_session=True,  # Ctrl-C is for us; the children are told by us, in order
            )
            done = asyncio.create_task(self._process.wait())
            stopped = asyncio.create_task(stop.wait())
            await asyncio.wait({done, stopped}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            if stop.is_set():
                return
            if done.done() and self._process.returncode == UNUSABLE:
                raise ConfigurationError(f"`forkant {self._role}` has said why it cannot run: see above.")
            log.error("a process fell, starting it again", role=self._role, code=self._process.returncode)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            pause = min(pause * 2, 60.0)

    async def end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), DRAIN + 5)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _get_ready(database: Database, settings: Settings) -> FirstSignIn | None:
    """The tables and the classifier; the latter in a process of its own, whose weight goes with it."""
    told = await prepare(database, settings, clock.now())
    training = await asyncio.create_subprocess_exec(sys.executable, "-m", "app.cli", "model", "train", "--if-needed")
    try:
        await training.wait()
    finally:
        if training.returncode is None:
            training.kill()
            await training.wait()
    return told


def greeting(settings: Settings, told: FirstSignIn | None) -> None:
    """What a newcomer must know: the address and how to sign in."""
    lines = ["", f"  Forkant is at {settings.link_base}"]
    if told:
        lines.append(f"  Sign in as {told.name} with the password {told.password}")
        lines.append("  (told only now; `forkant person password` sets another)")
    else:
        lines.append(f"  Sign in as before ({settings.admin_name} at first; `forkant person password` sets another)")
    print("\n".join([*lines, "  Stop with Ctrl-C", ""]), flush=True)  # noqa: T201


def run(role: str, settings: Settings) -> None:
    """Run one role until it is stopped."""
    configure_logs(settings.log_level, settings.log_format)
    with suppress(Stopped):
        asyncio.run({"serve": serve, "work": work, "up": up}[role](settings))
