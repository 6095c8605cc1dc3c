"""Fakes of the services that we listen to, written from their public documentation, on loopback.

Each answers as the real one does: pages, cursors, limits, deletions; and badly, when a test says so.
"""

from tests.support.services.base import Service
from tests.support.services.bluesky import Bluesky
from tests.support.services.documents import Documents, Page, Sitemap, YouTube
from tests.support.services.gdelt import Gdelt
from tests.support.services.hackernews import HackerNews
from tests.support.services.jetstream import Jetstream
from tests.support.services.mastodon import Mastodon
from tests.support.services.mastodon_stream import MastodonStream
from tests.support.services.reddit import Reddit

# One fake, with three posts that may be read, for each kind of source. Whoever adds a collector adds one here.
FAKES: dict[str, type[Service]] = {
    "feed": Documents,
    "sitemap": Sitemap,
    "page": Page,
    "youtube": YouTube,
    "mastodon": Mastodon,
    "mastodon_stream": MastodonStream,
    "bluesky": Bluesky,
    "jetstream": Jetstream,
    "reddit": Reddit,
    "hackernews": HackerNews,
    "gdelt": Gdelt,
}
