"""What a replay came to, as the terminal has it: per watch, against its budget, and how early."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from rich.console import Console
from rich.table import Table

from app.alerts.types import HoldReason
from app.commands.archive import ArchiveItem
from app.commands.feedback import Feedback
from app.commands.files import say
from app.replaying.heard import Telling
from classifiers.watches.watchfile import WatchDraft

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BUDGETED = (HoldReason.BUDGET, HoldReason.FALSE_ALARMS)


@dataclass
class Account:
    items: int
    first: datetime | None
    last: datetime | None
    longest_silence: timedelta
    budgets: dict[str, float]  # alerts a day, by watch
    raised: list[Telling] = field(default_factory=list)
    changes: int = 0
    held: Counter[tuple[str, str]] = field(default_factory=Counter)  # by watch and reason
    leads: dict[int, timedelta] = field(default_factory=dict)  # of an alert: from raised to its story's busiest hour

    @classmethod
    def of(cls, items: Sequence[ArchiveItem], drafts: Iterable[WatchDraft]) -> "Account":
        """Of items in the order in which they were seen."""
        times = [one.seen_at for one in items]
        silence = max((later - earlier for earlier, later in pairwise(times)), default=timedelta(0))
        first, last = (times[0], times[-1]) if times else (None, None)
        return cls(len(items), first, last, silence, {one.name: one.alerts_per_day for one in drafts})

    @property
    def days(self) -> float:
        if self.first is None or self.last is None:
            return 0.0
        return max((self.last - self.first) / DAY, 1.0)

    def tell(self, told: Telling) -> None:
        self.changes += 1
        if told.change == "raised":
            self.raised.append(told)

    def hold(self, held: Telling) -> None:
        self.held[held.watch, held.hold] += 1


def summarise(account: Account, judged: Feedback | None, console: Console) -> None:
    raised, silence = account.raised, _span(account.longest_silence)
    say(
        console,
        f"{account.items:,} items over {account.days:.1f} days, the longest time without any {silence}: "
        f"{len(raised)} alerts, {account.changes} changes, {sum(account.held.values())} held back.",
    )
    if not raised and not account.held:
        return
    console.print(_by_watch(account))
    if judged:
        say(console, judged.precision({str(one.alert): one.items for one in raised}))
    if delays := sorted(one.at - one.story_began_at for one in raised if one.story and one.story_began_at):
        soon = sum(delay <= HOUR for delay in delays)
        say(
            console,
            f"From a story's first item to its alert: median {_span(_at(delays, 0.5))}, nine of ten within "
            f"{_span(_at(delays, 0.9))}; {soon} of {len(delays)} within the hour.",
        )
    if judged and (useful := _useful_leads(account, judged)):
        say(console, f"Median lead of the useful alerts to their story's busiest hour: {_span(_at(useful, 0.5))}.")
    if leads := sorted(account.leads.values()):
        say(
            console,
            f"Median lead from alert to the story's busiest hour: {_at(leads, 0.5) / timedelta(minutes=1):.0f} min.",
        )
    if account.held:
        reasons = Counter[str]()
        for (_, reason), count in account.held.items():
            reasons[reason] += count
        say(console, "Held back: " + ", ".join(f"{name} {count}" for name, count in reasons.most_common()) + ".")


def _by_watch(account: Account) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("watch", "alerts", "a day", "budget", "held by it", "by kind", "by level"):
        table.add_column(name, justify="left" if name in ("watch", "by kind", "by level") else "right")
    for watch, budget in account.budgets.items():
        mine = [told for told in account.raised if told.watch == watch]
        held = sum(account.held[watch, reason.value] for reason in BUDGETED)
        a_day = f"{len(mine) / account.days:.2f}"
        table.add_row(
            watch, str(len(mine)), a_day, f"{budget:g}", str(held), _shares(mine, "kind"), _shares(mine, "level")
        )
    return table


def _useful_leads(account: Account, judged: Feedback) -> list[timedelta]:
    useful = {one.alert for one in account.raised if judged.of(str(one.alert), one.items)}
    return sorted(lead for key, lead in account.leads.items() if key in useful)


def _at(values: Sequence[timedelta], share: float) -> timedelta:
    return values[min(len(values) - 1, int(share * len(values)))]


def _shares(told: Iterable[Telling], name: str) -> str:
    return ", ".join(f"{key} {count}" for key, count in Counter(getattr(one, name) for one in told).most_common())


def _span(span: timedelta) -> str:
    minutes = round(span / timedelta(minutes=1))
    return (
        f"{minutes} min"
        if abs(minutes) < 120
        else f"{minutes / 60:.0f} h"
        if abs(minutes) < 2880
        else f"{minutes / 1440:.0f} days"
    )
