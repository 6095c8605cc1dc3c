"""What the parser says of a document, and how that crosses the pipe between two processes.

JSON, not pickle: the child has read what strangers wrote, and a pickle could make its reader run it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from signals.errors import CollectError
from signals.types import Item

_ABOUT = ("title", "language", "version", "dropped", "remarks")
MOST_ENTRIES = 2_000  # of one document
INDEX = "sitemapindex"  # the version of a document whose items are sitemaps
UNWANTED = "noindex"  # the version of a page that asks not to be read by machines


class Reader(StrEnum):
    """Who can read which kind of document; see `parser_child`."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


class ParseErrorKind(StrEnum):
    NOT_A_FEED = "not_a_feed"
    NO_LINKS = "no_links"  # a page that has none where we look for them
    EMPTY = "empty"
    BROKEN = "broken"
    TOO_HARD = "too_hard"  # it took more time or memory than a document may


class ParseError(CollectError):
    """A document that gives no items, and why."""


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document's items and what it says of itself. `dropped`: reason to number of entries without an item."""

    items: tuple[Item, ...]
    title: str = ""
    language: str = ""
    ttl: timedelta | None = None
    version: str = ""  # such as rss20, atom10, json, sitemapindex
    dropped: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def to_json(parsed: ParsedFeed | ParseError) -> bytes:
    if isinstance(parsed, ParseError):
        return json.dumps({"error": parsed.kind, "message": parsed.message}).encode()
    fields = {name: getattr(parsed, name) for name in _ABOUT}
    fields["ttl"] = parsed.ttl.total_seconds() if parsed.ttl else None
    fields["items"] = [_to_row(item) for item in parsed.items]
    return json.dumps(fields).encode()


def from_json(text: bytes) -> ParsedFeed:
    """The parsed feed; raises the ParseError that the child met."""
    fields: dict[str, Any] = json.loads(text)
    if "error" in fields:
        raise ParseError(ParseErrorKind(fields["error"]), fields["message"])
    return ParsedFeed(
        items=tuple(_to_item(*row) for row in fields["items"]),
        title=fields["title"],
        language=fields["language"],
        ttl=timedelta(seconds=fields["ttl"]) if fields["ttl"] else None,
        version=fields["version"],
        dropped=fields["dropped"],
        remarks=tuple(fields["remarks"]),
    )


def _to_row(item: Item) -> tuple[object, ...]:
    """Its fields in their order, without their names: most of what crosses the pipe is items."""
    said_at = item.said_at.isoformat() if item.said_at else None
    return item.guid, item.title, item.summary, item.url, item.author, item.categories, said_at, item.language


def _to_item(
    guid: str,
    title: str,
    summary: str,
    url: str,
    author: str,
    categories: list[str],
    said_at: str | None,
    language: str,
) -> Item:
    when = datetime.fromisoformat(said_at) if said_at else None
    return Item(guid, title, summary, url, author, tuple(categories), when, language)
