"""The one outbound client: every socket that Forkant opens to the world is opened here.

It asks `addresses` twice: about the text of each URL, redirects too, and about each IP address at the moment it is
dialled. It accepts gzip only and unpacks it with a hard limit, because a few hundred bytes of other encodings can
become gigabytes before any cap is asked.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from multidict import CIMultiDict

from signals.addresses import Address, AddressError, check_address, find_refusal
from signals.fetch_errors import FetchError, FetchErrorKind, RefusedDial, from_exception, from_status, too_slow
from signals.open_lines import LARGEST_MESSAGE, SocketLine, TextLine
from signals.unpack import TooMuch, Unpacker

__all__ = ["Answer", "FetchError", "FetchErrorKind", "Limits", "Outbound"]

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
SHORT_ANSWER = 64 * 1024  # all we read of what a receiver says
EVENTS = "text/event-stream"
LONGEST_SHOWN = 200
HANG_UP = aiohttp.ClientWSTimeout(ws_close=1.0)  # how long we wait for a goodbye


@dataclass(frozen=True, slots=True)
class Limits:
    """What one visit may cost us."""

    body: int = 10 * 1024 * 1024  # bytes, unpacked
    seconds: float = 30.0  # from the first byte sent to the last one read, redirects included
    ratio: int = 100  # unpacked to packed, asked from `ratio_from` on
    ratio_from: int = 1024 * 1024
    redirects: int = 5
    headers: int = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. Header names are found in any case; values are their bytes as Latin-1."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    final_address: str
    permanent_redirect_to: str = ""  # where 301 and 308 led before any temporary redirect


class _GuardedResolver(AbstractResolver):
    """Refuses a name when any of its addresses is not public, so that chance does not choose."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for result in found:
            if why := find_refusal(result["host"]):
                raise RefusedDial(result["host"], why)
        return found

    async def close(self) -> None:
        await self._inner.close()


def _guarded_socket(addr_info: AddrInfoType) -> socket.socket:
    """A socket for this address, if it may be dialled: the last line, whatever happened before."""
    family, kind, protocol, _, place = addr_info
    if why := find_refusal(str(place[0])):
        raise RefusedDial(str(place[0]), why)
    return socket.socket(family, kind, protocol)


