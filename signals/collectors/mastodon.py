"""Mastodon: a tag, an account or a public timeline, by polling. `mastodon_stream` hears posts and deletions at once.

Obeyed: deletions and edits, found by asking for posts again; accounts that opt out of search (`noindex`,
`indexable: false`); anything less than public.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from signals.collectors.services import MASTODON, MOST_PAGES
from signals.errors import CollectError
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.mastodon_posts import Timeline, find_token, to_post, to_timeline
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, Sifted, check, due_for_check, from_position, sift, to_catch
from signals.service_api import MISSING, Api, broken, fields_of, list_of, origin_of, text_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Source

MOST_DOUBTS = 10  # posts missing from a list that are asked for one by one in one visit
LONGEST_ID = 64
MEMBERS_ONLY = frozenset({FetchErrorKind.BLOCKED})


class MastodonCollector:
    """Reads forward from the newest post it knows, page by page, and asks for a few known posts again."""

    def __init__(self, tokens: Mapping[str, str] | None = None) -> None:
        self.turns = Turns()
        self.tokens = tokens or {}

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        timeline = to_timeline(source.address)
        origin = origin_of(source.address)
        api = Api(outbound, self.turns, MASTODON.pace, origin, find_token(self.tokens, origin))
        memory = from_position(cursor.position, "mastodon", now)
        try:
            memory = await _find_account(api, timeline, memory)
            sifted, remarks = await _read_forward(api, timeline, memory)
        except FetchError as error:
            raise _in_words(error, source.address) from None
        checked, more_remarks = await _check(api, sifted.memory, now)
        sifted += checked
        return to_catch(sifted, cursor, api.size, remarks + more_remarks)


def _in_words(error: FetchError, address: str) -> FetchError:
    if error.kind not in MEMBERS_ONLY:
        return error
    words = f"{urlsplit(address).netloc} shows this timeline to its members only. Listen to it on another server."
    return FetchError(error.kind, words, retry_after=error.retry_after)


async def _find_account(api: Api, timeline: Timeline, memory: Memory) -> Memory:
    """The account's number on this server, asked once."""
    if not timeline.account or memory.place:
        return memory
    found = fields_of(await api.ask("/api/v1/accounts/lookup", {"acct": timeline.account}))
    if not (number := text_of(found.get("id"))):
        raise broken("The server", "the account's id")
    return replace(memory, place=number)


async def _read_forward(api: Api, timeline: Timeline, memory: Memory) -> tuple[Sifted, tuple[str, ...]]:
    """All pages since the newest known post, oldest first. What a failure leaves unread is read next time."""
    sifted, is_first = Sifted(memory), not memory.newest
    for number in range(MOST_PAGES):
        try:
            posts = await _ask_page(api, timeline, sifted.memory)
        except CollectError as error:
            if number == 0:
                raise
            return sifted, (f"Read in part; the rest comes next time. {error.message}",)
        if posts:
            later = sift([to_post(one) for one in posts], sifted.memory)
            memory = replace(later.memory, newest=text_of(posts[0].get("id")))
            # Later pages are newer: they stand first.
            sifted = replace(sifted + later, memory=memory, items=later.items + sifted.items)
        if is_first or len(posts) < MASTODON.page:
            return sifted, ()
    return sifted, ("More was said than one visit reads; the rest comes next time.",)


async def _ask_page(api: Api, timeline: Timeline, memory: Memory) -> list[Any]:
    path = timeline.path or f"/api/v1/accounts/{quote(memory.place, safe='')}/statuses"
    query = {"limit": str(MASTODON.page), "min_id": memory.newest, "local": timeline.local}
    answer = await api.ask(path, {**query, "exclude_reblogs": "true" if timeline.account else ""})
    if not isinstance(answer, list):
        raise broken("The server", "a list of posts")
    return [one for one in list_of(answer) if 0 < len(text_of(one.get("id"))) <= LONGEST_ID]


async def _check(api: Api, memory: Memory, now: datetime) -> tuple[Sifted, tuple[str, ...]]:
    """Ask for known posts again. One that a list leaves out is asked for by itself before it counts as gone."""
    asked = due_for_check(memory, MASTODON.recheck, now)
    found: dict[str, Post] = {}
    try:
        for start in range(0, len(asked), MASTODON.recheck):
            found |= await _ask_by_name(api, asked[start : start + MASTODON.recheck])
        gone = []
        for guid in [one for one in asked if one not in found][:MOST_DOUBTS]:
            if post := await _ask_alone(api, guid):
                found[guid] = post
            else:
                gone.append(guid)
    except CollectError as error:
        return Sifted(memory), (f"Could not look for deleted posts. {error.message}",)
    return (check(asked, found.values(), gone, memory, now) if asked else Sifted(memory)), ()


async def _ask_by_name(api: Api, guids: Sequence[str]) -> dict[str, Post]:
    """Servers before 4.3 do not know this question: then all are asked for one by one."""
    try:
        answer = await api.ask("/api/v1/statuses", {"id[]": guids})
    except FetchError as error:
        if error.kind in MISSING or error.kind is FetchErrorKind.BAD_STATUS:
            return {}
        raise
    posts = map(to_post, list_of(answer))
    return {post.item.guid: post for post in posts if post.item.guid in guids}


async def _ask_alone(api: Api, guid: str) -> Post | None:
    try:
        answer = fields_of(await api.ask(f"/api/v1/statuses/{quote(guid, safe='')}", {}))
    except FetchError as error:
        if error.kind in MISSING:
            return None
        raise
    if text_of(answer.get("id")) != guid:
        raise broken("The server", "the post that we asked for")
    return to_post(answer)
