"""An item as given becomes a signal: clean, comparable, with times and addresses that can be believed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from w3lib.url import canonicalize_url, url_query_cleaner

from signals.families import family_of
from signals.language import identify
from signals.sections import section_of
from signals.text import LINK_LENGTH, clean_text, clean_title, fingerprint, safe_link
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import Item, Release, Signal, Source
from signals.wires import wire_origin

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD_AT_MOST = timedelta(hours=24)
BORROWED_TITLE = 120  # characters of the text that stand in for a title that is missing

# Nothing to mend: no query, port, fragment, capital in the host, percent sign, or part that begins with a dot.
_IN_ORDER = re.compile(
    r"https?://(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}/(?:[\w~-][\w~.-]*/)*(?:[\w~-][\w~.-]*)?", re.ASCII
)
_TRACKER = re.compile(
    r"(?:utm_|mc_|pk_|piwik_|matomo_|mtm_|hsa_|at_|oly_|vero_|wt_|ns_|itm_|cx_|_hs)\w*"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mkt_tok|s_cid|cmpid"
    r"|ocid|ncid|xtor|share|shared|sharetype|smid|smtyp|trk|trackingid|partner|cmp|campaign|campaignid",
    re.IGNORECASE,
)
_TRACKER_VALUES = {
    "ref": re.compile(r"rss|feed|share|twitter|facebook|email|newsletter", re.IGNORECASE),
    "source": re.compile(r"rss|feed", re.IGNORECASE),
    "src": re.compile(r"rss|feed", re.IGNORECASE),
    "from": re.compile(r"rss|feed", re.IGNORECASE),
    "track": re.compile(r"rss", re.IGNORECASE),
}


def normalise(
    item_id: int, item: Item, source: Source, prior: Mapping[str, float], seen_at: datetime
) -> tuple[Signal, dict[str, float]]:
    """The signal of an item, and the language sums that its source has from now on."""
    text = clean_text(item.summary)
    title = clean_title(item.title) or _title_from(text)
    found = identify(f"{title}\n{text}", prior, item.language or source.language)
    url = canonical_address(item.url)
    origin = wire_origin(text, item.author, item.categories)
    signal = Signal(
        id=item_id,
        source_id=source.id,
        title=title,
        text=text,
        language=found.language,
        url=url,
        said_at=believed(item.said_at, seen_at),
        seen_at=seen_at,
        source_name=source.name,
        family=family_of(source.address, source.family, url) or source.name,
        stakeholder=source.stakeholder,
        tier=source.tier,
        fingerprint=fingerprint(title, text, source.name),
        is_tip=source.kind == KIND_OF_TIPS,
        wire=origin.agency if origin and source.kind != KIND_OF_TIPS else "",
        release=Release.OURS if source.is_own else None,
        section=section_of(item.categories, item.url),
    )
    return signal, found.scores


def _title_from(text: str) -> str:
    """The first line or sentence of the text, cut at a word."""
    line = text.split("\n", 1)[0]
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) <= BORROWED_TITLE:
        return sentence
    return sentence[:BORROWED_TITLE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def believed(said_at: datetime | None, seen_at: datetime) -> datetime | None:
    """The claimed time if it can be true: from 1990 to a day ahead of now; a little ahead counts as now."""
    if said_at is None:
        return None
    try:
        said_at = said_at.replace(tzinfo=UTC) if said_at.tzinfo is None else said_at.astimezone(UTC)
    except OverflowError:  # year 1 or 9999, moved over the edge by its zone
        return None
    if not EARLIEST <= said_at <= seen_at + AHEAD_AT_MOST:
        return None
    return min(said_at, seen_at)


def canonical_address(address: str) -> str:
    """One form for all addresses of a page: no trackers, no fragment, sorted query. Empty if no page may link to it."""
    if len(address) <= LINK_LENGTH and _IN_ORDER.fullmatch(address):
        return address
    link = safe_link(_encoded(address))
    if not link:
        return ""
    try:
        trackers = [name for name, value in parse_qsl(urlsplit(link).query, keep_blank_values=True)
                    if _is_tracker(name, value)]  # fmt: skip
        if trackers:
            link = url_query_cleaner(link, trackers, remove=True, unique=False)
        return safe_link(_without_usual_port(canonicalize_url(link)))
    except (ValueError, UnicodeError):
        return ""


def _encoded(address: str) -> str:
    """Blanks, quotes and the like inside a path are an everyday slip; percent signs make them harmless."""
    return re.sub(r"[ \"<>`{}|^]", lambda found: f"%{ord(found[0]):02X}", address.strip())


def _is_tracker(name: str, value: str) -> bool:
    known_value = _TRACKER_VALUES.get(name.lower())
    return bool(_TRACKER.fullmatch(name) or (known_value and known_value.match(value)))


def _without_usual_port(address: str) -> str:
    return re.sub(r"^(http://[^/?#]+):80(?=[/?#]|$)|^(https://[^/?#]+):443(?=[/?#]|$)", r"\1\2", address)
