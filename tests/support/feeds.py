"""Feeds, and sites that serve them badly or well on loopback."""

from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def rss(*titles: str, head: str = "", declaration: str = "") -> bytes:
    """An RSS 2.0 document with one entry per title; guid and link are made of the title's place from the end."""
    count = len(titles)
    entries = "".join(
        f"<item><title>{escape(title)}</title><guid>id-{count - place}</guid>"
        f"<link>https://paper.example/{count - place}</link></item>"
        for place, title in enumerate(titles)
    )
    return f'{declaration}<rss version="2.0"><channel><title>The Paper</title>{head}{entries}</channel></rss>'.encode()


class Site:
    """A web site whose pages are set by the test, and which remembers what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Answerer | bytes | int] = {}
        self.headers: dict[str, str] = {}
        self.asked: list[web.Request] = []
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(application)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"

    async def __aenter__(self) -> "Site":
        await self.server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.server.close()

    def redirect(self, path: str, status: int) -> Answerer:
        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": path})

        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        page = self.pages.get(request.path, 404)
        if callable(page):
            return await page(request)
        if isinstance(page, int):
            return web.Response(status=page, headers=self.headers)
        return web.Response(body=page, content_type="application/rss+xml", headers=self.headers)
