"""What a feed did that is not news: it gave its archive new names, or today's date.

Theory of operation. A visit that brings mostly new entries is looked at twice. Entries whose words the source said
before, under another name (guid), are renamed, not new. Of the rest, a crowd of entries that are all dated within
minutes of each other, and are many times what the source usually says, is an archive published again: it is kept and
can be found, but its dates are not believed and it wakes nobody.

Known special cases. A police log or a register that publishes a batch at one minute adds to what its document held;
only a document that is mostly new is suspected. Services that we read from a position on give the times themselves,
and are never suspected: a burst of posts within minutes is what we are here for.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from signals.rhythm import MOSTLY_NEW

DOCUMENTS = frozenset({"feed", "sitemap", "page", "youtube"})  # kinds that show us a document, not what came since
FEW = 3  # new entries that are worth the second look
CROWD = 10
SQUEEZED = timedelta(minutes=10)
MOST = 0.8  # share of the crowd that is squeezed, or without a date
TIMES_USUAL = 5.0


class Timing(StrEnum):
    """What the time of an item is worth."""

    ORDINARY = ""
    LATE = "late"  # we came late to the source: what has no date may be hours old
    REDATED = "redated"  # the claimed date is not believed


def is_mostly_new(new: int, entries: int) -> bool:
    """Worth a second look."""
    return new >= min(FEW, entries) and (entries - new) < MOSTLY_NEW * entries


def is_archive_again(said: Sequence[datetime | None], usual: float) -> bool:
    """Whether so many entries at once, with these dates, are an old archive under new dates.

    `usual`: how many entries the source would normally have said since the last visit.
    """
    if len(said) < CROWD or len(said) < TIMES_USUAL * usual:
        return False
    dated = sorted(moment for moment in said if moment is not None)
    undated = len(said) - len(dated)
    return undated + _most_within(dated, SQUEEZED) >= MOST * len(said)


def _most_within(dated: Sequence[datetime], span: timedelta) -> int:
    """The largest number of moments that lie within one span."""
    most = first = 0
    for last, moment in enumerate(dated):
        while moment - dated[first] > span:
            first += 1
        most = max(most, last - first + 1)
    return most


def renamed(count: int) -> str:
    return (
        f"The source gave {count} old items new names (guid). Forkant knows them by their words and does not count"
        " them again. If it happens often, tell the site: a guid should never change."
    )


def archive_again(count: int) -> str:
    return (
        f"The source published {count} items at once, with one and the same time or none, far more than usual:"
        " probably its archive under a new date. They are kept, but their dates are not believed and they raise no"
        " alert."
    )


def lied() -> str:
    return (
        "The site answers that nothing has changed (304) although there is news. Forkant asks for the whole document,"
        " once an hour at most, for a month. Tell the site: its ETag or Last-Modified is wrong."
    )
