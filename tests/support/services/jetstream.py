"""A Jetstream server with its AppView, as github.com/bluesky-social/jetstream describes /subscribe.

A cursor later than now is left out, one from before its memory becomes its oldest event, and events are given again
from the cursor on, that one included. Then the line stays open; in this fake it closes, unless a test says otherwise.
"""

import json
from datetime import datetime

from aiohttp import web

from signals.types import Cursor
from tests.support.services.base import NOON, Fields, Service

KARI = "did:plc:kari"
POSTS = "app.bsky.feed.post"


class Jetstream(Service):
    """Three posts that hold the word kommune, and one that does not."""

    path = "/subscribe?q=kommune"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []  # when it was said, and the message, in order
        self.hidden: set[str] = set()  # authors who do not want to be shown to strangers
        self.gone: set[str] = set()
        self.posts: dict[str, Fields] = {}
        self.remembers_since = 0
        self.ending = "close"  # close, break or stay
        for words in ("En kommune", "Helt andre ord", "To kommune", "Tre kommune"):
            self.say(words)

    @property
    def address(self) -> str:
        return f"{super().address}&api={self._base}"

    @property
    def begins(self) -> Cursor:
        """Where somebody is who stopped listening a minute before noon."""
        return at_time(micro(NOON) - 60_000_000)

    def listening_to(self, query: str) -> str:
        return f"/subscribe?{query}&api={self._base}"

    def time(self) -> int:
        return micro(NOON) - 60_000_000 + len(self.lines) * 1_000_000

    def send(self, event: Fields, did: str = KARI) -> None:
        self.send_raw(json.dumps({"did": did, "time_us": self.time()} | event))

    def send_raw(self, message: str) -> None:
        self.lines.append((self.time(), message))

    def say(self, words: str, did: str = KARI, operation: str = "create", name: str = "", **record: object) -> str:
        """A post, or with `operation` update and its name an edit."""
        name = name or f"3k{len(self.lines) + 1:04}"
        cid = f"bafy{len(self.lines) + 1}"
        record = {"$type": POSTS, "text": words, "createdAt": "2026-11-22T11:59:00.000Z", "langs": ["nb"]} | record
        uri = f"at://{did}/{POSTS}/{name}"
        self.posts[uri] = {"uri": uri, "cid": cid, "author": self._profile(did), "record": record}
        commit = {"rev": f"3l{name}", "operation": operation, "collection": POSTS, "rkey": name, "cid": cid}
        self.send({"kind": "commit", "commit": commit | {"record": record}}, did)
        return uri

    def delete(self, uri: str) -> None:
        did, _, name = uri.removeprefix("at://").split("/")
        self.posts.pop(uri, None)
        commit = {"rev": "3lz", "operation": "delete", "collection": POSTS, "rkey": name}
        self.send({"kind": "commit", "commit": commit}, did)

    def close_account(self, did: str = KARI) -> None:
        account = {"active": False, "did": did, "seq": 1, "time": "2026-11-22T12:00:00.000Z", "status": "deleted"}
        self.send({"kind": "account", "account": account}, did)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        if request.path == "/xrpc/app.bsky.actor.getProfiles":
            there = [did for did in query.getall("actors") if did not in self.gone]
            return web.json_response({"profiles": [self._profile(did) for did in there]})
        if request.path == "/xrpc/app.bsky.feed.getPosts":
            return web.json_response({"posts": [self.posts[uri] for uri in query.getall("uris") if uri in self.posts]})
        if request.path != "/subscribe":
            return web.Response(status=404)
        if not query.get("cursor", "0").isdecimal():
            return web.Response(status=400, text="invalid cursor")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await self._tell(socket, request)
        return socket

    async def _tell(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        query = request.query
        since = max(int(query["cursor"]), self.remembers_since) if "cursor" in query else 1 << 62
        for at, message in self.lines:
            if since <= at:
                await socket.send_str(message)
        if self.ending == "break" and request.transport:
            request.transport.abort()
        elif self.ending == "stay":
            await socket.receive()  # until the listener leaves

    def _profile(self, did: str) -> Fields:
        labels = [{"src": did, "val": "!no-unauthenticated"}] if did in self.hidden else []
        return {"did": did, "handle": f"{did.rpartition(':')[2]}.example", "labels": labels}


def micro(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def at_time(microseconds: int) -> Cursor:
    position = ["jetstream", str(microseconds), "", int(NOON.timestamp()), {}]
    return Cursor(position=json.dumps(position, separators=(",", ":")))
