"""What a site lets machines read, by its robots.txt (RFC 9309) and by what a page says of itself."""

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


def is_unwanted(*directives: str) -> bool:
    """Whether a robots meta tag or an X-Robots-Tag asks machines to stay away.

    >>> is_unwanted("NOINDEX, follow"), is_unwanted("max-snippet:50", "")
    (True, False)
    """
    words = {word.strip().lower() for one in directives for word in one.replace(":", ",").split(",")}
    return not words.isdisjoint({"noindex", "none"})
