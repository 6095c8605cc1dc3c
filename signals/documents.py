"""First looks at a document: is it a web page, and in which letters is it written."""

import re

_LEADING = re.compile(rb"\s+|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|div|meta|title)[\s>/]", re.IGNORECASE)
_FEED_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)  # some feeds claim to be HTML at first
_CHARSET = re.compile(r";\s*charset\s*=\s*[^;]*", re.IGNORECASE)
_BROKEN_SHARE = 0.1  # of the letters beyond ASCII: more than that, and it is no UTF-8 with accidents
_LOOK = 4096


def looks_like_html(body: bytes) -> bool:
    """Whether a web page was sent instead of a feed.

    >>> looks_like_html(b"<!-- hi --><!DOCTYPE html><html>"), looks_like_html(b"<?xml version='1.0'?><rss>")
    (True, False)
    """
    start = _without_nul(body[:_LOOK])
    place = 0
    while match := _LEADING.match(start, place):
        place = match.end()
    return _HTML.match(start, place) is not None and not _FEED_ROOT.search(start, place)


def _without_nul(start: bytes) -> bytes:
    """UTF-16 looks enough like ASCII without its NULs, and a byte order mark is no letter."""
    return start.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe")


def settle_charset(body: bytes, content_type: str) -> tuple[bytes, str]:
    """The document and its content type, with the charset that its bytes prove.

    Text beyond ASCII that is valid UTF-8 is UTF-8, whatever header or declaration say: Latin-1 text is valid
    UTF-8 by chance once in many thousand documents, and servers are wrong far more often. A document that is
    UTF-8 but for a broken letter or two keeps its other letters.
    """
    if body[:2] in (b"\0<", b"<\0") and body[:4] != b"<\0\0\0":  # UTF-16 that does not say so
        wide = "utf-16-be" if body[0] == 0 else "utf-16-le"
        return body.decode(wide, errors="replace").encode(), "application/xml; charset=utf-8"
    if body.isascii() or body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in body[:_LOOK]:
        return body, content_type
    kind = _CHARSET.sub("", content_type).split(";")[0].strip() or "application/xml"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        text = body.decode("utf-8", errors="replace")
        letters = len(text) - len(re.sub(r"[^\x00-\x7f]", "", text))
        if text.count("\ufffd") > _BROKEN_SHARE * letters:
            return body, _without_false_utf8(content_type)
        body = text.encode()
    return body, f"{kind}; charset=utf-8"


def _without_false_utf8(content_type: str) -> str:
    found = _CHARSET.search(content_type)
    return _CHARSET.sub("", content_type) if found and "utf-8" in found.group().lower() else content_type
