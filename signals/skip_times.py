"""The hours and days in which an RSS channel asks to be left alone (skipHours, skipDays), where that is sane."""

import re
from collections.abc import Iterable

HEAD = 16 * 1024  # where a channel speaks of itself
MOST_HOURS, MOST_DAYS = 18, 4  # who asks to be skipped for longer has misunderstood the element
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BLOCK = re.compile(rb"<skip(hours|days)\b[^>]{0,200}>([^\0]{0,2000}?)</skip\1\s*>", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:hour|day)\b[^>]{0,200}>\s*([a-z0-9]{1,12})\s*<", re.IGNORECASE)


def find_skips(body: bytes) -> tuple[int, ...]:
    """Hours of the week to skip, Monday 0 to Sunday 167, in UTC as the element is defined.

    >>> find_skips(b"<rss><channel><skipDays><day>Sunday</day></skipDays><item>")[:2]
    (144, 145)
    """
    hours, days = set[int](), set[int]()
    for found in _BLOCK.finditer(body, 0, HEAD):
        entries = [entry[1].decode("ascii").lower() for entry in _ENTRY.finditer(found[2])]
        if found[1].lower() == b"hours":
            hours |= {int(entry) % 24 for entry in entries if entry.isdigit() and int(entry) <= 24}
        else:
            days |= {DAYS.index(entry) for entry in entries if entry in DAYS}
    return _sane(hours, days)


def _sane(hours: Iterable[int], days: Iterable[int]) -> tuple[int, ...]:
    skipped_hours, skipped_days = set(hours), set(days)
    if len(skipped_hours) > MOST_HOURS or len(skipped_days) > MOST_DAYS:
        return ()
    week = ((day, hour) for day in range(7) for hour in range(24))
    return tuple(day * 24 + hour for day, hour in week if day in skipped_days or hour in skipped_hours)
