"""How a page says times, numbers and spans: in the reader's language and the organisation's time zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent

LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "sv": "sv_SE", "da": "da_DK", "nl": "nl_NL", "en": "en_GB"}


@dataclass(frozen=True)
class Speech:
    """Built once per page."""

    language: str
    zone_name: str
    now: datetime

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(LOCALES.get(self.language, "en_GB"))

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def clock(self, at: datetime) -> str:
        return format_time(self.local(at), "HH:mm", locale=self.locale)

    def date(self, at: datetime) -> str:
        return format_date(self.local(at).date(), "long", locale=self.locale)

    def days(self, begin: datetime, until: datetime) -> str:
        """`2 Mar – 8 Mar 2026`: the whole days from one local midnight up to another."""
        first, last = self.local(begin).date(), self.local(until - timedelta(hours=12)).date()
        words = format_date(first, "d MMM" if first.year == last.year else "d MMM y", locale=self.locale)
        return f"{words} – {format_date(last, 'd MMM y', locale=self.locale)}"

    def day(self, at: datetime) -> str:
        """`Wednesday 11 March`: for headings."""
        return format_date(self.local(at).date(), "EEEE d MMMM", locale=self.locale)

    def week(self, at: datetime) -> str:
        return f"{self.local(at).isocalendar().week}"

    def moment(self, at: datetime | None) -> str:
        """`14:05` today, `Tue 14:05` within a week, else with its date."""
        if at is None:
            return "–"
        here, today = self.local(at), self.local(self.now)
        if here.date() == today.date():
            return self.clock(at)
        if timedelta(0) < self.now - at < timedelta(days=6):
            return format_datetime(here, "EEE HH:mm", locale=self.locale)
        pattern = "d MMM HH:mm" if here.year == today.year else "d MMM y HH:mm"
        return format_datetime(here, pattern, locale=self.locale)

    def full(self, at: datetime | None) -> str:
        """With date and zone: for titles and tables."""
        if at is None:
            return "–"
        return format_datetime(self.local(at), "d MMM y HH:mm", locale=self.locale)

    def ago(self, at: datetime | None) -> str:
        """`12 min`, `3 h`, `5 d`: how long since, or until."""
        return "–" if at is None else self.span(abs(self.now - at))

    def span(self, span: timedelta) -> str:
        """The largest unit that says it well."""
        minutes = span.total_seconds() / 60
        if minutes < 1:
            return f"{max(0, round(span.total_seconds()))} s"
        if minutes < 90:
            return f"{round(minutes)} min"
        hours = minutes / 60
        return f"{round(hours)} h" if hours < 48 else f"{self.number(round(hours / 24))} d"

    def number(self, value: float | None, digits: int = 0) -> str:
        if value is None:
            return "–"
        return format_decimal(round(value, digits), locale=self.locale, decimal_quantization=False)

    def figure(self, value: float | None) -> str:
        """A measured value: whole where it is whole, one digit where small, none where large."""
        if value is None:
            return "–"
        return self.number(value, 0 if abs(value) >= 20 or value == round(value) else 1 if abs(value) >= 1 else 2)

    def percent(self, share: float) -> str:
        return format_percent(share, "#,##0%" if self.language in ("en", "nl") else None, locale=self.locale)

    def times(self, observed: float, expected: float) -> str:
        """`4.2×`; empty where there is nothing to compare with."""
        return f"{self.figure(observed / expected)}×" if expected > 0 else ""

    def rarity(self, tail: float) -> str:
        """A tail probability as one in so many."""
        if tail <= 0 or tail < 1e-6:
            return "less than 1 in 1,000,000"
        if tail > 0.5:
            return "more often than not"
        once = 1 / tail
        size = 10 ** max(0, len(str(round(once))) - 2)
        return f"about 1 in {self.number(round(once / size) * size)}"

    def language_name(self, code: str) -> str:
        if not code or code == "und":
            return "unknown language"
        names: dict[str, str] = dict(self.locale.languages)
        return names.get(code, code)
