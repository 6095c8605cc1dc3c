"""`forkant` as a real process: started, watched from outside, killed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from app.embedded.layout import Layout
from app.embedded.postmaster import find_postmaster

REPOSITORY = Path(__file__).parents[2]
LONG = 170.0  # seconds: a slow machine may first have to train the classifier
Found = TypeVar("Found")


def until(look: Callable[[], Found], patience: float = LONG) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain")
        time.sleep(0.1)
    return found


class Service:
    """One `forkant` process with a home of its own."""

    def __init__(self, home: Path, role: str = "up", **settings: str) -> None:
        self.home = home
        self.output = home.parent / f"{role}-{len(list(home.parent.glob('*.log')))}.log"
        given = {"home": str(home), "port": "0", "starters": "false", "admin_password": "correct horse"} | settings
        environment = {key: value for key, value in os.environ.items() if not key.startswith("FORKANT_")}
        environment |= {f"FORKANT_{key.upper()}": value for key, value in given.items()}
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", role], cwd=REPOSITORY, env=environment, stdout=log, stderr=log
            )

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    @property
    def address(self) -> str:
        found = re.search(r"Forkant is at (\S+)", self.said)
        return found[1] if found else ""

    def is_ready(self) -> bool:
        """Ready to answer, with somebody listening; False also where nobody answers."""
        if self.process.poll() is not None:
            raise AssertionError(f"it ended with {self.process.returncode}:\n{self.said}")
        try:
            with urllib.request.urlopen(f"{self.address}/health/ready", timeout=30) as answer:
                return bool(answer.status == 200)
        except (OSError, ValueError):
            return False

    def wait_until_ready(self) -> "Service":
        until(self.is_ready)
        return self

    def child(self, role: str) -> int:
        """The process of that role, or 0."""
        return next((pid for pid, words in children_of(self.process.pid) if words[-1] == role), 0)

    def postmaster(self) -> int:
        """The embedded server's process, or 0."""
        found = find_postmaster(Layout(self.home).data)
        return found.process if found else 0

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(LONG)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(LONG)

    def clear_away(self) -> None:
        """Whatever the test left is ended."""
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.interrupt()
            self.process.kill()
            self.process.wait(LONG)


def children_of(parent: int) -> Iterator[tuple[int, list[str]]]:
    """Living processes below that one, with their command lines."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, of = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            if int(of) == parent and state not in "ZX":
                yield int(folder.name), folder.joinpath("cmdline").read_text().rstrip("\0").split("\0")


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
