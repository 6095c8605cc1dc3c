"""A few child processes that parse documents; one that takes too long or too much is killed and replaced."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from signals.parsed import ParsedFeed, ParseError, ParseErrorKind, Reader, from_json
from signals.parser_child import LENGTH

AHEAD, AHEAD_BYTES = 4, 512 * 1024  # what a child is given before it has answered
TOO_HARD = (
    "The document takes too much {what} to read, so we gave up on it. It may be damaged, or made to do harm;"
    " look at it in a browser, or find another feed of this site."
)


class Parsers(Protocol):
    """Whoever can parse a document."""

    async def parse(
        self, body: bytes, headers: Mapping[str, str], now: datetime, reader: Reader = Reader.FEED
    ) -> ParsedFeed: ...


@dataclass(frozen=True, slots=True)
class ParserLimits:
    """What one document may cost."""

    cpu_seconds: int = 10
    memory: int = 512 * 1024 * 1024
    wall_seconds: float = 30.0


@dataclass(eq=False, slots=True)
class _Asked:
    """A document that is to be read, and whoever waits for it."""

    head: bytes
    body: bytes
    told: asyncio.Future[bytes]
    child: Process | None = None
    queue: "deque[_Asked] | None" = None  # of the child: what it has been given and not answered

    def give_up(self) -> None:
        """Nobody waits any more. A child that is on it is ended; else its answer is not looked at."""
        self.told.cancel()
        if self.child is not None and self.queue and self.queue[0] is self:
            with suppress(ProcessLookupError):
                self.child.kill()


class ParserPool:
    """Parses in children that start when first needed. Use it as an async context manager.

    A child is given the next documents while it is at one, so that it need not wait for us, who are busy with others.
    It answers in order. When it has to be ended over a document, those behind that one go to another child.
    """

    def __init__(self, size: int = 2, limits: ParserLimits | None = None) -> None:
        self._size = size
        self._limits = limits or ParserLimits()
        self._waiting: deque[_Asked] = deque()
        self._spare: list[Process] = []
        self._all: set[Process] = set()
        self._places: set[asyncio.Task[None]] = set()  # one for each child at work

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._waiting:
            one.told.cancel()
        self._waiting.clear()
        for place in self._places:
            place.cancel()
        await asyncio.gather(*self._places, return_exceptions=True)
        for child in list(self._all):
            await self._end(child)

    async def parse(
        self, body: bytes, headers: Mapping[str, str], now: datetime, reader: Reader = Reader.FEED
    ) -> ParsedFeed:
        """The parsed document. ParseError, for this document alone, when it cannot be read."""
        head = json.dumps({**headers, "reader": reader, "now": now.isoformat()}).encode()
        frame = LENGTH.pack(len(head)) + head + LENGTH.pack(len(body))
        asked = _Asked(frame, body, asyncio.get_running_loop().create_future())
        self._waiting.append(asked)
        self._open_place()
        try:
            answer = await asked.told
        except asyncio.CancelledError:
            asked.give_up()
            raise
        return from_json(answer)

    def _open_place(self) -> None:
        if self._waiting and len(self._places) < self._size:
            place = asyncio.create_task(self._attend())
            self._places.add(place)
            place.add_done_callback(self._close_place)

    def _close_place(self, place: asyncio.Task[None]) -> None:
        self._places.discard(place)
        if not place.cancelled():
            self._open_place()

    async def _attend(self) -> None:
        """Keep one child at work while anything waits."""
        child, queue = None, deque[_Asked]()
        try:
            child = await self._child()
            while self._hand_over(child, queue):
                async with asyncio.timeout(self._limits.wall_seconds):
                    answer = await _answer(child)
                if not (told := queue.popleft().told).done():
                    told.set_result(answer)
            self._spare.append(child)
            child = None
        except TimeoutError:
            _fail(queue, "time")
        except (asyncio.IncompleteReadError, ConnectionError):
            _fail(queue, "time or memory")
        except OSError as error:  # no child could be started
            while self._waiting:
                if not (told := self._waiting.popleft().told).done():
                    told.set_exception(error)
        finally:
            self._waiting.extendleft(reversed(queue))  # they were not at fault
            if child is not None:
                await self._end(child)

    def _hand_over(self, child: Process, queue: deque[_Asked]) -> bool:
        """Give the child what it may have. False: nothing waits, and it has answered everything."""
        assert child.stdin is not None
        while self._waiting and self._may_have_more(queue):
            asked = self._waiting.popleft()
            if not asked.told.done():
                asked.child, asked.queue = child, queue
                queue.append(asked)
                child.stdin.write(asked.head)
                child.stdin.write(asked.body)
        return bool(queue)

    def _may_have_more(self, queue: deque[_Asked]) -> bool:
        if not queue:
            return True
        is_all_at_work = len(self._places) == self._size
        return is_all_at_work and len(queue) < AHEAD and sum(len(one.body) for one in queue) < AHEAD_BYTES

    async def _child(self) -> Process:
        while self._spare:
            child = self._spare.pop()
            if child.returncode is None:
                return child
            await self._end(child)
        return await self._start()

    async def _start(self) -> Process:
        """A child that knows nothing of our secrets: its environment holds a search path and no more."""
        limits = (str(self._limits.cpu_seconds), str(self._limits.memory))
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "signals.parser_child", *limits,
            stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={**kept, "LANG": "C.UTF-8"},
        )  # fmt: skip
        self._all.add(child)
        return child

    async def _end(self, child: Process) -> None:
        self._all.discard(child)
        if child.stdin is not None:
            child.stdin.close()
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _answer(child: Process) -> bytes:
    assert child.stdout is not None
    (length,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
    return await child.stdout.readexactly(length)


def _fail(queue: deque[_Asked], what: str) -> None:
    """The document that the child was at is given up."""
    if queue and not (told := queue.popleft().told).done():
        told.set_exception(ParseError(ParseErrorKind.TOO_HARD, TOO_HARD.format(what=what)))
