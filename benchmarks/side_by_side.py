"""Times one contestant: wall, CPU of it and of everything it starts, and memory."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Lap:
    """One measured stretch. `cpu` counts our own processes, `server_cpu` those of Postgres."""

    name: str
    wall: float = 0.0
    cpu: float = 0.0
    server_cpu: float = 0.0


@contextmanager
def lap(name: str, server: int = 0) -> Iterator[Lap]:
    """`server`: the pid of a postmaster whose CPU counts too."""
    measured = Lap(name)
    cpu, server_cpu = _cpu_tree(os.getpid(), without=server), _cpu_tree(server)
    wall = time.perf_counter()
    yield measured
    measured.wall = time.perf_counter() - wall
    measured.cpu = _cpu_tree(os.getpid(), without=server) - cpu
    measured.server_cpu = _cpu_tree(server) - server_cpu


def _cpu_tree(pid: int, without: int = 0) -> float:
    """CPU-seconds of a process, its living children, and those that have ended."""
    if pid in (0, without):
        return 0.0
    return _cpu(pid) + sum(_cpu_tree(child, without) for child in children(pid))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK  # own user and system, and of ended children


def children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        pass
    return found


def peak_memory(pid: int) -> float:
    """The highest resident memory of a process so far, in MB."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
