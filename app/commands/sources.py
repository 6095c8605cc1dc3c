"""`forkant sources`: reading lists in and out."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app import clock
from app.commands.access import with_database
from app.commands.files import STANDARD, UnusableArgumentError, created, say, usable_arguments
from app.config import load_settings
from app.errors import Conflict
from app.records import Caller, ListOutcome, ListReport, Scope, SourceDraft
from app.services.opml import SourceLists
from app.services.sources import Sources
from app.storage.access import find_organisation
from app.storage.database import Database
from signals.opml import LARGEST
from signals.types import Stakeholder

app = typer.Typer(help="Reading lists (OPML) in and out.", no_args_is_help=True)

IN_WORDS = {
    ListOutcome.NEW: "new",
    ListOutcome.KNOWN: "already a source",
    ListOutcome.REPEATED: "twice in the list",
    ListOutcome.REFUSED: "cannot be used",
}


@app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="An OPML file; - for standard input")],
    apply: Annotated[bool, typer.Option("--apply", help="Add the new ones; else only tell")] = False,
    stakeholder: Annotated[Stakeholder, typer.Option(help="Where no folder tells")] = Stakeholder.MEDIA,
    tier: Annotated[int, typer.Option(min=1, max=3, help="Where the list does not tell")] = 2,
) -> None:
    """Take in a reading list: folders become stakeholder groups."""
    now, defaults = clock.now(), SourceDraft("", stakeholder=stakeholder, tier=tier)
    with usable_arguments():
        body = _read(file)
        report = with_database(lambda database: _take(database, body, defaults, now, apply))
    _tell(report)


@app.command("export")
def export_list(file: Annotated[Path, typer.Argument(help="Where to write it; - for standard output")]) -> None:
    """Write all sources that we listen to as OPML."""
    now = clock.now()
    with usable_arguments():
        text = with_database(lambda database: _export(database, now))
        with created(file) as target:
            target.write(text)


def _read(file: Path) -> bytes:
    """The file, or as much of it as shows that it is too large."""
    if file == STANDARD:
        return typer.get_binary_stream("stdin").read(LARGEST + 1)
    try:
        with file.open("rb") as given:
            return given.read(LARGEST + 1)
    except OSError as reason:
        raise UnusableArgumentError(f"{file} cannot be read: {reason.strerror}.") from None


async def _take(database: Database, body: bytes, defaults: SourceDraft, now: datetime, apply: bool) -> ListReport:
    return await _lists(database).take(await _operator(database), body, defaults, now, apply=apply)


async def _export(database: Database, now: datetime) -> str:
    return await _lists(database).export(await _operator(database), "Sources of Forkant", now)


def _lists(database: Database) -> SourceLists:
    return SourceLists(Sources(database, load_settings().private_hosts))


async def _operator(database: Database) -> Caller:
    """Whoever may start commands here may do everything."""
    async with database.transaction() as connection:
        organisation_id = await find_organisation(connection)
    if organisation_id is None:
        raise Conflict("There is no organisation yet: start Forkant once")
    return Caller(organisation_id, "operator", frozenset(Scope))


def _tell(report: ListReport) -> None:
    console = Console()
    for one in report.sources:
        group = f" [{one.draft.stakeholder}]" if one.outcome is ListOutcome.NEW else ""
        because = f": {one.because}" if one.because else ""
        name = one.draft.name or one.draft.address
        say(console, f"line {one.line}: {name}, {IN_WORDS[one.outcome]}{group}{because}")
    for remark in report.remarks:
        say(console, remark)
    counts = ", ".join(f"{report.count(outcome)} {words}" for outcome, words in IN_WORDS.items())
    say(console, f"{len(report.sources)} feeds: {counts}.")
    if report.applied:
        say(console, f"Added: {report.added}.")
    elif report.count(ListOutcome.NEW):
        say(console, "Nothing is added yet: give --apply to add the new ones.")
