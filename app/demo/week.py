"""Reads the week's texts and sets them in time: day 7 is today, in the organisation's own time zone."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.alerts.types import Level
from app.demo.ordinary import Stock, compose
from app.demo.values import Fault, FaultKind, Format, Outlet, Piece, Telling, Thread, ThreadKind, Week
from app.records import ReceiverDraft, WatchDraft
from signals.types import Stakeholder

FOLDER = Path(__file__).parent / "week"
DAYS = 7
CRISIS_IS_PLAYED = 11  # o'clock on day 6
EARLIER = 2  # days before the week that give each feed its first entries

_Row = Mapping[str, Any]


class Calendar:
    """Turns "3 13:40" into a moment: day 3 of a week that `last` stands near the end of.

    The crisis breaks on the morning of day 6, and whoever watches the demo should find it fresh: from eleven o'clock
    on, today is day 6, and the week stops short; before that, today is day 7.
    """

    def __init__(self, last: datetime, zone: ZoneInfo) -> None:
        self.zone = zone
        here = last.astimezone(zone)
        self._last_day = here.date() + timedelta(days=1 if here.hour >= CRISIS_IS_PLAYED else 0)

    def at(self, written: str) -> datetime:
        day, clock = written.split()
        return (self.midnight(int(day)) + timedelta(hours=int(clock[:2]), minutes=int(clock[3:]))).astimezone(UTC)

    def midnight(self, day: int) -> datetime:
        date = self._last_day - timedelta(days=DAYS - day)
        return datetime(date.year, date.month, date.day, tzinfo=self.zone)


def load_week(ends: datetime, folder: Path = FOLDER) -> Week:
    """The week that ends at that moment. Its texts are always the same; ordinary days follow the real weekday."""
    given = _read(folder / "organisation.toml")
    calendar = Calendar(ends, ZoneInfo(given["time_zone"]))
    outlets = tuple(_to_outlet(row, calendar) for row in _read(folder / "outlets.toml")["outlet"])
    stocks = {path.stem: Stock.read(_read(path)) for path in sorted((folder / "ordinary").glob("*.toml"))}
    written = [_read(path) for path in sorted((folder / "threads").glob("*.toml"))]
    said = [piece for row in written for piece in _pieces(row, calendar)]
    said += compose(outlets, stocks, [calendar.midnight(day) for day in range(1 - EARLIER, DAYS + 1)])
    pieces = tuple(_numbered(said, outlets))
    return Week(
        organisation=given["name"],
        about=given["about"],
        zone=calendar.zone,
        begins=calendar.midnight(1).astimezone(UTC),
        ends=ends,
        outlets=outlets,
        pieces=pieces,
        threads=tuple(_to_thread(row, pieces) for row in written),
        watches=tuple(_to_watch(row, given) for row in given["watch"]),
        tellings=tuple(_to_telling(row) for row in given["receiver"]),
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def _to_outlet(row: _Row, calendar: Calendar) -> Outlet:
    return Outlet(
        id=row["id"],
        name=row["name"],
        language=row["language"],
        country=row["country"],
        tier=row["tier"],
        family=row.get("family", row["name"]),
        stakeholder=Stakeholder(row.get("stakeholder", "media")),
        format=Format(row.get("format", "rss")),
        charset=row.get("charset", "utf-8"),
        stock=row.get("stock", row["language"]),
        rhythm=row.get("rhythm", "news"),
        a_day=row["a_day"],
        is_priority=row.get("is_priority", False),
        silent_from=calendar.at(row["silent_from"]) if "silent_from" in row else None,
        faults=tuple(
            Fault(FaultKind(one["kind"]), calendar.at(one["from"]), calendar.at(one["until"]))
            for one in row.get("fault", ())
        ),
    )


def _pieces(row: _Row, calendar: Calendar) -> Iterator[Piece]:
    said = partial(Piece, 0, thread=row["id"])
    for one in row.get("item", ()):
        edited_at = calendar.at(one["edited_at"]) if "edited_at" in one else None
        at = calendar.at(one["at"])
        edited_title = one.get("edited_title", "")
        yield said(one["by"], at, one["title"], one["lede"], edited_at=edited_at, edited_title=edited_title)
    for one in row.get("wire", ()):
        for outlet, at in one["by"]:
            yield said(outlet, calendar.at(at), one["title"], one["lede"])


def _numbered(said: list[Piece], outlets: tuple[Outlet, ...]) -> Iterator[Piece]:
    """In the order of time, without what an outlet would have said after it fell silent."""
    silent = {outlet.id: outlet.silent_from for outlet in outlets if outlet.silent_from}
    heard = [one for one in said if one.outlet not in silent or one.at < silent[one.outlet]]
    for number, one in enumerate(sorted(heard, key=lambda one: (one.at, one.outlet)), start=1):
        yield Piece(number, one.outlet, one.at, one.title, one.lede, one.thread, one.edited_at, one.edited_title)


def _to_thread(row: _Row, pieces: tuple[Piece, ...]) -> Thread:
    mine = tuple(piece for piece in pieces if piece.thread == row["id"])
    return Thread(row["id"], ThreadKind(row["kind"]), row["title"], mine)


def _to_watch(row: _Row, given: _Row) -> WatchDraft:
    return WatchDraft(
        name=row["name"],
        query=row["query"],
        owner=row["owner"],
        priority=row["priority"],
        alerts_per_day=row["alerts_per_day"],
        time_zone=given["time_zone"],
    )


def _to_telling(row: _Row) -> Telling:
    draft = ReceiverDraft(
        name=row["name"], kind=row["kind"], secret=row.get("secret", ""), min_level=Level(row["min_level"])
    )
    return Telling(draft, row["path"])
