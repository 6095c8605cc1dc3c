"""A Mastodon server that streams, as docs.joinmastodon.org/methods/streaming describes server-sent events.

Since 4.2 its streams are for members only: a test says whether this one asks for a token.
"""

import asyncio
import json

from aiohttp import web

from tests.support.services.base import Fields, error
from tests.support.services.mastodon import Mastodon

STREAMS = ("/api/v1/streaming/hashtag", "/api/v1/streaming/public", "/api/v1/streaming/public/local")


class MastodonStream(Mastodon):
    """The stream sends what the test has put on it, then hangs up, unless a test says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[bytes] = []  # pieces, sent as they are
        self.token = ""  # empty: strangers may listen
        self.streaming = ""  # where /api/v2/instance says that the streams are
        self.ending = "close"  # close, break or stay
        self.knows_streams = True
        self.heard = asyncio.Event()

    def tell(self, event: str, payload: str | Fields) -> None:
        data = payload if isinstance(payload, str) else json.dumps(payload)
        self.told.append(f"event: {event}\ndata: {data}\n\n".encode())

    def say_live(self, words: str, **given: object) -> str:
        """Told on the stream, and in the timeline from then on."""
        number = self.say(words, **given)
        self.tell("update", self.posts[number])
        return number

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/api/v2/instance":
            return web.json_response({"configuration": {"urls": {"streaming": self.streaming or self.url("")}}})
        if request.path not in STREAMS or not self.knows_streams:
            return await super().answer(request)
        if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
            return error(401, "Missing access token")
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await stream.prepare(request)
        await stream.write(b":)\n")
        for piece in self.told:
            await stream.write(piece)
        await stream.write(b":thump\n")
        self.heard.set()
        if self.ending == "stay":
            await asyncio.Event().wait()
        if self.ending == "break" and request.transport:
            request.transport.abort()
        return stream
