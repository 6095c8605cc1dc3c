"""Single requests that arrive together share a call (issue 4.7)."""

import asyncio
from collections.abc import Sequence

import pytest

from app.gathering import Gatherer


class Doubler:
    """Remembers how many it was asked at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(len(numbers))
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


async def test_requests_that_come_together_are_asked_together_and_each_gets_its_own_answer() -> None:
    ask = Doubler()
    gather: Gatherer[int, int] = Gatherer(ask)
    assert await asyncio.gather(*(gather(number) for number in range(10))) == [2 * number for number in range(10)]
    assert ask.batches == [10]


async def test_a_full_batch_does_not_wait() -> None:
    ask = Doubler()
    gather: Gatherer[int, int] = Gatherer(ask, soon=3600, most=4)
    await asyncio.gather(*(gather(number) for number in range(8)))
    assert ask.batches == [4, 4]


async def test_a_failure_reaches_those_of_its_batch_and_nobody_after() -> None:
    gather: Gatherer[int, int] = Gatherer(Doubler(), soon=0)
    with pytest.raises(ValueError, match="13"):
        await gather(13)
    assert await gather(4) == 8


async def test_one_who_goes_away_takes_nobody_along() -> None:
    gather: Gatherer[int, int] = Gatherer(Doubler(), soon=0.01)
    gone, stays = asyncio.ensure_future(gather(1)), asyncio.ensure_future(gather(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 4
