"""Slack's rules of text: what must be escaped, and how long each part may be (CV-01, CV-03)."""

import unicodedata
from datetime import datetime
from urllib.parse import quote

LIMITS = {"header": 150, "fallback": 3900, "blocks": 50}
LONGEST_LINK = 1500  # a section takes 3,000 characters, and its label and text must fit in too
JOINER = "\u200d"  # what glues emoji together
INVISIBLE = frozenset({"Cc", "Cf", "Cs"})  # controls; among them those that turn text around


def cut(text: str, length: int) -> str:
    """At most `length` characters, never inside a letter with its accents, a joined emoji or a flag.

    >>> cut("abcdef", 4), cut("ab", 4)
    ('abc…', 'ab')
    """
    if len(text) <= length:
        return text
    end = max(length - 1, 0)
    while end > 0 and _is_inside(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def _is_inside(text: str, place: int) -> bool:
    """Whether a cut here would split what is seen as one sign."""
    before, behind = text[place - 1], text[place]
    if before == JOINER or _clings(behind):
        return True
    if not (_is_half_flag(before) and _is_half_flag(behind)):
        return False
    head = text[:place]
    return (place - len(head.rstrip(HALF_FLAGS))) % 2 == 1


HALF_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))  # two of them make a flag


def _is_half_flag(sign: str) -> bool:
    return HALF_FLAGS[0] <= sign <= HALF_FLAGS[-1]


def _clings(sign: str) -> bool:
    is_skin, is_tag = "\U0001f3fb" <= sign <= "\U0001f3ff", "\U000e0020" <= sign <= "\U000e007f"
    return sign == JOINER or is_skin or is_tag or unicodedata.category(sign).startswith("M")


def one_line(text: str) -> str:
    """On one line, without controls: nothing may turn the text around it and so show another address."""
    return " ".join("".join(sign for sign in text if _is_shown(sign)).split())


def _is_shown(sign: str) -> bool:
    return sign.isprintable() or sign.isspace() or sign == JOINER or unicodedata.category(sign) not in INVISIBLE


def plain(text: str, length: int) -> str:
    """Outside text on one line, cut and then escaped: exactly & < >, once, so that nothing of it can mention or link.

    >>> plain("<!channel> R&D", 100)
    '&lt;!channel&gt; R&amp;D'
    """
    line = one_line(text)
    room = length
    while len(escaped := _escape(cut(line, room))) > length:
        room -= max(1, (len(escaped) - length) // 5)
    return escaped


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(address: str, label: str, length: int = 200) -> str:
    """Our own link; without an address, or with one that is no web address, only the label."""
    words = plain(label, length).replace("|", "¦") or "(no title)"
    safe = "".join(map(_safe_in_link, address)).replace("&", "&amp;")
    if not safe.startswith(("https://", "http://")) or len(safe) > LONGEST_LINK:
        return words
    return f"<{safe}|{words}>"


def _safe_in_link(sign: str) -> str:
    """What could end the link, or hides in it, becomes percent signs."""
    return quote(sign, errors="replace") if sign in "<>|" or sign.isspace() or not sign.isprintable() else sign


def local_time(at: datetime) -> str:
    """Shown in the reader's own time zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"
