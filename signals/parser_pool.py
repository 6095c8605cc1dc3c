"""A few child processes that parse documents; one that takes too long or too much is killed and replaced."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from signals.parsed import ParsedFeed, ParseError, ParseErrorKind, Reader, from_json
from signals.parser_child import LENGTH

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


class ParserPool:
    """Parses in children that start when first needed. Use it as an async context manager."""

    def __init__(self, size: int = 2, limits: ParserLimits | None = None) -> None:
        self._limits = limits or ParserLimits()
        self._idle: asyncio.LifoQueue[Process | None] = asyncio.LifoQueue()
        self._all: set[Process] = set()
        for _ in range(size):
            self._idle.put_nowait(None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in list(self._all):
            await self._end(child)

    async def parse(
        self, body: bytes, headers: Mapping[str, str], now: datetime, reader: Reader = Reader.FEED
    ) -> ParsedFeed:
        """The parsed document. ParseError, for this document alone, when it cannot be read."""
        child = await self._idle.get()
        kept = None
        try:
            if child is None or child.returncode is not None:
                child = await self._start()
            answer = await asyncio.wait_for(
                self._ask(child, body, {**headers, "reader": reader}, now), self._limits.wall_seconds
            )
            kept = child
        except TimeoutError:
            raise ParseError(ParseErrorKind.TOO_HARD, TOO_HARD.format(what="time")) from None
        except (asyncio.IncompleteReadError, ConnectionError):
            raise ParseError(ParseErrorKind.TOO_HARD, TOO_HARD.format(what="time or memory")) from None
        finally:
            self._idle.put_nowait(kept)
            if kept is None and child is not None:
                await self._end(child)
        return from_json(answer)

    async def _ask(self, child: Process, body: bytes, headers: Mapping[str, str], now: datetime) -> bytes:
        assert child.stdin is not None
        assert child.stdout is not None
        head = json.dumps({**headers, "now": now.isoformat()}).encode()
        child.stdin.write(LENGTH.pack(len(head)) + head + LENGTH.pack(len(body)))
        child.stdin.write(body)
        await child.stdin.drain()
        (length,) = LENGTH.unpack(await child.stdout.readexactly(LENGTH.size))
        return await child.stdout.readexactly(length)

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
