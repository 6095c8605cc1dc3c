"""Rising terms: are events among the day's ten when they break, in three streams of headlines?

Run with `python -m benchmarks.bench_new_term [LIST ...]` (a minute); skipped where ../shared/data is not there. The
events stand in new_term_events.tsv, facts only, in three lists:

- `known`: listed from general knowledge; the weights in classifiers/terms.py were first chosen on it.
- `open`: found by an AI session that read a month of headlines of each stream, day by day, before any term of those
  days was ranked. What is changed may be judged by it.
- `kept`: found in the same way in another month. Nothing is chosen by it, and its misses are not looked at.

No method that counts sees an event of which fewer than three titles, copies apart, speak: the share is of those of
which three do. "First day" is the calendar day of the first title, however late it came; "day one" is the day after.
An event is found if a term of its own is among the day's ten with a score that terms reach at most five times a day.
On events found by reading the goal is missed, so the exit code guards the first list only.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.bench_surge import Goal, report
from classifiers.terms import Document, RisingTerm, TermPast, read_title, rising_terms

DATA = Path(__file__).parents[2] / "shared" / "data"
EVENTS = Path(__file__).with_name("new_term_events.tsv")
DAY = timedelta(days=1)
SHARE = 0.85
FLAGS_A_DAY = 5.0
TOP = 10
WARM_UP = 14  # days without counting flags
NEEDED = 3  # titles
COPY = 0.5  # of the terms alike


@dataclass(frozen=True, slots=True)
class Event:
    stream: str
    listed: str  # in which list
    first: date
    pattern: re.Pattern[str]  # of a term that tells it

    def is_told_by(self, terms: Sequence[str]) -> bool:
        return any(self.pattern.search(term) for term in terms)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an event on its first day and on the day after: titles that tell it, and whether it was found."""

    event: Event
    titles: tuple[int, int]
    found: tuple[bool, bool]

    def is_told_by(self, day: int) -> bool:
        return max(self.titles[: day + 1]) >= NEEDED

    def is_found_by(self, day: int) -> bool:
        return any(self.found[: day + 1])


def all_events() -> Iterator[Event]:
    with EVENTS.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
        for stream, listed, first, pattern in rows:
            yield Event(stream, listed, date.fromisoformat(first), re.compile(rf"\b(?:{pattern})", re.I))


def days_of(stream: str) -> dict[date, list[Document]]:
    language = stream[-2:]
    days: defaultdict[date, list[Document]] = defaultdict(list)
    with gzip.open(DATA / stream / "items.jsonl.gz", "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row.get("stream", "topics") != "topics" or "Top Stories" not in row.get("sections", ["Top Stories"]):
                continue
            voice = row.get("publisher") or str(number)  # one paper's stream: each title is a voice
            said = date.fromisoformat(row["first_seen"][:10])
            document = read_title(number, row["title"], language, row.get("publisher") or "", voice)
            if not any(_is_copy(document, other) for other in days[said]):
                days[said].append(document)
    return dict(sorted(days.items()))


def _is_copy(one: Document, other: Document) -> bool:
    """As Forkant marks them: what an agency's papers print alike is counted once."""
    mine, theirs = one.terms.keys(), other.terms.keys()
    return len(mine & theirs) >= COPY * max(1, len(mine | theirs))


def follow(titles: Mapping[date, list[Document]]) -> dict[date, tuple[RisingTerm, ...]]:
    """The rising terms of each day."""
    past, found = TermPast(), {}
    for day, documents in titles.items():
        past.fade_to(day)
        found[day] = rising_terms(documents, past, most=TOP)
        for document in documents:
            past.learn(document.terms)
    return found


def bar_of(found: Mapping[date, tuple[RisingTerm, ...]]) -> float:
    """The lowest score that terms reach at most five times a day."""
    counted = list(found.values())[WARM_UP:]
    scores = sorted((one.score for terms in counted for one in terms), reverse=True)
    allowed = int(FLAGS_A_DAY * len(counted))
    return 0.0 if len(scores) <= allowed else scores[allowed - 1]


def fate(
    event: Event, titles: Mapping[date, list[Document]], found: Mapping[date, tuple[RisingTerm, ...]], bar: float
) -> Fate:
    days = (event.first, event.first + DAY)
    speaking = [sum(event.is_told_by(tuple(one.terms.values())) for one in titles.get(day, ())) for day in days]
    flagged = [
        any(one.score >= bar and event.is_told_by((one.term, *one.same)) for one in found.get(day, ())) for day in days
    ]
    return Fate(event, (speaking[0], speaking[1]), (flagged[0], flagged[1]))


def main(lists: Sequence[str]) -> int:
    if not DATA.is_dir():
        print(f"skipped: {DATA} is not here")
        return 0
    events = list(all_events())
    goals: dict[bool, list[Goal]] = {True: [], False: []}  # whether of the first list
    for stream in dict.fromkeys(event.stream for event in events):
        titles = days_of(stream)
        found = follow(titles)
        bar = bar_of(found)
        counted = list(found.values())[WARM_UP:]
        flags = sum(one.score >= bar for terms in counted for one in terms) / len(counted)
        print(f"{stream}: {flags:.1f} terms a day reach {bar:.1f}")
        for listed in lists:
            told = [fate(one, titles, found, bar) for one in events if (one.stream, one.listed) == (stream, listed)]
            goal = Goal(f"{stream}, {listed}: share found by day one", show(listed, told), SHARE)
            goals[listed == "known"].append(goal)
    report(goals[False])
    return report(goals[True])


def show(listed: str, fates: Sequence[Fate]) -> float:
    """The share that is found by the day after."""
    shares = []
    for day, name in enumerate(("on the first day", "by day one")):
        told = [one for one in fates if one.is_told_by(day)]
        found = [one for one in told if one.is_found_by(day)]
        shares.append(len(found) / len(told))
        print(f"  {listed}: {len(found)} of {len(told)} found {name} ({shares[-1]:.0%}); {len(fates)} events")
    missed = [one for one in fates if one.is_told_by(1) and not one.is_found_by(1)]
    if listed != "kept":
        print("   ", ", ".join(f"{one.event.first} {one.event.pattern.pattern[5:-1]} {one.titles}" for one in missed))
    return shares[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ("known", "open", "kept")))
