"""The `forkant` command: one table of what it can do; only what is asked for is loaded."""

import sys
from importlib import import_module
from typing import Annotated

import typer

from app.errors import DatabaseUnavailable, ForkantError

# Each line: the command, and where its function (or group of commands) stands.
COMMANDS = {
    "up": "app.cli:up",
    "serve": "app.cli:serve",
    "work": "app.cli:work",
    "demo": "app.commands.demo:demo",
    "replay": "app.commands.replay:replay",
    "classify": "app.commands.classify:classify",
    "stories": "app.commands.stories:stories",
    "detect": "app.commands.detect:detect",
    "watch": "app.commands.watch:app",
    "model": "app.commands.model:model",
    "sources": "app.commands.sources:app",
    "db": "app.embedded.commands:db",
    "key": "app.commands.access:key_app",
    "person": "app.commands.access:person_app",
    "organisation": "app.commands.organisation:organisation",
    "false-alarms": "app.commands.false_alarms:false_alarms",
    "health": "app.commands.health:health",
}

Port = Annotated[int | None, typer.Option(help="Overrides FORKANT_PORT")]


def _run(role: str, **given: object) -> None:
    from app.config import load_settings
    from app.main import run

    run(role, load_settings(**{key: value for key, value in given.items() if value is not None}))


def up(port: Port = None) -> None:
    """Run everything: embedded database (unless FORKANT_DATABASE_URL is set), workers, API and pages."""
    _run("up", port=port)


def serve(port: Port = None) -> None:
    """Run API and pages only; any number of these may share a database."""
    _run("serve", port=port)


def work() -> None:
    """Run collector and pipeline only; any number of these may share a database."""
    _run("work")


def make_app(asked: str = "") -> typer.Typer:
    """The command line with the one command that is asked for, or with all where none of ours is."""
    app = typer.Typer(
        name="forkant",
        help="Early warning for communications teams. Settings are FORKANT_... variables: see docs/settings.md.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_no_single_command)
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(sys.modules[__name__] if module == "app.cli" else import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _no_single_command() -> None:
    """Typer would drop the command's name where there is only one."""


def main() -> None:
    """The command line; what went wrong is told in a sentence. Exit code 1: it may work later; 2: not as it stands."""
    try:
        make_app(sys.argv[1] if len(sys.argv) > 1 else "")()
    except ForkantError as error:
        print(f"forkant: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(1 if isinstance(error, DatabaseUnavailable) else 2) from None


if __name__ == "__main__":
    main()
