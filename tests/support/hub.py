"""A hub as WebSub describes it, on loopback: it takes requests, verifies intent at the callback, and signs pushes."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Asked:
    """One request of a subscriber."""

    mode: str
    topic: str
    callback: str
    secret: str
    lease_seconds: str


class FakeHub:
    """`asked`: what subscribers wanted. `answer`: what they are told; a text: where they are sent on to."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: int | str = 202
        self.headers: dict[str, str] = {}
        application = web.Application()
        application.router.add_post("/{path:.*}", self._answer)
        self._server = TestServer(application)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/"

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()
        await self._server.close()

    async def _answer(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if isinstance(self.answer, str) and request.path == "/":
            return web.Response(status=307, headers={"Location": self.answer})
        self.asked.append(
            Asked(
                form["hub.mode"],
                form["hub.topic"],
                form["hub.callback"],
                form.get("hub.secret", ""),
                form.get("hub.lease_seconds", ""),
            )
        )
        return web.Response(status=self.answer if isinstance(self.answer, int) else 202, headers=self.headers)

    async def verify(self, asked: Asked | None = None, **changed: str) -> tuple[int, str]:
        """Ask the subscriber whether it meant its last request; what it says. A hub wants 200 and `tusenfryd`."""
        asked = asked or self.asked[-1]
        query = {
            "mode": asked.mode,
            "topic": asked.topic,
            "challenge": "tusenfryd",
            "lease_seconds": "864000",
        } | changed
        address = f"{asked.callback}?{urlencode({f'hub.{name}': value for name, value in query.items()})}"
        async with self._session.get(address) as answer:
            return answer.status, await answer.text()

    async def push(
        self, body: bytes, asked: Asked | None = None, *, method: str = "sha256", secret: str | None = None
    ) -> int:
        """Distribute a document, signed with the subscriber's secret, or as told; no method: not at all."""
        asked = asked or self.asked[-1]
        headers = {"Content-Type": "application/rss+xml"}
        if method:
            key = (asked.secret if secret is None else secret).encode()
            digest = hmac.new(key, body, getattr(hashlib, method)).hexdigest()
            headers["X-Hub-Signature"] = f"{method}={digest}"
        async with self._session.post(asked.callback, data=body, headers=headers) as answer:
            return answer.status

    async def call(self, method: str, address: str, **options: Any) -> int:
        async with self._session.request(method, address, **options) as answer:
            return answer.status
