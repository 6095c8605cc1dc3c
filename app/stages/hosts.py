"""Politeness: how many requests one host gets from us at a time, and how soon after each other."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 2
_AUTHORITY = re.compile(r"://([^/?#]+)")


def host_of(address: str) -> str:
    """Host and port as written: the same rule as in sources.claim.sql."""
    found = _AUTHORITY.search(address)
    return found[1].lower() if found else ""


class _Door:
    def __init__(self) -> None:
        self.visitors = 0  # inside or waiting
        self.places = asyncio.Semaphore(AT_ONCE)
        self.turn = asyncio.Lock()
        self.opens_at = 0.0


class HostDoors:
    """Lets visits in: two at once per host, and a pause between two."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._doors: dict[str, _Door] = {}

    def busy(self) -> list[str]:
        """Hosts where a further visitor would only wait."""
        now = asyncio.get_running_loop().time()
        self._doors = {host: door for host, door in self._doors.items() if door.visitors or door.opens_at > now}
        return [host for host, door in self._doors.items() if door.visitors >= AT_ONCE]

    @asynccontextmanager
    async def visit(self, host: str) -> AsyncIterator[None]:
        door = self._doors.setdefault(host, _Door())
        door.visitors += 1
        try:
            async with door.places:
                await self._wait_for_turn(door)
                yield
        finally:
            door.visitors -= 1

    async def _wait_for_turn(self, door: _Door) -> None:
        loop = asyncio.get_running_loop()
        async with door.turn:
            if (wait := door.opens_at - loop.time()) > 0:
                await asyncio.sleep(wait)
            door.opens_at = loop.time() + self._pause
