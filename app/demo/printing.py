"""What the demo prints: alerts as they come, and at the end the account of the week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.alerts.types import Level, TransitionKind
from app.demo.happened import Delivered, Told
from app.demo.receivers import DemoReceivers
from app.demo.values import ThreadKind, Week
from app.demo.verdict import ThreadVerdict, Verdict
from app.records import SourceRow

COLOURS = {Level.LOW: "dim", Level.MODERATE: "cyan", Level.SERIOUS: "yellow", Level.CRITICAL: "bold red"}


@dataclass(frozen=True, slots=True)
class Account:
    """All that is told at the end."""

    week: Week
    verdict: Verdict
    sources: Sequence[SourceRow]
    deliveries: Sequence[Delivered]
    receivers: DemoReceivers
    items: int
    failures: int
    took: timedelta


def local(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %H:%M}"


def span(length: timedelta) -> str:
    """A length of time in words.

    >>> span(timedelta(days=2, hours=3)), span(timedelta(minutes=75)), span(-timedelta(minutes=30))
    ('2 d 3 h', '1 h 15 min', '-30 min')
    """
    sign, minutes = ("-" if length < timedelta(0) else ""), round(abs(length) / timedelta(minutes=1))
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{sign}{days} d {hours % 24} h"
    return f"{sign}{hours} h {minutes % 60} min" if hours else f"{sign}{minutes} min"


def print_told(console: Console, told: Told, zone: ZoneInfo) -> None:
    colour = COLOURS[told.level]
    grown = " (grown)" if told.kind is TransitionKind.ESCALATED else ""
    head = f"[{colour}]{told.level.value.upper():9}[/]"
    console.print(f"{local(told.at, zone)}  {head} [bold]{escape(told.title)}[/]{grown}  [dim]{escape(told.watch)}[/]")
    console.print(f"           [dim]{escape(told.because)}[/]")


def print_account(console: Console, account: Account) -> None:
    week, verdict = account.week, account.verdict
    console.print()
    console.print(
        f"[bold]{week.organisation}'s week[/]: {account.items} items from {len(week.outlets)} sources in six"
        f" languages, played in {account.took.total_seconds():.0f} s; {verdict.alerts} alerts,"
        f" {verdict.other_alerts} of them about something else."
    )
    console.print(_table(week, verdict))
    for line in _lines(account):
        console.print(line)


def _table(week: Week, verdict: Verdict) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for column in ("", "What", "First said", "Noticed", "Peak", "Lead time", "How it went"):
        table.add_column(column)
    order = list(ThreadKind)
    for one in sorted(verdict.threads, key=lambda one: (order.index(one.thread.kind), one.thread.first_at)):
        table.add_row(
            "[green]✓[/]" if one.is_good else "[red]✗[/]",
            escape(one.thread.title),
            local(one.thread.first_at, week.zone),
            local(one.noticed_at, week.zone) if one.noticed_at else "-",
            local(one.thread.peak_at, week.zone),
            span(one.lead) if one.lead is not None and one.thread.kind is ThreadKind.ISSUE else "-",
            how_it_went(one),
        )
    return table


def how_it_went(one: ThreadVerdict) -> str:
    match one.thread.kind:
        case ThreadKind.ISSUE:
            return _issue(one)
        case ThreadKind.OPPORTUNITY:
            return _opportunity(one)
        case ThreadKind.WIRE:
            if one.voices is None or not one.voices.signals:
                return "not heard"
            return f"printed by {one.voices.signals}, counted as {one.voices.independent} independent"
        case ThreadKind.DECOY:
            said = f"{len(one.thread.pieces)} items"
            held = f", {one.held} held back" if one.held else ""
            return f"quiet ({said}{held})" if one.is_good else f"NOT quiet ({said}): {one.by.kind if one.by else ''}"


def _issue(one: ThreadVerdict) -> str:
    if one.by is None or one.noticed_at is None:
        return "missed"
    before = sum(piece.at <= one.noticed_at for piece in one.thread.pieces)
    return f"noticed by {one.by.kind} after {before} of {len(one.thread.pieces)} items"


def _opportunity(one: ThreadVerdict) -> str:
    if one.noticed_at is None:
        return f"missed ({one.held} emergences held back)" if one.held else "missed"
    return f"noticed {span(one.noticed_at - one.thread.first_at)} after it was first said"


def _lines(account: Account) -> Iterator[str]:
    yield from _silences(account)
    yield from _faults(account)
    for one in account.deliveries:
        waiting = f", {one.waiting} waiting" if one.waiting else ""
        yield f"{escape(one.receiver)}: {one.sent} messages delivered, {one.retried} of them on a second try{waiting}."
    slack, webhook = account.receivers.slack, account.receivers.webhook
    turned = ", ".join(str(status) for status in slack.turned_away)
    if turned:
        yield f"The Slack-like receiver turned away {len(slack.turned_away)} posts at first ({turned})."
    for wrong in (*slack.complaints, *webhook.complaints):
        yield f"[red]A receiver complained: {escape(wrong)}[/]"
    if account.verdict.held:
        reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in account.verdict.held.items())
        yield f"Held back and listed, waking nobody: {reasons}."


def _silences(account: Account) -> Iterator[str]:
    """The outlets that fell silent, and what the service makes of it: no more than it says itself."""
    names = {outlet.name for outlet in account.week.outlets if outlet.silent_from}
    for row in account.sources:
        if row.source.name in names and row.last_new_at:
            silence = span(account.week.ends - row.last_new_at)
            yield f"{escape(row.source.name)} has said nothing for {silence}; on the source page it is “{row.health}”."


def _faults(account: Account) -> Iterator[str]:
    """Outlets whose server misbehaved for a while: they must be heard again."""
    names = {outlet.name for outlet in account.week.outlets if outlet.faults}
    again = sorted(row.source.name for row in account.sources if row.source.name in names and not row.failures)
    if again:
        yield f"Heard again after their servers failed: {escape(', '.join(again))}."
