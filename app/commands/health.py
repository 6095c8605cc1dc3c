"""`forkant health`: is Forkant on this machine alive? For containers and service managers."""

import asyncio
import socket
import urllib.error
import urllib.request

import typer

from app.config import Settings, load_settings
from app.errors import ForkantError


def health() -> None:
    """Exit 0 if the pages answer here, or a worker of this machine has shown life in the last minute; else 1."""
    settings = load_settings()
    if _pages_answer(settings) or (settings.database_url and asyncio.run(_worker_lives(settings))):
        typer.echo("alive")
        return
    typer.echo("neither pages nor a worker of this machine give a sign of life", err=True)
    raise typer.Exit(1)


def _pages_answer(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/health/live", timeout=5) as answer:
            return int(answer.status) == 200
    except (OSError, urllib.error.URLError):
        return False


async def _worker_lives(settings: Settings) -> bool:
    from app import clock
    from app.storage.beginnings import lives_on
    from app.storage.database import Database, make_engine

    database = Database(make_engine(settings.database_url))
    try:
        async with database.transaction() as connection:
            return await lives_on(connection, socket.gethostname(), clock.now())
    except ForkantError:
        return False
    finally:
        await database.close()
