"""The outbound client against sites that behave badly: stated reactions, and no connection where none may be."""

import asyncio
import gzip
import resource
import socket
import zlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from signals.fetch import FetchError, FetchErrorKind, Limits, Outbound
from tests.support.feeds import Answerer, Site
from tests.support.ports import port_of_nobody

NARROW = Limits(body=100_000, headers=8_190)
IMPATIENT = Limits(seconds=0.5)  # only for what never ends by itself


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture
async def outbound(site: Site) -> AsyncIterator[Outbound]:
    async with Outbound("Forkant-test", (f"127.0.0.1:{site.server.port}",)) as outbound:
        yield outbound


class Canary:
    """Listens on loopback; nobody may come."""

    def __init__(self) -> None:
        self.visits = 0

    async def __aenter__(self) -> "Canary":
        self._server = await asyncio.start_server(self._count, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _count(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


class FakeNames(AbstractResolver):
    """Answers each question with the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [
            ResolveResult(hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        pass


async def kind_of_failure(outbound: Outbound, address: str) -> FetchErrorKind:
    with pytest.raises(FetchError) as error:
        await outbound.get(address)
    assert len(error.value.message) > 20, "a person must be able to act on it"
    return FetchErrorKind(error.value.kind)


def to(location: str, status: int = 302) -> Answerer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": location})

    return answer


def packed(body: bytes, encoding: str = "gzip", **headers: str) -> Answerer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding, **headers})

    return answer


async def test_an_answer_comes_with_its_headers_byte_for_byte(site: Site, outbound: Outbound) -> None:
    site.pages["/"] = b"hello"
    site.headers = {"ETag": 'W/"a  b"', "Last-Modified": "yesterday, about noon"}
    answer = await outbound.get(site.url("/"), {"If-None-Match": '"x"'})
    assert (answer.status, answer.body, answer.final_address) == (200, b"hello", site.url("/"))
    assert (answer.headers["etag"], answer.headers["last-modified"]) == ('W/"a  b"', "yesterday, about noon")
    asked = site.asked[0].headers
    assert (asked["User-Agent"], asked["Accept-Encoding"], asked["If-None-Match"]) == ("Forkant-test", "gzip", '"x"')


async def test_gzip_is_unpacked_also_in_several_members(site: Site, outbound: Outbound) -> None:
    site.pages["/"] = packed(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0padding")
    assert (await outbound.get(site.url("/"))).body == b"one two"


@pytest.mark.parametrize("number", [1, 5])
async def test_se_03_redirects_are_followed(site: Site, outbound: Outbound, number: int) -> None:
    for step in range(number):
        site.pages[f"/{step}"] = to(f"/{step + 1}")
    site.pages[f"/{number}"] = b"there"
    answer = await outbound.get(site.url("/0"))
    assert (answer.body, answer.final_address) == (b"there", site.url(f"/{number}"))


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ((301,), "/1"),
        ((308,), "/1"),
        ((301, 308), "/2"),
        ((302,), ""),
        ((307,), ""),
        ((301, 302), "/1"),
        ((302, 301), ""),
    ],
)
async def test_only_redirects_that_are_permanent_from_the_start_move_a_source(
    site: Site, outbound: Outbound, statuses: tuple[int, ...], moved_to: str
) -> None:
    for step, status in enumerate(statuses):
        site.pages[f"/{step}"] = to(f"/{step + 1}", status)
    site.pages[f"/{len(statuses)}"] = b"there"
    answer = await outbound.get(site.url("/0"))
    assert answer.permanent_redirect_to == (site.url(moved_to) if moved_to else "")


async def test_se_03_the_sixth_redirect_is_one_too_many(site: Site, outbound: Outbound) -> None:
    for step in range(6):
        site.pages[f"/{step}"] = to(f"/{step + 1}")
    assert await kind_of_failure(outbound, site.url("/0")) is FetchErrorKind.TOO_MANY_REDIRECTS
    site.pages["/loop"] = to("/loop")
    assert await kind_of_failure(outbound, site.url("/loop")) is FetchErrorKind.TOO_MANY_REDIRECTS


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1", "2130706433"])
async def test_se_03_a_redirect_to_loopback_connects_to_nobody(site: Site, outbound: Outbound, host: str) -> None:
    async with Canary() as canary:
        site.pages["/"] = to(f"http://{host}:{canary.port}/")
        kind = await kind_of_failure(outbound, site.url("/"))
        assert kind in (FetchErrorKind.REFUSED_ADDRESS, FetchErrorKind.BAD_ADDRESS)
        assert canary.visits == 0


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("file:///etc/passwd", FetchErrorKind.BAD_ADDRESS),
        ("javascript:alert(1)", FetchErrorKind.BAD_ADDRESS),
        ("//user:secret@example.com/", FetchErrorKind.BAD_ADDRESS),
        ("http://[::1", FetchErrorKind.BAD_ADDRESS),
        ("http://example.com\\@127.0.0.1/", FetchErrorKind.BAD_ADDRESS),
        ("//169.254.169.254/latest/", FetchErrorKind.REFUSED_ADDRESS),
        ("http://[fd00:ec2::254]/", FetchErrorKind.REFUSED_ADDRESS),
        ("http://example.com:22/", FetchErrorKind.REFUSED_ADDRESS),
        ("https://intranet/", FetchErrorKind.REFUSED_ADDRESS),
    ],
)
async def test_se_03_each_hop_goes_through_the_gate(
    site: Site, outbound: Outbound, location: str, kind: FetchErrorKind
) -> None:
    site.pages["/"] = to(location)
    assert await kind_of_failure(outbound, site.url("/")) is kind


async def test_se_03_credentials_stay_with_the_origin_they_were_meant_for(site: Site) -> None:
    async with Site() as other, Outbound("t", ("127.0.0.1",)) as outbound:
        site.pages = {"/a": to("/b"), "/b": to(other.url("/c"))}
        other.pages["/c"] = b"there"
        await outbound.get(site.url("/a"), {"Authorization": "Bearer x", "Cookie": "a=b", "Accept": "text/xml"})
        assert ["Authorization" in request.headers for request in site.asked] == [True, True]
        assert not {"Authorization", "Cookie"} & set(other.asked[0].headers)
        assert other.asked[0].headers["Accept"] == "text/xml"


async def test_se_03_the_body_of_a_redirect_is_not_unpacked(site: Site, outbound: Outbound) -> None:
    site.pages = {"/bomb": packed(b"this is no gzip"), "/there": b"there"}

    async def answer(_: web.Request) -> web.Response:
        headers = {"Location": "/there", "Content-Encoding": "gzip"}
        return web.Response(status=301, body=b"this is no gzip", headers=headers)

    site.pages["/"] = answer
    assert (await outbound.get(site.url("/"))).body == b"there"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["64:ff9b::7f00:1"], ["fe80::1%lo"]]
)
async def test_se_01_a_name_is_refused_when_any_of_its_addresses_is_inside(addresses: list[str]) -> None:
    async with Canary(), Outbound("t", resolver=FakeNames(addresses)) as outbound:
        assert await kind_of_failure(outbound, "http://news.example/") is FetchErrorKind.REFUSED_ADDRESS


async def test_se_01_a_name_that_turns_inward_between_two_questions_is_refused() -> None:
    """Rebinding: what counts is the address that is dialled."""
    names = FakeNames(["127.0.0.1"])
    async with Canary() as canary, Outbound("t", resolver=names) as outbound:
        # Past the resolver's own check, as a cache or a race would be.
        outbound._guarded.connector._resolver = names  # type: ignore[union-attr]
        port = 8080
        assert await kind_of_failure(outbound, f"http://news.example:{port}/") is FetchErrorKind.REFUSED_ADDRESS
        assert canary.visits == 0


async def test_se_01_a_name_server_that_never_answers_costs_no_more_than_the_time_limit() -> None:
    class Silent(FakeNames):
        async def resolve(self, *_: object, **__: object) -> list[ResolveResult]:  # type: ignore[override]
            await asyncio.Event().wait()
            raise AssertionError

    async with Outbound("t", limits=IMPATIENT, resolver=Silent([])) as outbound:
        assert await kind_of_failure(outbound, "http://news.example/") is FetchErrorKind.TIMEOUT


async def test_se_01_proxies_of_the_environment_are_not_used(
    site: Site, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    site.pages["/"] = b"direct"
    assert (await outbound.get(site.url("/"))).body == b"direct"


def gzip_bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(bytes(1_000_000)) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize("wrap", [lambda bomb: bomb, lambda bomb: gzip.compress(b"<rss>") + bomb])
async def test_se_07_a_bomb_is_stopped_without_filling_the_memory(
    site: Site, outbound: Outbound, wrap: Callable[[bytes], bytes]
) -> None:
    site.pages["/"] = packed(wrap(gzip_bomb(300)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert await kind_of_failure(outbound, site.url("/")) is FetchErrorKind.BOMB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress"])
async def test_se_07_packing_that_we_did_not_ask_for_is_not_unpacked(
    site: Site, outbound: Outbound, encoding: str
) -> None:
    site.pages["/"] = packed(b"x" * 100, encoding)
    assert await kind_of_failure(outbound, site.url("/")) is FetchErrorKind.BAD_ANSWER


async def test_se_07_ordinary_text_that_packs_well_is_no_bomb(site: Site, outbound: Outbound) -> None:
    text = b"<item><title>The same words again</title></item>" * 20_000
    site.pages["/"] = packed(gzip.compress(text))
    assert (await outbound.get(site.url("/"))).body == text


async def test_se_07_a_document_over_the_limit_is_not_read_to_its_end(site: Site, outbound: Outbound) -> None:
    site.pages["/"] = bytes(10 * 1024 * 1024 + 1)
    assert await kind_of_failure(outbound, site.url("/")) is FetchErrorKind.TOO_BIG


async def test_rl_15_an_endless_answer_ends_at_the_size_limit(site: Site) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(bytes(10_000))

    site.pages["/"] = endless
    async with Outbound("t", ("127.0.0.1",), NARROW) as outbound:
        assert await kind_of_failure(outbound, site.url("/")) is FetchErrorKind.TOO_BIG


@pytest.mark.parametrize("begins", [False, True])
async def test_rl_15_a_site_that_stalls_frees_its_place(site: Site, begins: bool) -> None:
    async def stall(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        if begins:
            await response.prepare(request)
            await response.write(b"<rss>")
        await asyncio.Event().wait()
        return response

    site.pages["/"] = stall
    async with Outbound("t", ("127.0.0.1",), IMPATIENT) as outbound:
        assert await kind_of_failure(outbound, site.url("/")) is FetchErrorKind.TIMEOUT


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", FetchErrorKind.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n", FetchErrorKind.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", FetchErrorKind.BAD_ANSWER),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"x" * 999, mtime=0)[:20],
            FetchErrorKind.BAD_ANSWER,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all", FetchErrorKind.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 9000 + b"\r\n\r\n", FetchErrorKind.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\n" + b"X-A: yyyyyyyyyyyyyyyyyyyy\r\n" * 500 + b"\r\n", FetchErrorKind.BAD_ANSWER),
        (b"220 mail.example ESMTP\r\n", FetchErrorKind.BAD_ANSWER),
        (b"", FetchErrorKind.UNREACHABLE),
    ],
)
async def test_rl_15_an_answer_that_is_not_right_is_named(says: bytes, kind: FetchErrorKind) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(says)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Outbound("t", ("127.0.0.1",), NARROW) as outbound:
        assert await kind_of_failure(outbound, f"http://127.0.0.1:{port}/") is kind


async def test_rl_15_a_connection_that_is_reset_is_named() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    server = await asyncio.start_server(reset, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Outbound("t", ("127.0.0.1",)) as outbound:
        assert await kind_of_failure(outbound, f"http://127.0.0.1:{port}/") is FetchErrorKind.UNREACHABLE


async def test_rl_15_a_port_where_nobody_listens_is_named() -> None:
    with port_of_nobody() as port:
        async with Outbound("t", ("127.0.0.1",)) as outbound:
            assert await kind_of_failure(outbound, f"http://127.0.0.1:{port}/") is FetchErrorKind.UNREACHABLE


async def test_a_host_that_does_not_exist_is_named() -> None:
    class Nobody(FakeNames):
        async def resolve(self, *_: object, **__: object) -> list[ResolveResult]:  # type: ignore[override]
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with Outbound("t", resolver=Nobody([])) as outbound:
        assert await kind_of_failure(outbound, "http://nosuch.example/") is FetchErrorKind.NO_SUCH_HOST


async def test_speaking_tls_to_a_site_without_it_is_named(site: Site, outbound: Outbound) -> None:
    address = site.url("/").replace("http:", "https:")
    assert await kind_of_failure(outbound, address) in (FetchErrorKind.TLS, FetchErrorKind.UNREACHABLE)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, FetchErrorKind.NOT_FOUND),
        (410, FetchErrorKind.GONE),
        (403, FetchErrorKind.BLOCKED),
        (451, FetchErrorKind.BLOCKED),
        (429, FetchErrorKind.TOO_OFTEN),
        (500, FetchErrorKind.SERVER_ERROR),
        (503, FetchErrorKind.SERVER_ERROR),
        (418, FetchErrorKind.BAD_STATUS),
        (300, FetchErrorKind.BAD_STATUS),
    ],
)
async def test_a_status_without_a_document_is_named(
    site: Site, outbound: Outbound, status: int, kind: FetchErrorKind
) -> None:
    site.pages["/"] = status
    assert await kind_of_failure(outbound, site.url("/")) is kind


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Sat, 21 Nov 2026 10:30:00 GMT", timedelta(minutes=30)),
        ("99999999999", timedelta(days=7)),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        ("", None),
    ],
)
async def test_retry_after_is_understood_in_both_forms(
    site: Site, outbound: Outbound, retry_after: str, wait: timedelta | None
) -> None:
    site.pages["/"] = 503
    site.headers = {"Retry-After": retry_after, "Date": "Sat, 21 Nov 2026 10:00:00 GMT"}
    with pytest.raises(FetchError) as error:
        await outbound.get(site.url("/"))
    assert error.value.retry_after == wait


async def test_a_post_brings_home_any_status_and_follows_nobody(site: Site, outbound: Outbound) -> None:
    async def told(request: web.Request) -> web.Response:
        return web.Response(status=429, text=f"got {(await request.read()).decode()}", headers={"Retry-After": "9"})

    site.pages = {"/hook": told, "/moved": to("/hook", 307), "/long": bytes(1_000_000)}
    answer = await outbound.post(site.url("/hook"), b"news", {"Content-Type": "text/plain"}, timedelta(seconds=60))
    assert (answer.status, answer.body, answer.headers["Retry-After"]) == (429, b"got news", "9")
    assert (await outbound.post(site.url("/moved"), b"", {}, timedelta(seconds=60))).status == 307
    assert len((await outbound.post(site.url("/long"), b"", {}, timedelta(seconds=60))).body) == 64 * 1024


async def test_a_post_goes_through_the_same_gate(outbound: Outbound) -> None:
    async with Canary() as canary:
        with pytest.raises(FetchError) as error:
            await outbound.post(f"http://127.0.0.1:{canary.port}/", b"", {}, timedelta(seconds=60))
        assert error.value.kind is FetchErrorKind.REFUSED_ADDRESS
        assert canary.visits == 0
