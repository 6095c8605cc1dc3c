"""What is said over a connection that stays open: messages, one by one, until it ends, and how it ended."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

import aiohttp

LARGEST_MESSAGE = 512 * 1024
YIELD_EVERY = 50  # messages that lie ready are read without a pause: others must get their turn


class End(StrEnum):
    """Why no further message comes."""

    OVER = "over"  # our own time is up
    QUIET = "quiet"  # not a word, not even a sign of life, for too long
    CLOSED = "closed"  # the other side hung up
    LOST = "lost"  # the connection broke
    TOO_BIG = "too_big"  # a message larger than we read


BROKEN = frozenset({End.QUIET, End.CLOSED, End.LOST, End.TOO_BIG})
BREATH = timedelta(seconds=30)  # before we call again where a line broke off


class Line(Protocol):
    """An open connection. `signals.fetch` opens them."""

    async def hear(self, wait: float) -> bytes | End:
        """The next message, or why there is none within `wait` seconds."""
        ...


class SocketLine:
    """A websocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse[bool]) -> None:
        self._socket = socket

    async def hear(self, wait: float) -> bytes | End:
        try:
            async with asyncio.timeout(wait):  # pings do not count: they are answered within
                message = await self._socket.receive()
        except TimeoutError:
            return End.QUIET
        match message.type:
            case aiohttp.WSMsgType.TEXT:
                return str(message.data).encode("utf-8", errors="replace")
            case aiohttp.WSMsgType.BINARY:
                return bytes(message.data)
            case aiohttp.WSMsgType.ERROR:
                is_too_big = self._socket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
                return End.TOO_BIG if is_too_big else End.LOST
        return End.LOST if self._socket.close_code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE else End.CLOSED


class TextLine:
    """The body of an answer that does not end: what is heard are pieces, cut anywhere."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def hear(self, wait: float) -> bytes | End:
        try:
            async with asyncio.timeout(wait):
                piece = await self._response.content.readany()
        except TimeoutError:
            return End.QUIET
        except (aiohttp.ClientError, OSError):
            return End.LOST
        return piece or End.CLOSED


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one session listens. It must end before the lease of its source does."""

    longest: float = 120.0  # seconds
    linger: float = 3.0  # after the first thing worth handing on: what is said together comes together
    quiet: float = 45.0  # without a sign of life: the connection is dead


class Session:
    """One stretch of listening on a line."""

    def __init__(self, line: Line, patience: Patience) -> None:
        self._line, self._patience = line, patience
        self._clock = asyncio.get_running_loop().time
        self._ends_at = self._clock() + patience.longest
        self.end = End.OVER

    def linger(self) -> None:
        """Something is worth handing on: the session ends soon."""
        self._ends_at = min(self._ends_at, self._clock() + self._patience.linger)

    async def messages(self) -> AsyncIterator[bytes]:
        """All that is said until the session ends; then `end` says why."""
        number = 0
        while (left := self._ends_at - self._clock()) > 0:
            said = await self._line.hear(min(left, self._patience.quiet))
            if isinstance(said, End):
                self.end = End.OVER if said is End.QUIET and left <= self._patience.quiet else said
                return
            yield said
            number += 1
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
