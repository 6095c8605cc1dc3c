"""Slack's rules of text: what must be escaped, and how long each part may be (CV-01, CV-03)."""

import unicodedata
from datetime import datetime

LIMITS = {"header": 150, "fallback": 3900, "blocks": 50}
LONGEST_LINK = 2000  # a section takes 3,000 characters, and its label and time must fit in too
JOINERS = frozenset("\u200d\ufe0e\ufe0f")  # what glues emoji together


def cut(text: str, length: int) -> str:
    """At most `length` characters, never inside a letter with its accents or a joined emoji.

    >>> cut("abcdef", 4), cut("ab", 4)
    ('abc…', 'ab')
    """
    if len(text) <= length:
        return text
    end = length - 1
    while end > 0 and (_clings(text[end]) or text[end - 1] in JOINERS):
        end -= 1
    return text[:end].rstrip() + "…"


def _clings(sign: str) -> bool:
    return sign in JOINERS or unicodedata.combining(sign) != 0 or "\U0001f3fb" <= sign <= "\U0001f3ff"


def plain(text: str, length: int) -> str:
    """Outside text on one line, cut and then escaped: exactly & < >, once, so that nothing of it can mention or link.

    >>> plain("<!channel> R&D", 100)
    '&lt;!channel&gt; R&amp;D'
    """
    line = " ".join(text.split())
    room = length
    while len(escaped := _escape(cut(line, room))) > length:
        room -= max(1, (len(escaped) - length) // 5)
    return escaped


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(address: str, label: str, length: int = 200) -> str:
    """Our own link; without an address, or with one that could break out of it, only the label."""
    words = plain(label, length).replace("|", "¦")
    safe = address.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C").replace(" ", "%20")
    if not address.startswith(("https://", "http://")) or len(safe) > LONGEST_LINK:
        return words
    return f"<{safe}|{words}>"


def local_time(at: datetime) -> str:
    """Shown in the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
