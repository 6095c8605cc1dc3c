"""Servers that misbehave, one table: what each does, and the reaction that we state for it (RL-15)."""

import asyncio
import gzip
import resource
import socket
import struct
import sys
import zlib
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from signals.collectors.feed import FeedCollector
from signals.errors import CollectError
from signals.fetch import Limits, Outbound
from signals.parser_pool import ParserPool
from signals.types import Cursor, Source
from tests.support.feeds import rss

Behaviour = Callable[[StreamWriter], Awaitable[None]]

DEADLINE = 4.0  # seconds that a visit may take here; 30 in earnest
FEED = rss("news of the day", "news of yesterday")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RESET = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Bad:
    """A server: `kind` is the error that its source gets, empty where its items are stored all the same."""

    name: str
    behaves: Behaviour
    kind: str
    scheme: str = "http"
    rest: timedelta = timedelta(minutes=2)  # at least, until the next visit
    also: tuple[str, ...] = ()  # errors that are as good, where the system decides


def answer(body: bytes = FEED, head: str = "", status: str = "200 OK") -> bytes:
    """A proper answer, unless `head` says otherwise."""
    length = "" if "Content-Length" in head or "Transfer-Encoding" in head else f"Content-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status}\r\n{length}{head}\r\n".encode("latin-1") + body


def says(*parts: bytes) -> Behaviour:
    async def behave(writer: StreamWriter) -> None:
        writer.write(b"".join(parts))
        await writer.drain()

    return behave


def status(code: str, head: str = "") -> Behaviour:
    return says(answer(b"", head, code))


def then_stalls(begin: bytes) -> Behaviour:
    async def behave(writer: StreamWriter) -> None:
        writer.write(begin)
        await writer.drain()
        await asyncio.Event().wait()

    return behave


def for_ever(begin: bytes, piece: bytes, pause: float = 0.0) -> Behaviour:
    async def behave(writer: StreamWriter) -> None:
        writer.write(begin)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def then_resets(begin: bytes) -> Behaviour:
    async def behave(writer: StreamWriter) -> None:
        writer.write(begin)
        await writer.drain()
        await asyncio.sleep(0.05)  # so that what was said arrives before the reset
        writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        writer.transport.abort()

    return behave


def redirect(location: str, code: str = "302 Found", more: str = "") -> Behaviour:
    return status(code, f"Location: {location}\r\n{more}")


def packed(body: bytes, encoding: str = "gzip") -> Behaviour:
    return says(answer(body, f"Content-Encoding: {encoding}\r\n"))


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


GZIPPED = gzip.compress(FEED, mtime=0)
CHUNKED = "Transfer-Encoding: chunked\r\n"
CAPTCHA = b"<!DOCTYPE html><html><head><title>Are you human?</title></head><body>Tick the box</body></html>"
LATIN = FEED.replace(b"day", "dåg".encode("latin-1"))

