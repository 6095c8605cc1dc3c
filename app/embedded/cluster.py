"""The data folder: made whole or not at all, and never taken for one of another version."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from app.embedded.account import Account
from app.embedded.binaries import Programs
from app.embedded.errors import OWN_DATABASE, EmbeddedPostgresError, advice_for
from app.embedded.layout import MAJOR, Layout
from app.embedded.locks import Hold

# Written to postgresql.conf when the folder is made, so that whoever runs Forkant can tune them there.
SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "max_wal_size": "1GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}

# The builtin locale orders and lower-cases the same on every machine, whatever LANG says there.
INITDB = (
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--text-search-config=simple",
    "--data-checksums",
    "--auth-local=trust",
    "--auth-host=reject",
    "--no-instructions",
    *(f"--set={name}={value}" for name, value in SETTINGS.items()),
)

FIRST_STATEMENTS = "CREATE ROLE forkant LOGIN CREATEDB\nCREATE DATABASE forkant OWNER forkant\n"


def version_of(data: Path) -> str | None:
    """The major version that made this data folder, if any did."""
    file = data / "PG_VERSION"
    return file.read_text().strip() if file.exists() else None


def ensure_cluster(layout: Layout, account: Account, programs: Programs) -> None:
    """Make the data folder, with role and database, unless it is there already."""
    version = version_of(layout.data)
    if version not in (None, str(MAJOR)):
        raise _other_version(version, layout.data)
    if version is None:
        _refuse_to_forget(layout)
        _create(layout, account, programs)


def named(folder: Path, account: Account) -> str:
    """How programs that run inside this folder can name it, also when a parent is closed to them."""
    return str(folder) if account.can_enter(folder) else "/proc/self/cwd"


def _other_version(version: str | None, data: Path) -> EmbeddedPostgresError:
    what = f"This data folder was made by Postgres {version}, and we run Postgres {MAJOR}."
    advice = "Use the Forkant that made it; or move the folder away, start, and `forkant db restore` a dump."
    return EmbeddedPostgresError(what, data, f"{advice} {OWN_DATABASE}")


def older_clusters(layout: Layout) -> list[Path]:
    """Data folders of earlier major versions, newest first."""
    found = [path for path in layout.folder.iterdir() if path.name.isdecimal() and int(path.name) < MAJOR]
    return sorted(found, key=lambda path: int(path.name), reverse=True)


def _refuse_to_forget(layout: Layout) -> None:
    """Starting empty beside older data would look like a loss of it."""
    for older in older_clusters(layout):
        what = f"There is data of Postgres {older.name} here, and none of Postgres {MAJOR}."
        advice = "Run `forkant db upgrade`, or move the folder away to start empty."
        raise EmbeddedPostgresError(what, older, advice)


def _create(layout: Layout, account: Account, programs: Programs) -> None:
    """Made under another name and renamed when done: a folder with the right name is always complete."""
    fresh = new_cluster(layout, account, programs)
    single = [str(programs["postgres"]), "--single", "-D", named(fresh, account)]
    run(layout, account, [*single, "-c", "exit_on_error=true", "postgres"], fresh, FIRST_STATEMENTS)
    put_in_place(fresh, layout.data)


def new_cluster(layout: Layout, account: Account, programs: Programs) -> Path:
    """An empty cluster beside the place where it shall be."""
    fresh = layout.data.with_name(f"{MAJOR}.new")
    if fresh.exists():
        shutil.rmtree(fresh)
    fresh.mkdir(mode=0o700)
    if account.changes:
        os.chown(fresh, account.user, account.group)
    run(layout, account, [programs["initdb"], "-D", named(fresh, account), *INITDB], fresh)
    return fresh


def put_in_place(fresh: Path, data: Path) -> None:
    """Give the finished folder its name, also for after a loss of power."""
    fresh.rename(data)
    parent = os.open(data.parent, os.O_RDONLY)
    os.fsync(parent)
    os.close(parent)


def run(layout: Layout, account: Account, command: Sequence[str | Path], folder: Path, words: str = "") -> None:
    """Run a program that works on the data.

    It counts as part of the server: should we be killed, it goes on, and the next to start waits for its end.
    """
    alive = Hold(layout.alive)
    try:
        done = account.run(command, folder=folder, words=words, inherit=[alive.descriptor or 0])
    finally:
        alive.hand_over()
    if done.returncode != 0:
        last = "\n".join(done.stdout.strip().splitlines()[-8:])
        what = f"{Path(command[0]).name} could not do its work on the data folder:\n{last}"
        raise EmbeddedPostgresError(what, folder, advice_for(done.stdout))
