"""Waiting for the next change of any alert: one look at the database for all who wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PAUSE: Final = 0.5  # seconds between two looks


class Waiting:
    """Those who hold a long poll. They share what one of them has just seen; when nobody waits, nobody looks."""

    def __init__(self, latest_position: Callable[[], Awaitable[int]]) -> None:
        self._latest_position = latest_position
        self._turn = asyncio.Lock()
        self._position = 0
        self._looked_at = float("-inf")

    async def beyond(self, position: int, seconds: float) -> bool:
        """True as soon as there is a change after `position`; False when the time is up."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while await self._latest(loop.time()) <= position:
            left = until - loop.time()
            if left <= 0:
                return False
            await asyncio.sleep(min(PAUSE, left))
        return True

    async def _latest(self, at: float) -> int:
        async with self._turn:
            if at - self._looked_at >= PAUSE:
                self._position = await self._latest_position()
                self._looked_at = at
            return self._position
