"""When to try again: ten attempts over 75 hours, what the other side asks for, and when to give up (CV-22)."""

import random
from datetime import datetime, timedelta
from itertools import pairwise

from app.notifiers.retries import JITTER, STEPS, after
from app.notifiers.types import Outcome, Result
from tests.support.messages import NOON

NO_PAUSE = timedelta(0)
FAILED = Outcome(Result.AGAIN, 500, "HTTP 500")


class NoJitter(random.Random):
    def uniform(self, a: float, b: float) -> float:
        return a


def attempts_of(outcome: Outcome, chance: random.Random) -> list[datetime]:
    """When each attempt happens if all come to the same."""
    at, times = NOON, []
    for number in range(1, 20):
        times.append(at)
        then = after(outcome, number, NO_PAUSE, at, chance)
        if then.state != "queued":
            assert then.state == "dead"
            return times
        at = then.next_try_at
    raise AssertionError("it never gives up")


def test_ten_attempts_over_75_hours_cv22() -> None:
    times = attempts_of(FAILED, NoJitter())
    assert len(times) == 10
    assert times[-1] - times[0] == timedelta(hours=75, minutes=35, seconds=5)
    assert [later - earlier for earlier, later in pairwise(times)] == list(STEPS)


def test_retries_are_spread_but_never_sooner_cv22() -> None:
    gaps = {after(FAILED, 2, NO_PAUSE, NOON, random.Random(seed)).next_try_at - NOON for seed in range(50)}
    assert len(gaps) > 40
    assert all(STEPS[1] <= gap <= STEPS[1] * (1 + JITTER) for gap in gaps)


def test_the_last_failure_switches_the_receiver_off_and_says_why_cv22() -> None:
    then = after(FAILED, 10, NO_PAUSE, NOON, NoJitter())
    assert then.state == "dead"
    assert then.disable == "10 attempts over 75 hours failed; the last: HTTP 500"


def test_a_pause_that_is_asked_for_holds_the_receiver_cv04() -> None:
    asked = Outcome(Result.WAIT, 429, "HTTP 429", wait=timedelta(seconds=30))
    then = after(asked, 1, NO_PAUSE, NOON, NoJitter())
    assert then.next_try_at == then.held_until == NOON + timedelta(seconds=30)


def test_a_short_pause_does_not_make_a_long_failure_hammer_cv22() -> None:
    asked = Outcome(Result.WAIT, 429, "HTTP 429", wait=timedelta(seconds=1))
    assert after(asked, 4, NO_PAUSE, NOON, NoJitter()).next_try_at == NOON + STEPS[3]


def test_a_failure_of_one_message_does_not_hold_the_others() -> None:
    then = after(FAILED, 1, NO_PAUSE, NOON, NoJitter())
    assert then.held_until is None


def test_gone_switches_the_receiver_off_at_once_cv22() -> None:
    then = after(Outcome(Result.DISABLE, 410, "HTTP 410"), 1, NO_PAUSE, NOON, NoJitter())
    assert (then.state, then.disable) == ("dead", "HTTP 410")


def test_a_message_it_will_never_take_is_dropped_and_the_next_may_go() -> None:
    then = after(Outcome(Result.DROP, 400, "invalid_payload"), 1, NO_PAUSE, NOON, NoJitter())
    assert (then.state, then.disable, then.held_until) == ("dropped", "", None)


def test_between_two_messages_to_one_channel_lies_its_pause_cv04() -> None:
    second = timedelta(seconds=1)
    for result in (Result.SENT, Result.AGAIN, Result.DROP):
        assert after(Outcome(result), 1, second, NOON, NoJitter()).held_until == NOON + second
