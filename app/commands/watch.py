"""`forkant watch`: what a query finds in an archive before it becomes a watch, and queries of other services."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.console import Console
from rich.text import Text

from app.alerts.rehearsing import is_raised
from app.alerts.types import Watch
from app.commands.archive import Archive, ArchiveItem, ArchiveSignals
from app.commands.files import STANDARD, UnusableArgumentError, say, usable_arguments
from app.commands.rehearsing import rehearse
from classifiers.watches import Query, QueryError, WatchTerms, parse_query
from classifiers.watches.dialects import DIALECTS
from classifiers.watches.importing import Imported, import_query
from classifiers.watches.noise import Sample, noise_of
from classifiers.watches.query import Attribute, Form, Node, Word, children
from classifiers.watches.trial import Trial as QueryTrial
from signals.types import Signal

EXAMPLES = 10
FORMS_SHOWN = 12
DAYS_SHOWN = 92  # beyond it, only the days with hits
LONGEST_BAR = 40

app = typer.Typer(help="Try a watch on an archive of your own, or bring a query from elsewhere.", no_args_is_help=True)


@app.callback()
def watch() -> None:
    """Try a watch on an archive of your own, or bring a query from elsewhere."""


@app.command("test")
def try_(
    query: Annotated[str, typer.Argument(help="The query, as it would stand in the watch.")],
    archive: Annotated[Path, typer.Argument(help="Items as JSON Lines; - for standard input, .gz is unpacked.")],
    against: Annotated[str, typer.Option(help="Another query: show what the first adds to it, and loses.")] = "",
    alerts: Annotated[bool, typer.Option("--alerts", help="Classify the hits, and show what would be told.")] = False,
    alerts_per_day: Annotated[int, typer.Option(min=1, max=1000, help="The budget of the alerts.")] = 3,
    time_zone: Annotated[str, typer.Option(help="Of the audience: where its days begin.")] = "UTC",
) -> None:
    """Show what a query finds: hits a day, ten examples, which written forms its words stand for; alerts where asked.

    Alerts come of the same detectors and decisions as live, over the hits alone; `forkant replay` plays everything.
    """
    with usable_arguments():
        zone = _zone(time_zone)
        understood = _readable(query)
        other = _readable(against) if against else None
        read = Archive(archive)
        trial = _try(understood, read.by_seen_at(), other, zone)
        console = Console(highlight=False, soft_wrap=True)
        _show(trial, console)
        if alerts:
            _show_alerts(trial, Watch(1, "test", query, alerts_per_day=alerts_per_day, time_zone=time_zone), console)
    read.finish()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise UnusableArgumentError(f"--time-zone is no zone such as Europe/Oslo: {name}.") from None


@app.command("import")
def import_(
    query: Annotated[str, typer.Argument(help="The query, a file that holds it, or - for standard input.")],
    service: Annotated[str, typer.Option("--from", help=f"Where it was written for: {', '.join(DIALECTS)}.")],
) -> None:
    """Write a query of another service in our language, and say what was changed or left out.

    The query goes to standard output, the notes to standard error.
    """
    with usable_arguments():
        imported = _imported(_text_of(query), service.lower())
    notes = Console(stderr=True, highlight=False, soft_wrap=True)
    for note in imported.notes:
        say(notes, note.message if note.position is None else f"Character {note.position + 1}: {note.message}")
    say(Console(highlight=False, soft_wrap=True), imported.query)


def _text_of(query: str) -> str:
    try:
        if query == str(STANDARD):
            return sys.stdin.read().strip()
        return Path(query).read_text(encoding="utf-8").strip() if _is_file(query) else query
    except UnicodeDecodeError:
        raise UnusableArgumentError("The query is not UTF-8 text.") from None
    except OSError as error:
        raise UnusableArgumentError(f"{query} cannot be read: {error.strerror}.") from None


def _is_file(query: str) -> bool:
    try:
        return Path(query).is_file()
    except (OSError, ValueError):  # no name that a file could have
        return False


def _imported(text: str, service: str) -> Imported:
    if service not in DIALECTS:
        raise UnusableArgumentError(f"--from takes one of {', '.join(DIALECTS)}, not {service}.")
    try:
        return import_query(text, service)
    except QueryError as error:
        raise UnusableArgumentError(f"The query cannot be imported: {error}.") from None


@dataclass
class Trial:
    """What a query found."""

    query: Query
    zone: ZoneInfo
    tried: QueryTrial
    items: int = 0
    hits_by_day: Counter[date] = field(default_factory=Counter)
    first_day: date | None = None
    last_day: date | None = None
    hits: list[ArchiveItem] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)  # of the hits
    added: list[ArchiveItem] = field(default_factory=list)
    lost: list[ArchiveItem] = field(default_factory=list)
    words: Counter[Word] = field(default_factory=Counter)  # in how many hits each stands
    sample: Sample = field(default_factory=Sample)
    first_at: datetime | None = None
    last_at: datetime | None = None
    forms: defaultdict[Word, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def all_days(self) -> list[date]:
        if self.first_day is None or self.last_day is None:
            return []
        return [self.first_day + timedelta(days=step) for step in range((self.last_day - self.first_day).days + 1)]

    def examples(self) -> list[ArchiveItem]:
        """Spread evenly over all hits, the first and the last among them."""
        if len(self.hits) <= EXAMPLES:
            return self.hits
        return [self.hits[round(step * (len(self.hits) - 1) / (EXAMPLES - 1))] for step in range(EXAMPLES)]


def _readable(query: str) -> Query:
    try:
        understood = parse_query(query)
    except QueryError as error:
        raise UnusableArgumentError(f"The query cannot be read: {error}.") from None
    if understood.watches():
        raise UnusableArgumentError("An archive knows no saved watches: write out what stands in watch:…")
    if understood.root and (name := _labelled_by(understood.root)):
        raise UnusableArgumentError(f"An archive has no labels: leave out {name}: and try the rest of the query.")
    return understood


def _labelled_by(node: Node) -> str:
    """A field in the query that only classified signals have."""
    if isinstance(node, Attribute) and node.name in ("topic", "tone"):
        return node.name
    return next((name for child in children(node) if (name := _labelled_by(child))), "")


def _try(query: Query, items: Iterable[ArchiveItem], other: Query | None, zone: ZoneInfo) -> Trial:
    live = WatchTerms(2, "other", other.text) if other else None
    tried = QueryTrial(WatchTerms(1, "test", query.text), live=live)
    trial = Trial(query, zone, tried)
    signals = ArchiveSignals()
    for item in items:
        signal = signals.to_signal(item)
        trial.items += 1
        day = item.seen_at.astimezone(zone).date()
        trial.first_at, trial.last_at = trial.first_at or item.seen_at, item.seen_at
        trial.first_day, trial.last_day = trial.first_day or day, day
        for word, written in tried.book.written_forms(signal):
            trial.forms[word][written.lower() if word.form is not Form.CASED else written] += 1
        verdict = tried.look(signal)
        if verdict.is_found:
            trial.hits.append(item)
            trial.signals.append(signal)
            trial.hits_by_day[day] += 1
            trial.words.update(verdict.words)
            trial.sample.add(signal)
        if other and verdict.is_found != verdict.was_found:
            (trial.added if verdict.is_found else trial.lost).append(item)
    return trial


def _show(trial: Trial, console: Console) -> None:
    days = trial.all_days()
    lines = [
        "Understood as:",
        *(f"  {line}" for line in trial.query.explain().splitlines()),
        "",
        f"{len(trial.hits):,} of {trial.items:,} items in {len(days)} days"
        + (f": {len(trial.hits) / len(days):.1f} hits a day" if days else ""),
        *_noise_lines(trial, len(days)),
        *_share_lines(trial),
        *_day_lines(trial, days),
        *_form_lines(trial),
        *_example_lines("Examples:", trial.examples()),
        *_example_lines(f"Added, {len(trial.added):,} in all:", trial.added[-EXAMPLES:]),
        *_example_lines(f"Lost, {len(trial.lost):,} in all:", trial.lost[-EXAMPLES:]),
    ]
    _print(lines, console)


def _print(lines: Iterable[str], console: Console) -> None:
    for line in lines:
        console.print(Text("".join(letter if letter.isprintable() else "�" for letter in line)))


def _show_alerts(trial: Trial, watch: Watch, console: Console) -> None:
    if trial.first_at is None or trial.last_at is None:
        return
    told = rehearse(trial.signals, watch, trial.first_at, trial.last_at + timedelta(hours=1)) if trial.signals else ()
    raised = [one for one in told if is_raised(one)]
    weeks = max((trial.last_at - trial.first_at) / timedelta(days=7), 1 / 7)
    lines = ["", f"{len(raised)} alerts, {len(raised) / weeks:.1f} a week; {len(told) - len(raised)} more findings:"]
    lines += [
        f"  {one.at.astimezone(trial.zone):%Y-%m-%d %H:%M}  {one.emergence.kind} {one.severity.level} "
        f"{one.severity.score}: {one.title}"
        for one in raised
    ]
    _print(lines, console)


def _noise_lines(trial: Trial, days: int) -> list[str]:
    if not trial.hits:
        return ["No hit: try fewer words, OR between alternatives, or a star: kommune*."] if trial.items else []
    noise = noise_of(trial.tried, trial.words, trial.sample, days)
    if noise is None:
        return []
    most = f"; {noise.word} stands in {noise.hits:,} of them" if noise.word else ""
    narrower = [f"  {one.query}: {one.hits_a_day:.1f} a day ({one.why})" for one in noise.narrower]
    return [f"More than a handful a day, and people stop looking{most}.", *(["Less:", *narrower] if narrower else [])]


def _share_lines(trial: Trial) -> list[str]:
    if not trial.hits:
        return []
    languages = Counter(signal.language for signal in trial.signals)
    speakers = Counter(signal.stakeholder.value for signal in trial.signals)
    return [f"Languages: {_counted(languages)}. Speakers: {_counted(speakers)}."]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def _day_lines(trial: Trial, days: list[date]) -> list[str]:
    most = max(trial.hits_by_day.values(), default=0)
    if not most:
        return []
    shown = days if len(days) <= DAYS_SHOWN else sorted(trial.hits_by_day)
    return ["", f"Hits a day ({trial.zone.key}):", *(_day_line(day, trial.hits_by_day[day], most) for day in shown)]


def _day_line(day: date, hits: int, most: int) -> str:
    bar = "█" * max(bool(hits), round(LONGEST_BAR * hits / max(most, LONGEST_BAR)))
    return f"  {day}  {hits:5}  {bar}".rstrip()


def _form_lines(trial: Trial) -> list[str]:
    words = trial.query.words()
    lines = ["", "Written forms in the archive:"] if words else []
    for word in words:
        found = trial.forms[word].most_common()
        shown = ", ".join(f"{written} {count}" for written, count in found[:FORMS_SHOWN]) or "none"
        more = f", and {len(found) - FORMS_SHOWN} more" if len(found) > FORMS_SHOWN else ""
        lines.append(f"  {_as_written(word)}: {shown}{more}")
    return lines


def _as_written(word: Word) -> str:
    return {Form.BEGINNING: f"{word.text}*", Form.END: f"*{word.text}", Form.EXACT: f"={word.text}"}.get(
        word.form, word.text
    )


def _example_lines(heading: str, items: Sequence[ArchiveItem]) -> list[str]:
    lines = ["", heading] if items else []
    return lines + [
        f"  {item.seen_at:%Y-%m-%d %H:%M}  {item.source}: {item.title or item.text[:120]}" for item in items
    ]
