"""What a web page says of feeds: links in its head, links in its text, and the system that made it.

Parsers of HTML take time that grows with the square of the nesting: half a megabyte of open <div> takes one of them
most of a minute. So the start tags that matter are cut out first, in one pass, and only they are parsed, as empty
elements that cannot nest.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from signals.discovered import Lead

LONGEST = 512 * 1024  # bytes of a page that we read
LONGEST_TAG = 4 * 1024
MOST_TAGS = 5_000
MOST_LEADS = 8
FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "text/rss+xml"}
)
MAYBE_TYPES = frozenset({"application/json", "application/xml", "text/xml"})  # feeds only if their address says so

_WORDLESS = re.compile(r"<!--|<(script|style|textarea)(?=[\s/>])", re.IGNORECASE)
_START = re.compile(r"<(link|a|meta|base|html)(?=[\s/>])", re.IGNORECASE)
# Groups that give nothing back: what cannot be a tag is known after one look at each letter.
_ATTRIBUTES = re.compile(r"((?>[^>\"']+|\"[^\"]*\"|'[^']*')*+)>")
_TITLE = re.compile(r"<title(?:\s[^<>]*)?>([^<]{0,1000})", re.IGNORECASE)
_FEED_PATH = re.compile(r"(?:^|[/._=-])(?:rss\d?|atom|feeds?|rdf)(?:[/._?&-]|$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|reactie", re.IGNORECASE)

Attributes = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Page:
    """What we want to know of a web page."""

    title: str = ""
    language: str = ""
    generator: str = ""
    feeds: tuple[Lead, ...] = ()  # that the page names as its own
    links: tuple[Lead, ...] = ()  # that look like feeds


def read_page(body: bytes, location: str) -> Page:
    """The page at this location. Whatever is wrong with it, something comes of it."""
    text = _decoded(body[:LONGEST])
    shown = "".join(_shown(text))
    tags = list(_tags(shown))
    base = next((href for kind, tag in tags if kind == "base" and (href := tag.get("href"))), "")
    base = _joined(location, base) or location
    title = _TITLE.search(shown)
    named = {name: value for kind, tag in tags if kind == "meta" for name, value in _named(tag)}
    generator = named.get("generator", "")
    return Page(
        title=" ".join(html.unescape(title[1]).split()) if title else "",
        language=next((tag.get("lang") or "" for kind, tag in tags if kind == "html"), ""),
        generator=generator or ("WordPress" if "/wp-content/" in text else ""),
        feeds=_unique(_named_feeds(tags, base)),
        links=_unique(_feed_links(tags, base)),
    )


def _decoded(body: bytes) -> str:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", errors="replace")
    text = body.decode("utf-8", errors="replace")
    return text if text.count("\ufffd") < 10 else body.decode("cp1252", errors="replace")


def _shown(text: str) -> Iterator[str]:
    """The page without comments, scripts and styles. What is not closed goes to its end."""
    place = 0
    while opening := _WORDLESS.search(text, place):
        yield text[place : opening.start()]
        name = opening[1]
        closing = re.compile(f"</{name}" if name else "-->", re.IGNORECASE).search(text, opening.end())
        if not closing:
            return
        place = closing.end()
    yield text[place:]


def _tags(text: str) -> Iterator[tuple[str, Attributes]]:
    """The start tags that matter, in order, each with its attributes."""
    cut = []
    for number, start in enumerate(_START.finditer(text)):
        if number >= MOST_TAGS:
            break
        if found := _ATTRIBUTES.match(text, start.end(), start.end() + LONGEST_TAG):
            cut.append(f'<link data-was="{start[1].lower()}" {found[1]}>')  # the first of two equal attributes holds
    for node in LexborHTMLParser("".join(cut)).css("link"):
        yield node.attributes.get("data-was") or "", node.attributes


def _named(tag: Attributes) -> Iterator[tuple[str, str]]:
    if name := tag.get("name"):
        yield name.lower(), tag.get("content") or ""


def _named_feeds(tags: list[tuple[str, Attributes]], base: str) -> list[Lead]:
    """Feeds in the order of the page, but those of comments last."""
    found = []
    for kind, tag in tags:
        address = _joined(base, tag.get("href") or "")
        if kind == "link" and address and _is_feed(tag, address):
            title = " ".join((tag.get("title") or "").split())[:120]
            because = f"The page names it as its feed: {title}" if title else "The page names it as its feed"
            found.append(Lead(address, because, is_named=True))
    return sorted(found, key=lambda lead: bool(_COMMENTS.search(lead.address + lead.because)))


def _is_feed(tag: Attributes, address: str) -> bool:
    rels = (tag.get("rel") or "").lower().split()
    kind = (tag.get("type") or "").partition(";")[0].strip().lower()
    if "feed" in rels:
        return True
    return "alternate" in rels and (kind in FEED_TYPES or (kind in MAYBE_TYPES and _looks_like_feed(address)))


def _feed_links(tags: list[tuple[str, Attributes]], base: str) -> list[Lead]:
    addresses = [_joined(base, tag.get("href") or "") for kind, tag in tags if kind == "a"]
    return [Lead(address, "The page links to it") for address in addresses if address and _looks_like_feed(address)]


def _looks_like_feed(address: str) -> bool:
    parts = urlsplit(address)
    return bool(_FEED_PATH.search(f"{parts.path}?{parts.query}"))


def _joined(base: str, href: str) -> str:
    """The absolute web address of a link; empty for all that is none. Whether it may be called is asked later."""
    try:
        address = urljoin(base, href.strip())
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address.partition("#")[0] if parts.scheme in ("http", "https") and parts.netloc else ""


def _unique(leads: list[Lead]) -> tuple[Lead, ...]:
    return tuple({lead.address: lead for lead in reversed(leads)}.values())[::-1][:MOST_LEADS]
