"""How fast a replay is: items a second of CPU, memory, and where the time goes; narrow watches, and one on everything.

Plays NU.nl, the BBC and Google News of Sweden from ../shared/data in memory, on one core, without embeddings, after a
first round that warms up the models. `--slow N` plays the first N items of NU.nl over a database too, and compares.

    python -m benchmarks.bench_replay [STREAM ...] [--slow N] [--items N]
"""

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one core, also for NumPy

from app import replay as replaying
from app.commands.archive import Archive, ArchiveItem
from app.commands.replay import database_called
from app.embedded.server import EmbeddedPostgres
from app.replay import Moment, Replay, label_here, watches_of
from app.replay_in_database import StoredReplay
from app.replaying import archived, understanding
from app.replaying.archived import heard_of
from app.stages import dedupe, group
from benchmarks.replay_streams import DATA, STREAMS, write_archive
from classifiers.beside import load_beside
from classifiers.topics import load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped
from classifiers.watches.watchfile import WatchDraft
from signals.normalise import normalise

ZONE = "Europe/Amsterdam"
NARROW = {
    "nunl": (WatchDraft("NS", "NS"), WatchDraft("Schiphol", "Schiphol"), WatchDraft("KLM", "KLM")),
    "bbc": (WatchDraft("NHS", "NHS"), WatchDraft("Met", '"Met Police"'), WatchDraft("BA", '"British Airways"')),
    "sv": (WatchDraft("SJ", "SJ"), WatchDraft("SAS", "SAS"), WatchDraft("Volvo", "Volvo")),
}
EVERYTHING = WatchDraft("everything")
WARM_UP = 500


class Shares:
    """CPU seconds by part."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    def of(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            began = time.thread_time()
            try:
                return work(*given, **named)
            finally:
                self.seconds[name] += time.thread_time() - began

        return timed

    def of_stage(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def timed(work: Any) -> Any:
            return self.of(work.__qualname__.removesuffix("Stage.run").lower(), run)(work)

        return timed


def play(items: Sequence[ArchiveItem], watches: Sequence[WatchDraft], shares: Shares) -> list[Moment]:
    label = label_here(load_model(MODEL), load_beside(MODEL))
    return list(Replay(heard_of(items), watches_of(watches, ZONE), shares.of("label", label)).moments())


def measure(name: str, items: Sequence[ArchiveItem]) -> None:
    for kind, watches in (("three narrow", NARROW[name]), ("and everything", (*NARROW[name], EVERYTHING))):
        shares = Shares()
        with _parts_timed(shares):
            began = time.process_time()
            moments = play(items, watches, shares)
            took = time.process_time() - began
        told = sum(len(moment.told) for moment in moments)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name:5}{kind:16}{len(items):7} items {len(moments):6} steps {told:5} changes {took:6.1f} s of CPU "
            f"{len(items) / took:6.0f} items/s  {memory:4.0f} MB"
        )
        by_share = sorted(shares.seconds.items(), key=lambda pair: -pair[1])
        parts = ", ".join(f"{part} {seconds / took:.0%}" for part, seconds in by_share)
        print(f"      {parts}", flush=True)


@contextmanager
def _parts_timed(shares: Shares) -> Iterator[None]:
    with ExitStack() as stack:
        for place, name, part, work in (
            (archived, "normalise", "normalise", normalise),
            (understanding, "compare", "dedupe", dedupe.compare),
            (understanding, "place", "group", group.place),
            (understanding, "link", "link", group.link),
        ):
            stack.enter_context(patch.object(place, name, shares.of(part, work)))
        stack.enter_context(patch.object(replaying, "now_or_never", shares.of_stage(replaying.now_or_never)))
        yield


async def compare(items: Sequence[ArchiveItem]) -> None:
    """The slow way and the fast way, moment by moment."""
    watches = (*NARROW["nunl"], EVERYTHING)
    fast = play(items, watches, Shares())
    slow: list[Moment] = []
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as home, EmbeddedPostgres(Path(home)) as server:
        async with database_called(server) as database:
            stored = StoredReplay(database, load_model(MODEL), items, load_beside(MODEL))
            began = time.perf_counter()
            async for moment in stored.moments(watches, ZONE):
                slow.append(moment)
            took = time.perf_counter() - began
    told = sum(len(moment.told) + len(moment.held) for moment in slow)
    is_same = "the same" if fast == slow else "DIFFERENT"
    print(f"over a database: {len(items)} items, {len(items) / took:.0f} items/s of wall time; {told} lines, {is_same}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("streams", nargs="*", choices=[*STREAMS, []])
    parser.add_argument("--slow", type=int, default=0)
    parser.add_argument("--items", type=int, default=None)
    given = parser.parse_args()
    if not DATA.is_dir():
        print(f"skipped: no {DATA}")
        return
    ensure_shipped(MODEL)
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder:
        for name in given.streams or STREAMS:
            path = Path(folder) / f"{name}.jsonl"
            write_archive(name, path)
            items = Archive(path).by_seen_at()[: given.items]
            play(items[:WARM_UP], (EVERYTHING,), Shares())
            measure(name, items)
            if given.slow and name == "nunl":
                asyncio.run(compare(items[: given.slow]))


if __name__ == "__main__":
    main()
