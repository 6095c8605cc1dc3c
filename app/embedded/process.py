"""The server as a process: is it alive, is it ready, launch it, stop it."""

import logging
import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from app.embedded.account import Account
from app.embedded.asking import Answer, ask
from app.embedded.binaries import Programs
from app.embedded.cluster import ensure_cluster, named
from app.embedded.errors import EmbeddedPostgresError, advice_for
from app.embedded.folders import own_folder, socket_folder
from app.embedded.layout import Layout
from app.embedded.locks import POLL, Hold, is_free
from app.embedded.postmaster import clear_remains, find_postmaster

PATIENCE = 600.0
"""Seconds. Replaying the log after a crash can take minutes; who gives up earlier only has to begin again."""
QUIET = 5.0
WAITING = (
    "Waiting for Postgres. Either it recovers from a crash, see %s; or processes left over from before,"
    " or another container, use the data, see `fuser %s`"
)
LOG_LIMIT = 5_000_000

logger = logging.getLogger(__name__)


def is_alive(layout: Layout) -> bool:
    """Whether any process of the server is left, ready or not."""
    return not is_free(layout.alive) or find_postmaster(layout.data) is not None


def is_ready(layout: Layout) -> bool:
    """Whether the server takes connections."""
    running = find_postmaster(layout.data)
    return running is not None and ask(running.sockets) is Answer.READY


def ensure_ready(layout: Layout, account: Account, programs: Programs) -> None:
    """Go on until the server takes connections, be it gone, starting, recovering or stopping now."""
    began, log_began, launched = time.monotonic(), _size(layout.log), False
    warn_at = began + QUIET
    while not is_ready(layout):
        if not is_alive(layout):
            if launched:
                raise _failure(layout, "Postgres could not start", log_began)
            ensure_cluster(layout, account, programs)
            launch(layout, account, programs)
            launched = True
        if time.monotonic() - began > PATIENCE:
            raise _failure(layout, f"Postgres has not become ready in {PATIENCE:.0f} s", log_began)
        if time.monotonic() > warn_at:
            logger.warning(WAITING, layout.log, layout.alive)
            warn_at += PATIENCE
        time.sleep(POLL)


def launch(layout: Layout, account: Account, programs: Programs) -> None:
    """Start the server as nobody's child, so that it outlives us and leaves no zombie with us."""
    sockets = own_folder(socket_folder(layout.home, account), account.user, 0o700)
    clear_remains(layout.data, sockets)
    command = [str(programs["postgres"]), "-D", named(layout.data, account), *_settings(sockets)]
    alive = Hold(layout.alive)
    with layout.log.open("ab") as log:
        in_background = ["/bin/sh", "-c", 'exec "$@" &', "sh", *command]
        account.run(in_background, folder=layout.data, log=log, inherit=[alive.descriptor or 0])
    alive.hand_over()


def _settings(sockets: Path) -> list[str]:
    """What must be so whatever postgresql.conf says: this socket, and no other way in."""
    fixed = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "port": "5432",
        "logging_collector": "off",
    }
    return [f"--{name}={value}" for name, value in fixed.items()]


def end(layout: Layout) -> None:
    """Stop the server: roll back what is open, write everything, wait until its processes are gone."""
    began, log_began = time.monotonic(), _size(layout.log)
    if running := find_postmaster(layout.data):
        os.kill(running.process, signal.SIGINT)  # What Postgres calls a fast shutdown.
    while is_alive(layout):
        if time.monotonic() - began > PATIENCE:
            raise _failure(layout, f"Postgres has not stopped in {PATIENCE:.0f} s", log_began)
        time.sleep(POLL)
    if running:
        with suppress(OSError):  # Not empty: another server's too.
            running.sockets.rmdir()


def trim_log(log: Path) -> None:
    """Keep one earlier log. The file is emptied, not renamed, as the server goes on writing to it."""
    if _size(log) > LOG_LIMIT:
        earlier = log.with_suffix(".log.1")
        earlier.unlink(missing_ok=True)
        shutil.copyfile(log, earlier)
        os.truncate(log, 0)


def _failure(layout: Layout, what: str, log_began: int) -> EmbeddedPostgresError:
    with layout.log.open("rb") as log:
        log.seek(log_began)
        said = log.read().decode(errors="replace")
    last = "\n".join(said.strip().splitlines()[-8:])
    return EmbeddedPostgresError(f"{what}:\n{last}", layout.data, advice_for(said, layout.log))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
