"""Stories of two real days that were labelled by reading, before the grouping was looked at, and never tuned on.

Run with `python -m benchmarks.bench_stories_read`. benchmarks/labels holds hashes of items and numbers of events, no
text: 301 Swedish items (all top stories of two days of Google News) and 300 of one day of 162 Norwegian newspapers,
of which all of four days is grouped. Most items stand alone, so pairwise F1 says more than BCubed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from time import process_time

from benchmarks.bench_stories import DATA, Agreement, compare
from benchmarks.bench_stories_events import MERGE_EVERY, swedish, to_signal
from signals.dedupe import CopyIndex
from signals.feed_parser import parse_feed
from signals.living_stories import WINDOW
from signals.normalise import normalise
from signals.parsed import ParseError
from signals.stories import StoryIndex
from signals.types import Signal, Source

LABELS = Path(__file__).parent / "labels"
NEWSPAPERS = DATA / "feeds" / "norwegian-newspapers-2025-01-09"
EVENING = datetime(2025, 1, 9, 21, tzinfo=UTC)
GOALS = {"swedish": 0.38}  # pairwise F1

Labelled = tuple[Signal, str | None]  # the event; None: not labelled


def _labels(name: str) -> dict[str, str]:
    lines = (LABELS / f"{name}.tsv").read_text("utf-8").split("\n")
    return dict(line.split("\t") for line in lines if line)


def _key(*parts: str) -> str:
    return blake2b("|".join(parts).encode(), digest_size=8).hexdigest()


def swedish_days() -> list[Labelled]:
    """The two days, and ten before them that were read first."""
    events = _labels("sv_googlenews_2025-08-19")
    begin, end = datetime(2025, 8, 8, 22, tzinfo=UTC), datetime(2025, 8, 20, 22, tzinfo=UTC)
    judged = end - timedelta(days=2)
    items = sorted((said for said in swedish() if begin <= said.at < end), key=lambda said: said.at)
    return [
        (to_signal(number, said, "sv"), events.get(_key(said.publisher, said.title)) if said.at >= judged else None)
        for number, said in enumerate(items, start=1)
    ]


def norwegian_day() -> list[Labelled]:
    """What the newspapers' feeds held of the last four days."""
    events = _labels("no_newspapers_2025-01-09")
    found: list[Labelled] = []
    for number, path in enumerate(sorted(NEWSPAPERS.glob("*.xml")), start=1):
        source = Source(number, "feed", f"https://{path.stem}/", path.stem)
        try:
            parsed = parse_feed(path.read_bytes(), {"content-location": source.address}, EVENING)
        except ParseError:
            continue
        prior: dict[str, float] = {}
        for item in parsed.items:
            signal, prior = normalise(1, item, source, prior, EVENING)
            if signal.at >= EVENING - timedelta(hours=93):
                found.append((signal, events.pop(_key(path.stem, signal.url, signal.title), None)))
    found.sort(key=lambda pair: pair[0].at)
    return [
        (replace(signal, id=number, seen_at=signal.at), event) for number, (signal, event) in enumerate(found, start=1)
    ]


def judge(items: Sequence[Labelled]) -> Agreement:
    copies, stories = CopyIndex(), StoryIndex()
    story_of: dict[int, int] = {}
    began = process_time()
    for number, (signal, _) in enumerate(items):
        copy = copies.add(signal)
        story_of[signal.id] = stories.add(signal, story_of[copy.of] if copy else None).story_id
        if number % MERGE_EVERY == MERGE_EVERY - 1:
            stories.merges(signal.at)
            stories.forget(signal.at - WINDOW)
    stories.merges(items[-1][0].at)
    seconds = process_time() - began
    judged = [(stories.story_of(story_of[signal.id]), event) for signal, event in items if event is not None]
    share = len(judged) / len(items)
    return compare([story for story, _ in judged], [event for _, event in judged], seconds * share)


def main() -> int:
    if not NEWSPAPERS.is_dir():
        print(f"Skipped: {DATA} is not here.")
        return 0
    is_met = True
    for name, read in (("swedish", swedish_days), ("norwegian", norwegian_day)):
        items = read()
        found = judge(items)
        goal = GOALS.get(name, 0.0)
        is_met &= found.pairwise >= goal
        events = [event for _, event in items if event is not None]
        print(f"{name}: {len(items):,} items, {len(events)} labelled, {len(set(events))} events")
        print(f"  {found}" + (f"; goal for pairwise F1 {goal}" if goal else ""))
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
