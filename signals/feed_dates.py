"""Reads the times that feeds claim, in the ways that feeds write them."""

import calendar
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from feedparser.datetimes import _parse_date as read_usual_date

LANGUAGES = ["nb", "sv", "da", "nl", "en"]
MOST_GUESSES = 300  # per document: guessing is 600 times slower than feedparser
LONGEST = 80

# feedparser reads these as UTC, an hour or more wrong.
ZONES = {
    "CET": "+0100", "CEST": "+0200", "MET": "+0100", "MEST": "+0200", "MEZ": "+0100", "MESZ": "+0200",
    "EET": "+0200", "EEST": "+0300", "WET": "+0000", "WEST": "+0100", "BST": "+0100",
}  # fmt: skip
_ZONE = re.compile(r"\b(" + "|".join(ZONES) + r")$")
_ISO_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)", re.ASCII)

# The two ways of nearly every feed, read here as feedparser reads them: it takes twenty times as long.
_RFC_822 = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-])(\d\d)(\d\d))",
    re.ASCII,
)
_RFC_3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6,
    "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
}  # fmt: skip


class DateReader:
    """Reads the dates of one document; remembers what it has read, because dates repeat."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._seen: dict[str, datetime | None] = {}
        self._guesses = 0

    def read(self, entry: Mapping[str, Any]) -> datetime | None:
        """When an entry says that it was said: published before updated. None: not given, or no date."""
        for name in ("published", "updated", "created"):
            # Not by feedparser's own `get`: it warns, slowly, where it answers one question with the other.
            raw = dict.get(entry, name) if isinstance(entry, dict) else entry.get(name)
            if isinstance(raw, str) and raw.strip() and (said_at := self.read_text(raw.strip())):
                return said_at
        return None

    def read_text(self, raw: str) -> datetime | None:
        if raw not in self._seen:
            self._seen[raw] = read_well_written(raw) or self._usual(raw) or self._guess(raw)
        return self._seen[raw]

    def _usual(self, raw: str) -> datetime | None:
        if not _is_day(raw):
            return None
        with_offset = _ZONE.sub(lambda match: ZONES[match[1]], raw)
        parsed = read_usual_date(with_offset)
        if parsed is None or not 1 <= parsed.tm_year <= 9999:
            return None
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):
            return None

    def _guess(self, raw: str) -> datetime | None:
        """Nordic and Dutch names of months and days, day before month."""
        if len(raw) > LONGEST or self._guesses >= MOST_GUESSES or not any(map(str.isdigit, raw)) or not _is_day(raw):
            return None
        self._guesses += 1
        import dateparser  # type: ignore[import-untyped]  # slow to load, and seldom needed

        settings = {
            "DATE_ORDER": "DMY",
            "PREFER_DATES_FROM": "past",
            "RELATIVE_BASE": self._now.replace(tzinfo=None),
            "RETURN_AS_TIMEZONE_AWARE": True,
            "TIMEZONE": "UTC",
            "PARSERS": ["absolute-time"],
        }
        try:
            found = dateparser.parse(raw, languages=LANGUAGES, settings=settings)
        except (ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):  # strange digits
            return None
        return found.astimezone(UTC) if found else None


def read_well_written(raw: str) -> datetime | None:
    """A time in the form of RFC 822 or RFC 3339, day by day as they are written. None: it is not, or is no time.

    >>> read_well_written("Sat, 21 Nov 2026 10:00:00 +0100").isoformat()
    '2026-11-21T09:00:00+00:00'
    """
    if found := _RFC_3339.fullmatch(raw):
        year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    elif found := _RFC_822.fullmatch(raw):
        day, name, year, hour, minute, second, sign, hours, minutes = found.groups()
        month = _MONTHS[name]
    else:
        return None
    try:
        said_at = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        offset = timedelta(hours=int(hours), minutes=int(minutes)) if sign else timedelta(0)
        return said_at + offset if sign == "-" else said_at - offset
    except (ValueError, OverflowError):
        return None


def _is_day(raw: str) -> bool:
    """False for days that no calendar has, which feedparser would move into the next month."""
    if match := _ISO_DAY.match(raw):
        try:
            date(*map(int, match.groups()))
        except ValueError:
            return False
    return True
