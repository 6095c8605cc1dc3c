"""A YouTube channel or playlist, by the feed that YouTube offers of it."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from signals.collectors.services import YOUTUBE
from signals.fetch import Outbound
from signals.parser_pool import Parsers
from signals.service_api import bad_address, origin_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Source

FEED = "/feeds/videos.xml"
FORMS = (
    "https://www.youtube.com/channel/UC… or https://www.youtube.com/playlist?list=PL…; the channel's number stands on"
    " its page under Share, Copy channel ID"
)
_CHANNEL = re.compile(r"/channel/([A-Za-z0-9_-]{6,64})(?:/.*)?")
_ID = re.compile(r"[A-Za-z0-9_-]{6,64}")


class FeedReader(Protocol):
    """Whoever can read a feed: `FeedCollector`, handed over by the table of collectors."""

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch: ...


class YouTubeCollector:
    """Finds the feed of a channel's address; a reader of feeds does the rest."""

    def __init__(self, feeds: FeedReader) -> None:
        self._feeds = feeds
        self._turns = Turns()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        feed = replace(source, address=feed_of(source.address))
        await self._turns.wait(urlsplit(feed.address).netloc, YOUTUBE.pace)
        catch = await self._feeds.collect(feed, cursor, outbound, parsers, now)
        # A feed that moved is still the same channel: the source keeps the address that people know.
        return replace(catch, cursor=replace(catch.cursor, moved_to=""))


def feed_of(address: str) -> str:
    """The feed's address. FetchError for addresses without a channel or playlist number.

    >>> feed_of("https://www.youtube.com/channel/UC0123456789")
    'https://www.youtube.com/feeds/videos.xml?channel_id=UC0123456789'
    """
    parts = urlsplit(address)
    if parts.path == FEED:
        return address
    if found := _CHANNEL.fullmatch(parts.path):
        return f"{origin_of(address)}{FEED}?channel_id={found[1]}"
    playlist = parse_qs(parts.query).get("list", [""])[0]
    if parts.path == "/playlist" and _ID.fullmatch(playlist):
        return f"{origin_of(address)}{FEED}?playlist_id={playlist}"
    raise bad_address("YouTube", address, FORMS)