class Outbound:
    """Fetches for collectors and posts for notifiers. Use it as an async context manager."""

    def __init__(
        self,
        user_agent: str,
        private_hosts: Collection[str] = (),
        limits: Limits | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._private_hosts = frozenset(private_hosts)
        self._limits = limits or Limits()
        self._resolver = resolver

    async def __aenter__(self) -> Self:
        resolver = self._resolver or aiohttp.ThreadedResolver()
        guarded = aiohttp.TCPConnector(limit=0, resolver=_GuardedResolver(resolver), socket_factory=_guarded_socket)
        self._guarded = self._session(guarded)
        self._private = self._session(aiohttp.TCPConnector(limit=0, resolver=resolver))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._guarded.close()
        await self._private.close()

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=15),
            auto_decompress=False,
            trust_env=False,
            max_line_size=self._limits.headers,
            max_field_size=self._limits.headers,
            trace_configs=[_stay_here()],
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip"},
        )

    async def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """The answer to a GET, 2xx or 304. Everything else is a FetchError that says what to do."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                return await self._follow(address, dict(headers or {}))
        except TimeoutError:
            raise too_slow(address, self._limits.seconds) from None

    async def post(
        self,
        address: str,
        body: bytes,
        headers: Mapping[str, str],
        timeout: timedelta,  # noqa: ASYNC109 - part of what is asked: receivers differ in patience
    ) -> Answer:
        """The answer to a POST, whatever its status. Redirects are not followed; long answers are cut."""
        checked = self._check(address)
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                response = await self._send("POST", checked, headers, body)
                try:
                    told = await self._read_short(response)
                    return Answer(response.status, _headers(response), told, str(checked.url))
                finally:
                    response.close()
        except TimeoutError:
            raise too_slow(address, timeout.total_seconds()) from None
        except (aiohttp.ClientError, OSError) as error:
            raise from_exception(address, error) from error

    @asynccontextmanager
    async def listen(
        self, address: str, headers: Mapping[str, str] | None = None, largest: int = LARGEST_MESSAGE
    ) -> AsyncIterator[SocketLine]:
        """A websocket at an http address, through the same gate; nothing is compressed, nobody sends us on."""
        checked = self._check(address)
        session = self._private if checked.is_allowed_private else self._guarded
        try:
            async with asyncio.timeout(self._limits.seconds):
                socket = await session.ws_connect(
                    checked.url, headers=headers, timeout=HANG_UP, max_msg_size=largest, decode_text=True
                )
        except TimeoutError:
            raise too_slow(address, self._limits.seconds) from None
        except aiohttp.WSServerHandshakeError as error:
            raise _no_socket(checked, error) from None
        except (aiohttp.ClientError, OSError) as error:
            raise from_exception(address, error) from error
        try:
            yield SocketLine(socket)
        finally:
            await socket.close()

    @asynccontextmanager
    async def listen_to_events(self, address: str, headers: Mapping[str, str]) -> AsyncIterator[TextLine]:
        """An answer of server-sent events that does not end; nothing is compressed, nobody sends us on."""
        checked = self._check(address)
        try:
            async with asyncio.timeout(self._limits.seconds):
                asked = {**headers, "Accept": EVENTS, "Accept-Encoding": "identity"}
                response = await self._send("GET", checked, asked)
        except TimeoutError:
            raise too_slow(address, self._limits.seconds) from None
        except (aiohttp.ClientError, OSError) as error:
            raise from_exception(address, error) from error
        try:
            if response.status != 200:
                waits = response.headers.get("Retry-After", ""), response.headers.get("Date", "")
                raise from_status(str(checked.url), response.status, *waits)
            if response.content_type != EVENTS or response.headers.get("Content-Encoding", "identity") != "identity":
                raise _no_stream(checked, f"{response.content_type}, packed or not, is no {EVENTS}")
            yield TextLine(response)
        finally:
            response.close()

    def _check(self, address: str) -> Address:
        try:
            return check_address(address, self._private_hosts)
        except AddressError as error:
            kind = FetchErrorKind.REFUSED_ADDRESS if error.is_inside else FetchErrorKind.BAD_ADDRESS
            raise FetchError(kind, str(error), is_permanent=True) from None

    async def _send(
        self, method: str, address: Address, headers: Mapping[str, str], body: bytes | None = None
    ) -> aiohttp.ClientResponse:
        session = self._private if address.is_allowed_private else self._guarded
        return await session.request(method, address.url, headers=headers, data=body, allow_redirects=False)

    async def _follow(self, given: str, headers: dict[str, str]) -> Answer:
        """Follow redirects, each hop through the gate again, credentials staying where they belong."""
        checked, moved_to, only_permanent = self._check(given), "", True
        for _ in range(self._limits.redirects + 1):
            try:
                response = await self._send("GET", checked, headers)
                try:
                    if response.status not in REDIRECTS or "Location" not in response.headers:
                        return await self._read_answer(response, checked, moved_to)
                    target = _join(str(checked.url), response.headers["Location"])
                    only_permanent &= response.status in PERMANENT
                finally:
                    response.close()
            except (aiohttp.ClientError, OSError) as error:
                raise from_exception(given, error) from error
            before, checked = checked, self._check_hop(given, target)
            moved_to = str(checked.url) if only_permanent else moved_to
            if checked.origin != before.origin:
                headers = {name: value for name, value in headers.items() if name.lower() not in CREDENTIALS}
        raise FetchError(
            FetchErrorKind.TOO_MANY_REDIRECTS,
            f"{given} sends us on more than {self._limits.redirects} times. Open it in a browser and use the"
            " address where it ends.",
        )

    def _check_hop(self, given: str, target: str) -> Address:
        try:
            return self._check(target)
        except FetchError as error:
            raise FetchError(
                error.kind, f"{given} sends us on to an address that we do not visit. {error.message}"
            ) from None

    async def _read_answer(self, response: aiohttp.ClientResponse, address: Address, moved_to: str) -> Answer:
        headers = _headers(response)
        if response.status != 304 and not 200 <= response.status < 300:
            waits = headers.get("Retry-After", ""), headers.get("Date", "")
            raise from_status(str(address.url), response.status, *waits)
        if sum(len(name) + len(value) for name, value in response.raw_headers) > self._limits.headers:
            raise FetchError(FetchErrorKind.TOO_BIG, f"{address.host} sends headers of unreasonable size.")
        body = b"" if response.status == 304 else await self._read_body(response, address)
        return Answer(response.status, headers, body, str(address.url), moved_to)

    async def _read_body(self, response: aiohttp.ClientResponse, address: Address) -> bytes:
        limits = self._limits
        encoding = response.headers.get("Content-Encoding", "")
        try:
            unpacker = Unpacker(encoding, limits.body, limits.ratio, limits.ratio_from)
            if (response.content_length or 0) > limits.body:
                raise TooMuch(is_bomb=False)
            async for chunk in _chunks(response):
                unpacker.feed(chunk)
            return unpacker.finish()
        except TooMuch as error:
            kind = FetchErrorKind.BOMB if error.is_bomb else FetchErrorKind.TOO_BIG
            what = "a file that unpacks without end" if error.is_bomb else f"more than {limits.body:,} bytes"
            raise FetchError(
                kind, f"{address.host} sent {what}; we stopped reading. Look for a shorter feed of this site."
            ) from None
        except ValueError as error:
            raise FetchError(
                FetchErrorKind.BAD_ANSWER,
                f"{address.host} sent an answer that cannot be unpacked ({error}). Forkant tries again by itself.",
            ) from None

    async def _read_short(self, response: aiohttp.ClientResponse) -> bytes:
        told = b""
        async for chunk in _chunks(response):
            told += chunk
            if len(told) >= SHORT_ANSWER:
                break
        return told[:SHORT_ANSWER]


def _stay_here() -> aiohttp.TraceConfig:
    """The library's websockets follow redirects by themselves, past our gate; it must not."""

    async def refuse(_: object, __: object, parameters: aiohttp.TraceRequestRedirectParams) -> None:
        parameters.response.close()
        where = parameters.response.headers.get("Location", "")[:LONGEST_SHOWN]
        raise FetchError(
            FetchErrorKind.BAD_STATUS,
            f"{parameters.url.host} sends us on to {where or 'another place'}. Use the address where it ends.",
        )

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


def _no_socket(address: Address, error: aiohttp.WSServerHandshakeError) -> FetchError:
    """The error for an answer to our call that is no websocket."""
    if error.status >= 300:
        headers = CIMultiDict[str](error.headers or ())
        return from_status(str(address.url), error.status, headers.get("Retry-After", ""), headers.get("Date", ""))
    return _no_stream(address, error.message)


def _no_stream(address: Address, why: str) -> FetchError:
    return FetchError(
        FetchErrorKind.BAD_ANSWER,
        f"{address.host} answers, but not as a stream ({why}). Check the address; we try again.",
    )


def _join(base: str, location: str) -> str:
    try:
        return urljoin(base, location.strip())
    except ValueError:  # such as an unclosed [: the gate says what is wrong with it
        return location


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async for chunk in response.content.iter_any():
        yield chunk


def _headers(response: aiohttp.ClientResponse) -> Mapping[str, str]:
    return CIMultiDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)
