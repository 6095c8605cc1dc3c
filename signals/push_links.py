"""Where a feed says that it can be had by push: the hub and self links of WebSub.

Link headers first, then the links in front of the first entry, as the W3C Recommendation of 2018 has it; JSON Feed
says it in `hubs`. What stands behind the first entry is not looked at: entries hold what anybody may have written.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from multidict import MultiMapping

from signals.types import PushLinks

HEAD = 64 * 1024  # bytes in front of the first entry that are looked through
LONGEST = 2048  # characters of an address
MOST_HUBS = 20
NONE = PushLinks()

_IN_HEADER = re.compile(r'<([^<>]*)>((?:[^,"<]|"[^"]*")*)')
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_FIRST_ENTRY = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_NO_MARKUP = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_LINK = re.compile(r"<(?:[\w.-]+:)?link\s([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HUBS = re.compile(rb'(?<!\\)"hubs"\s*:\s*(\[[^\]]{0,4000}\])')
_FEED_URL = re.compile(rb'(?<!\\)"feed_url"\s*:\s*("(?:[^"\\]|\\.){0,4000}")')

Link = tuple[str, str]  # relation, address


def find_push_links(headers: Mapping[str, str], body: bytes, address: str) -> PushLinks:
    """Hub and topic, absolute; nothing where no hub is named. Without a self link the topic is `address` itself."""
    told = [link for header in _all(headers, "Link") for link in _links_of_header(header)]
    if any(relation == "hub" for relation, _ in told):
        found = _settle(told, address)
        if found.hub:
            return found
    return _settle(_links_of_document(body), address)


def _all(headers: Mapping[str, str], name: str) -> Sequence[str]:
    if isinstance(headers, MultiMapping):
        return headers.getall(name, [])
    return [headers[name]] if name in headers else []


def _links_of_header(header: str) -> Iterator[Link]:
    """
    >>> list(_links_of_header('<https://hub.example/>; rel="hub", </feed>; rel=self'))
    [('hub', 'https://hub.example/'), ('self', '/feed')]
    """
    for address, parameters in _IN_HEADER.findall(header):
        relation = _REL.search(parameters)
        for name in (relation[1] or relation[2] or "").lower().split() if relation else ():
            yield name, address


def _links_of_document(body: bytes) -> Iterable[Link]:
    if body[:1] == b"{":
        return _links_of_json(body)
    head = body[:HEAD]
    is_wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_wide and b"hub" not in head:
        return ()
    text = _NO_MARKUP.sub("", head.decode("utf-16" if is_wide else "utf-8", "replace"))
    first = _FIRST_ENTRY.search(text)
    return _links_of_xml(text[: first.start()] if first else text)


def _links_of_xml(text: str) -> Iterator[Link]:
    for inside in _LINK.findall(text):
        given = {name.lower(): unescape(one or other) for name, one, other in _ATTRIBUTE.findall(inside)}
        for name in given.get("rel", "").lower().split():
            yield name, given.get("href", "")


def _links_of_json(body: bytes) -> Iterator[Link]:
    ends = body if len(body) <= 2 * HEAD else body[:HEAD] + b" " + body[-HEAD:]  # around the items
    hubs, address = _HUBS.search(ends), _FEED_URL.search(ends)
    with suppress(ValueError):
        entries: list[Any] = json.loads(hubs[1]) if hubs else []
        for entry in entries:
            if isinstance(entry, dict) and str(entry.get("type")).lower() == "websub":
                yield "hub", str(entry.get("url", ""))
        if address:
            yield "self", str(json.loads(address[1]))


def _settle(links: Iterable[Link], address: str) -> PushLinks:
    """The first hub, but one on https before the others; relative addresses made absolute."""
    hubs: list[str] = []
    topic = ""
    for relation, given in links:
        absolute = _absolute(given, address)
        if relation == "hub" and absolute and len(hubs) < MOST_HUBS:
            hubs.append(absolute)
        elif relation == "self" and absolute and not topic:
            topic = absolute
    if not hubs:
        return NONE
    return PushLinks(next((hub for hub in hubs if hub.startswith("https:")), hubs[0]), topic or address)


def _absolute(given: str, base: str) -> str:
    """The address as it may be asked for; empty for what is none. The gate of the outbound client comes later."""
    with suppress(ValueError):
        absolute = urljoin(base, given.strip())
        parts = urlsplit(absolute)
        if given.strip() and parts.scheme in ("http", "https") and parts.hostname and len(absolute) <= LONGEST:
            return absolute if absolute.isprintable() else ""
    return ""
