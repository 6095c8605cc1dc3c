"""Waiting for the next change of any alert: one look at the database for all who wait."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

PAUSE: Final = 0.5  # seconds between two looks


class Waiting:
    """Those who hold a long poll. While anybody waits one task looks; when nobody does, nothing runs."""

    def __init__(self, latest_position: Callable[[], Awaitable[int]]) -> None:
        self._latest_position = latest_position
        self._changed = asyncio.Condition()
        self._position = 0
        self._waiting = 0
        self._looking: asyncio.Task[None] | None = None

    async def beyond(self, position: int, seconds: float) -> bool:
        """True as soon as there is a change after `position`; False when the time is up."""
        self._waiting += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._position > position or self._has_failed())
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    def _has_failed(self) -> bool:
        """The look failed: let everybody ask for themselves, and see the error."""
        return self._looking is not None and self._looking.done()

    async def _look(self) -> None:
        try:
            while self._waiting:
                self._position = await self._latest_position()
                async with self._changed:
                    self._changed.notify_all()
                await asyncio.sleep(PAUSE)
        finally:
            self._looking = None
            async with self._changed:
                self._changed.notify_all()
