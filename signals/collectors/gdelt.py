"""GDELT DOC 2.0: articles of the world's media that match a query. Off until switched on: see `services`.

It reads forward, oldest first, from the last article it knows. GDELT names articles, it does not keep them: what a
publisher takes back is not told here.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from signals.collectors.services import GDELT
from signals.errors import CollectError
from signals.fetch import Outbound
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, Sifted, from_position, sift, to_catch
from signals.service_api import Answer, Api, bad_address, broken, fields_of, list_of, origin_of, text_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Item, Source

FORMS = "https://api.gdeltproject.org/api/v2/doc/doc?query=words, with + for blanks"
PATH = "/api/v2/doc/doc"
TIME = "%Y%m%d%H%M%S"
MOST_PAGES = 4  # six seconds each
FIRST_LOOK = timedelta(days=1)
FARTHEST_BACK = timedelta(days=80)  # GDELT remembers about three months
UPDATED_EVERY = timedelta(minutes=15)
LANGUAGES = {
    "Norwegian": "nb", "NorwegianNynorsk": "nn", "Swedish": "sv", "Danish": "da", "Dutch": "nl", "English": "en",
    "Finnish": "fi", "German": "de", "French": "fr",
}  # fmt: skip
_COUNTRY = re.compile(r"[^A-Za-z]")


def to_query(address: str) -> str:
    parts = urlsplit(address)
    query = parse_qs(parts.query).get("query", [""])[0].strip()
    if parts.path != PATH or not query:
        raise bad_address("GDELT", address, FORMS)
    return query


class GdeltCollector:
    """One question, or a few where more than 250 articles wait; each waits for its turn."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        query = to_query(source.address)
        api = Api(outbound, self._turns, GDELT.pace, origin_of(source.address))
        memory = from_position(cursor.position, "gdelt", now)
        sifted, remarks = await _read_forward(api, query, _within_reach(memory, now), now)
        return replace(to_catch(sifted, cursor, api.size, remarks), earliest_next=UPDATED_EVERY)


def _within_reach(memory: Memory, now: datetime) -> Memory:
    if not memory.newest:
        return replace(memory, newest=(now - FIRST_LOOK).strftime(TIME))
    return replace(memory, newest=max(memory.newest, (now - FARTHEST_BACK).strftime(TIME)))


async def _read_forward(api: Api, query: str, memory: Memory, now: datetime) -> tuple[Sifted, tuple[str, ...]]:
    sifted, remarks = Sifted(memory), tuple[str, ...]()
    for number in range(MOST_PAGES):
        try:
            posts = await _ask(api, query, sifted.memory.newest, now)
        except CollectError as error:
            if number == 0:
                raise
            return sifted, (*remarks, f"Read in part; the rest comes next time. {error.message}")
        later = sift(posts[::-1], sifted.memory)
        newest, is_stuck = _next_start(posts, sifted.memory.newest, now)
        if is_stuck:
            remarks = ("More articles in a quarter of an hour than GDELT shows: some are missing. Narrow the query.",)
        merged = sifted + later
        sifted = replace(merged, memory=replace(later.memory, newest=newest), items=later.items + sifted.items)
        if len(posts) < GDELT.page:
            return sifted, remarks
    return sifted, (*remarks, "More was said than one visit reads; the rest comes next time.")


def _next_start(posts: list[Post], start: str, now: datetime) -> tuple[str, bool]:
    """Where to go on, and whether a full page held one single moment, which would bring the same page for ever."""
    newest = min(max((_moment_text(post) for post in posts), default=start), now.strftime(TIME))
    if len(posts) < GDELT.page or newest > start:
        return max(newest, start), False
    after = datetime.strptime(start, TIME).replace(tzinfo=UTC) + timedelta(seconds=1)
    return after.strftime(TIME), True


def _moment_text(post: Post) -> str:
    return post.item.said_at.strftime(TIME) if post.item.said_at else ""


async def _ask(api: Api, query: str, start: str, now: datetime) -> list[Post]:
    asked = {"query": query, "mode": "artlist", "format": "json", "sort": "dateasc", "startdatetime": start}
    answer = await api.ask(PATH, {**asked, "enddatetime": now.strftime(TIME), "maxrecords": str(GDELT.page)})
    if not isinstance(answer, dict):
        raise broken("GDELT", "a list of articles")
    return [to_post(one) for one in list_of(fields_of(answer).get("articles"))]


def to_post(article: Mapping[str, Answer]) -> Post:
    address, title = text_of(article.get("url")), text_of(article.get("title"))
    item = Item(
        guid=address,
        title=title,
        url=address,
        author=text_of(article.get("domain")),
        said_at=_seen_at(text_of(article.get("seendate"))),
        language=LANGUAGES.get(_COUNTRY.sub("", text_of(article.get("language"))), ""),
    )
    return Post(item, refusal="" if address and title else "no_words")


def _seen_at(raw: str) -> datetime | None:
    try:
        return datetime.strptime(raw, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
