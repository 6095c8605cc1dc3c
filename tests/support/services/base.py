"""What all fakes share: a server, a memory of what was asked, a limit, and bad days."""

from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web
from aiohttp.test_utils import TestServer

from signals.types import Cursor

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Service:
    """A service that answers with what `answer` says."""

    path = "/source"  # what a person would paste
    begins = Cursor()  # what is remembered of it when a test begins

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.broken: bytes | int | None = None  # answered to everything, instead of the truth
        self.left: int | None = None  # requests until it says 429
        self.retry_after = "120"
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._server = TestServer(application)

    @property
    def address(self) -> str:
        return self.url(self.path)

    def url(self, path: str) -> str:
        return f"{self._base}{path}"

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        self._base = f"http://127.0.0.1:{self._server.port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if isinstance(self.broken, int):
            headers = {"Retry-After": self.retry_after} if self.broken == 429 else {}
            return web.Response(status=self.broken, headers=headers)
        if self.broken is not None:
            return web.Response(body=self.broken, content_type="text/html")
        if self.left == 0:
            return web.Response(status=429, headers={"Retry-After": self.retry_after})
        if self.left is not None:
            self.left -= 1
        return await self.answer(request)


def error(status: int, words: str = "Record not found") -> web.Response:
    return web.json_response({"error": words}, status=status)


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


Fields = dict[str, Any]
