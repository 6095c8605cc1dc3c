"""Kinds of sources for those who add one: what address each wants, what its service allows, and what it risks."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from app.dashboard.wording import _
from signals.collectors.services import OFF_UNTIL_SWITCHED_ON, SERVICES


@dataclass(frozen=True, slots=True)
class Kind:
    """One choice of the form. Words are English, marked for the translators; facts are the service's own."""

    key: str
    name: str
    wants: str
    limit: str = ""  # empty: the rules for all sites
    risk: str = ""
    terms: str = ""  # a link
    terms_note: str = ""
    is_on: bool = True


NAMES: Final = {
    "feed": _("Feed"),
    "sitemap": _("News sitemap"),
    "page": _("Page without a feed"),
    "mastodon": _("Mastodon"),
    "mastodon_stream": _("Mastodon, live"),
    "bluesky": _("Bluesky"),
    "jetstream": _("Bluesky, live"),
    "youtube": _("YouTube"),
    "reddit": _("Reddit"),
    "hackernews": _("Hacker News"),
    "gdelt": _("GDELT, the world's media"),
}
WANTS: Final = {
    "feed": _("The address of an RSS, Atom or JSON feed"),
    "sitemap": _("The site's news sitemap, such as https://avis.example/news-sitemap.xml"),
    "page": _("A page with links; behind it #css= and a selector, if only some of them count"),
    "mastodon": _("A tag, an account or a public timeline, such as https://server.example/tags/kommune"),
    "mastodon_stream": _("A tag or a public timeline, such as https://server.example/tags/kommune, as it is said"),
    "bluesky": _("A search, a tag or a profile, such as https://bsky.app/search?q=kommune"),
    "jetstream": _("Words to listen for: https://jetstream2.us-west.bsky.network/subscribe?q=kommune&lang=no"),
    "youtube": _("A channel or a playlist, such as https://www.youtube.com/channel/UC…"),
    "reddit": _("A community, such as https://www.reddit.com/r/norge, or a search in it"),
    "hackernews": _("A search: https://hn.algolia.com/?q=words"),
    "gdelt": _("A question: https://api.gdeltproject.org/api/v2/doc/doc?query=words+sourcelang:norwegian"),
}


def kinds(kinds_on: Collection[str]) -> tuple[Kind, ...]:
    """All that people may add, those included that the operator has not switched on."""
    return tuple(_to_kind(key, name, kinds_on) for key, name in NAMES.items())


def _to_kind(key: str, name: str, kinds_on: Collection[str]) -> Kind:
    is_on = key in kinds_on or key not in OFF_UNTIL_SWITCHED_ON
    service = SERVICES.get(key)
    if service is None:
        return Kind(key, name, WANTS[key])
    link, _blank, note = service.terms.partition(" ")
    return Kind(key, name, WANTS[key], service.limit, service.risk, link, note, is_on)
