"""Hacker News: posts and comments that hold some words, by its search. Off until switched on: see `services`.

Obeyed: deletions, found by asking for posts again one by one; edits.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from signals.collectors.services import HACKERNEWS, HACKERNEWS_POST, MOST_PAGES
from signals.errors import CollectError
from signals.fetch import FetchError, Outbound
from signals.item_text import hash_words
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, Sifted, check, due_for_check, from_position, to_catch
from signals.read_back import OVERLAP, read_back
from signals.service_api import (
    MISSING,
    Answer,
    Api,
    bad_address,
    broken,
    fields_of,
    list_of,
    moment_of,
    origin_of,
    text_of,
)
from signals.turns import Turns
from signals.types import Catch, Cursor, Item, Source

FORMS = "https://hn.algolia.com/?q=words"
MOST_ASKED_AGAIN = 10  # in one visit: there is no question for several


def to_words(address: str) -> str:
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    words = (query.get("q") or query.get("query") or [""])[0].strip()
    if parts.path not in ("", "/") or not words:
        raise bad_address("Hacker News", address, FORMS)
    return words


class HackerNewsCollector:
    """Reads back from the newest post to where the last visit began, and asks for a few known posts again."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        words = to_words(source.address)
        api = Api(outbound, self._turns, HACKERNEWS.pace, origin_of(source.address))
        memory = from_position(cursor.position, "hackernews", now)
        read = await read_back(_pages(api, words, memory), memory, MOST_PAGES, now)
        checked, remarks = await _check(api, read.sifted.memory, now)
        sifted = read.sifted + checked
        return to_catch(sifted, cursor, api.size, read.remarks + remarks)


async def _pages(api: Api, words: str, memory: Memory) -> AsyncIterator[list[Post]]:
    since = f"created_at_i>={int(float(memory.newest) - OVERLAP)}" if memory.newest else ""
    query = {
        "query": words,
        "tags": "(story,comment)",
        "hitsPerPage": str(HACKERNEWS.page),
        "numericFilters": since,
    }
    for page in range(MOST_PAGES):
        answer = fields_of(await api.ask("/api/v1/search_by_date", {**query, "page": str(page)}))
        if not isinstance(answer.get("hits"), list):
            raise broken("Hacker News", "a list of hits")
        yield [to_post(one) for one in list_of(answer.get("hits"))]
        pages = answer.get("nbPages")
        if not isinstance(pages, int) or page + 1 >= pages:
            return


async def _check(api: Api, memory: Memory, now: datetime) -> tuple[Sifted, tuple[str, ...]]:
    asked = due_for_check(memory, MOST_ASKED_AGAIN, now)[:MOST_ASKED_AGAIN]
    found, gone = list[Post](), list[str]()
    try:
        for guid in asked:
            if post := await _ask_alone(api, guid):
                found.append(post)
            else:
                gone.append(guid)
    except CollectError as error:
        return Sifted(memory), (f"Could not look for deleted posts. {error.message}",)
    return (check(asked, found, gone, memory, now) if asked else Sifted(memory)), ()


async def _ask_alone(api: Api, guid: str) -> Post | None:
    try:
        answer = fields_of(await api.ask(f"/api/v1/items/{guid}", {}))
    except FetchError as error:
        if error.kind in MISSING:
            return None
        raise
    if str(answer.get("id") or "") != guid:
        raise broken("Hacker News", "the post that we asked for")
    return to_post({**answer, "objectID": guid, "story_text": answer.get("text")})


def to_post(hit: Mapping[str, Answer]) -> Post:
    guid = text_of(hit.get("objectID"))
    title, summary = text_of(hit.get("title")), text_of(hit.get("story_text")) or text_of(hit.get("comment_text"))
    said_at = moment_of(hit.get("created_at_i")) or moment_of(hit.get("created_at"))
    item = Item(
        guid=guid,
        title=title,
        summary=summary,
        url=f"{HACKERNEWS_POST}{guid}" if guid.isascii() and guid.isdecimal() else "",
        author=text_of(hit.get("author")),
        said_at=said_at,
        language="en",
    )
    is_post = guid.isascii() and guid.isdecimal()
    refusal = "no_name" if not is_post else "" if title or summary else "no_words"
    return Post(item, hash_words(f"{title}\n{summary}"), refusal, said_at.timestamp() if said_at else 0.0)
