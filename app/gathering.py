"""Single requests that arrive within a few milliseconds, asked together: a batch costs little more than one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

One = TypeVar("One")
Answer = TypeVar("Answer")

SOON = 0.004  # seconds that a request waits for others at most
MOST = 256


class Gatherer(Generic[One, Answer]):
    """Call it with one thing; `ask` is called with many and answers in order. A batch fails for all in it."""

    def __init__(
        self, ask: Callable[[Sequence[One]], Awaitable[Sequence[Answer]]], soon: float = SOON, most: int = MOST
    ) -> None:
        self._ask = ask
        self._soon = soon
        self._most = most
        self._waiting: list[tuple[One, asyncio.Future[Answer]]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def __call__(self, one: One) -> Answer:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((one, answer))
        if len(self._waiting) >= self._most:
            self._go()
        elif self._timer is None:
            self._timer = loop.call_later(self._soon, self._go)
        return await answer

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, self._waiting = self._waiting, []
        task = asyncio.get_running_loop().create_task(self._answer(batch))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _answer(self, batch: Sequence[tuple[One, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._ask([one for one, _ in batch])
        except Exception as error:  # noqa: BLE001 - a job: each of those who wait is told
            answers = []
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
        for (_, future), answer in zip(batch, answers, strict=False):
            if not future.done():  # whoever asked may have gone
                future.set_result(answer)
