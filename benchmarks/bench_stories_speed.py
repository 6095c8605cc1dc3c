"""How fast copies, stories and links are found, and whether that lasts: items a second at 1,000 and 36,000 items a day.

Run with `python -m benchmarks.bench_stories_speed [--full]`. The items are the headlines of the three replay streams,
in turn, on a clock that gives the wanted number a day; merges are looked for every hundred items, as live. With --full,
295,000 items go by at 1,000 a day: do the last take longer than the first, and does memory grow?
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, islice
from pathlib import Path
from time import process_time

from benchmarks.bench_stories import DATA, MERGE_EVERY
from benchmarks.bench_stories_events import STREAMS, to_signal
from signals.dedupe import CopyIndex
from signals.links import LinkIndex
from signals.living_stories import WINDOW
from signals.stories import StoryIndex
from signals.types import Signal

START = datetime(2026, 1, 5, tzinfo=UTC)
GOALS = {1_000: 1_500.0, 36_000: 500.0}
SLOWER = 1.4
FULL, EARLY = 295_000, 10_000
MEGABYTE = 1_000_000


def items(a_day: int) -> Iterator[Signal]:
    """For ever: languages take turns; the second time round the items are news again, being more than a week old."""
    streams = [
        [(language, said) for said in sorted(read(), key=lambda said: said.at)] for language, read in STREAMS.items()
    ]
    step = timedelta(days=1) / a_day
    for number, (language, said) in enumerate(cycle(chain.from_iterable(zip(*streams, strict=False))), start=1):
        at = START + number * step
        signal = to_signal(number, said, language)
        yield Signal(
            number, number % 300, signal.title, signal.text, language, "", at, at, signal.source_name, signal.family,
            signal.stakeholder, signal.tier, signal.fingerprint,
        )  # fmt: skip


class Grouping:
    """The three indexes, as the desk has them."""

    def __init__(self) -> None:
        self.copies, self.stories = CopyIndex(), StoryIndex()
        self.links = LinkIndex(self.stories.frequencies)
        self.found = 0
        self._story_of: dict[int, int] = {}
        self._order: deque[int] = deque()

    def take(self, signal: Signal) -> None:
        copy = self.copies.add(signal)
        told_in = self._story_of.get(copy.of) if copy else None
        story_id = self.stories.add(signal, told_in).story_id
        self.links.add(signal, story_id)
        self._story_of[signal.id] = story_id
        self._order.append(signal.id)
        if len(self._order) > 400_000:
            del self._story_of[self._order.popleft()]
        if signal.id % MERGE_EVERY == 0:
            for merge in self.stories.merges(signal.at):
                self.links.merge(merge)
            self.found += len(self.links.links(signal.at))
            self.stories.forget(signal.at - WINDOW)
            self.links.forget(signal.at - WINDOW)


def resident() -> float:
    """Megabytes of memory in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / MEGABYTE


def bench_rate(a_day: int, count: int, warm: int) -> bool:
    """Items a second once the window is filled, or as far as `warm` items fill it."""
    grouping, stream = Grouping(), items(a_day)
    for signal in islice(stream, warm):
        grouping.take(signal)
    batch = list(islice(stream, count))
    began = process_time()
    for signal in batch:
        grouping.take(signal)
    speed = count / (process_time() - began)
    goal = GOALS[a_day]
    print(
        f"{a_day:,} a day: {speed:,.0f} items/s with {len(grouping.stories):,} living stories"
        f" (goal {goal:,.0f}: {'met' if speed >= goal else 'MISSED'}), {resident():,.0f} MB"
    )
    return speed >= goal


def bench_lasting() -> bool:
    """Time an item takes at 10,000 and at 295,000."""
    grouping, stream = Grouping(), items(1_000)
    span = 5_000
    times: dict[int, float] = {}
    for end in (EARLY, FULL):
        done = max(times, default=0)
        for signal in islice(stream, end - span - done):
            grouping.take(signal)
        batch = list(islice(stream, span))
        began = process_time()
        for signal in batch:
            grouping.take(signal)
        times[end] = (process_time() - began) / span * 1e6
        print(
            f"at {end:,}: {times[end]:,.0f} µs an item, {len(grouping.stories):,} living stories, {resident():,.0f} MB"
        )
    ratio = times[FULL] / times[EARLY]
    print(f"ratio {ratio:.2f}, goal {SLOWER}: {'met' if ratio <= SLOWER else 'MISSED'}; {grouping.found:,} links")
    return ratio <= SLOWER


def main() -> int:
    if not (DATA / "replay-nunl-nl").is_dir():
        print(f"Skipped: {DATA} is not here.")
        return 0
    met = [bench_rate(1_000, 3_000, 6_000), bench_rate(36_000, 3_000, 108_000 if "--full" in sys.argv else 36_000)]
    if "--full" in sys.argv:
        met.append(bench_lasting())
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
