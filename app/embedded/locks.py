"""File locks that the operating system drops when a process ends, however it ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from app.embedded.errors import EmbeddedPostgresError

POLL = 0.05


class Hold:
    """A shared lock, ours until released. A forked child, which could outlive us, does not get it."""

    def __init__(self, path: Path) -> None:
        self.descriptor: int | None = _open(path)
        _holds.add(self)
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        if self.descriptor is not None:
            fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        self.hand_over()

    def hand_over(self) -> None:
        """Close our end only: whoever inherited the lock keeps it."""
        if self.descriptor is not None:
            os.close(self.descriptor)
        self.descriptor = None


_holds: WeakSet[Hold] = WeakSet()


def _drop_holds_in_child() -> None:
    for hold in list(_holds):
        hold.hand_over()


os.register_at_fork(after_in_child=_drop_holds_in_child)


@contextmanager
def alone(path: Path, patience: float) -> Iterator[None]:
    """Be the only one, of all threads and processes, between here and the end of the block."""
    descriptor = _open(path)
    try:
        _wait_for(descriptor, path, patience)
        yield
    finally:
        # Not by closing alone: a child forked meanwhile has a copy that would keep the lock.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def is_free(path: Path) -> bool:
    """Whether nobody holds it."""
    descriptor = _open(path)
    try:
        return _try(descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_for(descriptor: int, path: Path, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _try(descriptor):
        if time.monotonic() > deadline:
            what = f"Another process has been starting or stopping Postgres for {patience:.0f} s."
            raise EmbeddedPostgresError(what, path, "See with `fuser` which it is; end it.")
        time.sleep(POLL)
