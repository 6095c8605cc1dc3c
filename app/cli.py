"""The `forkant` command."""

import sys
from typing import Annotated

import typer

from app.errors import ForkantError

app = typer.Typer(
    name="forkant",
    help="Early warning for communications teams. Settings are FORKANT_... variables; see docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Port = Annotated[int | None, typer.Option(help="Overrides FORKANT_PORT")]


def _run(role: str, **given: object) -> None:
    from app.config import load_settings
    from app.main import run

    run(role, load_settings(**{key: value for key, value in given.items() if value is not None}))


@app.command()
def up(port: Port = None) -> None:
    """Run everything: embedded database (unless FORKANT_DATABASE_URL is set), workers, API and pages."""
    _run("up", port=port)


@app.command()
def serve(port: Port = None) -> None:
    """Run API and pages only."""
    _run("serve", port=port)


@app.command()
def work() -> None:
    """Run collector and pipeline only; any number of these may share a database."""
    _run("work")


def main() -> None:
    """The command line; what went wrong is told in a sentence, with exit code 2 where the reader can mend it."""
    try:
        app()
    except ForkantError as error:
        print(f"forkant: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
