"""Whether a watch says as much as its budget allows: alerts a day on NU.nl, the BBC, and Google News of Sweden.

Watches on organisations and broad ones, each with a budget of 0.3 (which no page offers), 1 and 3 alerts a day, listen
to the whole stream. The first fortnight is left out: the bar is made of the last two weeks. A budget can only be filled
where more asks to be told: candidates are the stories, each once a day, that were raised, or held back by a budget.

A budget should also go to what matters most: of the stories that began on a day (of ten days where the budget is below
one a day), as many of the gravest as the budget allows, what share was told, and the gravest one; how serious the
alerts were on average, and how long after its story could first have been told an alert of these came. How grave a
story is tells the highest severity of its first 24 hours; of equals any will do.
Run: python -m benchmarks.bench_budget [STREAM]
"""

import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from statistics import mean
from typing import cast
from zoneinfo import ZoneInfo

from app.alerts.types import Watch
from app.commands.archive import Archive
from app.replay import Replay, label_here
from app.replaying.archived import heard_of
from app.replaying.heard import Telling
from benchmarks.replay_streams import DATA, write_archive
from classifiers.beside import load_beside
from classifiers.topics import load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped

BUDGETS = (0.3, 1, 3)
LEARNING = timedelta(days=14)
ENOUGH = 1.5  # candidates for each alert that the budget allows
WATCHES = {
    "nunl": (
        "Europe/Amsterdam",
        {"everything": "", "politie": "politie", "NS": "NS OR Prorail", "Schiphol": "Schiphol"},
    ),
    "bbc": (
        "Europe/London",
        {"everything": "", "police": "police", "NHS": "NHS", "Downing Street": '"Downing Street"'},
    ),
    "sv": ("Europe/Stockholm", {"everything": "", "polisen": "polisen", "SJ": "SJ OR Trafikverket", "SAS": "SAS"}),
}


@dataclass
class Realised:
    """What one watch said after its fortnight of learning."""

    raised: int = 0
    held: int = 0
    candidates: set[tuple[date, str]] = field(default_factory=set)
    busiest: defaultdict[date, int] = field(default_factory=lambda: defaultdict(int))
    severities: list[int] = field(default_factory=list)  # of what was raised

    def note(self, told: Telling) -> None:
        if told.change != "raised" and told.hold not in ("budget", "false_alarms"):
            return
        self.candidates.add((told.at.date(), told.story or told.title))
        if told.change == "raised":
            self.raised += 1
            self.busiest[told.at.date()] += 1
            self.severities.append(told.severity)
        else:
            self.held += 1


@dataclass
class Course:
    """A story that a watch could tell."""

    began: datetime
    peak: int  # of its first 24 hours
    told_at: datetime | None = None


@dataclass
class Gravest:
    """Whether the gravest of each period was told."""

    zone: ZoneInfo
    budget: float
    stories: dict[str, Course] = field(default_factory=dict)

    def note(self, told: Telling) -> None:
        is_candidate = told.change in ("raised", "escalated", "updated") or told.hold in ("budget", "false_alarms")
        if told.story is None or not is_candidate:
            return
        one = self.stories.setdefault(told.story, Course(told.at, told.severity))
        if told.at - one.began < timedelta(days=1):
            one.peak = max(one.peak, told.severity)
        if told.change == "raised":
            one.told_at = one.told_at or told.at

    def shares(self, since: datetime) -> tuple[float, float, list[timedelta]]:
        """Told of as many as the budget allows, told of the gravest one; the delays of the former."""
        days = 1 if self.budget >= 1 else 10
        most = round(self.budget * days)
        periods: defaultdict[int, list[Course]] = defaultdict(list)
        for one in self.stories.values():
            if one.began >= since:
                periods[one.began.astimezone(self.zone).toordinal() // days].append(one)
        asked = told = first = 0
        delays: list[timedelta] = []
        for courses in periods.values():
            ranked = sorted(courses, key=lambda one: (-one.peak, one.told_at is None, one.began))[:most]
            asked, told = asked + len(ranked), told + sum(one.told_at is not None for one in ranked)
            first += ranked[0].told_at is not None
            delays += [one.told_at - one.began for one in ranked if one.told_at]
        return told / max(asked, 1), first / max(len(periods), 1), sorted(delays)


def measure(name: str) -> None:
    zone, queries = WATCHES[name]
    budgets = dict(enumerate(product(queries, BUDGETS), start=1))
    watches = [
        Watch(
            id=key, name=f"{query} {budget:g}", query=queries[query], alerts_per_day=cast(int, budget), time_zone=zone
        )
        for key, (query, budget) in budgets.items()
    ]
    with tempfile.TemporaryDirectory(prefix="forkant-bench-") as folder:
        write_archive(name, Path(folder) / "archive.jsonl")
        items = Archive(Path(folder) / "archive.jsonl").by_seen_at()
    begin, end = items[0].seen_at + LEARNING, items[-1].seen_at
    label = label_here(load_model(MODEL), load_beside(MODEL))
    replay = Replay(heard_of(items), watches, label, each_apart=True)  # else one would tell for the others
    found = {key: Realised() for key in budgets}
    gravest = {key: Gravest(ZoneInfo(zone), budget) for key, (_, budget) in budgets.items()}
    began = time.process_time()
    for moment in replay.moments():
        for told in (*moment.told, *moment.held):
            gravest[told.watch_id].note(told)
            if told.at >= begin:
                found[told.watch_id].note(told)
    days = (end - begin) / timedelta(days=1)
    took = time.process_time() - began
    print(f"{name}: {len(items)} items, {days:.0f} days after learning, {len(watches)} watches, {took:.0f} s of CPU")
    print(
        f"{'watch':16}{'budget':>7}{'candidates':>12}{'a day':>8}{'of budget':>11}{'busiest day':>13}{'held back':>11}"
        f"{'severity':>10}{'gravest told':>14}{'the worst':>11}{'within an hour':>16}{'nine in ten':>13}"
    )
    for key, (query, budget) in budgets.items():
        one = found[key]
        a_day, asked = one.raised / days, len(one.candidates) / days
        share = f"{a_day / budget:.0%}" if asked >= ENOUGH * budget else "(too few)"
        busiest = max(one.busiest.values(), default=0)
        print(f"{query:16}{budget:7g}{asked:12.2f}{a_day:8.2f}{share:>11}{busiest:13}{one.held:11}", end="")
        of_all, worst, delays = gravest[key].shares(begin)
        soon = mean(delay <= timedelta(hours=1) for delay in delays) if delays else 1.0
        late = delays[int(0.9 * len(delays))] / timedelta(hours=1) if delays else 0.0
        severity = mean(one.severities) if one.severities else 0.0
        print(f"{severity:10.1f}{of_all:14.0%}{worst:11.0%}{soon:16.0%}{late:11.1f} h", flush=True)


def main() -> None:
    if not DATA.is_dir():
        print(f"skipped: no {DATA}")
        return
    ensure_shipped(MODEL)
    for name in sys.argv[1:] or WATCHES:
        measure(name)


if __name__ == "__main__":
    main()
