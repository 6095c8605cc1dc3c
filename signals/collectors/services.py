"""Facts about the services we listen to: their limits, terms and endpoints, as documented on the day below.

A limit here is what the service writes; our own pace stays well under it, because others share our address. Whoever
changes a fact changes the day.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from signals.turns import Pace

AS_OF: Final = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Service:
    """What a service asks of those who read it."""

    name: str
    limit: str  # in its own words, shortened
    pace: Pace  # what we make of it, per host and process
    page: int  # most entries that it gives at once
    recheck: int  # most posts that it tells of at once when asked by name
    terms: str
    source: str  # where these facts stand
    risk: str = ""  # why it is off until somebody switches it on; empty: it is on


# Pages beyond this are left for the next visit, or said to be lost where the service only reads backwards.
MOST_PAGES: Final = 10

MASTODON: Final = Service(
    name="Mastodon",
    limit="300 requests in 5 minutes per account and per address; 40 posts a page, 20 by name",
    pace=Pace(burst=30, every=2.0),
    page=40,
    recheck=20,
    terms="https://joinmastodon.org/covenant (each server has rules of its own, on its page /about)",
    source="https://docs.joinmastodon.org/api/rate-limits/ and /methods/timelines/, /methods/statuses/",
)

BLUESKY: Final = Service(
    name="Bluesky",
    limit="3,000 requests in 5 minutes per address; 100 posts a page, 25 by name; search may ask for a log-in",
    pace=Pace(burst=20, every=1.0),
    page=100,
    recheck=25,
    terms="https://docs.bsky.app/docs/support/developer-guidelines",
    source="https://docs.bsky.app/docs/advanced-guides/rate-limits and the lexicons app.bsky.feed.*",
)
BLUESKY_SITES: Final = ("bsky.app", "www.bsky.app")
# public.api.bsky.app refuses searches of strangers, api.bsky.app takes their first page (atproto issues 3583, 3891).
BLUESKY_API: Final = "https://api.bsky.app"

JETSTREAM: Final = Service(
    name="Bluesky, live",
    limit="none written; all posts of the network go over the line, some 4 GB a day per source; about a day back",
    pace=BLUESKY.pace,
    page=25,
    recheck=25,
    terms="https://docs.bsky.app/docs/support/developer-guidelines",
    source="https://github.com/bluesky-social/jetstream (the endpoint /subscribe) and https://bsky.network/docs/jetstream/",
)
JETSTREAM_PATH: Final = "/subscribe"
JETSTREAM_MOST_AUTHORS: Final = 100  # the service takes 10,000; an address must stay readable
JETSTREAM_MESSAGE: Final = 100_000  # bytes; a post has some thousand, and the service leaves out what is larger

MASTODON_STREAM: Final = Service(
    name="Mastodon, live",
    limit="as Mastodon's; since 4.2 the streams are for members: the operator gives a token (FORKANT_MASTODON_TOKENS)",
    pace=MASTODON.pace,
    page=MASTODON.page,
    recheck=MASTODON.recheck,
    terms=MASTODON.terms,
    source="https://docs.joinmastodon.org/methods/streaming/",
)

REDDIT: Final = Service(
    name="Reddit",
    limit="10 requests a minute without a registered client; 100 posts a page and by name",
    pace=Pace(burst=2, every=8.0),
    page=100,
    recheck=100,
    terms="https://redditinc.com/policies/data-api-terms",
    source="https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki",
    risk="commercial use needs a contract with Reddit, and strangers are often refused",
)

HACKERNEWS: Final = Service(
    name="Hacker News",
    limit="10,000 requests an hour per address; 1,000 posts deep",
    pace=Pace(burst=10, every=2.0),
    page=100,
    recheck=1,
    terms="https://www.ycombinator.com/legal/",
    source="https://hn.algolia.com/api",
    risk="its search is run by a third party that promises nothing",
)
HACKERNEWS_POST: Final = "https://news.ycombinator.com/item?id="

GDELT: Final = Service(
    name="GDELT",
    limit="1 request in 5 seconds; 250 articles a page; the last 3 months; new ones every 15 minutes",
    pace=Pace(burst=1, every=6.0),
    page=250,
    recheck=0,
    terms="https://www.gdeltproject.org/about.html#termsofuse",
    source="https://blog.gdeltproject.org/gdelt-doc-2-0-api-debuts/",
    risk="it finds articles of all the world's media: one broad query can bring thousands an hour",
)

YOUTUBE: Final = Service(
    name="YouTube",
    limit="none documented for feeds; about 15 videos",
    pace=Pace(burst=5, every=2.0),
    page=15,
    recheck=0,
    terms="https://www.youtube.com/t/terms",
    source="https://developers.google.com/youtube/v3/guides/push_notifications",
)

SERVICES: Final[dict[str, Service]] = {
    "mastodon": MASTODON,
    "mastodon_stream": MASTODON_STREAM,
    "bluesky": BLUESKY,
    "jetstream": JETSTREAM,
    "reddit": REDDIT,
    "hackernews": HACKERNEWS,
    "gdelt": GDELT,
    "youtube": YOUTUBE,
}
OFF_UNTIL_SWITCHED_ON: Final = tuple(kind for kind, service in SERVICES.items() if service.risk)
