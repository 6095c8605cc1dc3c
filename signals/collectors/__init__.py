"""Ways of listening: one file per kind of source."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from signals.collectors.bluesky import BlueskyCollector
from signals.collectors.feed import FeedCollector
from signals.collectors.gdelt import GdeltCollector
from signals.collectors.hackernews import HackerNewsCollector
from signals.collectors.jetstream import JetstreamCollector
from signals.collectors.mastodon import MastodonCollector
from signals.collectors.mastodon_stream import MastodonStreamCollector
from signals.collectors.page import PageCollector
from signals.collectors.reddit import RedditCollector
from signals.collectors.services import OFF_UNTIL_SWITCHED_ON, SERVICES
from signals.collectors.sitemap import SitemapCollector
from signals.collectors.youtube import YouTubeCollector
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.parser_pool import Parsers
from signals.registry import with_plugins
from signals.types import Catch, Cursor, Source


class Collector(Protocol):
    """Fetches what is new in a source. Raises CollectError when it cannot, in words for the source's owner."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch: ...


def built_in() -> dict[str, Collector]:
    """The collectors that come with Forkant, with nobody waiting for a turn at any service."""
    mastodon = MastodonCollector()
    return {
        "feed": FeedCollector(),
        "sitemap": SitemapCollector(),
        "page": PageCollector(),
        "mastodon": mastodon,
        "mastodon_stream": MastodonStreamCollector(mastodon),
        "bluesky": BlueskyCollector(),
        "jetstream": JetstreamCollector(),
        "youtube": YouTubeCollector(FeedCollector()),
        "reddit": RedditCollector(),
        "hackernews": HackerNewsCollector(),
        "gdelt": GdeltCollector(),
    }


BUILT_IN = built_in()
COLLECTORS = with_plugins(BUILT_IN, "forkant.collectors")


class SwitchedOff:
    """Stands in for a kind that the operator has not switched on: it asks nobody anything."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        service = SERVICES[self._kind]
        raise FetchError(
            FetchErrorKind.BLOCKED,
            f"Sources of the kind {self._kind} are switched off ({service.risk}). Read {service.terms}; then the"
            f" operator can add {self._kind} to FORKANT_KINDS_ON.",
        )


def with_kinds_on(kinds: Collection[str], mastodon_tokens: Mapping[str, str] | None = None) -> dict[str, Collector]:
    """The collectors of one process: those that are off by default only where they are named.

    `mastodon_tokens` are the operator's, by the server's host.
    """
    off = {kind: SwitchedOff(kind) for kind in OFF_UNTIL_SWITCHED_ON if kind not in kinds}
    return {**COLLECTORS, **(_for_members(mastodon_tokens) if mastodon_tokens else {}), **off}


def _for_members(tokens: Mapping[str, str]) -> dict[str, Collector]:
    polling = MastodonCollector(tokens)
    return {"mastodon": polling, "mastodon_stream": MastodonStreamCollector(polling)}
