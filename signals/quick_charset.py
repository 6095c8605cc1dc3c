"""Whether a document is UTF-8 for feedparser too, and whether it would find fault with how it was sent."""

import codecs
import re

from feedparser.encodings import RE_XML_PI_ENCODING, parse_content_type

from signals.quick_names import Declined

UTF_8 = frozenset({"utf-8", "utf8"})
LIKE_ASCII = UTF_8 | {"us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1", "iso-8859-15", "windows-1252", "cp1252"}
_FIRST_ELEMENT = re.compile(rb"<\w")
_DECLARED_TYPES = re.compile(r"(?:application|text)/(?:xml|xml-external-parsed-entity|[^;]*\+xml)|application/xml-dtd")


def settle_as_utf8(body: bytes, content_type: str) -> tuple[bytes, bool]:
    """The document without a byte order mark, and whether feedparser calls its type wrong. Declined: another charset.

    The decision is `feedparser.encodings.convert_to_utf8`'s, for the cases that end at UTF-8 on its first try.
    """
    has_mark = body.startswith(codecs.BOM_UTF8)
    body = body.removeprefix(codecs.BOM_UTF8)
    if not body.startswith(b"<") or b"\0" in body[:4]:
        raise Declined("no XML at its start")
    head = body[: found.start()] if (found := _FIRST_ELEMENT.search(body)) else body
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Declined("a DOCTYPE")
    declared = _declared(body)
    kind, told = parse_content_type(content_type)
    is_xml = _DECLARED_TYPES.fullmatch(kind) is not None
    if is_xml and not kind.startswith("text/"):
        charset = told or declared or "utf-8"
    elif kind.startswith("text/"):
        charset = told or "us-ascii"
    else:
        charset = declared or "utf-8"
    if charset.lower() not in (LIKE_ASCII if not has_mark and body.isascii() else UTF_8):
        raise Declined("another charset than UTF-8")
    return body, not is_xml


def _declared(body: bytes) -> str:
    """The charset of the declaration. feedparser looks for it in the whole first line."""
    line = body[: end if (end := body.find(b"\n")) >= 0 else len(body)]
    declaration, _, rest = line.partition(b"?>")
    if b"encoding=" in rest:
        raise Declined("a first line that speaks of encodings")
    found = RE_XML_PI_ENCODING.match(declaration + b"?>") if b"encoding=" in declaration else None
    try:
        return found[1].decode().lower() if found else ""
    except UnicodeDecodeError:
        raise Declined("a charset in strange letters") from None
