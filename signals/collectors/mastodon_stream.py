"""Mastodon's streams: a tag or a public timeline, heard as it is said, on top of polling.

Theory of operation. A visit opens the stream first and asks for the timeline then, so that nothing is said in between.
The place from which the next visit asks is moved by asking alone: a stream may be cut with posts still on their way,
and posts of other servers arrive late under earlier numbers. What comes twice is known by its number.

Where the server does not let us hear, which is usual without a token, the visit is one of plain polling; the stream is
tried again after a while.
"""

import json
from asyncio import get_running_loop
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from signals.collectors.mastodon import MastodonCollector
from signals.collectors.services import MASTODON
from signals.errors import CollectError
from signals.fetch import FetchError, FetchErrorKind, Outbound
from signals.heard import Heard
from signals.mastodon_posts import FORMS, Timeline, find_token, to_post, to_timeline
from signals.open_lines import BREATH, BROKEN, End, Line, Patience, Session
from signals.parser_pool import Parsers
from signals.posts import from_position, to_catch
from signals.server_events import EventReader, EventTooBig, ServerEvent
from signals.service_api import Api, bad_address, bearer, fields_of, origin_of, stay_away, text_of
from signals.types import Catch, Cursor, Source

NOT_BEFORE = timedelta(hours=1)  # after a server has refused its stream
MOST_KNOWN = 1_000
NOT_TO_BE_POLLED = frozenset({FetchErrorKind.TOO_OFTEN, FetchErrorKind.REFUSED_ADDRESS, FetchErrorKind.BAD_ADDRESS})
FOR_NOW = frozenset({FetchErrorKind.TIMEOUT, FetchErrorKind.SERVER_ERROR, FetchErrorKind.UNREACHABLE})
FOR_NOW_PAUSE = timedelta(minutes=5)
SCHEMES = {"wss": "https", "https": "https", "ws": "http", "http": "http"}
POSTS = frozenset({"update", "status.update"})

Value = TypeVar("Value")


def take(event: ServerEvent, heard: Heard, known: Mapping[str, str]) -> bool:
    """Put one event among what was heard; whether it is something to hand on."""
    heard.events += 1
    if event.name == "delete":
        number = event.payload.strip()
        is_ours = number in known or number in heard.posts
        heard.take_back(number)
        return is_ours
    if event.name not in POSTS:
        return False  # announcements and the like
    try:
        status = fields_of(json.loads(event.payload))
    except (ValueError, RecursionError):
        status = {}
    if not text_of(status.get("id")):
        heard.broken += 1
        return False
    heard.add(to_post(status))
    return True


