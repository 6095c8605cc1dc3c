"""Serves made feeds on loopback, each on a host of its own, as fast as it can: a process apart, without a framework.

It knows ETag, Last-Modified and 304. `GET /_generation/1` on any host turns the page. Prints its port when ready.
"""

import asyncio
import sys
from email.utils import format_datetime
from typing import cast

import uvloop

from benchmarks.made_feeds import NEWEST, MadeFeed, make_feeds

LAST_MODIFIED = format_datetime(NEWEST, usegmt=True)


def host_of(number: int) -> str:
    """Linux answers on the whole of 127/8, so that each paper has a host of its own and politeness stays on."""
    return f"127.1.{number // 200}.{number % 200 + 1}"


class Shelf:
    """The answers to everything that may be asked, ready to be sent."""

    def __init__(self, feeds: list[MadeFeed]) -> None:
        self.generation = 0
        self.answers = {
            f"/{feed.name}.xml".encode(): [_answers(feed, generation) for generation in (0, 1)] for feed in feeds
        }


def _answers(feed: MadeFeed, generation: int) -> tuple[bytes, bytes, bytes]:
    """Its validator, the whole, and the short word that nothing has changed."""
    body = feed.generations[generation]
    tag = f'"{feed.name}-{generation if feed.is_changed else 0}"'
    validators = f"ETag: {tag}\r\nLast-Modified: {LAST_MODIFIED}\r\n"
    whole = f"HTTP/1.1 200 OK\r\nContent-Type: {feed.content_type}\r\nContent-Length: {len(body)}\r\n{validators}\r\n"
    return tag.encode(), whole.encode() + body, f"HTTP/1.1 304 Not Modified\r\n{validators}\r\n".encode()


class Serving(asyncio.Protocol):
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._got += data
        while (end := self._got.find(b"\r\n\r\n")) >= 0:
            request, self._got = self._got[:end], self._got[end + 4 :]
            self._transport.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        path = request.split(b" ", 2)[1]
        if path.startswith(b"/_generation/"):
            self._shelf.generation = int(path[-1:])
            return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        if path not in self._shelf.answers:
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        tag, whole, short = self._shelf.answers[path][self._shelf.generation]
        lower = request.lower()
        has_condition = b"if-none-match: " + tag.lower() in lower
        return short if has_condition else whole


async def main(count: int) -> None:
    shelf = Shelf(make_feeds(count))
    hosts = [host_of(number) for number in range(count)]
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Serving(shelf), hosts[0], 0)
    port = first.sockets[0].getsockname()[1]
    others = await loop.create_server(lambda: Serving(shelf), hosts[1:], port) if count > 1 else first
    print(port, flush=True)
    async with first, others:
        await asyncio.to_thread(sys.stdin.read)  # until whoever started us closes the pipe


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
