"""`forkant up` as a newcomer runs it, and what happens when its processes are interrupted, killed or misconfigured."""

import os
import signal
import socket
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.ports import port_of_nobody
from tests.support.service import LONG, Service, is_alive, until

pytestmark = pytest.mark.timeout(600)
Start = Callable[..., Service]


def begin(folder: Path, **settings: str) -> Service:
    return Service(folder / "home", **settings)


@pytest.fixture(scope="module")
def folder_of_all() -> Iterator[Path]:
    """Short, because a socket's path must be; open, because root's Postgres runs as somebody else."""
    with tempfile.TemporaryDirectory(prefix="forkant-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def service(folder_of_all: Path) -> Iterator[Service]:
    """A service that each test leaves as ready as it was."""
    service = begin(folder_of_all)
    try:
        yield service.wait_until_ready()
    finally:
        service.clear_away()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts services in one folder of their own, and ends them."""
    started: list[Service] = []
    with tempfile.TemporaryDirectory(prefix="forkant-test-") as name:
        Path(name).chmod(0o755)

        def start(role: str = "up", **settings: str) -> Service:
            started.append(Service(Path(name) / "home", role, **settings))
            return started[-1]

        try:
            yield start
        finally:
            for one in started:
                one.clear_away()


def test_up_tells_the_address_and_the_sign_in_and_becomes_ready(service: Service) -> None:
    assert service.address.startswith("http://127.0.0.1:")
    assert "Sign in as admin with the password correct horse" in service.said
    with urllib.request.urlopen(f"{service.address}/health/ready") as answer:
        assert answer.status == 200
    assert service.child("serve")
    assert service.child("work")


@pytest.mark.parametrize("role", ["work", "serve"])
def test_a_child_that_is_killed_is_begun_again_rl02(role: str, service: Service) -> None:
    before = service.child(role)
    os.kill(before, signal.SIGKILL)
    until(lambda: not is_alive(before))
    assert until(lambda: service.child(role)) != before
    service.wait_until_ready()


def test_when_the_database_server_is_killed_it_comes_back_rl02(service: Service) -> None:
    before = service.postmaster()
    os.kill(before, signal.SIGKILL)
    assert until(lambda: service.postmaster() not in (0, before))
    service.wait_until_ready()
    assert service.child("work")


def test_ctrl_c_stops_everything_in_order_rl19(start: Start) -> None:
    service = start().wait_until_ready()
    processes = [service.child("serve"), service.child("work"), service.postmaster()]
    assert all(processes)
    assert service.interrupt() == 0
    assert "Forkant has stopped." in service.said
    assert "Traceback" not in service.said
    assert [is_alive(process) for process in processes] == [False, False, False]


def test_sigterm_stops_it_too_rl19(start: Start) -> None:
    service = start().wait_until_ready()
    postmaster = service.postmaster()
    service.process.terminate()
    assert service.process.wait(LONG) == 0
    assert not is_alive(postmaster)


def test_when_up_is_killed_its_children_leave_and_the_next_start_works_rl02(start: Start) -> None:
    service = start().wait_until_ready()
    orphans = [service.child("serve"), service.child("work"), service.postmaster()]
    assert all(orphans)
    service.kill()
    until(lambda: not any(is_alive(process) for process in orphans))
    again = start().wait_until_ready()
    assert "Sign in as before" in again.said
    assert again.interrupt() == 0


def test_a_server_by_address_is_used_instead_of_the_embedded_one(start: Start, empty_database_url: str) -> None:
    service = start(database_url=empty_database_url).wait_until_ready()
    assert service.postmaster() == 0
    assert service.interrupt() == 0


def test_serve_and_work_run_apart_on_one_database(start: Start, empty_database_url: str) -> None:
    port = free_port()
    work = start("work", database_url=empty_database_url)
    serve = start("serve", database_url=empty_database_url, port=str(port))
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    until(answers)
    assert [work.interrupt(), serve.interrupt()] == [0, 0]


def test_every_wrong_setting_is_named_at_once(start: Start) -> None:
    service = start(port="seven", workers="0", database_url="mysql://db/forkant", log_level="loud")
    assert service.process.wait(LONG) == 2
    for name in ("FORKANT_PORT", "FORKANT_WORKERS", "FORKANT_DATABASE_URL", "FORKANT_LOG_LEVEL"):
        assert name in service.said
    assert "Traceback" not in service.said


def test_a_database_that_is_not_there_is_told_in_a_sentence(start: Start) -> None:
    with port_of_nobody() as port:
        address = f"postgresql://forkant:verysecret@127.0.0.1:{port}/forkant"
        service = start(database_url=address, database_patience="1")
        assert service.process.wait(LONG) == 1, "it may work later"
    assert "The database does not answer" in service.said
    assert "FORKANT_DATABASE_URL" in service.said
    assert "verysecret" not in service.said
    assert "Traceback" not in service.said


def test_ctrl_c_is_heeded_while_it_waits_for_the_database(start: Start) -> None:
    with port_of_nobody() as port:
        service = start(database_url=f"postgresql://forkant@127.0.0.1:{port}/forkant", database_patience="600")
        until(lambda: "waiting for the database" in service.said)
        assert service.interrupt() == 0
    assert "Traceback" not in service.said


def test_a_database_of_that_name_that_is_not_on_the_server_is_told_in_a_sentence(
    start: Start, empty_database_url: str
) -> None:
    service = start(database_url=empty_database_url.replace("/own_", "/nobodys_"), database_patience="1")
    assert service.process.wait(LONG) == 1
    assert "does not exist" in service.said
    assert "Traceback" not in service.said


def test_a_port_that_is_taken_is_told_in_a_sentence(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        service = start(port=str(port))
        assert service.process.wait(LONG) == 2
    assert f"Port {port} on 127.0.0.1 cannot be used" in service.said
    assert "Traceback" not in service.said


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
