"""`forkant demo`: plays a fictional organisation's week through the real service, then shows the dashboard."""

import asyncio
import sys
from typing import Annotated

import typer
from rich.console import Console

STOPPED = 130  # what shells say of Ctrl-C
WIDE = 150  # columns where the output goes to no terminal


def demo(
    port: Annotated[int | None, typer.Option(help="Where the dashboard will be; overrides FORKANT_PORT.")] = None,
    speed: Annotated[float, typer.Option(min=0.0, help="Virtual hours a second; 0: as fast as it goes.")] = 0.0,
    serve: Annotated[bool, typer.Option(help="Show the dashboard afterwards, until Ctrl-C.")] = True,
) -> None:
    """Play a fictional organisation's week: six languages, a crisis, a leak, a prize, and bursts that mean nothing.

    With --no-serve it ends there: with 1 where an issue was missed or a decoy raised an alert.
    """
    from app.config import load_settings
    from app.demo.show import show
    from app.logs import configure_logs
    from classifiers.trained import MODEL
    from classifiers.training import ensure_shipped

    settings = load_settings(**({} if port is None else {"port": port}))
    configure_logs("error", settings.log_format)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    try:
        with console.status("Looking after the classifier (trained at first use, in some seconds)"):
            ensure_shipped(MODEL)
        account = asyncio.run(show(settings, MODEL, console, hours_a_second=speed, is_served=serve))
    except KeyboardInterrupt:
        console.print("The demo has stopped.")
        raise typer.Exit(0 if serve else STOPPED) from None
    raise typer.Exit(0 if serve or account.verdict.is_good else 1)
