"""The supervisor: starts the server for the first process that needs it, stops it after the last."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from app.embedded.account import choose_account
from app.embedded.binaries import find_programs
from app.embedded.errors import told_clearly
from app.embedded.folders import socket_folder
from app.embedded.layout import Layout
from app.embedded.locks import Hold, alone, is_free
from app.embedded.postmaster import find_postmaster
from app.embedded.process import PATIENCE, end, ensure_ready, is_ready, trim_log


class EmbeddedPostgres:
    """The Postgres of one home folder, shared by every process that starts it there.

    Blocks: call it from a thread where an event loop runs. `start` can be called again at any time, also to
    bring back a server that was killed.

    >>> with EmbeddedPostgres(Path(".forkant")) as postgres:  # doctest: +SKIP
    ...     postgres.url()
    'postgresql://forkant@/forkant?host=/tmp/forkant-0123456789abcdef&port=5432'
    """

    def __init__(self, home: Path) -> None:
        self.layout = Layout(home.expanduser().resolve())
        self._hold: Hold | None = None

    def start(self) -> str:
        """Hold the server, start it unless it runs, and return its address."""
        with told_clearly("Postgres could not start", self.layout.folder):
            self.layout.create()
            with alone(self.layout.turn, PATIENCE), ExitStack() as if_it_fails:
                if_it_fails.callback(self._leave)
                self._take_hold()
                self._ensure_running()
                if_it_fails.pop_all()
            return self.url()

    def stop(self) -> None:
        """Let go of the server. It stops when nobody else holds it, unless it was told to keep running."""
        if self._hold is None:
            return
        if not self.layout.turn.exists():  # The home was deleted meanwhile.
            self._release_hold()
            return
        with self._turn_to_stop():
            self._leave()

    def keep(self) -> None:
        """Let the server run on when nobody holds it."""
        with told_clearly("Postgres could not be kept running", self.layout.folder):
            self.layout.keep.touch()

    def release(self) -> None:
        """Take back `keep`: the server stops now, or when the last of its holders leaves."""
        if self.layout.turn.exists():
            with self._turn_to_stop():
                self.layout.keep.unlink(missing_ok=True)
                self._stop_if_unused()

    def url(self, database: str = "forkant") -> str:
        """The address for asyncpg and psql. The port is named because PGPORT would change it otherwise."""
        running = find_postmaster(self.layout.data)
        sockets = running.sockets if running else socket_folder(self.layout.home, choose_account(self.layout))
        return f"postgresql://forkant@/{quote(database, safe='')}?host={quote(str(sockets))}&port=5432"

    def is_running(self) -> bool:
        """Whether the server takes connections now."""
        with told_clearly("Postgres could not be found", self.layout.folder):
            return is_ready(self.layout)

    def is_held(self) -> bool:
        """Whether any living process, this one included, holds the server."""
        if not self.layout.turn.exists():
            return False
        with told_clearly("Postgres could not be found", self.layout.folder), alone(self.layout.turn, PATIENCE):
            return not is_free(self.layout.holders)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def _turn_to_stop(self) -> Iterator[None]:
        with told_clearly("Postgres could not stop", self.layout.folder), alone(self.layout.turn, PATIENCE):
            yield

    def _take_hold(self) -> None:
        if self._hold is None or self._hold.descriptor is None:
            self._hold = Hold(self.layout.holders)

    def _release_hold(self) -> None:
        if self._hold is not None:
            self._hold.release()
        self._hold = None

    def _leave(self) -> None:
        self._release_hold()
        self._stop_if_unused()

    def _stop_if_unused(self) -> None:
        if is_free(self.layout.holders) and not self.layout.keep.exists():
            end(self.layout)

    def _ensure_running(self) -> None:
        account = choose_account(self.layout)
        programs = find_programs(account)
        trim_log(self.layout.log)
        ensure_ready(self.layout, account, programs)
