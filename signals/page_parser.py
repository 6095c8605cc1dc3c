"""Reads the links of a web page. Runs in a child process: cleaners of HTML are quadratic in nesting."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import chain
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from signals.documents import settle_charset
from signals.item_text import cut, hash_words
from signals.parsed import MOST_ENTRIES, UNWANTED, ParsedFeed, ParseError, ParseErrorKind
from signals.robots import is_unwanted
from signals.types import Item

USUAL = "main a[href], article a[href]"  # where links to news stand, when nobody says where
LONGEST_TITLE = 4 * 1024


def parse_page(body: bytes, headers: Mapping[str, str], now: datetime) -> ParsedFeed:
    """The links under `headers["selector"]`, first come first, each named by its address and titled by its words."""
    if not body.strip():
        raise ParseError(ParseErrorKind.EMPTY, "The page is empty. The site may be at work on it; we try again.")
    body, _ = settle_charset(body, headers.get("content-type", ""))
    page = LexborHTMLParser(body)
    if is_unwanted(*(_attribute(node, "content") for node in page.css("meta[name=robots], meta[name=ROBOTS]"))):
        return ParsedFeed((), version=UNWANTED)
    selector = headers.get("selector") or USUAL
    links, dropped = _links(page, selector, _base(page, headers.get("content-location", "")))
    if not links:
        raise ParseError(
            ParseErrorKind.NO_LINKS,
            f"The page has no link with words under {selector!r}. Perhaps it was rebuilt, or shows a log-in: open it in"
            " a browser, and write where its links stand behind #css= at the end of the address.",
        )
    dropped["over_limit"] = max(0, len(links) - MOST_ENTRIES)
    return ParsedFeed(
        items=tuple(_to_item(address, title) for address, title in list(links.items())[:MOST_ENTRIES]),
        title=cut(_words(page.css_first("title")), 300),
        language=cut(_attribute(page.css_first("html"), "lang"), 35),
        version="html",
        dropped={reason: count for reason, count in dropped.items() if count},
    )


def _links(page: LexborHTMLParser, selector: str, base: str) -> tuple[dict[str, str], Counter[str]]:
    """Address to title. A picture and a headline that lead to one place are one link, with the longer words."""
    try:
        nodes = page.css(selector)
    except SelectolaxError:
        raise ParseError(
            ParseErrorKind.NO_LINKS,
            f"{selector!r} is not a CSS selector. Write one such as main article a behind #css= in the address.",
        ) from None
    found: dict[str, str] = {}
    dropped: Counter[str] = Counter()
    for node in chain.from_iterable(map(_anchors, nodes)):
        if not (address := _absolute(base, _attribute(node, "href"))):
            dropped["no_address"] += 1
        elif address != base:
            found[address] = max(found.get(address, ""), _title(node), key=len)
    dropped["no_words"] = sum(not title for title in found.values())
    return {address: title for address, title in found.items() if title}, dropped


def _anchors(node: LexborNode) -> Iterator[LexborNode]:
    if node.tag == "a":
        yield node
    else:
        yield from node.css("a[href]")


def _title(node: LexborNode) -> str:
    picture = node.css_first("img[alt]")
    candidates = (_words(node), _attribute(node, "aria-label"), _attribute(node, "title"), _attribute(picture, "alt"))
    return cut(next(filter(None, candidates), ""), LONGEST_TITLE)


def _words(node: LexborNode | None) -> str:
    return " ".join(node.text(separator=" ").split()) if node else ""


def _attribute(node: LexborNode | None, name: str) -> str:
    return " ".join((node.attributes.get(name) or "").split()) if node else ""


def _base(page: LexborHTMLParser, location: str) -> str:
    return _absolute(location, _attribute(page.css_first("base[href]"), "href") or location) or location


def _absolute(base: str, link: str) -> str:
    with suppress(ValueError):
        address = urldefrag(urljoin(base, link)).url
        parts = urlsplit(address)
        if link and parts.scheme in ("http", "https") and parts.hostname and len(address) <= 2048:
            return address
    return ""


def _to_item(address: str, title: str) -> Item:
    return Item(guid=address if len(address) <= 512 else f"hash:{hash_words(address)}", title=title, url=address)
