"""The server's main process, seen from outside: which it is, whether it lives, and what it left behind."""

import os
import signal
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.embedded.asking import SOCKET, Answer, ask
from app.embedded.locks import POLL

PROC = Path("/proc")
QUIT_PATIENCE = 10.0


@dataclass(frozen=True)
class Postmaster:
    """What a lock file of Postgres says. Any of it can be of an earlier life."""

    process: int
    sockets: Path
    shared_memory: int | None


class Life(Enum):
    """What has become of the process that a lock file names."""

    SERVES = "it is the server of this data folder"
    GONE = "there is no such process"
    ZOMBIE = "it ended, and its parent has not noticed"
    BEREFT = "it is a server whose data folder was deleted"
    STRANGER = "its number now belongs to another process"


def read_postmaster(lock_file: Path) -> Postmaster | None:
    """What the lock file says; None when there is none, or it is not complete."""
    try:
        lines = lock_file.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    # The number is negative for a server in single-user mode.
    process = lines[0].strip().removeprefix("-") if len(lines) >= 5 else ""
    if not process.isdecimal():
        return None
    memory = lines[6].split() if len(lines) > 6 else []
    return Postmaster(int(process), Path(lines[4]), int(memory[1]) if len(memory) == 2 else None)


def life_of(process: int, data: Path) -> Life:
    """Postgres works inside its data folder, which tells it from a process that merely got the same number.

    Where there is no /proc, a process with that number is taken for the server.
    """
    try:
        os.kill(process, 0)
        if not PROC.joinpath("self").exists():
            return Life.SERVES
        name, _, rest = PROC.joinpath(str(process), "stat").read_text().rpartition(")")
        if rest.split()[0] in "ZX":
            return Life.ZOMBIE
        working_folder = PROC.joinpath(str(process), "cwd").stat()
    except (FileNotFoundError, ProcessLookupError):
        return Life.GONE
    except PermissionError:
        return Life.STRANGER
    if not name.endswith("(postgres"):
        return Life.STRANGER
    if working_folder.st_nlink == 0:
        return Life.BEREFT
    return Life.SERVES if data.exists() and os.path.samestat(working_folder, data.stat()) else Life.STRANGER


def find_postmaster(data: Path) -> Postmaster | None:
    """The living server of this data folder."""
    said = read_postmaster(data / "postmaster.pid")
    return said if said and life_of(said.process, data) is Life.SERVES else None


def clear_remains(data: Path, sockets: Path) -> None:
    """Remove lock files that would keep Postgres from starting, though the server they name is no more.

    Postgres clears them itself when no process has the number, but takes a zombie, or a process that got the
    number after a restart of the machine or container, for a living server.
    Call only while the server's processes are gone.
    """
    file = data / "postmaster.pid"
    said = read_postmaster(file)
    if said is None:
        file.unlink(missing_ok=True)  # Empty or cut short by a crash.
    elif life_of(said.process, data) not in (Life.SERVES, Life.GONE) and not _is_attached(said.shared_memory):
        file.unlink()
    _clear_socket(data, sockets)


def _clear_socket(data: Path, sockets: Path) -> None:
    file = sockets / f"{SOCKET}.lock"
    said = read_postmaster(file)
    if said and life_of(said.process, data) is Life.BEREFT:
        _quit(said.process, data)
    if said is None or (life_of(said.process, data) is not Life.GONE and ask(sockets) is Answer.NONE):
        file.unlink(missing_ok=True)


def _quit(process: int, data: Path) -> None:
    """End a server whose data was deleted. It would notice in a minute, and then remove our new socket."""
    os.kill(process, signal.SIGQUIT)
    deadline = time.monotonic() + QUIT_PATIENCE
    while life_of(process, data) is Life.BEREFT and time.monotonic() < deadline:
        time.sleep(POLL)


def _is_attached(shared_memory: int | None) -> bool:
    """Whether a process still uses the old server's shared memory: then data could still be written."""
    table = PROC / "sysvipc" / "shm"
    if shared_memory is None or not table.exists():
        return False
    head, *rows = (line.split() for line in table.read_text().splitlines())
    used = {row[head.index("shmid")]: row[head.index("nattch")] for row in rows}
    return used.get(str(shared_memory), "0") != "0"
