"""Carrying the data of an older major version of Postgres over to the one we run."""

import shutil
from pathlib import Path

from app.embedded.account import Account, choose_account
from app.embedded.binaries import Programs, find_programs
from app.embedded.cluster import new_cluster, older_clusters, put_in_place, run
from app.embedded.errors import EmbeddedPostgresError, told_clearly
from app.embedded.folders import own_folder, socket_folder
from app.embedded.layout import MAJOR, Layout
from app.embedded.locks import alone
from app.embedded.process import PATIENCE, is_alive


def upgrade_cluster(layout: Layout) -> Path:
    """Make this version's data folder out of the newest older one, and return that one. It stays as it is."""
    with told_clearly("The data could not be upgraded", layout.folder):
        layout.create()
        with alone(layout.turn, PATIENCE):
            older = _find_older(layout)
            account = choose_account(layout)
            _carry_over(layout, older, account)
            return older


def _find_older(layout: Layout) -> Path:
    """The folder to start from, once nothing stands in the way."""
    older = older_clusters(layout)
    if layout.data.exists() or not older:
        what = f"There is no older data to upgrade, or there is data of Postgres {MAJOR} already."
        raise EmbeddedPostgresError(what, layout.folder, "Nothing, if Forkant starts.")
    if is_alive(layout):
        raise EmbeddedPostgresError("The old server still runs.", older[0], "Stop it, and try again.")
    return older[0]


def _carry_over(layout: Layout, older: Path, account: Account) -> None:
    before, after = find_programs(account, int(older.name)), find_programs(account)
    if not account.can_enter(older):
        what = f"The account {account.user} must be able to walk to the data for this."
        raise EmbeddedPostgresError(what, older, "Move the home to a folder it can enter, and try again.")
    # Single-user mode replays what a crash left in the log; pg_upgrade takes only what was closed properly.
    run(layout, account, [before["postgres"], "--single", "-D", older, "template1"], older)
    fresh = new_cluster(layout, account, after)
    _run_pg_upgrade(layout, account, (before, older), (after, fresh))
    put_in_place(fresh, layout.data)


def _run_pg_upgrade(layout: Layout, account: Account, old: tuple[Programs, Path], new: tuple[Programs, Path]) -> None:
    """Works in the folder for the socket: its own scripts and sockets end up in the current folder."""
    scratch = own_folder(socket_folder(layout.home, account), account.user, 0o700)
    programs, data = new
    paths = [f"--old-bindir={old[0].folder}", f"--old-datadir={old[1]}"]
    paths += [f"--new-bindir={programs.folder}", f"--new-datadir={data}"]
    run(layout, account, [programs["pg_upgrade"], "--username=postgres", *paths], scratch)
    shutil.rmtree(scratch)
