"""`forkant replay`: what Forkant would have told over an archive, with given watches."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer
from rich.console import Console
from rich.progress import Progress

from app.commands.archive import Archive, ArchiveItem
from app.commands.feedback import read_feedback
from app.commands.files import (
    STANDARD,
    UnusableArgumentError,
    created,
    refuse_the_same_file,
    usable_arguments,
    write_line,
)
from app.commands.replay_account import Account, summarise
from app.config import load_settings
from app.embedded.server import EmbeddedPostgres
from app.refining import meaning_of
from app.replaying.heard import Telling
from app.storage.database import Database, make_engine
from app.storage.migrating import migrate
from classifiers.types import Classifier
from classifiers.watches.watchfile import WatchDraft, WatchFileError, read_watches

if TYPE_CHECKING:
    from app.replay import Moment
    from classifiers.beside import Beside


def replay(
    archive: Annotated[Path, typer.Argument(help="Items as JSON Lines; - for standard input, .gz is unpacked.")],
    watches: Annotated[Path, typer.Option(help="Watches as TOML.")],
    out: Annotated[Path, typer.Option(help="Where to write; - for standard output, .gz packs.")] = STANDARD,
    held: Annotated[Path | None, typer.Option(help="Where to write what woke nobody, and why.")] = None,
    since: Annotated[str, typer.Option("--from", help="Leave out what was seen before this time.")] = "",
    until: Annotated[str, typer.Option("--to", help="Leave out what was seen from this time on.")] = "",
    feedback: Annotated[Path | None, typer.Option(help="Which items or alerts were useful, as JSON Lines.")] = None,
    keep: Annotated[
        str, typer.Option(help="Play it in a database, far more slowly, and keep that under this name.")
    ] = "",
    embeddings: Annotated[
        bool, typer.Option(help="Read closely, by sentence embeddings, what the words leave open; where installed.")
    ] = True,
    time_zone: Annotated[str, typer.Option(help="Of the audience: its hours of the day.")] = "Europe/Oslo",
) -> None:
    """Run the whole pipeline over an archive at virtual time, and write each alert and each later change of it."""
    console = Console(stderr=True)
    with usable_arguments():
        refuse_the_same_file(archive, out)
        drafts = _drafts(watches)
        judged = read_feedback(feedback, console) if feedback else None
        begin, end = _moment(since, "--from"), _moment(until, "--to")
        if keep and not re.fullmatch(r"[a-z0-9_]{1,40}", keep):
            raise UnusableArgumentError("--keep takes a name of small letters, digits and _, at most 40.")
        read = Archive(archive, console)
        items = [item for item in read.by_seen_at() if _within(item.seen_at, begin, end)]
        account = Account.of(items, drafts)
        with created(out) as target, _created(held) as held_target, _bar(console, account.items) as advance:
            note = _Note(account, target, held_target, advance)
            _play(_Given(items, drafts, time_zone, *_models(embeddings)), keep, note)
    summarise(account, judged, console)
    read.finish()


@dataclass(frozen=True)
class _Given:
    """What is played, and with what."""

    items: list[ArchiveItem]
    drafts: tuple[WatchDraft, ...]
    time_zone: str
    model: Classifier
    beside: "Beside"


@dataclass(frozen=True)
class _Note:
    """Writes down what a moment brought."""

    account: Account
    told: TextIO
    held: TextIO | None
    advance: Callable[["Moment"], None]

    def __call__(self, moment: "Moment") -> None:
        self.advance(moment)
        for one in moment.told:
            self.account.tell(one)
            write_line(self.told, _line(one))
        for one in moment.held:
            self.account.hold(one)
            if self.held:
                write_line(self.held, _line(one) | {"hold": one.hold, "reason": one.reason})


def _drafts(path: Path) -> tuple[WatchDraft, ...]:
    try:
        return read_watches(path)
    except WatchFileError as error:
        raise UnusableArgumentError(str(error)) from None


def _moment(given: str, name: str) -> datetime | None:
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError:
        raise UnusableArgumentError(f"{name} is not a time such as 2026-01-05 or 2026-01-05T07:12:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _within(at: datetime, begin: datetime | None, end: datetime | None) -> bool:
    return (begin is None or at >= begin) and (end is None or at < end)


@contextmanager
def _created(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
    else:
        with created(path) as target:
            yield target


@contextmanager
def _bar(console: Console, total: int) -> Iterator[Callable[["Moment"], None]]:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("replaying", total=total)
        yield lambda moment: bar.update(task, advance=moment.items, description=f"{moment.at:%Y-%m-%d}")


def _models(embeddings: bool) -> tuple[Classifier, "Beside"]:
    from classifiers.beside import load_beside
    from classifiers.blend import blend
    from classifiers.topics import load_model
    from classifiers.trained import MODEL
    from classifiers.training import ensure_shipped

    ensure_shipped(MODEL)
    meaning = meaning_of(load_settings()) if embeddings else None
    return blend(load_model(MODEL), meaning), load_beside(MODEL)


def _play(given: _Given, keep: str, note: _Note) -> None:
    from app.replay import Replay, label_here, watches_of
    from app.replaying.archived import heard_of

    if keep:
        asyncio.run(_play_in_database(given, keep, note))
        return
    watches = watches_of(given.drafts, given.time_zone)
    replay = Replay(heard_of(given.items), watches, label_here(given.model, given.beside))
    for moment in replay.moments():
        note(moment)
    note.account.leads = replay.lead_times()


async def _play_in_database(given: _Given, keep: str, note: _Note) -> None:
    from app.replay_in_database import StoredReplay

    with EmbeddedPostgres(load_settings().home) as server:
        async with database_called(server, keep) as database:
            replay = StoredReplay(database, given.model, given.items, given.beside)
            async for moment in replay.moments(given.drafts, given.time_zone):
                note(moment)
            note.account.leads = await replay.lead_times()


@asynccontextmanager
async def database_called(server: EmbeddedPostgres, keep: str = "") -> AsyncIterator[Database]:
    """A migrated database, empty; thrown away at the end where it has no name."""
    import asyncpg

    async def order(*orders: str) -> None:
        connection = await asyncpg.connect(server.url())
        try:
            for one in orders:
                await connection.execute(one)
        finally:
            await connection.close()

    name = f"replay_{keep or secrets.token_hex(4)}"
    await order(f'drop database if exists "{name}" with (force)', f'create database "{name}"')
    database = Database(make_engine(server.url(name)))
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()
        if not keep:
            await order(f'drop database if exists "{name}" with (force)')


def _line(told: Telling) -> dict[str, Any]:
    """One change as formats.md has it."""
    return {
        "at": told.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "alert": None if told.alert is None else str(told.alert),
        "kind": told.kind,
        "change": told.change,
        "state": told.state,
        "watch": told.watch,
        "severity": told.severity,
        "level": told.level,
        "topics": list(told.topics),
        "title": told.title,
        "story": told.story,
        "items": list(told.items),
        "observed": told.observed,
        "expected": told.expected,
        "because": told.because,
        "coverage": told.coverage,
    }
