"""`forkant key` and `forkant person`: who may come in."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Column, Table

from app import clock
from app.config import load_settings
from app.records import ApiKey, Role, Scope
from app.services.keys import Keys
from app.services.people import People
from app.storage.database import Database

key_app = typer.Typer(help="Keys for programs that use the API.", no_args_is_help=True)
person_app = typer.Typer(help="People who sign in.", no_args_is_help=True)

Found = TypeVar("Found")
PasswordOption = Annotated[
    str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="Asked for when not given")
]


def with_database(ask: Callable[[Database], Awaitable[Found]]) -> Found:
    """Ask the database of the settings something; the embedded one is started for it where it does not run."""

    async def run() -> Found:
        from app.bootstrap import prepare
        from app.main import open_house

        settings = load_settings()
        async with open_house(settings) as house:
            told = await prepare(house.database, settings, clock.now())
            if told:
                typer.echo(f"Set up. Sign in as {told.name} with the password {told.password}", err=True)
            return await ask(house.database)

    return asyncio.run(run())


@key_app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What it is for")],
    scope: Annotated[list[Scope] | None, typer.Option(help="May be given more than once")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Not valid after so many days")] = None,
) -> None:
    """Make a key. It is shown once, here; only its hash is stored."""
    now = clock.now()
    expires_at = now + timedelta(days=days) if days else None
    made = with_database(
        lambda database: Keys(database).create(name, scope or [Scope.READ], now, expires_at=expires_at)
    )
    typer.echo(made.secret)
    typer.echo(f"Key {made.key.id} for {name}; use it as `Authorization: Bearer ...`. It is not shown again.", err=True)


@key_app.command("list")
def list_keys() -> None:
    """List the keys: what they are for, what they may, when they were last used."""
    table = Table(Column("id", min_width=12), "for", "may", "made", "last used", "state")
    now = clock.now()
    for key in with_database(lambda database: Keys(database).list()):
        used = f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never"
        table.add_row(key.id, key.name, ", ".join(key.scopes), f"{key.created_at:%Y-%m-%d}", used, state_of(key, now))
    Console().print(table)


def state_of(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at:
        return f"{'expired' if key.expires_at <= now else 'until'} {key.expires_at:%Y-%m-%d}"
    return "valid"


@key_app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID", help="As `forkant key list` shows it")]) -> None:
    """Make a key useless, at once and on all nodes."""
    with_database(lambda database: Keys(database).revoke(key_id, clock.now()))
    typer.echo(f"Key {key_id} is revoked.")


@person_app.command("add")
def add_person(
    name: Annotated[str, typer.Argument(help="They sign in with it")],
    password: PasswordOption,
    role: Annotated[Role, typer.Option(help="What they may do")] = Role.TRIAGE,
) -> None:
    """Let somebody sign in."""
    with_database(lambda database: People(database).add(name, password, role, clock.now()))
    typer.echo(f"{name} may sign in as {role}.")


@person_app.command("password")
def set_password(
    name: Annotated[str, typer.Argument(help="Whose password")],
    password: PasswordOption,
) -> None:
    """Set somebody's password; it ends their sessions."""
    with_database(lambda database: People(database).set_password(name, password))
    typer.echo(f"The password of {name} is set; their sessions have ended.")
