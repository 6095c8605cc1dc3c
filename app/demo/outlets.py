"""The outlets' web server on loopback: feeds as they stand at a moment, pages behind their links, two receivers.

Each outlet has a host name of its own, such as `skaldoy-avis.localhost`, so that the collector treats it as a site of
its own. Browsers lead such names to this machine by themselves; the demo's outbound client does so by `Loopback`.
"""

import hashlib
import socket
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from types import TracebackType
from typing import Self

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from app.demo.documents import CONTENT_TYPES, http_date, render
from app.demo.receivers import RECEIVERS, DemoReceivers
from app.demo.values import FaultKind, Outlet, Piece, Week

NEWEST = 20  # entries in a feed
PAGE = (
    "<!doctype html><html lang='{language}'><meta charset='utf-8'><title>{title}</title>"
    "<style>body{{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:3rem auto;padding:0 1rem}}</style>"
    "<p><b>{name}</b></p><h1>{title}</h1><p>{text}</p>"
    "<hr><p><small>A text written for Forkant's demo. Nobody and nothing in it exists.</small></p>"
)


class Loopback(AbstractResolver):
    """Leads every name to this machine: nothing of the demo leaves it."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
            )
        ]

    async def close(self) -> None:
        pass


class _Paper:
    """One outlet with all that it will say."""

    def __init__(self, outlet: Outlet, pieces: list[Piece]) -> None:
        self.outlet = outlet
        self._pieces = pieces
        self._times = [piece.at for piece in pieces]
        self._edits = sorted(piece.edited_at for piece in pieces if piece.edited_at)
        self._printed: tuple[tuple[int, int], bytes] = ((-1, -1), b"")

    def feed(self, base: str, now: datetime) -> tuple[bytes, datetime]:
        """The feed at that moment, and when it last changed. Printed anew only when something changed."""
        edition = bisect_right(self._times, now), bisect_right(self._edits, now)
        shown = self._pieces[max(0, edition[0] - NEWEST) : edition[0]][::-1]
        if edition != self._printed[0]:
            self._printed = edition, render(self.outlet, shown, base, now)
        changes = [*self._times[: edition[0]][-1:], *self._edits[: edition[1]][-1:]]
        return self._printed[1], max(changes, default=datetime(2026, 1, 1, tzinfo=UTC))


class Outlets:
    """Serves the week at the moment that `now` tells. An async context manager; `port` is known inside."""

    def __init__(self, week: Week, now: Callable[[], datetime], receivers: DemoReceivers) -> None:
        said: defaultdict[str, list[Piece]] = defaultdict(list)
        for piece in week.pieces:
            said[piece.outlet].append(piece)
        self._papers = {outlet.id: _Paper(outlet, said[outlet.id]) for outlet in week.outlets}
        self._pieces = {piece.number: piece for piece in week.pieces}
        self._now = now
        application = web.Application()
        application.router.add_get("/feed.xml", self._feed)
        application.router.add_get("/{number:[0-9]{1,6}}", self._page)
        for path, answer in receivers.routes():
            application.router.add_post(path, answer)
        self._runner = web.AppRunner(application, access_log=None)
        self.port = 0
        self.answers: dict[int, int] = {}  # how many answers of each status the feeds gave

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def base(self, name: str) -> str:
        return f"http://{name}.localhost:{self.port}"

    def hosts(self) -> tuple[str, ...]:
        """All names that it answers to, for FORKANT_PRIVATE_HOSTS."""
        return tuple(f"{name}.localhost:{self.port}" for name in (*self._papers, RECEIVERS))

    async def _feed(self, request: web.Request) -> web.Response:
        paper = self._papers.get(request.host.partition(".")[0])
        response = web.Response(status=404) if paper is None else self._answer(paper, request, self._now())
        self.answers[response.status] = self.answers.get(response.status, 0) + 1
        return response

    def _answer(self, paper: _Paper, request: web.Request, now: datetime) -> web.Response:
        fault = paper.outlet.fault_at(now)
        if fault is FaultKind.BROKEN:
            return web.Response(status=500, text="Internal Server Error")
        if fault is FaultKind.PAGE:
            page = "<!doctype html><html><title>Strax tillbaka</title><body><h1>Vi är strax tillbaka</h1></body></html>"
            return web.Response(text=page, content_type="text/html")
        body, changed_at = paper.feed(self.base(paper.outlet.id), now)
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        headers = {"ETag": etag, "Last-Modified": http_date(changed_at)}
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, content_type=CONTENT_TYPES[paper.outlet.format], headers=headers)

    async def _page(self, request: web.Request) -> web.Response:
        """What a reader finds behind an item's link."""
        piece, now = self._pieces.get(int(request.match_info["number"])), self._now()
        if piece is None or piece.at > now or piece.outlet not in self._papers:
            return web.Response(status=404)
        outlet = self._papers[piece.outlet].outlet
        title, text = escape(piece.title_at(now)), escape(piece.lede)
        page = PAGE.format(language=outlet.language, title=title, name=escape(outlet.name), text=text)
        return web.Response(text=page, content_type="text/html")
