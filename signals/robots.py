"""What a site's robots.txt lets us read (RFC 9309)."""

from dataclasses import dataclass
from datetime import timedelta

from protego import Protego

NAME = "Forkant"  # what we are called in robots.txt; the User-Agent begins with it
MOST_READ = 500 * 1024  # the least that RFC 9309 asks a reader to read
LONGEST_DELAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Rules:
    """May we read an address, and how long to wait between two visits."""

    is_allowed: bool
    delay: timedelta = timedelta(0)


def judge(robots: bytes, address: str) -> Rules:
    """The rules for us in a robots.txt.

    >>> judge(b"User-agent: *\\nDisallow: /intern", "https://a.example/intern/x").is_allowed
    False
    """
    rules = Protego.parse(robots[:MOST_READ].decode("utf-8", errors="replace"))
    seconds = rules.crawl_delay(NAME) or 0.0
    delay = timedelta(seconds=min(max(seconds, 0.0), LONGEST_DELAY.total_seconds()))
    return Rules(rules.can_fetch(address, NAME), delay)
