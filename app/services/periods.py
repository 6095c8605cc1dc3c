"""Periods as people mean them: weeks, months and quarters of whole local days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.errors import Invalid
from app.records.scorecards import Period, Span

LONGEST = 400  # days
DAY = timedelta(days=1)
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


def period_of(span: Span, day: date, zone: ZoneInfo) -> Period:
    """The week, month or quarter of the calendar that holds a day."""
    check_day(day, "day")
    if span is Span.WEEK:
        first = day - day.weekday() * DAY
        return between(first, first + 6 * DAY, zone)
    months = 3 if span is Span.QUARTER else 1
    begin = day.year * 12 + (day.month - 1) // months * months
    return between(first_of(begin), first_of(begin + months) - DAY, zone)


def custom(first: date, last: date, zone: ZoneInfo) -> Period:
    check_day(first, "from")
    check_day(last, "until")
    if last < first:
        raise Invalid("The period must begin before it ends", "until")
    if (last - first).days >= LONGEST:
        raise Invalid(f"A period may have {LONGEST} days", "from")
    return between(first, last, zone)


def period_before(period: Period, span: Span, zone: ZoneInfo) -> Period:
    """The one of the calendar before it; of a custom one, as many days before it."""
    last = period.first - DAY
    if span is Span.CUSTOM:
        return between(last - (period.last - period.first), last, zone)
    return period_of(span, last, zone)


def between(first: date, last: date, zone: ZoneInfo) -> Period:
    return Period(first, last, midnight(first, zone), midnight(last + DAY, zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins. Where clocks jump over midnight it begins when they have."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def days_begun(period: Period, now: datetime, zone: ZoneInfo) -> list[tuple[datetime, datetime, float]]:
    """The local days of a period that have begun by now: begin, end, and the share of each that is over.

    A day of 23 or 25 hours is one day.
    """
    days = []
    day = period.first
    while day <= period.last and midnight(day, zone) < now:
        begin, end = midnight(day, zone), midnight(day + DAY, zone)
        days.append((begin, end, min(1.0, (now - begin) / (end - begin))))
        day += DAY
    return days


def first_of(month: int) -> date:
    """The first day of a month counted from the year nought."""
    return date(month // 12, month % 12 + 1, 1)


def check_day(day: date, field: str) -> date:
    if not EARLIEST <= day < LATEST:
        raise Invalid(f"A day must lie between {EARLIEST} and {LATEST}", field)
    return day
