"""Plays the week: the real stages, step by step on virtual time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.alerts.types import Tally
from app.demo.values import Week
from app.pipeline import Pipeline

HOUR = timedelta(hours=1)
STEP = timedelta(minutes=15)
BETWEEN_MESSAGES = timedelta(seconds=2)  # longer than any receiver's pause
MESSAGES_AT_ONCE = 20  # rounds of telling in one step


class VirtualClock:
    """What time it is in the demo: set by the player, and at the end the present."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._ask: Callable[[], datetime] | None = None

    def __call__(self) -> datetime:
        return self._ask() if self._ask else self._now

    def set(self, now: datetime) -> None:
        self._now = now

    def follow(self, ask: Callable[[], datetime]) -> None:
        """From here on the time is what `ask` says."""
        self._ask = ask


@dataclass(frozen=True, slots=True)
class Moment:
    """Where the play stands after a step."""

    now: datetime
    items: int
    emergences: int
    failures: int  # of sources, and of items


def steps(week: Week, step: timedelta = STEP, ends: datetime | None = None) -> list[datetime]:
    """The moments at which the service looks, from the beginning of the week to its end, or to an earlier one."""
    last = (ends or week.ends).astimezone(UTC)
    count = int((last - week.begins) / step)
    return [week.begins + place * step for place in range(count + 1)] + [last]


async def play(
    pipeline: Pipeline, moments: list[datetime], clock: VirtualClock, hours_a_second: float = 0.0
) -> AsyncIterator[Moment]:
    """Listen, understand and tell at each moment, as fast as it goes or at that many virtual hours a second."""
    loop, began, first = asyncio.get_running_loop(), asyncio.get_running_loop().time(), moments[0]
    done: Counter[str] = Counter()
    followed = first - HOUR
    for now in moments:
        clock.set(now)
        for tally in (*await pipeline.listen(now), *await pipeline.understand(now)):
            done[tally.stage] += tally.made
            done["failed"] += _failed(tally)
        await _tell_all(pipeline, clock, now)
        await pipeline.account(now)
        if now >= followed + HOUR:  # live it is looked at every few seconds; here that would take longer than the week
            followed = now
            await pipeline.foresee_stories(now)
            await pipeline.follow_stories(now)
        yield Moment(now, done["normalise"], done["detect"], done["failed"])
        if hours_a_second:
            due = began + (now - first) / timedelta(hours=1) / hours_a_second
            await asyncio.sleep(max(0.0, due - loop.time()))


def _failed(tally: Tally) -> int:
    return sum(count for reason, count in tally.passed_over if reason.startswith("failed"))


async def _tell_all(pipeline: Pipeline, clock: VirtualClock, now: datetime) -> None:
    """Tell until nothing more is due: receivers want a pause between two messages."""
    for _ in range(MESSAGES_AT_ONCE):
        (tally,) = await pipeline.tell(now)
        if not tally.taken:
            return
        now += BETWEEN_MESSAGES
        clock.set(now)
