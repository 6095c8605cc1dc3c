"""Where well-known sites keep their feeds: profiles, channels and content systems, told by address or by page.

A host is never put together from parts of a text: it is the one that was given, or one that is written here. What
comes of it passes the gate of `addresses` like any other address.
"""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from signals.discovered import Lead

# Networks that show nothing to a visitor without an account. Those that do are in PLATFORMS.
CLOSED = {
    "facebook.com": "Facebook",
    "fb.com": "Facebook",
    "instagram.com": "Instagram",
    "linkedin.com": "LinkedIn",
    "snapchat.com": "Snapchat",
    "threads.com": "Threads",
    "threads.net": "Threads",
    "tiktok.com": "TikTok",
    "twitter.com": "X",
    "x.com": "X",
}

# What a page's generator calls itself, and where below the site's root such a system keeps its feed.
SYSTEMS = (
    ("wordpress", "feed/"),
    ("ghost", "rss/"),
    ("drupal", "rss.xml"),
    ("joomla", "?format=feed&type=rss"),
    ("hugo", "index.xml"),
    ("jekyll", "feed.xml"),
    ("gatsby", "rss.xml"),
    ("squarespace", "?format=rss"),
    ("wix", "blog-feed.xml"),
    ("blogger", "feeds/posts/default"),
    ("movable type", "atom.xml"),
)
USUAL = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml")  # tried where nothing else is known

_ARCHIVE = re.compile(r"^/(?:category|tag|author|kategori|kategorie|categorie|emne|tema)/[^/]+", re.IGNORECASE)
_CHANNEL = re.compile(r"^/channel/(UC[\w-]{22})(?:/|$)", re.ASCII)
_HANDLE = re.compile(r"@?([\w.-]{1,100})@([\w.-]+\.[\w-]{2,})", re.ASCII)
_ACCOUNT = re.compile(r"^/@([\w.-]{1,100})(?:@[\w.-]+)?/?$", re.ASCII)
_TAG = re.compile(r"^/tags/([^/]{1,100})/?$")


def to_address(pasted: str) -> str:
    """What somebody pasted, as an address: a bare host, feed:, @name@host and blanks around it are all right.

    >>> to_address(" vg.no "), to_address("feed://paper.example/rss"), to_address("@kari@snabelen.example")
    ('https://vg.no', 'http://paper.example/rss', 'https://snabelen.example/@kari')
    """
    text = pasted.strip().strip("<>").strip()
    if account := _HANDLE.fullmatch(text):
        return f"https://{account[2]}/@{account[1]}"
    if text.lower().startswith("feed:"):
        text = text[5:]
        return f"http:{text}" if text.startswith("//") else text
    return text if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)", text) else f"https://{text}"


def closed_network(address: str) -> str:
    """The name of the network that lets nobody listen without an account; empty for all others."""
    host = _bare_host(urlsplit(address))
    return next((name for site, name in CLOSED.items() if host == site or host.endswith(f".{site}")), "")


def platform_leads(address: str) -> tuple[Lead, ...]:
    """Where the platform at this address keeps the feed of what the address shows.

    >>> platform_leads("https://www.reddit.com/r/norge")[0].address
    'https://www.reddit.com/r/norge/.rss'
    """
    parts = urlsplit(address)
    find = PLATFORMS.get(_bare_host(parts), _fediverse)
    return tuple(find(parts))


def system_leads(generator: str, address: str) -> tuple[Lead, ...]:
    """Where the content system behind a page keeps its feeds."""
    parts, leads = urlsplit(address), []
    for system, place in SYSTEMS:
        if system in generator.lower():
            because = f"{system.title()} sites keep their feed there"
            archive = _ARCHIVE.match(parts.path) if system == "wordpress" else None
            leads += [Lead(_at(parts, f"{archive[0]}/{place}"), because)] if archive else []
            leads.append(Lead(_at(parts, f"/{place}"), because))
    return tuple(leads)


def usual_leads(address: str) -> tuple[Lead, ...]:
    """The few places where a feed is found most often."""
    parts = urlsplit(address)
    return tuple(Lead(_at(parts, f"/{place}"), "Many sites keep their feed there") for place in USUAL)


def _bare_host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    return re.sub(r"^(?:www|m|old|new|mobile)\.", "", host)


def _at(parts: SplitResult, place: str) -> str:
    return f"{parts.scheme}://{parts.netloc}{place}"


def _youtube(parts: SplitResult) -> list[Lead]:
    """A channel by number, a playlist or an old user name. Of an @handle only the page knows the number."""
    base = "https://www.youtube.com/feeds/videos.xml"
    path, lists = parts.path, parse_qs(parts.query).get("list", [])
    if channel := _CHANNEL.match(path):
        return [Lead(f"{base}?channel_id={channel[1]}", "The feed of this YouTube channel")]
    if path == "/playlist" and lists:
        return [Lead(f"{base}?playlist_id={quote(lists[0], safe='')}", "The feed of this YouTube playlist")]
    if user := re.match(r"^/user/([\w.-]+)", path, re.ASCII):
        return [Lead(f"{base}?user={user[1]}", "The feed of this YouTube user")]
    return []


def _reddit(parts: SplitResult) -> list[Lead]:
    found = re.match(r"^/(r|user|u)/([\w-]+)", parts.path, re.ASCII)
    if not found:
        return []
    place = "r" if found[1] == "r" else "user"
    return [Lead(f"https://www.reddit.com/{place}/{found[2]}/.rss", "The feed of this place on Reddit")]


def _bluesky(parts: SplitResult) -> list[Lead]:
    found = re.match(r"^/profile/([\w.:-]+)", parts.path, re.ASCII)
    return [Lead(f"https://bsky.app/profile/{found[1]}/rss", "The feed of this Bluesky profile")] if found else []


def _medium(parts: SplitResult) -> list[Lead]:
    found = re.match(r"^/(@?[\w.-]+)/?$", parts.path, re.ASCII)
    return [Lead(f"https://medium.com/feed/{found[1]}", "The feed of this writer on Medium")] if found else []


def _fediverse(parts: SplitResult) -> list[Lead]:
    """Mastodon and its kin may be at any host: an account or a tag is told by its path."""
    if account := _ACCOUNT.match(parts.path):
        return [Lead(_at(parts, f"/@{account[1]}.rss"), "The feed of this Mastodon account")]
    if tag := _TAG.match(parts.path):
        return [Lead(_at(parts, f"/tags/{tag[1]}.rss"), "The feed of this tag on Mastodon")]
    return []


PLATFORMS: dict[str, Callable[[SplitResult], list[Lead]]] = {
    "youtube.com": _youtube,
    "reddit.com": _reddit,
    "bsky.app": _bluesky,
    "medium.com": _medium,
}