SERVERS = (
    Bad("stalls before it answers", then_stalls(b""), "timeout"),
    Bad("stalls within the headers", then_stalls(b"HTTP/1.1 200 OK\r\nX-A: b"), "timeout"),
    Bad("stalls within the body", then_stalls(answer(FEED[:40], "Content-Length: 500\r\n")), "timeout"),
    Bad("stalls within a chunk", then_stalls(answer(b"40\r\n<rss", CHUNKED)), "timeout"),
    Bad("stalls in the TLS handshake", then_stalls(b""), "timeout", "https"),
    Bad("drips", for_ever(answer(b"", "Content-Length: 100000\r\n"), b" ", 0.02), "timeout"),
    Bad("promises more than it sends", says(answer(FEED, "Content-Length: 9999\r\n")), "bad_answer"),
    Bad(
        "sends more than it promises",
        says(answer(FEED, "Content-Length: 30\r\n")),
        "bad_answer",
        also=("broken", "not_a_feed"),
    ),
    Bad("a length below nothing", says(answer(FEED, "Content-Length: -5\r\n")), "bad_answer"),
    Bad("a length of an exabyte", says(answer(FEED, f"Content-Length: {10**18}\r\n")), "too_big"),
    Bad(
        "two lengths",
        says(answer(FEED, "Content-Length: 5\r\nContent-Length: 500\r\n")),
        "bad_answer",
        also=("broken", "not_a_feed"),
    ),
    Bad(
        "length and chunks at once",
        says(answer(b"5\r\n<rss>\r\n0\r\n\r\n", CHUNKED + "Content-Length: 3\r\n")),
        "bad_answer",
        also=("broken",),
    ),
    Bad("resets at once", then_resets(b""), "unreachable"),
    Bad("resets within the headers", then_resets(b"HTTP/1.1 200 OK\r\nX-A"), "unreachable", also=("bad_answer",)),
    Bad(
        "resets within the body",
        then_resets(answer(FEED[:60], "Content-Length: 900\r\n")),
        "bad_answer",
        also=("unreachable",),
    ),
    Bad("hangs up without a word", says(b""), "unreachable"),
    Bad("a body without end", for_ever(b"HTTP/1.1 200 OK\r\n\r\n", b" " * 65_536), "too_big"),
    Bad("chunks without end", for_ever(answer(b"", CHUNKED), b"10000\r\n" + b" " * 65_536 + b"\r\n"), "too_big"),
    Bad("headers without end", for_ever(b"HTTP/1.1 200 OK\r\n", b"X-Again: and again\r\n" * 99), "bad_answer"),
    Bad("one header without end", for_ever(b"HTTP/1.1 200 OK\r\nX-Long: ", b"long" * 999), "bad_answer"),
    Bad("headers over the cap", says(answer(FEED, f"X-Big: {'x' * 70_000}\r\n")), "bad_answer", also=("too_big",)),
    Bad("a status line without end", for_ever(b"HTTP/1.1 200 ", b"OK" * 999), "bad_answer"),
    Bad("interim answers without end", for_ever(b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.001), "timeout"),
    Bad(
        "switches protocol unasked",
        status("101 Switching Protocols", "Upgrade: smtp\r\n"),
        "bad_status",
        also=("timeout", "bad_answer", "unreachable"),
    ),
    Bad("chunks that are none", says(answer(b"ZZ\r\nabc\r\n0\r\n\r\n", CHUNKED)), "bad_answer"),
    Bad(
        "a chunk longer than numbers go",
        says(answer(b"F" * 40 + b"\r\nabc", CHUNKED)),
        "bad_answer",
        also=("too_big", "timeout"),
    ),
    Bad("trailers without end", for_ever(answer(b"0\r\n", CHUNKED), b"X-Trail: er\r\n" * 99), "bad_answer"),
    Bad("redirects in a circle", redirect("/"), "too_many_redirects"),
    Bad("a cookie wall", redirect("/", more="Set-Cookie: seen=1; Path=/\r\n"), "too_many_redirects"),
    Bad("redirects to a file", redirect("file:///etc/passwd"), "bad_address"),
    Bad("redirects into a network of its own", redirect("http://10.0.0.1/feed"), "refused_address"),
    Bad("redirects to the cloud's secrets", redirect("http://169.254.169.254/latest/", "301 Moved"), "refused_address"),
    Bad("redirects to another protocol", redirect("gopher://example.com/"), "bad_address"),
    Bad("redirects nowhere", status("302 Found"), "bad_status"),
    Bad("redirects into nonsense", redirect("http://[::1"), "bad_address"),
    Bad("a captcha", says(answer(CAPTCHA, "Content-Type: text/html\r\n")), "not_a_feed"),
    Bad("an error page that says 200", says(answer(b"<html><h1>Database error</h1></html>")), "not_a_feed"),
    Bad("an error in JSON that says 200", says(answer(b'{"error": "no such route"}')), "not_a_feed"),
    Bad("an error in plain words that says 200", says(answer(b"Fatal error: out of memory")), "not_a_feed"),
    Bad("nothing, and says 200", says(answer(b"")), "empty"),
    Bad("nothing, and says so", status("204 No Content"), "empty"),
    Bad("a part that nobody asked for", says(answer(FEED, "Content-Range: bytes 0-9/99\r\n", "206 Partial")), ""),
    Bad("unchanged since never", says(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "bad_answer"),
    Bad("gzip cut short", packed(GZIPPED[:-20]), "bad_answer"),
    Bad("gzip that is none", packed(FEED), "bad_answer"),
    Bad("gzip that nobody mentions", says(answer(GZIPPED)), "not_a_feed", also=("broken",)),
    Bad("gzip within gzip", packed(gzip.compress(GZIPPED, mtime=0)), "not_a_feed", also=("broken",)),
    Bad("a gzip bomb", packed(bomb(300)), "bomb"),
    Bad("deflate, unasked", packed(zlib.compress(FEED), "deflate"), "bad_answer"),
    Bad("brotli, unasked", packed(b"\x8b\x02\x80<rss>\x03", "br"), "bad_answer"),
    Bad("Latin-1 that says UTF-8", says(answer(LATIN, "Content-Type: text/xml; charset=utf-8\r\n")), ""),
    Bad("UTF-16 without its mark", says(answer(FEED.decode().encode("utf-16-le"))), ""),
    Bad("NUL among the letters", says(answer(FEED.replace(b"day", b"d\0ay"))), ""),
    Bad("signs that XML forbids", says(answer(FEED.replace(b"day", b"day \x0b & &nbsp; <"))), ""),
    Bad("one line of five megabytes", says(answer(FEED.replace(b"day", b"day" * 1_700_000, 1))), ""),
    Bad("over ten megabytes", says(answer(FEED + b" " * 10_500_000)), "too_big"),
    Bad("401", status("401 Unauthorized", "WWW-Authenticate: Basic\r\n"), "blocked"),
    Bad("403", status("403 Forbidden"), "blocked"),
    Bad("404", status("404 Not Found"), "not_found"),
    Bad("410", status("410 Gone"), "gone"),
    Bad("429 for two hours", status("429 Slow", "Retry-After: 7200\r\n"), "too_often", rest=120 * MINUTE),
    Bad(
        "429 until a moment",
        status("429 Slow", "Date: Sun, 22 Nov 2026 12:00:00 GMT\r\nRetry-After: Sun, 22 Nov 2026 15:00:00 GMT\r\n"),
        "too_often",
        rest=180 * MINUTE,
    ),
    Bad(
        "429 for a thousand years",
        status("429 Slow", f"Retry-After: {10**11}\r\n"),
        "too_often",
        rest=7 * 1440 * MINUTE,
    ),
    Bad(
        "429 until a day that nobody knows",
        status("429 Slow", "Retry-After: Octoday\r\n"),
        "too_often",
        rest=10 * MINUTE,
    ),
    Bad("500", status("500 Oops"), "server_error"),
    Bad("503 for an hour", status("503 Busy", "Retry-After: 3600\r\n"), "server_error", rest=60 * MINUTE),
    Bad("a status from another star", status("999 Wow"), "bad_status", also=("server_error", "bad_answer")),
    Bad("a status in words", says(b"HTTP/1.1 fine OK\r\n\r\n"), "bad_answer"),
    Bad("HTTP as it was in 1991", says(FEED), "bad_answer"),
    Bad("no HTTP at all", says(b"220 mail.example ESMTP\r\n"), "bad_answer"),
    Bad("bytes by chance", says(bytes(range(256)) * 8), "bad_answer"),
    Bad("TLS on a plain port", says(b"\x15\x03\x01\x00\x02\x02\x0a"), "bad_answer"),
    Bad("plain HTTP on a TLS port", says(answer()), "unreachable", "https", also=("tls",)),
    Bad("headers without a colon", says(b"HTTP/1.1 200 OK\r\nthis is no header\r\n\r\n" + FEED), "bad_answer"),
    Bad(
        "dates that no calendar has",
        says(answer(FEED, "Last-Modified: 31 Feb 99999\r\nExpires: -1\r\nAge: old\r\n")),
        "",
    ),
    Bad(
        "says keep-alive and hangs up", says(answer(FEED, "Connection: keep-alive\r\nKeep-Alive: timeout=999\r\n")), ""
    ),
    Bad("answers twice", says(answer(FEED), answer(CAPTCHA)), ""),
)


@asynccontextmanager
async def serving(behaves: Behaviour) -> AsyncIterator[int]:
    """A port of loopback where a server behaves so."""
    under_way: set[asyncio.Task[None]] = set()

    async def meet(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            if not await _is_tls(reader):
                await reader.readuntil(b"\r\n\r\n")
            await behaves(writer)
        writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


async def _is_tls(reader: StreamReader) -> bool:
    """The first byte of a TLS handshake is no letter."""
    first = await reader.readexactly(1)
    return first == b"\x16"


@asynccontextmanager
async def all_serving() -> AsyncIterator[dict[str, str]]:
    """All of them at once: name to address."""
    async with AsyncExitStack() as stack:
        yield {
            bad.name: f"{bad.scheme}://127.0.0.1:{await stack.enter_async_context(serving(bad.behaves))}/"
            for bad in SERVERS
        }


async def visit_all() -> int:
    """Visit every server as the collector does; how much memory that took at most, in bytes, servers included."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with (
        all_serving() as addresses,
        ParserPool(2) as parsers,
        Outbound("t", ("127.0.0.1",), Limits(seconds=DEADLINE)) as outbound,
    ):
        visits = [
            FeedCollector().collect(Source(1, "feed", address, "x"), Cursor(), outbound, parsers, NOW)
            for address in addresses.values()
        ]
        for outcome in await asyncio.gather(*visits, return_exceptions=True):
            if isinstance(outcome, BaseException) and not isinstance(outcome, CollectError):
                raise outcome
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(visit_all())))
