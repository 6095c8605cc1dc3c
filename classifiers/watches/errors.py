"""What is wrong with a query, where, and what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

SHOWN_BEFORE, SHOWN_AFTER = 20, 12  # characters of the query on either side of the place


class QueryError(ValueError):
    """`position` counts characters from 0; `message` says what to do and does not name the place."""

    def __init__(self, message: str, position: int = 0, query: str = "") -> None:
        super().__init__(f"{message} ({_place(position, query)})")
        self.message = message
        self.position = position


def _place(position: int, query: str) -> str:
    """In words that need no fixed-width font: the sign ▸ stands before the character that is meant."""
    begin, end = max(0, position - SHOWN_BEFORE), position + SHOWN_AFTER
    before = ("…" if begin else "") + query[begin:position]
    after = query[position:end] + ("…" if end < len(query) else "")
    return f"character {position + 1}: {before}▸{after}" if query else f"character {position + 1}"


def did_you_mean(given: str, known: Iterable[str]) -> str:
    """A hint that can follow a message; empty where nothing is alike.

    >>> did_you_mean("titel", ["title", "lead"])
    '; did you mean title?'
    """
    by_small = {name.lower(): name for name in known}
    alike = get_close_matches(given.lower(), by_small, n=1, cutoff=0.6)
    return f"; did you mean {by_small[alike[0]]}?" if alike else ""
