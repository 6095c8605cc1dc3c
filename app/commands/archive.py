"""An archive of items, as commands on one's own data read it: JSON Lines in, JSON Lines out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from app.commands.files import opened, progress_bar, readable, say
from signals.normalise import normalise
from signals.types import Item, Signal, Source, Stakeholder

LONGEST_LINE = 4_000_000  # characters; a line beyond it is no item
_TEXTS = ("source", "title", "text", "url", "lang", "family", "section")


class BadLineError(ValueError):
    """A line that is no item, and why."""


@dataclass(frozen=True, slots=True)
class ArchiveItem:
    """One line of an archive."""

    id: str
    source: str
    said_at: datetime | None
    seen_at: datetime  # when it became visible: `said_at` where the line does not say
    title: str
    text: str = ""
    url: str = ""
    lang: str = ""
    family: str = ""
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 2
    edit_of: str = ""
    section: str = ""


def parse_line(line: str) -> ArchiveItem:
    """The item of a line. BadLineError says in plain words what is wrong with it."""
    if len(line) > LONGEST_LINE:
        raise BadLineError(f"longer than {LONGEST_LINE:,} characters")
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError(f"not JSON ({getattr(error, 'msg', 'too deep')})") from None
    if not isinstance(fields, dict):
        raise BadLineError("not a JSON object")
    return _to_item(fields)


def _to_item(fields: Mapping[str, Any]) -> ArchiveItem:
    said_at, seen_at = _time(fields, "said_at"), _time(fields, "seen_at")
    visible_at = seen_at or said_at
    if visible_at is None:
        raise BadLineError("said_at is missing")
    texts = {name: _text(fields, name) for name in _TEXTS}
    if not texts["source"]:
        raise BadLineError("source is missing")
    if not (texts["title"] or texts["text"]):
        raise BadLineError("title is missing")
    return ArchiveItem(
        id=_name(fields, "id"),
        said_at=said_at,
        seen_at=visible_at,
        stakeholder=_stakeholder(fields),
        tier=_tier(fields),
        edit_of=_name(fields, "edit_of") if fields.get("edit_of") is not None else "",
        **texts,
    )


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadLineError(f"{name} is not a text")
    return value


def _name(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise BadLineError(f"{name} is missing" if value in (None, "") else f"{name} is neither text nor number")
    return str(value)


def _time(fields: Mapping[str, Any], name: str) -> datetime | None:
    value = _text(fields, name)
    if not value:
        return None
    try:
        time = datetime.fromisoformat(value)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLineError(f"{name} is not a time such as 2026-01-05T07:12:00Z: {value[:40]!r}") from None


def _stakeholder(fields: Mapping[str, Any]) -> Stakeholder:
    value = _text(fields, "stakeholder") or Stakeholder.MEDIA
    try:
        return Stakeholder(value)
    except ValueError:
        raise BadLineError(f"stakeholder {value[:40]!r} is none of {', '.join(Stakeholder)}") from None


def _tier(fields: Mapping[str, Any]) -> int:
    value = fields.get("tier")
    if value is None:
        return 2
    if isinstance(value, bool) or value not in (1, 2, 3):
        raise BadLineError("tier is none of 1, 2, 3")
    return int(value)


class Archive:
    """The items of one file. A bad line is told on standard error, and passed over; afterwards `bad_lines` counts."""

    def __init__(self, path: Path, console: Console | None = None) -> None:
        self.path = path
        self.bad_lines = 0
        self.console = console or Console(stderr=True)

    def __iter__(self) -> Iterator[ArchiveItem]:
        """In the order of the file."""
        lines_by_id: dict[str, int] = {}
        with progress_bar(self.console) as progress, opened(self.path, progress) as lines:
            for number, line in enumerate(readable(lines, self.path), start=1):
                if not line.strip():
                    continue
                try:
                    item = parse_line(line)
                    if (other := lines_by_id.setdefault(item.id, number)) != number:
                        raise BadLineError(f"id {item.id!r} stands on line {other} already")
                except BadLineError as reason:
                    self.bad_lines += 1
                    say(self.console, f"line {number}: {reason}")
                else:
                    yield item

    def by_seen_at(self) -> list[ArchiveItem]:
        """In the order in which they became visible; those of one moment in the order of the file."""
        return sorted(self, key=lambda item: item.seen_at)

    def finish(self) -> None:
        """At the end of a command: exit status 1 if any line was passed over."""
        if self.bad_lines:
            say(self.console, f"Lines passed over: {self.bad_lines}.")
            raise typer.Exit(1)


class ArchiveSignals:
    """Makes signals of an archive's items, with the numbers that live items would have: 1, 2, 3 as they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}  # of an item's own id
        self._sources: dict[tuple[str, str, Stakeholder, int], Source] = {}
        self._priors: dict[int, dict[str, float]] = {}

    def to_signal(self, item: ArchiveItem) -> Signal:
        number = self.numbers.setdefault(item.id, len(self.numbers) + 1)
        source = self.source_of(item)
        prior = self._priors.get(source.id, {})
        signal, self._priors[source.id] = normalise(number, given_item(item), source, prior, item.seen_at)
        language = _stated_language(item)
        return replace(signal, language=language) if language else signal

    def source_of(self, item: ArchiveItem) -> Source:
        """The source that an item's line describes; the same for all lines that describe it alike."""
        described = (item.source, item.family, item.stakeholder, item.tier)
        if described not in self._sources:
            self._sources[described] = Source(
                id=len(self._sources) + 1,
                kind="archive",
                address="",
                name=item.source,
                stakeholder=item.stakeholder,
                tier=item.tier,
                family=item.family,
            )
        return self._sources[described]


def _stated_language(item: ArchiveItem) -> str:
    """What the line says of its language is believed, but for "no", which may be bokmål or nynorsk."""
    code = item.lang.lower().replace("_", "-").split("-")[0]
    return code if code != "no" and code.isascii() and code.isalpha() and len(code) in (2, 3) else ""


def given_item(item: ArchiveItem) -> Item:
    """The line as a source would have given it."""
    return Item(
        guid=item.edit_of or item.id,
        title=item.title,
        summary=item.text,
        url=item.url,
        said_at=item.said_at,
        language=item.lang,
        categories=(item.section,) if item.section else (),
    )
