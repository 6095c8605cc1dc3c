"""Reads a sitemap, a news sitemap or an index of sitemaps. Runs in a child process: see `parser_pool`.

Expat without any document type: no entity is ever declared, so none can grow or be fetched.
"""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import urlsplit
from xml.parsers import expat

from signals.documents import looks_like_html, settle_charset
from signals.feed_dates import DateReader
from signals.item_text import cut, hash_words
from signals.parsed import INDEX, MOST_ENTRIES, ParsedFeed, ParseError, ParseErrorKind
from signals.types import Item
from signals.unpack import GZIP_MAGIC, TooMuch, Unpacker

LONGEST_TEXT = 4 * 1024
LONGEST_BODY = 10 * 1024 * 1024  # unpacked
MOST_PACKED = 100  # times, from a megabyte on
EARLIEST = datetime.min.replace(tzinfo=UTC)


def parse_sitemap(body: bytes, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    """The articles of a sitemap, newest first; for an index its sitemaps, named by their addresses.

    Only news sitemaps carry words. Entries without a title are counted and left out.
    """
    body = _unpacked(body).lstrip(b" \t\r\n")
    if not body:
        raise ParseError(ParseErrorKind.EMPTY, "The sitemap is empty. The site may be at work on it; we try again.")
    if looks_like_html(body):
        raise _not_a_sitemap()
    body, content_type = settle_charset(body, headers.get("content-type", ""))
    reading = _Reading(DateReader(now))
    is_whole = reading.read(body, "utf-8" if "utf-8" in content_type.lower() else None)
    if reading.root not in ("urlset", INDEX):
        raise _not_a_sitemap()
    if not is_whole and not reading.items:
        raise ParseError(
            ParseErrorKind.BROKEN, "The sitemap is too damaged to be read. Tell the site; we try again by ourselves."
        )
    return _newest(reading, is_whole)


def _newest(reading: "_Reading", is_whole: bool) -> ParsedFeed:
    items = sorted(reading.items.values(), key=lambda item: item.said_at or EARLIEST, reverse=True)
    dropped = reading.dropped + Counter(over_limit=max(0, len(items) - MOST_ENTRIES), cut_off=int(not is_whole))
    remarks: tuple[str, ...] = () if is_whole else ("The sitemap is damaged; what came before the damage was read.",)
    if dropped["no_words"] and not items:
        remarks += ("This sitemap gives no titles: it is no news sitemap. Look for the site's feed or news sitemap.",)
    return ParsedFeed(
        items=tuple(items[:MOST_ENTRIES]),
        title=cut(reading.publication, 300),
        language=cut(reading.language, 35),
        version=reading.root,
        dropped={reason: count for reason, count in dropped.items() if count},
        remarks=remarks,
    )


def _unpacked(body: bytes) -> bytes:
    """Files named .gz are packed once more than the answer says."""
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        unpacker = Unpacker("gzip", LONGEST_BODY, MOST_PACKED, 1024 * 1024)
        unpacker.feed(body)
        return unpacker.finish()
    except TooMuch:
        raise ParseError(
            ParseErrorKind.TOO_HARD, "The sitemap unpacks to more than 10 MB. Look for the site's news sitemap."
        ) from None
    except ValueError:
        raise ParseError(ParseErrorKind.BROKEN, "The packed sitemap is damaged. We try again.") from None


def _not_a_sitemap() -> ParseError:
    return ParseError(
        ParseErrorKind.NOT_A_FEED,
        "This is not a sitemap. Its address usually stands in the site's robots.txt, on a line that begins Sitemap:.",
    )


class _Reading:
    """What expat tells, element by element, made items."""

    def __init__(self, dates: DateReader) -> None:
        self.root = ""
        self.items: dict[str, Item] = {}
        self.dropped: Counter[str] = Counter()
        self.publication = self.language = ""
        self._dates = dates
        self._words: dict[str, str] = {}
        self._text: list[str] = []
        self._length = 0

    def read(self, body: bytes, encoding: str | None) -> bool:
        """False when the document is damaged; what came before the damage is kept."""
        parser = expat.ParserCreate(encoding, namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._hear
        try:
            parser.Parse(body, True)
        except (expat.ExpatError, LookupError, ValueError):
            return False
        return True

    def _refuse(self, *_: object) -> None:
        raise ParseError(
            ParseErrorKind.BROKEN,
            "The sitemap declares a document type, which no sitemap needs and which can do harm. Tell the site.",
        )

    def _start(self, name: str, _: object) -> None:
        local = _local(name)
        self.root = self.root or local
        self._text, self._length = [], 0
        if local in ("url", "sitemap"):
            self._words = {}

    def _hear(self, text: str) -> None:
        if self._length < LONGEST_TEXT:
            self._text.append(text)
            self._length += len(text)

    def _end(self, name: str) -> None:
        local = _local(name)
        if local in ("url", "sitemap"):
            self._keep(self._words)
        else:
            self._words.setdefault(local, cut("".join(self._text).strip(), LONGEST_TEXT))
        self._text, self._length = [], 0

    def _keep(self, words: Mapping[str, str]) -> None:
        address, title = words.get("loc", ""), words.get("news:title", "")
        if not _is_web(address):
            self.dropped["no_address"] += 1
        elif address in self.items:
            self.dropped["repeated"] += 1
        elif not title and self.root != INDEX:
            self.dropped["no_words"] += 1
        else:
            self.items[address] = self._to_item(address, title, words)
            self.publication = self.publication or words.get("news:name", "")
            self.language = self.language or words.get("news:language", "")

    def _to_item(self, address: str, title: str, words: Mapping[str, str]) -> Item:
        raw = words.get("news:publication_date") or words.get("lastmod", "")
        return Item(
            guid=address if len(address) <= 512 else f"hash:{hash_words(address)}",
            title=title,
            url=address,
            categories=tuple(filter(None, map(str.strip, words.get("news:keywords", "").split(","))))[:30],
            said_at=self._dates.read_text(raw) if raw else None,
            language=cut(words.get("news:language", ""), 35),
        )


def _local(name: str) -> str:
    """The element's name; those of the news extension with `news:`, those of other extensions with `other:`."""
    space, _, local = name.rpartition(" ")
    if "sitemap-news" in space:
        return f"news:{local}"
    is_own = not space or "schemas/sitemap/" in space
    return local if is_own else f"other:{local}"


def _is_web(address: str) -> bool:
    with suppress(ValueError):
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(address) <= 2048
    return False
