"""`forkant replay`: what Forkant would have told over an archive, with given watches."""

import asyncio
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TextIO

import asyncpg
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from app.commands.archive import Archive, ArchiveItem
from app.commands.feedback import Feedback, read_feedback
from app.commands.files import (
    STANDARD,
    UnusableArgumentError,
    created,
    refuse_the_same_file,
    say,
    usable_arguments,
    write_line,
)
from app.config import load_settings
from app.embedded.server import EmbeddedPostgres
from app.refining import meaning_of
from app.replay import Replay
from app.storage.archives import Told
from app.storage.database import Database, make_engine
from app.storage.migrating import migrate
from classifiers.watches.watchfile import WatchDraft, WatchFileError, read_watches


@dataclass
class Account:
    """What a replay came to, for the terminal."""

    items: int = 0
    first: datetime | None = None
    last: datetime | None = None
    told: list[Told] = field(default_factory=list)
    leads: dict[int, timedelta] = field(default_factory=dict)  # of an alert: from raised to its story's busiest hour
    names: dict[int, str] = field(default_factory=dict)  # the archive's ids of signals

    @property
    def days(self) -> float:
        if self.first is None or self.last is None:
            return 0.0
        return max((self.last - self.first) / timedelta(days=1), 1.0)


def replay(
    archive: Annotated[Path, typer.Argument(help="Items as JSON Lines; - for standard input, .gz is unpacked.")],
    watches: Annotated[Path, typer.Option(help="Watches as TOML.")],
    out: Annotated[Path, typer.Option(help="Where to write; - for standard output, .gz packs.")] = STANDARD,
    since: Annotated[str, typer.Option("--from", help="Leave out what was seen before this time.")] = "",
    until: Annotated[str, typer.Option("--to", help="Leave out what was seen from this time on.")] = "",
    feedback: Annotated[Path | None, typer.Option(help="Which items or alerts were useful, as JSON Lines.")] = None,
    keep: Annotated[str, typer.Option(help="Keep the database under this name, to look at it later.")] = "",
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
        with created(out) as target:
            account = asyncio.run(_play(items, drafts, target, keep, time_zone, console, embeddings))
    _summarise(account, judged, console)
    read.finish()


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


async def _play(
    items: list[ArchiveItem],
    drafts: tuple[WatchDraft, ...],
    target: TextIO,
    keep: str,
    time_zone: str,
    console: Console,
    embeddings: bool,
) -> Account:
    from classifiers.beside import load_beside
    from classifiers.blend import blend
    from classifiers.topics import load_model
    from classifiers.trained import MODEL
    from classifiers.training import ensure_shipped

    ensure_shipped(MODEL)
    model = blend(load_model(MODEL), meaning_of(load_settings()) if embeddings else None)
    account = Account(items=len(items))
    with EmbeddedPostgres(load_settings().home) as server:
        async with _database(server, keep) as database:
            play = Replay(database, model, items, load_beside(MODEL))
            with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("replaying", total=len(items))
                async for moment in play.run(drafts, time_zone):
                    account.first = account.first or moment.at
                    account.last = moment.at
                    bar.update(task, advance=moment.items, description=f"{moment.at:%Y-%m-%d}")
                    for told in moment.told:
                        account.told.append(told)
                        write_line(target, _line(told, play.archive_ids))
            account.leads = await play.lead_times()
            account.names = play.archive_ids
    return account


@asynccontextmanager
async def _database(server: EmbeddedPostgres, keep: str) -> AsyncIterator[Database]:
    """A migrated database, thrown away at the end unless it is to be kept."""
    name = f"replay_{keep or secrets.token_hex(4)}"
    await _order(server, f'drop database if exists "{name}" with (force)', f'create database "{name}"')
    database = Database(make_engine(server.url(name)))
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()
        if not keep:
            await _order(server, f'drop database if exists "{name}" with (force)')


async def _order(server: EmbeddedPostgres, *orders: str) -> None:
    connection = await asyncpg.connect(server.url())
    try:
        for order in orders:
            await connection.execute(order)
    finally:
        await connection.close()


def _line(told: Told, archive_ids: dict[int, str]) -> dict[str, Any]:
    """One change as formats.md has it."""
    return {
        "at": told.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "alert": str(told.alert_id),
        "kind": told.kind,
        "change": told.change,
        "state": told.state,
        "watch": told.watch,
        "severity": told.severity,
        "level": told.level,
        "topics": list(told.topics),
        "title": told.title,
        "story": archive_ids.get(told.story_id) if told.story_id else None,
        "items": [archive_ids[key] for key in told.signal_ids if key in archive_ids],
        "observed": told.observed,
        "expected": told.expected,
        "because": told.because,
        "coverage": told.coverage,
    }


def _summarise(account: Account, judged: Feedback | None, console: Console) -> None:
    raised = [told for told in account.told if told.change == "raised"]
    days = account.days
    say(console, f"{account.items:,} items over {days:.1f} days: {len(raised)} alerts, {len(account.told)} changes.")
    if not raised:
        return
    table = Table(box=None, pad_edge=False)
    for name in ("watch", "alerts", "a day", "by kind", "by level"):
        table.add_column(name, justify="right" if name in ("alerts", "a day") else "left")
    for watch in sorted({told.watch for told in raised}):
        mine = [told for told in raised if told.watch == watch]
        table.add_row(watch, str(len(mine)), f"{len(mine) / days:.2f}", _shares(mine, "kind"), _shares(mine, "level"))
    console.print(table)
    if judged:
        named = {str(one.alert_id): [account.names.get(key, "") for key in one.signal_ids] for one in raised}
        say(console, judged.precision(named))
    if account.leads:
        middle = sorted(account.leads.values())[len(account.leads) // 2]
        say(console, f"Median lead from alert to the story's busiest hour: {middle / timedelta(minutes=1):.0f} min.")


def _shares(told: list[Told], name: str) -> str:
    return ", ".join(f"{key} {count}" for key, count in Counter(getattr(one, name) for one in told).most_common())
