"""Who owns which paper: hosts and names of owners to publisher families, from the table in families.toml.

A family is one voice, so what counts is the owner, not the name on the front page. We ask, in this order: what people
set for the source; the table, by host (`rss.vg.no`, then `vg.no`); and where neither knows, the site stands alone under
its own name. An aggregator has no voice: what it passes on speaks with the voice of the page that it links to.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import urlsplit

from signals.languages.types import words
from signals.wires import agency_at, is_release_host

_SERVICE_HOSTS = re.compile(r"^(?:www\d?|m|mobil|mobile|amp|rss|feeds?|services?|api|arkiv|nyheter|news)\.")
# Where the owner stands one level deeper than usual ...
_COUNTRY_SECONDS = words("co com org net gov ac edu ltd plc nhs police")
_SHARED_HOSTS = words(
    """blogspot.com wordpress.com substack.com medium.com tumblr.com github.io ghost.io wixsite.com kommune.no
    stat.no dep.no herokuapp.com netlify.app"""
)
# ... and where it does not stand in the host at all: platforms of many voices, and aggregators.
_PLATFORMS = words(
    """youtube.com reddit.com facebook.com x.com twitter.com bsky.app bsky.social google.com feedburner.com
    ycombinator.com linkedin.com instagram.com tiktok.com feedly.com rsshub.app gdeltproject.org hnrss.org bing.com
    flipboard.com newsnow.co.uk inoreader.com smartnews.com"""
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the table: an owner's papers in one country. Without a name: papers known to stand alone."""

    name: str
    country: str
    as_of: int
    source: str
    domains: tuple[str, ...]
    also: tuple[str, ...] = ()


def read_families(toml: str) -> tuple[Entry, ...]:
    table = tomllib.loads(toml)
    return tuple(
        Entry(
            name=one.get("name", ""),
            country=one["country"],
            as_of=one["as_of"],
            source=one["source"],
            domains=tuple(one["domains"].split()),
            also=tuple(one.get("also", ())),
        )
        for one in (*table["family"], *table["alone"])
    )


@cache
def load_families() -> tuple[Entry, ...]:
    return read_families(files("signals").joinpath("families.toml").read_text(encoding="utf-8"))


@cache
def _by_host() -> MappingProxyType[str, Entry]:
    return MappingProxyType({domain: entry for entry in load_families() for domain in entry.domains})


@cache
def _by_name() -> MappingProxyType[str, str]:
    names = {spelling: entry.name for entry in load_families() for spelling in entry.also}
    return MappingProxyType(names | {entry.name: entry.name for entry in load_families() if entry.name})


def find_entry(host: str) -> Entry | None:
    """What the table says of a host, or of the site that the host is part of.

    >>> find_entry("rss.vg.no").name, find_entry("minvg.no") is None
    ('schibsted media', True)
    """
    host = host.lower().rstrip(".")
    while "." in host:
        if entry := _by_host().get(host):
            return entry
        host = host.partition(".")[2]
    return None


def proposed_family(address: str) -> str:
    """The family that the table knows for an address; empty: none, or it stands alone."""
    entry = find_entry(host_of(address))
    return entry.name if entry else ""


def canonical(name: str) -> str:
    """One spelling per family: "Schibsted" is "schibsted media". A name that we do not know stays as it is.

    >>> canonical(" Schibsted "), canonical("Lillevik Presse")
    ('schibsted media', 'Lillevik Presse')
    """
    name = name.strip()
    return _by_name().get(name.casefold(), name)


def family_of(address: str, given: str = "", url: str = "") -> str:
    """Whose voice an item is: `given` for its source by hand, else the owner of the source's `address`, else, where the
    source is a platform or an aggregator, the owner of the page that the item links to. Empty: nobody can tell.

    >>> family_of("https://www.vg.no/rss"), family_of("https://lillevik.example/rss")
    ('schibsted media', 'lillevik.example')
    >>> family_of("https://news.google.com/rss", url="https://www.dn.se/a"), family_of("https://www.vg.no/rss", "Egen")
    ('bonnier news', 'Egen')
    """
    return canonical(given) or _owner(address) or (_owner(url) if url else "")


def _owner(address: str) -> str:
    host = host_of(address)
    return proposed_family(address) or agency_at(host) or site_owner(host)


def host_of(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def site_owner(host: str) -> str:
    """The owner as far as the host tells: "www.lillevik.no" is "lillevik.no". Empty for shared platforms.

    >>> site_owner("www.lillevik.no"), site_owner("feeds.lillevik.co.uk"), site_owner("www.youtube.com")
    ('lillevik.no', 'lillevik.co.uk', '')
    """
    parts = _SERVICE_HOSTS.sub("", host).split(".")
    if len(parts) < 2 or parts[-1].isdigit():
        return host
    depth = 3 if parts[-2] in _COUNTRY_SECONDS and len(parts[-1]) == 2 else 2
    owner = ".".join(parts[-depth:])
    if owner in _PLATFORMS or is_release_host(host):
        return ""
    return ".".join(parts[-depth - 1 :]) if owner in _SHARED_HOSTS else owner
