"""A receiver on loopback that answers as it is told, Slack or any webhook, and remembers what it was told."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.slack import problems_with


@dataclass(frozen=True)
class Seen:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def message_id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: str = "ok"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False  # takes the request and never answers
    gate: asyncio.Event | None = None  # answers once it is set


class FakeReceiver:
    """Paths below /slack are checked as Slack checks them: what breaks its rules gets 400 invalid_blocks."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.arrived = asyncio.Event()  # set by each request
        self._next: defaultdict[str, deque[Answer]] = defaultdict(deque)
        self._always: dict[str, Answer] = {}
        self._closing = asyncio.Event()
        application = web.Application()
        application.router.add_post("/{path:.*}", self._answer)
        self._server = TestServer(application)

    async def __aenter__(self) -> "FakeReceiver":
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing.set()
        await self._server.close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def will_answer(self, path: str, status: int = 200, body: str = "ok", times: int = 1, **more: Any) -> None:
        """The next answers of a path; after them it answers ok."""
        self._next[path].extend([Answer(status, body, **more)] * times)

    def answers_always(self, path: str, status: int = 200, body: str = "ok", **more: Any) -> None:
        """What a path answers from now on, `will_answer` aside."""
        self._always[path] = Answer(status, body, **more)

    def seen_at(self, path: str) -> list[Seen]:
        return [one for one in self.seen if one.path == path]

    async def _answer(self, request: web.Request) -> web.Response:
        seen = Seen(request.path, request.headers.copy(), await request.read())
        self.seen.append(seen)
        self.arrived.set()
        waiting = self._next[request.path]
        answer = waiting.popleft() if waiting else self._always.get(request.path, Answer())
        if answer.silent:
            await self._closing.wait()
        if answer.gate:
            await answer.gate.wait()
        if request.path.startswith("/slack") and (problems := problems_with(seen.payload)):
            return web.Response(status=400, text="invalid_blocks", headers={"X-Problems": "; ".join(problems)[:500]})
        return web.Response(status=answer.status, text=answer.body, headers=answer.headers)