class MastodonStreamCollector:
    """Reads what was said since the last visit, then listens for a while."""

    def __init__(self, polling: MastodonCollector, patience: Patience | None = None) -> None:
        self._polling = polling
        self._patience = patience or Patience()
        self._refused: dict[str, tuple[float, str]] = {}  # origin -> until when, on the loop's clock, and why
        self._streams: dict[str, str] = {}  # origin -> where its streams are

    async def collect(
        self, source: Source, cursor: Cursor, outbound: Outbound, parsers: Parsers, now: datetime
    ) -> Catch:
        timeline = to_timeline(source.address)
        if not timeline.stream:
            raise bad_address("Mastodon's streams", source.address, f"{FORMS} (accounts: the kind mastodon)")
        async with self._open(outbound, origin_of(source.address), timeline) as line:
            read = await self._polling.collect(source, cursor, outbound, parsers, now)
            if isinstance(line, str):
                return replace(read, remarks=(line, *read.remarks))
            if not cursor.position:  # what is read first is old, and stays apart from what is said now
                return replace(read, goes_on=True)
            return await self._listen(line, read, now)

    @asynccontextmanager
    async def _open(self, outbound: Outbound, origin: str, timeline: Timeline) -> AsyncIterator[Line | str]:
        """The stream, or in words why there is none."""
        until, why = self._refused.get(origin, (0.0, ""))
        if get_running_loop().time() < until:
            yield why
            return
        async with AsyncExitStack() as stack:
            try:
                line: Line | str = await self._dial(stack, outbound, origin, timeline)
            except FetchError as error:
                stay_away(self._polling.turns, urlsplit(origin).netloc, error)
                if error.kind in NOT_TO_BE_POLLED:
                    raise
                line = self._note_refusal(origin, error)
            yield line

    async def _dial(self, stack: AsyncExitStack, outbound: Outbound, origin: str, timeline: Timeline) -> Line:
        token, turns = find_token(self._polling.tokens, origin), self._polling.turns
        base = self._streams.get(origin)
        if base is None:
            api = Api(outbound, turns, MASTODON.pace, origin, token)
            base = _remember(self._streams, origin, await _find_stream(api, origin))
        if not base.startswith("https:") and base != origin:
            token = ""  # nobody on the way shall read it
        await turns.wait(urlsplit(origin).netloc, MASTODON.pace)
        return await stack.enter_async_context(outbound.listen_to_events(f"{base}{timeline.stream}", bearer(token)))

    def _note_refusal(self, origin: str, error: FetchError) -> str:
        needs_token = error.kind is FetchErrorKind.BLOCKED and not find_token(self._polling.tokens, origin)
        what = "lets only its members listen: the operator can give a token in FORKANT_MASTODON_TOKENS"
        why = f"Polled, not heard live: {urlsplit(origin).netloc} {what}." if needs_token else ""
        why = why or f"Polled, not heard live. {error.message}"
        is_for_now = error.kind in FOR_NOW
        pause = FOR_NOW_PAUSE if is_for_now else NOT_BEFORE
        _remember(self._refused, origin, (get_running_loop().time() + pause.total_seconds(), why))
        return why

    async def _listen(self, line: Line, read: Catch, now: datetime) -> Catch:
        """What the timeline showed, and what is said from then on."""
        memory = from_position(read.cursor.position, "mastodon", now)
        heard, session, reader = Heard(), Session(line, self._patience), EventReader()
        if read.items or read.deleted:
            session.linger()  # what the timeline showed must not wait for the stream
        end = None
        try:
            async for piece in session.messages():
                heard.size += len(piece)
                worth = [take(event, heard, memory.seen) for event in reader.feed(piece)]
                if any(worth):
                    session.linger()
                if heard.is_full:
                    break
        except EventTooBig:
            end = End.TOO_BIG
        said = to_catch(heard.sifted(memory), read.cursor, read.size + heard.size, read.remarks)
        taken_back = set(heard.deleted)
        return replace(
            said,
            items=said.items + tuple(item for item in read.items if item.guid not in taken_back),
            deleted=read.deleted + said.deleted,
            dropped=dict(Counter(read.dropped) + Counter(said.dropped)),
            unchanged=read.unchanged and said.unchanged,
            remarks=read.remarks + _remarks(heard, end or session.end),
            goes_on=True,
            earliest_next=BREATH if (end or session.end) in BROKEN else None,
        )


async def _find_stream(api: Api, origin: str) -> str:
    """Where a server keeps its streams; large ones have a host for them. Who does not say keeps them at home."""
    try:
        instance = fields_of(await api.ask("/api/v2/instance", {}))
    except CollectError as error:
        if error.kind is FetchErrorKind.TOO_OFTEN:
            raise
        return origin
    told = text_of(fields_of(fields_of(instance.get("configuration")).get("urls")).get("streaming"))
    scheme, _, rest = told.partition("://")
    return f"{SCHEMES[scheme]}://{rest.rstrip('/')}" if scheme in SCHEMES and rest else origin


def _remarks(heard: Heard, end: End) -> tuple[str, ...]:
    told = []
    if end in BROKEN:
        told.append(f"The stream broke off ({end}); what it left out is asked for at the next visit.")
    if heard.broken:
        told.append(f"{heard.broken} messages could not be read and were left out.")
    return tuple(told)


def _remember(known: dict[str, Value], name: str, value: Value) -> Value:
    if len(known) >= MOST_KNOWN:
        known.clear()
    known[name] = value
    return value
