"""The quick reader beside feedparser, on every document of ../shared/data/feeds and on 300 made ones.

Says on how many it does not decline, whether it gives the very same there, and how much faster it is. The recorded
newspapers were cut off when they were saved: they are mended after their last whole entry. Ends with 1 when any
document is read differently.
"""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.made_feeds import make_feeds
from signals import feed_parser
from signals.documents import settle_charset
from signals.parsed import ParsedFeed, ParseError
from signals.quick_feed import Declined, read_quickly

FOLDER = Path(__file__).resolve().parents[2] / "shared/data/feeds"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TYPES = ("application/rss+xml", "text/html; charset=iso-8859-1", "")


def main() -> int:
    read, quick, different = Counter[str](), Counter[str](), []
    seconds = {True: 0.0, False: 0.0}
    for group, name, body, content_type in _documents():
        read[group] += 1
        if not _is_read_quickly(body, content_type):
            continue
        quick[group] += 1
        answers = {}
        for is_quick in (True, False):
            began = time.process_time()
            answers[is_quick] = _read(body, content_type, is_quick=is_quick)
            seconds[is_quick] += time.process_time() - began
        if answers[True] != answers[False]:
            different.append(name)
    for group, count in read.items():
        print(f"{group:34} {quick[group]:5} of {count:5} read quickly ({quick[group] / count:.0%})")
    print(f"read differently: {len(different)} {different[:5]}")
    print(f"on these, feedparser takes {seconds[False] / seconds[True]:.1f} times as long, all included")
    return 1 if different else 0


def _documents() -> Iterator[tuple[str, str, bytes, str]]:
    """Group, name, body and content type; each document of the collections with each type."""
    for feed in make_feeds(300):
        yield "made for the benchmark", feed.name, feed.generations[0], feed.content_type
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            group = path.relative_to(FOLDER).parts[0]
            body = _mended(path.read_bytes()) if group.startswith("norwegian") else path.read_bytes()
            for content_type in TYPES:
                yield group, str(path), body, content_type


def _mended(body: bytes) -> bytes:
    if body.rstrip().endswith((b"</rss>", b"</feed>", b"</rdf:RDF>")):
        return body
    for end, closing in ((b"</item>", b"</channel></rss>"), (b"</entry>", b"</feed>")):
        if (place := body.rfind(end)) > 0:
            return body[: place + len(end)] + closing
    return body


def _is_read_quickly(body: bytes, content_type: str) -> bool:
    body, content_type = settle_charset(body.lstrip(b" \t\r\n"), content_type)
    try:
        read_quickly(body, content_type)
    except Declined:
        return False
    return True


def _read(body: bytes, content_type: str, *, is_quick: bool) -> ParsedFeed | tuple[str, str]:
    headers = {"content-type": content_type, "content-location": "https://paper.example/news/feed"}
    setattr(feed_parser, "read_quickly", read_quickly if is_quick else _decline)  # noqa: B010 - as a test would
    try:
        return feed_parser.parse_feed(body, headers, NOW)
    except ParseError as error:
        return error.kind, error.message


def _decline(body: bytes, content_type: str) -> dict[str, Any]:
    raise Declined("for comparison")


if __name__ == "__main__":
    sys.exit(main())
