"""What the radar would have suggested in three weeks of each stream, beside three watches: printed, to be judged.

    python -m benchmarks.bench_radar [STREAM] [MONDAY ...]

A look at a week takes the twelve weeks before as its past. NU.nl and the BBC are one publisher each, so that one voice
is enough there; in Google News of Sweden two are asked for, as live.
"""

import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.commands.archive import Archive
from app.replay import label_here
from app.replaying.archived import heard_of
from app.stages.dedupe import compare
from app.stages.group import place
from benchmarks.replay_streams import DATA, write_archive
from classifiers.beside import load_beside
from classifiers.radar import suggest
from classifiers.radar_values import Guard, Heard, PastTitle, Taught
from classifiers.topics import load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped
from classifiers.watches import WatchTerms
from signals.dedupe import CopyIndex
from signals.stories import StoryIndex
from signals.types import Signal

WEEK = timedelta(days=7)
PAST = 12 * WEEK
WATCHES = {
    "nunl": ("Schiphol", "NS OR ProRail", "ING OR Rabobank OR ABN"),
    "bbc": ("NHS", '"Metropolitan Police" OR "Met Police"', "Boeing OR Airbus"),
    "sv": ("SJ OR Trafikverket", "Försäkringskassan", "Ericsson OR Volvo"),
}
MONDAYS = {
    "nunl": ("2022-11-07", "2023-02-06", "2023-05-15"),
    "bbc": ("2021-11-22", "2022-04-04", "2022-09-05"),
    "sv": ("2025-10-06", "2025-11-10", "2025-12-08"),
}
SINGLE = frozenset({"nunl", "bbc"})


def signals_of(stream: str) -> list[Signal]:
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder:
        write_archive(stream, Path(folder) / "archive.jsonl")
        return [one.signal for one in heard_of(Archive(Path(folder) / "archive.jsonl").by_seen_at())]


def without_copies(signals: Sequence[Signal]) -> list[Signal]:
    """Those that say something of their own; each week's copies are found among the week's own signals."""
    copies, _ = compare(CopyIndex(), CopyIndex(), signals, {})
    return [one for one in signals if one.id not in copies]


def stories_of(signals: Sequence[Signal]) -> dict[int, int]:
    return {signal.id: found.story_id for signal, found in place(StoryIndex(), signals, {})}


def look(stream: str, signals: Sequence[Signal], monday: datetime) -> None:
    model = load_model(MODEL)
    label = label_here(model, load_beside(MODEL))
    week = without_copies([one for one in signals if monday - WEEK <= one.seen_at < monday])
    past = [
        PastTitle(one.title, one.language, one.source_name)
        for one in signals
        if monday - WEEK - PAST <= one.seen_at < monday - WEEK
    ]
    labels = label(week)
    stories = stories_of(week)
    heard = [Heard(one, tuple(given), stories[one.id]) for one, given in zip(week, labels, strict=True)]
    guards = [Guard(WatchTerms(n, query, query)) for n, query in enumerate(WATCHES[stream])]
    began = time.process_time()
    found = suggest(heard, past, guards, Taught(), least_voices=1 if stream in SINGLE else 2)
    took = time.process_time() - began
    passed = ", ".join(f"{reason} {count}" for reason, count in found.passed_over.items())
    print(f"\n## {stream}, {monday:%Y-%m-%d}: {len(week)} signals, past {len(past)}, {took:.1f} s")
    print(f"{found.rising} terms rise; {passed}")
    titles = {one.id: one.title for one in week}
    for one in found.suggestions:
        print(
            f"* {one.term}  score {one.score:.2f}  query {one.query}  brings {one.week_hits}\n    "
            f"{one.titles} titles ({one.expected} usual), {one.voices} voices, {one.at_risk} of {len(one.signal_ids)} "
            f"at risk, {one.days} days, {', '.join(one.topics)}; beside: {', '.join(one.companions)}"
        )
        for number in one.example_ids:
            print(f"      - {titles[number]}")


def main() -> None:
    if not DATA.is_dir():
        print(f"skipped: no {DATA}")
        return
    ensure_shipped(MODEL)
    names = [name for name in sys.argv[1:] if name in WATCHES] or list(WATCHES)
    days = [name for name in sys.argv[1:] if name not in WATCHES]
    for name in names:
        signals = signals_of(name)
        for day in days or MONDAYS[name]:
            look(name, signals, datetime.fromisoformat(day).replace(tzinfo=UTC))


if __name__ == "__main__":
    main()
