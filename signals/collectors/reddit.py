"""Reddit: a community, or a search in it, by its JSON listings. Off until switched on: see `services`.

Obeyed: deletions and removals by moderators, found by asking for posts again; edits.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from signals.collectors.services import MOST_PAGES, REDDIT
from signals.errors import CollectError
from signals.fetch import Outbound
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, Sifted, check, due_for_check, from_position, to_catch
from signals.read_back import read_back
from signals.service_api import Answer, Api, bad_address, broken, fields_of, list_of, moment_of, origin_of, text_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Item, Source

FORMS = "https://www.reddit.com/r/name or https://www.reddit.com/r/name/search?q=words"
DELETED = frozenset({"[deleted]", "[removed]"})
_COMMUNITY = re.compile(r"/r/([A-Za-z0-9_]{2,50})(/search)?(?:/new)?/?")


@dataclass(frozen=True, slots=True)
class Listing:
    path: str
    query: Mapping[str, str]


def to_listing(address: str) -> Listing:
    parts = urlsplit(address)
    found = _COMMUNITY.fullmatch(parts.path)
    words = parse_qs(parts.query).get("q", [""])[0].strip()
    if found and found[2] and words:
        return Listing(f"/r/{found[1]}/search.json", {"q": words, "restrict_sr": "1", "sort": "new"})
    if found and not found[2]:
        return Listing(f"/r/{found[1]}/new.json", {})
    raise bad_address("Reddit", address, FORMS)


class RedditCollector:
    """Reads back from the newest post to where the last visit began, and asks for known posts again."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        listing = to_listing(source.address)
        api = Api(outbound, self._turns, REDDIT.pace, origin_of(source.address))
        memory = from_position(cursor.position, "reddit", now)
        read = await read_back(_pages(api, listing), memory, MOST_PAGES, now)
        checked, remarks = await _check(api, read.sifted.memory, now)
        sifted = read.sifted + checked
        return to_catch(sifted, cursor, api.size, read.remarks + remarks)


async def _pages(api: Api, listing: Listing) -> AsyncIterator[list[Post]]:
    place = ""
    while True:
        query = {**listing.query, "limit": str(REDDIT.page), "raw_json": "1", "after": place}
        answer = await api.ask(listing.path, query)
        posts = _posts(answer)
        yield posts
        place = text_of(fields_of(fields_of(answer).get("data")).get("after"))
        if not place or not posts:
            return


def _posts(answer: Answer) -> list[Post]:
    children = fields_of(fields_of(answer).get("data")).get("children")
    if not isinstance(children, list):
        raise broken("Reddit", "a list of posts")
    return [to_post(fields_of(one.get("data"))) for one in list_of(children)]


async def _check(api: Api, memory: Memory, now: datetime) -> tuple[Sifted, tuple[str, ...]]:
    asked = due_for_check(memory, REDDIT.recheck, now)
    if not asked:
        return Sifted(memory), ()
    try:
        found = _posts(await api.ask("/api/info.json", {"id": ",".join(asked), "raw_json": "1"}))
    except CollectError as error:
        return Sifted(memory), (f"Could not look for deleted posts. {error.message}",)
    gone = set(asked) - {post.item.guid for post in found}
    return check(asked, found, gone, memory, now), ()


def to_post(entry: Mapping[str, Answer]) -> Post:
    author, path = text_of(entry.get("author")), text_of(entry.get("permalink"))
    said_at = moment_of(entry.get("created_utc"))
    item = Item(
        guid=text_of(entry.get("name")),
        title=text_of(entry.get("title")),
        summary=text_of(entry.get("selftext_html")),
        url=f"https://www.reddit.com{path}" if path.startswith("/") else "",
        author=f"u/{author}" if author and author not in DELETED else "",
        categories=tuple(filter(None, (text_of(entry.get("link_flair_text")),))),
        said_at=said_at,
    )
    is_taken_back = text_of(entry.get("selftext")) in DELETED or author in DELETED or entry.get("removed_by_category")
    refusal = "taken_back" if is_taken_back else "" if item.guid and item.title else "no_words"
    return Post(item, str(entry.get("edited") or ""), refusal, said_at.timestamp() if said_at else 0.0)
