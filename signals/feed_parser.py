"""Reads one feed document into items. Runs in a child process that may be killed: see `parser_pool`.

feedparser is the parser of record, always on a BytesIO: given bytes or text that look like a path or a URL it would
open them. Well-made documents are read by `quick_feed`, which gives the same or declines. fastfeedparser, which
repairs other faults, is asked when feedparser finds no entries, and for JSON Feed.
"""

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import fastfeedparser
import feedparser

from signals.documents import looks_like_html, settle_charset
from signals.feed_dates import DateReader
from signals.item_text import cut, hash_words
from signals.parsed import MOST_ENTRIES, ParsedFeed, ParseError, ParseErrorKind
from signals.quick_feed import Declined, read_quickly
from signals.types import Item

LONGEST_HTML = 64 * 1024  # per entry: cleaners of HTML are quadratic in nesting
LONGEST_TAIL = 256 * 1024
LONGEST_TITLE = 4 * 1024
LONGEST_GUID = 512
MOST_CATEGORIES = 30
PERIODS = {"hourly": 1, "daily": 24, "weekly": 24 * 7, "monthly": 24 * 30, "yearly": 24 * 365}

# Half a surrogate pair as a character reference (&#xD800; to &#xDFFF;): feedparser ends on it.
_HALF_LETTER = re.compile(rb"&#(?:x0*d[89a-f][0-9a-f]{2}|0*5(?:529[6-9]|5[3-9]\d{2}|[67]\d{3}));", re.IGNORECASE)
_HAS_ENTRIES = re.compile(rb"<(?:[a-z0-9_-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_END = re.compile(rb"</(?:[a-z0-9_-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
# An address that joining and splitting would leave as it is.
_PLAIN_ADDRESS = re.compile(
    r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)+/[\w/~+%=&.,-]{0,1000}(?:\?[\w/~+%=&.,?-]{1,900})?", re.ASCII
)
_IS_FEED = re.compile(rb"<(?:[a-z0-9_-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)  # what both parsers are led to

Fields = Mapping[str, Any]  # of a document or an entry, as both parsers give them


def parse_feed(body: bytes, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    """The items of a document, newest as the document has it. ParseError when it is no feed.

    `headers`: `content-type` and `content-location` of the answer, so that charset and relative links are right.
    """
    body = body.lstrip(b" \t\r\n")
    if not body:
        raise ParseError(ParseErrorKind.EMPTY, "The answer is empty. The site may be at work on it; we try again.")
    if looks_like_html(body):
        raise ParseError(
            ParseErrorKind.NOT_A_FEED,
            "This is a web page, not a feed: perhaps a log-in, a consent page or an error page. Look for the"
            " address of the feed itself (often behind an RSS symbol).",
        )
    body, content_type = settle_charset(body, headers.get("content-type", ""))
    document, remarks = _read(_HALF_LETTER.sub(b"&#xFFFD;", body), content_type)
    is_cut_off = bool(document.get("bozo")) and _ends_within_entry(body)
    return _to_feed(document, headers.get("content-location", ""), now, remarks, is_cut_off)


def _ends_within_entry(body: bytes) -> bool:
    """Whether the document breaks off in the middle of an entry, whose words are then not all there."""
    tail = body[-LONGEST_TAIL:]
    last_start = max((found.start() for found in _HAS_ENTRIES.finditer(tail)), default=-1)
    return last_start >= 0 and not _ENTRY_END.search(tail, last_start)


def _read(body: bytes, content_type: str) -> tuple[Fields, tuple[str, ...]]:
    if body.startswith(b"{"):
        return _rescued(body), ()
    document = _quick(body, content_type) or _usual(body, content_type)
    if document and (document["entries"] or (document["version"] and not _HAS_ENTRIES.search(body))):
        return document, ("The document has faults.",) if document["bozo"] else ()
    return _rescued(body), ("The document has faults; it was read by the rescue parser.",)


def _quick(body: bytes, content_type: str) -> Fields | None:
    """What feedparser would make of it, from a reader for well-made documents; None where it is not sure."""
    try:
        found: Fields = read_quickly(body, content_type)
    except Declined:
        return None
    return found


def _usual(body: bytes, content_type: str) -> Fields | None:
    """What feedparser makes of it; None where it stumbles.

    It is not told the document's address: it would make ids absolute with it, and an item's name must not change
    when its site moves. Links are made absolute by `EntryReader`.
    """
    try:
        found: Fields = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _STUMBLES:
        return None
    return found


def _rescued(body: bytes) -> Fields:
    try:
        found: Fields = fastfeedparser.parse(body)
    except _STUMBLES:
        if _IS_FEED.search(body):
            raise ParseError(
                ParseErrorKind.BROKEN, "The feed is too damaged to be read. Tell the site; we try again."
            ) from None
        raise ParseError(
            ParseErrorKind.NOT_A_FEED, "This is not a feed. Check the address: it should show RSS, Atom or JSON Feed."
        ) from None
    return {"version": "json" if body.startswith(b"{") else "rescued", **found}


def _to_feed(document: Fields, location: str, now: datetime, remarks: tuple[str, ...], is_cut_off: bool) -> ParsedFeed:
    about, entries = document.get("feed") or {}, document.get("entries") or []
    half = 1 if is_cut_off and len(entries) > 1 else 0
    entries = entries[: len(entries) - half]
    reader = EntryReader(location, DateReader(now), entries[:MOST_ENTRIES])
    dropped: Counter[str] = Counter(over_limit=max(0, len(entries) - MOST_ENTRIES), cut_off=half)
    items: dict[str, Item] = {}
    for entry in entries[:MOST_ENTRIES]:
        item = reader.to_item(entry)
        if not item.title and not item.summary:
            dropped["no_words"] += 1
        elif item.guid in items:
            dropped["repeated"] += 1
        else:
            items[item.guid] = item
    return ParsedFeed(
        items=tuple(items.values()),
        title=cut(_text(about.get("title")), 300),
        language=cut(_text(about.get("language")), 35),
        ttl=_ttl(about),
        version=_text(document.get("version")),
        dropped={reason: count for reason, count in dropped.items() if count},
        remarks=remarks,
    )


class EntryReader:
    """Turns the entries of one document into items."""

    def __init__(self, location: str, dates: DateReader, entries: Iterable[Fields]) -> None:
        self._location = location
        self._dates = dates
        entries = list(entries)
        self._ids = Counter(_text(entry.get("id")) for entry in entries)
        self._links = Counter(_text(entry.get("link")) for entry in entries)

    def to_item(self, entry: Fields) -> Item:
        title, summary = cut(_text(entry.get("title")), LONGEST_TITLE), _summary(entry)
        return Item(
            guid=self._guid(entry, title, summary),
            title=title,
            summary=summary,
            url=self._url(entry),
            author=cut(_text(entry.get("author")), 300),
            categories=_categories(entry.get("tags")),
            said_at=self._dates.read(entry),
            language=cut(_language(entry), 35),
        )

    def _guid(self, entry: Fields, title: str, summary: str) -> str:
        """Its id, else its link, else its words. An id or link that several entries share names none of them."""
        for name, uses in ((_text(entry.get("id")), self._ids), (_text(entry.get("link")), self._links)):
            if name and uses[name] == 1:
                return name if len(name) <= LONGEST_GUID else f"hash:{hash_words(name)}"
        return f"hash:{hash_words(title or summary)}"

    def _url(self, entry: Fields) -> str:
        """The link as an absolute web address, or nothing: a stored address is never another scheme."""
        name = _text(entry.get("id"))
        link, enclosures = _text(entry.get("link")), _linked(entry, "enclosure")
        # Where the last link won, though it is a file.
        pages = _linked(entry, "alternate") if link in enclosures else []
        candidates = [*pages, link, *enclosures, name if "://" in name else ""]
        for candidate in filter(None, candidates):
            if _PLAIN_ADDRESS.fullmatch(candidate):
                return candidate
            with suppress(ValueError):
                address = urljoin(self._location, candidate.strip())
                parts = urlsplit(address)
                if parts.scheme in ("http", "https") and parts.hostname and len(address) <= 2048:
                    return address
        return ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""


def _summary(entry: Fields) -> str:
    bodies = [entry.get("summary"), entry.get("description")]
    bodies += [part.get("value") for part in entry.get("content") or () if isinstance(part, Mapping)]
    return next((cut(text, LONGEST_HTML) for text in map(_text, bodies) if text), "")


def _linked(entry: Fields, rel: str) -> list[str]:
    links = [link for link in entry.get("links") or () if isinstance(link, Mapping)]
    return [_text(link.get("href")) for link in links if link.get("rel") == rel]


def _categories(tags: object) -> tuple[str, ...]:
    found = [tag for tag in tags if isinstance(tag, Mapping)] if isinstance(tags, list) else []
    names = (cut(_text(tag.get("label")) or _text(tag.get("term")), 200) for tag in found)
    return tuple(dict.fromkeys(filter(None, names)))[:MOST_CATEGORIES]


def _language(entry: Fields) -> str:
    detail = entry.get("title_detail") or {}
    return _text(entry.get("language")) or _text(detail.get("language"))


def _ttl(about: Fields) -> timedelta | None:
    """How long the feed asks to be left alone, a month at most."""
    with suppress(ValueError):
        if minutes := int(_text(about.get("ttl")) or 0):
            return timedelta(minutes=min(max(minutes, 0), 43_200))
        if hours := PERIODS.get(_text(about.get("sy_updateperiod")).lower()):
            return timedelta(hours=hours / max(1, int(_text(about.get("sy_updatefrequency")) or 1)))
    return None
