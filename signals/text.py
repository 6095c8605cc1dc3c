"""Plain, safe, bounded text out of whatever a source sent."""

import html
import re
import unicodedata
from hashlib import blake2b
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

TITLE_LENGTH = 500
TEXT_LENGTH = 16_000
# Parsers of HTML take time that grows with the square of the nesting; at this size the worst takes a tenth of a second.
HTML_LENGTH = 64_000
LINK_LENGTH = 2_000

_TAG = re.compile(r"<[a-zA-Z/!?]")
# Tags that were escaped once too often; only well-known ones, so that "a <b" in a text about maths stays.
_ESCAPED_TAG = re.compile(
    r"</?(?:a|abbr|article|b|blockquote|br|div|em|figure|font|h[1-6]|hr|i|iframe|img|li|object|ol|p|script|section"
    r"|small|span|strong|style|sub|sup|svg|table|tbody|td|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ESCAPED_SIGN = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[0-9a-fA-F]{2,4});")
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_BLOCK = re.compile(
    r"<(?=/?(?:address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|main|nav"
    r"|ol|p|pre|section|table|tbody|td|th|tr|ul)\b)",
    re.IGNORECASE,
)
_WORDLESS = ["head", "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "textarea", "select"]
_LINE_ENDS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_LINES = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"[^\S\n]+")
# More than four accents on a letter is an ornament, and slow: sorting them takes the square of their number.
_MARK = (
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0e31-\u0e3a"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_MARKS = re.compile(rf"({_MARK}{{4}}){_MARK}+")
_WORD = re.compile(r"[^\W_]+")
_LEAD_IN = re.compile(
    r"^(?:update \d+|updated|breaking(?: news)?|exclusive|watch|live|video|analysis"
    r"|siste(?: nytt)?|nå|direkte|oppdatert"
    r"|just nu|uppdaterad|senaste nytt|lige nu|opdateret|laatste nieuws|update)\s*[-:–|]\s*"
)
_UNSAFE_IN_LINK = re.compile(r"[\x00-\x20\x7f-\x9f\\<>\"`{}|^\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def _removals() -> dict[int, str | None]:
    """What never reaches the database or a page, and what it becomes."""
    gone = [
        *range(0x20), 0x7F, 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F),
        *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xD800, 0xE000), *range(0xE0000, 0xE0080),
    ]  # fmt: skip
    table: dict[int, str | None] = dict.fromkeys(gone)
    table |= {ord("\n"): "\n", ord("\t"): " "}
    for code in range(0x80, 0xA0):  # Windows quotes and dashes in text that was taken for Latin-1
        table[code] = bytes([code]).decode("cp1252", errors="ignore") or None
    return table


_REMOVALS = _removals()


def _scrubbed(text: str) -> str:
    """Without NUL, other controls, lone surrogates, bidi and invisible characters; one kind of line end."""
    return _LINE_ENDS.sub("\n", text).translate(_REMOVALS)


def _without_tags(text: str) -> str:
    parser = LexborHTMLParser(_BLOCK.sub("\n<", text[:HTML_LENGTH]))
    parser.strip_tags(_WORDLESS)
    return parser.body.text(separator="") if parser.body else ""


def _plain(text: str) -> str:
    """HTML to text. A second round takes what was escaped twice on its way to us."""
    text = _CDATA.sub("", text)
    for _ in range(2):
        if _TAG.search(text):
            text = _without_tags(text)
        elif "&" in text:
            text = html.unescape(text)
        if not (_ESCAPED_TAG.search(text) or _ESCAPED_SIGN.search(text)):
            break
    return text


def _bounded(text: str, length: int) -> str:
    """NFC and at most so long, cut between words where there is a gap near the end."""
    text = unicodedata.normalize("NFC", _MARKS.sub(r"\1", text)[: length + 2_000]).strip()
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    gap = cut.rfind(" ", length - 80)
    return (cut[:gap] if gap > 0 else cut).rstrip() + "…"


def clean_title(text: str) -> str:
    """One line of plain text, at most 500 characters."""
    plain = _scrubbed(_plain(_scrubbed(text[: 4 * HTML_LENGTH])))
    return _bounded(" ".join(plain.split()), TITLE_LENGTH)


def clean_text(text: str) -> str:
    """Plain text, one line a paragraph, at most 16,000 characters."""
    plain = _scrubbed(_plain(_scrubbed(text[: 4 * HTML_LENGTH])))
    return _bounded(_LINES.sub("\n", _SPACES.sub(" ", plain)), TEXT_LENGTH)


def safe_link(address: str) -> str:
    """The address if a page may link to it: http or https, a host, no user name, nothing hidden; else empty."""
    address = address.strip()
    if not address or len(address) > LINK_LENGTH or _UNSAFE_IN_LINK.search(address):
        return ""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises on a port that is none
    except ValueError:
        return ""
    good = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return address if good else ""


def without_publisher(title: str, publisher: str) -> str:
    """The headline without the paper's own name at its end, as "Flom i Bergen - NRK" has it."""
    for mark in (" - ", " – ", " | ", " — "):
        head, found, tail = title.rpartition(mark)
        if found and head and tail.strip().casefold() == publisher.strip().casefold():
            return head.rstrip()
    return title


def normal_words(title: str, text: str = "", publisher: str = "") -> list[str]:
    """The words that count when two texts are compared: no case, signs, lead-ins ("Breaking:") or publisher's name."""
    headline = unicodedata.normalize("NFKC", without_publisher(title, publisher)).lower()
    body = unicodedata.normalize("NFKC", text).lower()
    return _WORD.findall(_LEAD_IN.sub("", headline)) + _WORD.findall(body)


def fingerprint(title: str, text: str, publisher: str = "") -> str:
    """Equal for texts with the same words in the same order; 32 hexadecimal digits."""
    words = " ".join(normal_words(title, text, publisher))
    return blake2b(words.encode(), digest_size=16).hexdigest()
