"""Whether two addresses lead to the same place, or at least to the same site."""

from urllib.parse import urlsplit

from signals.platforms import CLOSED, PLATFORMS, platform_leads

COUNTRIES = {"be": "be", "dk": "dk", "fi": "fi", "ie": "ie", "nl": "nl", "no": "no", "se": "se", "uk": "gb"}


def place_key(address: str) -> str:
    """One spelling for what nearly always is one place: http or https, with www or without, a slash at the end.

    >>> place_key("http://www.Avis.example/feed/") == place_key("https://avis.example/feed")
    True
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return address
    shown = host.removeprefix("www.") + (f":{port}" if port not in (None, 80, 443) else "")
    query = f"?{parts.query}" if parts.query else ""
    return f"{shown}{parts.path.rstrip('/')}{query}"


def site_of(address: str) -> str:
    """The site that an address belongs to; empty on platforms, where many strangers share one host."""
    try:
        host = (urlsplit(address).hostname or "").removeprefix("www.")
        is_shared = host in PLATFORMS or host in CLOSED or bool(platform_leads(address.removesuffix(".rss")))
    except ValueError:
        return ""
    return "" if is_shared else host


def country_of(address: str) -> str:
    """The country that a host's ending names, among those we have starter sources of; else empty."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return COUNTRIES.get(host.rpartition(".")[2], "")
