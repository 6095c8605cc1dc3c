"""What a source usually says, and when its silence is none of its habits."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.expectation import (
    DAY,
    HOUR,
    MEMORY,
    SHORTEST_WAIT,
    Expectation,
    chance_of_silence,
    expected_between,
    learn,
    silent_after,
    slot_of,
)

OSLO = ZoneInfo("Europe/Oslo")
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)  # a Wednesday
SINCE = NOW - MEMORY


def spoken(*, hours: range, days: range = range(7), items: int = 1, weeks: int = 8) -> dict[datetime, int]:
    """So many items in each of these local hours of these days of the week."""
    all_hours = [NOW - number * HOUR for number in range(1, weeks * 168 + 1)]
    local = {hour: hour.astimezone(OSLO) for hour in all_hours}
    return {hour: items for hour in all_hours if local[hour].hour in hours and local[hour].weekday() in days}


def known(given: dict[datetime, int], since: datetime = SINCE, now: datetime = NOW) -> Expectation:
    found = learn(given, since, now, OSLO)
    assert found is not None
    return found


def wait(one: Expectation, last_at: datetime, *, is_priority: bool = False) -> timedelta:
    found = silent_after(one, last_at, OSLO, is_priority=is_priority)
    assert found is not None
    return found - last_at


OFFICE = known(spoken(hours=range(8, 17), days=range(5)))
PAPER = known(spoken(hours=range(6, 23), items=4))
WEEKLY = known(spoken(hours=range(9, 10), days=range(1), items=5))


def test_an_hour_is_expected_as_it_was_and_an_unknown_one_as_its_neighbours() -> None:
    assert PAPER.slots[slot_of(NOW, OSLO)] == pytest.approx(4, rel=0.02)
    assert PAPER.slots[slot_of(NOW.replace(hour=2), OSLO)] < 0.2
    young = known(spoken(hours=range(6, 23), items=4, weeks=1), NOW - 7 * DAY)
    assert young.slots[slot_of(NOW, OSLO)] == pytest.approx(4, rel=0.2)
    assert PAPER.per_day == pytest.approx(68, rel=0.02)


def test_a_busy_paper_is_silent_after_hours_and_not_in_its_night() -> None:
    assert wait(PAPER, NOW) == SHORTEST_WAIT
    evening = NOW.replace(hour=21)
    assert wait(PAPER, evening) > timedelta(hours=8)


def test_an_office_is_not_silent_over_the_weekend() -> None:
    friday = datetime(2026, 3, 13, 15, tzinfo=UTC)
    assert wait(OFFICE, friday) > timedelta(hours=66)
    monday = datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert wait(OFFICE, monday) < 2 * DAY


def test_a_weekly_source_is_silent_after_two_of_its_pauses_at_the_earliest() -> None:
    assert timedelta(days=14) < wait(WEEKLY, NOW) < timedelta(days=21)


def test_a_source_that_we_hardly_know_gets_the_benefit_of_the_doubt() -> None:
    young = known(spoken(hours=range(24), items=10, weeks=1), NOW - 3 * DAY)
    assert wait(young, NOW) >= timedelta(days=4)  # a weekend, and a day off beside it
    assert learn({NOW - HOUR: 1, NOW - DAY: 1}, SINCE, NOW, OSLO) is None


def test_a_priority_source_that_we_hardly_know_is_doubted_after_a_day_but_not_over_a_weekend() -> None:
    young = known(spoken(hours=range(24), items=10, weeks=1), NOW - 3 * DAY)
    assert wait(young, NOW, is_priority=True) == DAY
    friday = datetime(2026, 3, 13, 15, tzinfo=UTC)
    assert wait(young, friday, is_priority=True) == 3 * DAY
    assert wait(PAPER, NOW, is_priority=True) == wait(PAPER, NOW), "one that we know needs no hurry"


@given(st.integers(1, 20), st.integers(1, 30), st.integers(0, 167))
def test_no_doubt_of_a_priority_source_comes_later_than_of_another(items: int, days: int, hour: int) -> None:
    one = known(spoken(hours=range(7, 20), items=items), NOW - days * DAY)
    last_at = NOW - hour * HOUR
    assert timedelta(0) < wait(one, last_at, is_priority=True) <= wait(one, last_at)


def test_a_source_that_sleeps_for_weeks_fades_out_and_is_never_called_silent() -> None:
    asleep = learn(spoken(hours=range(6, 23)), SINCE, NOW + 5 * timedelta(weeks=1), OSLO)
    assert asleep is not None
    assert asleep.per_day == 0
    assert silent_after(asleep, NOW, OSLO) is None


def test_what_it_did_not_say_since_it_fell_silent_is_no_habit() -> None:
    later = known(spoken(hours=range(6, 23), items=4), now=NOW + 5 * DAY)
    assert later.per_day == pytest.approx(PAPER.per_day, rel=0.1)


@st.composite
def rhythms(draw: st.DrawFn) -> dict[datetime, int]:
    """Sources of all kinds: some hours of some days, some of them left out."""
    first = draw(st.integers(0, 22))
    usual = spoken(
        hours=range(first, draw(st.integers(first + 1, 24))),
        days=range(draw(st.integers(1, 7))),
        items=draw(st.integers(1, 6)),
    )
    left_out = draw(st.sets(st.integers(0, 40)))
    return {hour: count for number, (hour, count) in enumerate(usual.items()) if number % 41 not in left_out}


@given(rhythms())
def test_no_source_is_silent_within_its_usual_pauses(given: dict[datetime, int]) -> None:
    one = learn(given, SINCE, NOW, OSLO)
    if one is None:
        return
    pauses = [(earlier, later) for earlier, later in pairwise(sorted(given)) if earlier >= SINCE]
    early = [later for earlier, later in pauses if (silent_after(one, earlier, OSLO) or later) < later]
    assert len(early) <= 0.05 * len(pauses)


@given(rhythms(), st.integers(1, 400), st.integers(1, 400))
def test_waiting_longer_never_makes_silence_likelier(given: dict[datetime, int], first: int, more: int) -> None:
    one = learn(given, SINCE, NOW, OSLO)
    if one is None:
        return
    sooner, later = NOW + first * HOUR, NOW + (first + more) * HOUR
    assert chance_of_silence(one, NOW, later, OSLO) <= chance_of_silence(one, NOW, sooner, OSLO) + 1e-12
    assert expected_between(one, NOW, later, OSLO) >= expected_between(one, NOW, sooner, OSLO)
