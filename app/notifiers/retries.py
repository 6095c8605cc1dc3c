"""When to try again: the ten steps of Standard Webhooks over 75 hours, each a little off to spread the load."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.notifiers.types import Outcome, Result

STEPS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Next:
    """What becomes of a delivery and its receiver after an attempt."""

    state: str  # queued, sent, dead or dropped
    next_try_at: datetime
    held_until: datetime | None = None  # the receiver gets nothing before
    disable: str = ""  # why the receiver is switched off


def after(outcome: Outcome, attempts: int, pause: timedelta, now: datetime, chance: random.Random) -> Next:
    """What follows the attempt with that number (1 is the first)."""
    if outcome.result is Result.SENT:
        return Next("sent", now, now + pause if pause else None)
    if outcome.result is Result.DISABLE:
        return Next("dead", now, disable=outcome.error)
    if outcome.result is Result.DROP:
        return Next("dropped", now, now + pause if pause else None)
    if attempts > len(STEPS):
        return Next("dead", now, disable=f"{len(STEPS) + 1} attempts over 75 hours failed; the last: {outcome.error}")
    step = STEPS[attempts - 1]
    again = now + max(outcome.wait or timedelta(0), step * chance.uniform(1, 1 + JITTER))
    if outcome.result is Result.WAIT:
        return Next("queued", again, again)
    return Next("queued", again, now + pause if pause else None)
