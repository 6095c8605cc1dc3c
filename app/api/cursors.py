"""The opaque cursor of those who follow alerts: a position in commit order, and the day it was given."""

from datetime import datetime, timedelta
from typing import Final

from app.errors import Expired, Invalid
from app.services.checks import check_number
from app.services.paging import from_token, to_token

VALID: Final = timedelta(days=30)


def to_cursor(position: int, now: datetime) -> str:
    """The same all day long, so that an unchanged answer keeps its tag."""
    return to_token("a1", position, now.toordinal())


def from_cursor(cursor: str, now: datetime) -> int:
    """The position. Expired after 30 days (CV-32); Invalid when we never gave it."""
    version, position, day = from_token(cursor, (str, int, int), "after")
    if version != "a1":
        raise Invalid("This is not a cursor of ours", "after")
    if now.toordinal() - int(day) > VALID.days:
        raise Expired("This cursor is older than 30 days: list the current alerts, and follow the cursor you get")
    return check_number(int(position), "after")
