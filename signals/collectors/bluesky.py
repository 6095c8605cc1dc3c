"""Bluesky: a search, a tag or an author's posts, by XRPC. `jetstream` hears all posts as they are written.

Obeyed: deletions, found by asking for posts again; authors who do not want to be shown to strangers
(`!no-unauthenticated`). Search may refuse strangers: then the source says so.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

from signals.bluesky_posts import ask_again, to_post
from signals.collectors.services import BLUESKY, BLUESKY_API, BLUESKY_SITES, MOST_PAGES
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, from_position, to_catch
from signals.read_back import OVERLAP, read_back
from signals.service_api import Answer, Api, bad_address, broken, fields_of, list_of, origin_of, text_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Source

FORMS = "https://bsky.app/search?q=words, https://bsky.app/hashtag/word or https://bsky.app/profile/name.example"
_TAG = re.compile(r"/hashtag/([^/]{1,100})/?")
_PROFILE = re.compile(r"/profile/((?:did:[a-z]+:)?[A-Za-z0-9._:%-]{1,253})/?")


@dataclass(frozen=True, slots=True)
class Asking:
    """What an address means to the API."""

    method: str
    query: Mapping[str, str]

    @property
    def is_search(self) -> bool:
        return self.method.endswith("searchPosts")


def to_asking(address: str) -> Asking:
    parts = urlsplit(address)
    path, query = unquote(parts.path), parse_qs(parts.query)
    if words := query.get("q", [""])[0].strip() if path.rstrip("/") == "/search" else "":
        return _search(words, query.get("lang", [""])[0])
    if tag := _TAG.fullmatch(path):
        return _search(f"#{tag[1]}", "")
    if profile := _PROFILE.fullmatch(path):
        return Asking("/xrpc/app.bsky.feed.getAuthorFeed", {"actor": profile[1], "filter": "posts_no_replies"})
    raise bad_address("Bluesky", address, FORMS)


def _search(words: str, language: str) -> Asking:
    return Asking("/xrpc/app.bsky.feed.searchPosts", {"q": words, "lang": language, "sort": "latest"})


class BlueskyCollector:
    """Reads back from the newest post to where the last visit began, and asks for a few known posts again."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        asking = to_asking(source.address)
        is_service = (urlsplit(source.address).hostname or "") in BLUESKY_SITES
        api = Api(outbound, self._turns, BLUESKY.pace, BLUESKY_API if is_service else origin_of(source.address))
        memory = from_position(cursor.position, "bluesky", now)
        try:
            read = await read_back(_pages(api, asking, memory), memory, MOST_PAGES, now)
        except FetchError as error:
            raise _in_words(error, asking) from None
        checked, remarks = await ask_again(api, read.sifted.memory, BLUESKY.recheck, now)
        sifted = read.sifted + checked
        return to_catch(sifted, cursor, api.size, read.remarks + remarks)


def _in_words(error: FetchError, asking: Asking) -> FetchError:
    if error.kind is not FetchErrorKind.BLOCKED or not asking.is_search:
        return error
    words = "Bluesky does not let strangers search at the moment. Listen to authors instead; we go on trying."
    return FetchError(error.kind, words, retry_after=error.retry_after)


async def _pages(api: Api, asking: Asking, memory: Memory) -> AsyncIterator[list[Post]]:
    since = datetime.fromtimestamp(float(memory.newest) - OVERLAP, UTC) if memory.newest and asking.is_search else None
    query = {**asking.query, "limit": str(BLUESKY.page), "since": since.strftime("%Y-%m-%dT%H:%M:%SZ") if since else ""}
    place = ""
    while True:
        answer = fields_of(await api.ask(asking.method, {**query, "cursor": place}))
        entries = answer.get("posts" if asking.is_search else "feed")
        if not isinstance(entries, list):
            raise broken("Bluesky", "a list of posts")
        yield [to_post(one) for one in _own_posts(list_of(entries), asking)]
        place = text_of(answer.get("cursor"))
        if not place or not entries:
            return


def _own_posts(entries: list[Mapping[str, Answer]], asking: Asking) -> list[Mapping[str, Answer]]:
    """Of an author's feed what they wrote themselves: reposts and the pinned post carry a reason."""
    if asking.is_search:
        return entries
    return [fields_of(one.get("post")) for one in entries if not one.get("reason")]
