"""Connections that stay open go through the same gate as all others."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from signals.fetch import FetchError, FetchErrorKind, Limits, Outbound
from signals.open_lines import End
from tests.signals.test_fetch import Canary, FakeNames, to
from tests.support.feeds import Answerer, Site

OPENINGS = pytest.mark.parametrize("opening", ["listen", "listen_to_events"])


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
async def outbound(site: Site) -> AsyncIterator[Outbound]:
    async with Outbound("Forkant-test", (f"127.0.0.1:{site.server.port}",)) as outbound:
        yield outbound


async def failure(outbound: Outbound, opening: str, address: str) -> FetchError:
    with pytest.raises(FetchError) as error:
        async with getattr(outbound, opening)(address, {}):
            pass
    assert len(error.value.message) > 20
    return error.value


def saying(*messages: str) -> Answerer:
    async def answer(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for message in messages:
            await socket.send_str(message)
        await socket.close()
        return socket

    return answer


@OPENINGS
async def test_se_02_a_private_address_is_not_listened_to(outbound: Outbound, opening: str) -> None:
    async with Canary() as canary:
        error = await failure(outbound, opening, f"http://127.0.0.1:{canary.port}/")
        assert (error.kind, canary.visits) == (FetchErrorKind.REFUSED_ADDRESS, 0)


@OPENINGS
async def test_se_02_a_name_that_leads_inside_is_not_dialled(opening: str) -> None:
    async with Canary() as canary, Outbound("t", resolver=FakeNames(["127.0.0.1"])) as outbound:
        error = await failure(outbound, opening, "http://innocent.example:8080/")
        assert (error.kind, canary.visits) == (FetchErrorKind.REFUSED_ADDRESS, 0)


@OPENINGS
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_se_03_nobody_sends_a_listener_on(site: Site, outbound: Outbound, opening: str, status: int) -> None:
    async with Canary() as canary:
        site.pages["/"] = to(f"http://127.0.0.1:{canary.port}/", status)
        error = await failure(outbound, opening, site.url("/"))
        assert (error.kind, canary.visits) == (FetchErrorKind.BAD_STATUS, 0)


@OPENINGS
@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (b"<html>", FetchErrorKind.BAD_ANSWER),
        (403, FetchErrorKind.BLOCKED),
        (404, FetchErrorKind.NOT_FOUND),
        (429, FetchErrorKind.TOO_OFTEN),
        (503, FetchErrorKind.SERVER_ERROR),
    ],
)
async def test_an_answer_that_is_no_stream_is_named(
    site: Site, outbound: Outbound, opening: str, page: bytes | int, kind: FetchErrorKind
) -> None:
    site.pages["/"] = page
    site.headers = {"Retry-After": "9"}
    error = await failure(outbound, opening, site.url("/"))
    assert error.kind is kind
    assert (error.retry_after is None) == (page == b"<html>")


@OPENINGS
async def test_a_server_that_does_not_pick_up_is_left(site: Site, opening: str) -> None:
    async def stall(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    site.pages["/"] = stall
    async with Outbound("t", ("127.0.0.1",), Limits(seconds=0.5)) as outbound:
        assert (await failure(outbound, opening, site.url("/"))).kind is FetchErrorKind.TIMEOUT


async def test_messages_are_heard_whole_and_the_end_is_told(site: Site, outbound: Outbound) -> None:
    site.pages["/"] = saying("æ", "2")
    async with outbound.listen(site.url("/")) as line:
        assert [await line.hear(60) for _ in range(3)] == ["æ".encode(), b"2", End.CLOSED]
    assert site.asked[0].headers["User-Agent"] == "Forkant-test"
    assert "Sec-WebSocket-Extensions" not in site.asked[0].headers


async def test_se_04_a_message_beyond_the_limit_ends_the_line(site: Site, outbound: Outbound) -> None:
    site.pages["/"] = saying("x" * 999, "x" * 1_001)
    async with outbound.listen(site.url("/"), largest=1_000) as line:
        assert [len(await line.hear(60)), await line.hear(60)] == [999, End.TOO_BIG]


async def test_pings_alone_are_no_message(site: Site, outbound: Outbound) -> None:
    async def ping(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for _ in range(100):
            await socket.ping()
        await socket.receive()
        return socket

    site.pages["/"] = ping
    async with outbound.listen(site.url("/")) as line:
        assert await line.hear(0.1) is End.QUIET


async def test_a_packed_stream_is_refused(site: Site, outbound: Outbound) -> None:
    async def packed(_: web.Request) -> web.Response:
        return web.Response(body=b"x", headers={"Content-Type": "text/event-stream", "Content-Encoding": "gzip"})

    site.pages["/"] = packed
    assert (await failure(outbound, "listen_to_events", site.url("/"))).kind is FetchErrorKind.BAD_ANSWER
    assert site.asked[0].headers["Accept-Encoding"] == "identity"
