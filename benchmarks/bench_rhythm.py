"""How often we would ask, and how soon we would know, on the times of real items.

    python -m benchmarks.bench_rhythm [before]

Plays the sources' own times from ../shared/data on virtual time, through the decisions of signals/rhythm.py: the
latest news of NU.nl and single sections of it, the BBC's home page (as it was first seen), police events of some
Swedish towns, and those of 162 Norwegian newspapers whose documents reach back two weeks. `before`: without what is
learnt of a source's habit, as it was until decision 0009.
"""

import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

from signals.feed_parser import parse_feed
from signals.habits import Habit
from signals.parsed import ParseError
from tests.support.rhythm_play import BEGIN, Feed, Played, as_table, play

DATA = Path(__file__).resolve().parents[2] / "shared/data"
DAYS, LEARNING = 56, 14
FORTNIGHT = timedelta(days=14)
NOW = datetime(2025, 1, 10, tzinfo=UTC)


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt") as file:
        yield from map(json.loads, file)


def moved(moments: Iterable[datetime]) -> tuple[datetime, ...]:
    """The same moments of the day and the week, beginning a week before the first visit."""
    known = sorted(moment.astimezone(UTC) for moment in moments)
    weeks = (BEGIN - timedelta(days=7) - known[0]) // timedelta(days=7)
    return tuple(moment + (weeks + 1) * timedelta(days=7) for moment in known)


def streams() -> Iterator[Feed]:
    nu = [(line["section_name"], datetime.fromisoformat(line["published_at"])) for line in lines(NU)]
    yield Feed("NU.nl, all", moved(at for _, at in nu), 20)
    for section in ("Economie", "Binnenland", "Klimaat", "Wetenschap"):
        of_section = [at for name, at in nu if name == section]
        if len(of_section) > 100:
            yield Feed(f"NU.nl, {section}", moved(of_section), 20)
    yield Feed("BBC, home page", moved(datetime.fromisoformat(line["first_seen"]) for line in lines(BBC)), 36)
    towns: defaultdict[str, list[datetime]] = defaultdict(list)
    for line in lines(POLICE):
        towns[line["location"]["name"]].append(_lenient(line["datetime"]))
    for town in ("Stockholm", "Malmö", "Umeå", "Kiruna"):
        if len(towns[town]) > 100:
            yield Feed(f"Polisen, {town}", moved(towns[town]), 20)


NU, BBC, POLICE = (
    f"{name}.jsonl.gz" for name in ("replay-nunl-nl/items", "replay-bbc-en/items", "polisen-events-sv/events")
)


def _lenient(written: str) -> datetime:
    """ "2023-03-20 9:19:26 +01:00": the hour may have one digit."""
    day, clock, zone = written.split(" ")
    return datetime.fromisoformat(f"{day}T{clock.zfill(8)}{zone}")


def newspapers() -> list[Played]:
    """Those papers whose document holds two weeks and more: visited over the last week of it."""
    found = []
    for path in sorted((DATA / "feeds/norwegian-newspapers-2025-01-09").glob("*.xml")):
        try:
            items = parse_feed(path.read_bytes(), {}, NOW).items
        except ParseError:
            continue
        said = sorted(item.said_at for item in items if item.said_at and item.said_at <= NOW)
        if len(said) >= 10 and said[-1] - said[0] > FORTNIGHT and said[-1] > NOW - timedelta(days=2):
            shift = BEGIN + FORTNIGHT - said[-1]
            found.append(play(Feed(path.stem, tuple(moment + shift for moment in said), len(said)), 14, 7))
    return found


def report(write: Callable[[str], object]) -> None:
    write(as_table([play(feed, DAYS, LEARNING) for feed in streams()]) + "\n\n")
    papers = newspapers()
    delays = sorted(delay for paper in papers for delay in paper.delays)
    if delays:
        polls = mean(paper.polls_a_day for paper in papers)
        middle, late = delays[len(delays) // 2], delays[len(delays) * 9 // 10]
        write(f"{len(papers)} Norwegian newspapers: {polls:.1f} polls a day each, {len(delays)} items,")
        write(f" delay {middle.total_seconds() / 60:.0f} min median, {late.total_seconds() / 60:.0f} min p90\n")


if __name__ == "__main__":
    if not DATA.is_dir():
        sys.exit(f"no data at {DATA}: nothing measured")
    if "before" in sys.argv:
        Habit.is_known = property(lambda habit: False)  # type: ignore[assignment,method-assign]
    report(sys.stdout.write)
