"""Turns at a service: a pure bucket, and the waiting that follows."""

from datetime import timedelta

import pytest

from signals.errors import CollectError
from signals.turns import Bucket, Pace, Turns, close, take

PACE = Pace(burst=3, every=5)


def test_cv_50_a_full_bucket_serves_a_burst_and_then_one_at_a_time() -> None:
    bucket, waits = Bucket(3, at=0), []
    for _ in range(5):
        bucket, wait = take(bucket, PACE, at=0)
        waits.append(wait)
    assert waits == [0, 0, 0, 5, 10]


def test_a_bucket_fills_with_time_but_never_over_its_brim() -> None:
    empty = Bucket(0, at=0)
    assert take(empty, PACE, at=5)[1] == 0
    assert take(empty, PACE, at=1_000_000)[0].left == 2


def test_who_is_asked_to_stay_away_waits_to_the_end_of_it() -> None:
    closed = close(close(Bucket(3, at=0), until=120), until=60)
    assert take(closed, PACE, at=20)[1] == 100
    assert take(closed, PACE, at=120)[1] == 0


async def test_who_would_wait_long_is_told_to_come_back_and_spends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr("signals.turns.sleep", note)
    turns = Turns()
    turns.close("a.example", timedelta(minutes=5))
    for _ in range(10):
        with pytest.raises(CollectError, match="no more requests") as error:
            await turns.wait("a.example", PACE)
    assert timedelta(minutes=4) < (error.value.retry_after or timedelta(0)) <= timedelta(minutes=5)
    await turns.wait("b.example", PACE)
    assert waits == []
