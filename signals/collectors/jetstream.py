"""Jetstream: all posts of Bluesky as they are written, of which those with a source's words are kept.

Theory of operation. A visit is a session: it opens the stream where the last one stopped, a little earlier, and reads
until something was found and a moment has passed, or its time is over. Times on the stream are the service's own, in
microseconds, and only roughly in order: what is heard twice is known by its name. The first visit only notes the time.

Obeyed: deletions and edits, told on the stream for every post there is; authors who close their account; authors who
do not want to be shown to strangers, asked of the AppView before anything is kept. When it cannot be asked, nothing is
kept and the next visit begins at the same place.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from signals.bluesky_posts import ask_again, to_post
from signals.collectors.services import (
    BLUESKY,
    BLUESKY_API,
    JETSTREAM,
    JETSTREAM_MESSAGE,
    JETSTREAM_MOST_AUTHORS,
    JETSTREAM_PATH,
)
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.fetch_errors import too_slow
from signals.heard import Heard
from signals.open_lines import BREATH, BROKEN, End, Patience, Session
from signals.parser_pool import Parsers
from signals.posts import Memory, Post, from_position, to_catch
from signals.service_api import Answer, Api, bad_address, broken, fields_of, list_of, origin_of, stay_away, text_of
from signals.turns import Turns
from signals.types import Catch, Cursor, Source
from signals.word_filter import WordFilter, to_filter

FORMS = (
    "https://jetstream2.us-west.bsky.network/subscribe?q=brunt+vann&q=%23drikkevann&lang=no: each q= is some words that"
    " must all be there, word* stands for all words that begin so; did=did:plc:… for an author's posts"
)
POSTS = "app.bsky.feed.post"
CLOSED_ACCOUNT = frozenset({"deleted", "takendown", "suspended", "deactivated"})
REWIND = timedelta(seconds=2)
GAP = timedelta(minutes=2)  # the stream of all posts is never quiet for so long: the service has forgotten the rest
AHEAD = timedelta(hours=1)  # a time so far ahead of ours is a mistake
MICROSECOND = timedelta(microseconds=1)
AUTHORS_AT_ONCE = 25
REFUSED_CURSOR = 400
ASKING = 90.0  # seconds to ask about authors, after the session: all of it must end before the source's lease


@dataclass(frozen=True, slots=True)
class Listening:
    """What an address asks for."""

    base: str
    api: str
    wanted: WordFilter
    authors: tuple[str, ...] = ()

    def address(self, cursor: int) -> str:
        query = {
            "wantedCollections": POSTS,
            "wantedDids": self.authors,
            "maxMessageSizeBytes": JETSTREAM_MESSAGE,
            "cursor": cursor,
        }
        return f"{self.base}{JETSTREAM_PATH}?{urlencode(query, doseq=True)}"


def to_listening(address: str) -> Listening:
    """FetchError for an address that is none of ours, or that would bring every post there is."""
    parts = urlsplit(address)
    query = parse_qs(parts.query)
    authors = tuple(query.get("did", ()))
    are_authors = len(authors) <= JETSTREAM_MOST_AUTHORS and all(one.startswith("did:") for one in authors)
    if parts.path.rstrip("/") != JETSTREAM_PATH or not are_authors:
        raise bad_address("Jetstream", address, FORMS)
    wanted = to_filter(query.get("q", ()), query.get("lang", ()))
    if len(wanted.groups) < len(query.get("q", ())) or not (wanted.groups or authors):
        raise FetchError(
            FetchErrorKind.BAD_ADDRESS,
            f"{address} would bring every post of the network, millions a day. Say what to listen for: {FORMS}.",
        )
    return Listening(origin_of(address), query.get("api", [BLUESKY_API])[0].rstrip("/"), wanted, authors)


@dataclass
class Ear:
    """Takes the events of a session."""

    wanted: WordFilter
    known: Mapping[str, str]
    began: int  # what is before was heard last time, nearly all of it
    until: int  # times beyond are a mistake
    heard: Heard = field(default_factory=Heard)
    first: int = 0  # times of the first and the last event, in microseconds since 1970
    last: int = 0
    foreign: int = 0  # posts with the words, but in another language

    def take(self, message: bytes) -> bool:
        """Whether there is something to hand on. What cannot be read is counted; the stream goes on."""
        self.heard.events += 1
        self.heard.size += len(message)
        try:
            event = fields_of(json.loads(message))
        except (ValueError, RecursionError):
            event = {}
        at, did = event.get("time_us"), text_of(event.get("did"))
        if type(at) is not int or at <= 0 or not did:
            self.heard.broken += 1
            return False
        if at <= self.until:
            self.first, self.last = self.first or at, at
        match event.get("kind"):
            case "commit":
                return self._take_commit(at, did, fields_of(event.get("commit")))
            case "account":
                return self._take_account(did, fields_of(event.get("account")))
        return False

    def _take_commit(self, at: int, did: str, commit: Mapping[str, Answer]) -> bool:
        name = text_of(commit.get("rkey"))
        if commit.get("collection") != POSTS or not name:
            return False
        uri = f"at://{did}/{POSTS}/{name}"
        if commit.get("operation") == "delete":
            is_ours = uri in self.known or uri in self.heard.posts
            self.heard.take_back(uri)
            return is_ours
        record = fields_of(commit.get("record"))
        post = to_post({"uri": uri, "cid": commit.get("cid"), "author": {"did": did}, "record": record})
        if uri not in self.heard.posts:
            if self.known.get(uri) == post.stamp:
                return False
            # An edit that takes our words out is still an edit of what we have.
            if uri not in self.known and not self._is_meant(at, post, record):
                return False
        self.heard.add(post)
        return True

    def _is_meant(self, at: int, post: Post, record: Mapping[str, Answer]) -> bool:
        given = record.get("langs")
        languages = [text_of(one) for one in given] if isinstance(given, list) else []
        if not self.wanted.has_words(text_of(record.get("text")), post.item.categories):
            return False
        is_ours = self.wanted.has_language(languages)
        self.foreign += not is_ours and at > self.began
        return is_ours

    def _take_account(self, did: str, account: Mapping[str, Answer]) -> bool:
        if account.get("active") is not False or account.get("status") not in CLOSED_ACCOUNT:
            return False
        gone = [uri for uri in (*self.known, *self.heard.posts) if uri.startswith(f"at://{did}/")]
        for uri in gone:
            self.heard.take_back(uri)
        return bool(gone)


class JetstreamCollector:
    """Listens to all posts of Bluesky for a while, and keeps those with the source's words."""

    def __init__(self, patience: Patience | None = None) -> None:
        self._turns = Turns()
        self._patience = patience or Patience()

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        asked = to_listening(source.address)
        memory = from_position(cursor.position, "jetstream", now)
        began = _to_number(memory.newest)
        if not began:
            started = replace(memory, newest=str(_microseconds(now)))
            return replace(to_catch(Heard().sifted(started), cursor, 0, ()), goes_on=True)
        ear = Ear(asked.wanted, memory.seen, began, _microseconds(now + AHEAD))
        try:
            end = await self._listen(outbound, asked, began, ear)
        except FetchError as error:
            if error.status != REFUSED_CURSOR:
                raise
            return _begin_anew(memory, cursor, now, f"The service does not take the place where we stopped. {error}")
        if not ear.last:
            return self._nothing(asked, memory, cursor, ear, end, now)
        return await self._bring_home(asked, memory, cursor, ear, end, outbound, now)

    async def _listen(self, outbound: Outbound, asked: Listening, began: int, ear: Ear) -> End:
        host = urlsplit(asked.base).netloc
        await self._turns.wait(host, JETSTREAM.pace)
        try:
            async with outbound.listen(asked.address(began - REWIND // MICROSECOND)) as line:
                session = Session(line, self._patience)
                async for message in session.messages():
                    if ear.take(message):
                        session.linger()
                    if ear.heard.is_full:
                        break
                return session.end
        except FetchError as error:
            stay_away(self._turns, host, error)
            raise

    def _nothing(self, asked: Listening, memory: Memory, cursor: Cursor, ear: Ear, end: End, now: datetime) -> Catch:
        """Not one event that can be read. Silence is natural for a few authors; for all posts it is a fault."""
        host = urlsplit(asked.base).hostname
        if end is End.TOO_BIG:
            return _begin_anew(memory, cursor, now, f"{host} sends a message too large to be read; we go on behind it.")
        if asked.authors and end in (End.OVER, End.QUIET) and not ear.heard.broken:
            return replace(to_catch(Heard().sifted(memory), cursor, 0, ()), goes_on=True)
        what = {
            End.CLOSED: "hung up without a word",
            End.LOST: "broke the connection without a word",
        }.get(end, "sent nothing that can be read, where all posts of the network should be heard")
        raise FetchError(FetchErrorKind.BAD_ANSWER, f"{host} {what}. We try again from where we stopped.")

    async def _bring_home(
        self,
        asked: Listening,
        memory: Memory,
        cursor: Cursor,
        ear: Ear,
        end: End,
        outbound: Outbound,
        now: datetime,
    ) -> Catch:
        api = Api(outbound, self._turns, BLUESKY.pace, asked.api)
        try:
            async with asyncio.timeout(ASKING):
                posts = await _with_authors(api, list(ear.heard.posts.values()))
                sifted = ear.heard.sifted(replace(memory, newest=str(ear.last)), posts)
                checked, remarks = await ask_again(api, sifted.memory, BLUESKY.recheck, now)
        except TimeoutError:
            raise too_slow(asked.api, ASKING) from None
        if ear.foreign:
            sifted.dropped["other_language"] += ear.foreign
        remarks = (*_remarks(asked, memory, ear, end), *remarks)
        catch = to_catch(sifted + checked, cursor, ear.heard.size + api.size, remarks)
        return replace(catch, goes_on=True, earliest_next=BREATH if end in BROKEN else None)


async def _with_authors(api: Api, posts: Sequence[Post]) -> list[Post]:
    """The posts with their authors' names, refused where the author is gone or hides from strangers."""
    authors = list(dict.fromkeys(_author_of(post) for post in posts))
    known: dict[str, Mapping[str, Answer]] = {}
    for start in range(0, len(authors), AUTHORS_AT_ONCE):
        asked = authors[start : start + AUTHORS_AT_ONCE]
        answer = fields_of(await api.ask("/xrpc/app.bsky.actor.getProfiles", {"actors": asked}))
        if not isinstance(answer.get("profiles"), list):
            raise broken("Bluesky", "a list of authors")
        known |= {text_of(one.get("did")): one for one in list_of(answer.get("profiles"))}
    return [_with_author(post, known.get(_author_of(post))) for post in posts]


def _with_author(post: Post, author: Mapping[str, Answer] | None) -> Post:
    if author is None:
        return replace(post, refusal="author_gone")
    shown = to_post({"uri": post.item.guid, "author": author, "record": {"text": "-"}})
    return replace(post, item=replace(post.item, author=shown.item.author), refusal=post.refusal or shown.refusal)


def _author_of(post: Post) -> str:
    return post.item.guid.removeprefix("at://").partition("/")[0]


def _remarks(asked: Listening, memory: Memory, ear: Ear, end: End) -> tuple[str, ...]:
    told = []
    missing = timedelta(microseconds=ear.first - _to_number(memory.newest))
    if missing > GAP and not asked.authors:
        told.append(
            f"The service remembers only so much: from {_moment(_to_number(memory.newest))} to {_moment(ear.first)}"
            " nothing was heard."
        )
    if end in BROKEN:
        told.append(f"The stream broke off ({end}); we go on from where it stopped.")
    if ear.heard.broken:
        told.append(f"{ear.heard.broken} messages could not be read and were left out.")
    return tuple(told)


def _begin_anew(memory: Memory, cursor: Cursor, now: datetime, why: str) -> Catch:
    """Nothing can be heard from where we stopped: go on from now, and say what is missing."""
    gap = f"From {_moment(_to_number(memory.newest))} to {_moment(_microseconds(now))} nothing was heard."
    started = replace(memory, newest=str(_microseconds(now)))
    return replace(to_catch(Heard().sifted(started), cursor, 0, (f"{why} {gap}",)), goes_on=True)


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // MICROSECOND


def _moment(microseconds: int) -> str:
    return f"{datetime.fromtimestamp(microseconds / 1_000_000, UTC):%Y-%m-%d %H:%M} UTC"


def _to_number(newest: str) -> int:
    return int(newest) if newest.isascii() and newest.isdecimal() and len(newest) < 18 else 0
