"""What is learnt of when a source speaks, and the rest that follows from it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.habits import NO_HABIT, ROOT, Habit

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def daily_at(hour: int, days: int = 28, each: int = 1) -> Habit:
    moments = [NOW.replace(hour=hour) - day * DAY for day in range(1, days) for _ in range(each)]
    return NO_HABIT.learn(moments, NOW)


def test_a_few_items_are_no_habit_yet() -> None:
    assert not NO_HABIT.learn([NOW, NOW], NOW).is_known
    assert daily_at(9).is_known


def test_the_more_is_said_the_shorter_the_rest_but_not_in_proportion() -> None:
    one = NO_HABIT.learn([NOW - number * DAY / 20 for number in range(400)], NOW)
    four = NO_HABIT.learn([NOW - number * DAY / 80 for number in range(1_600)], NOW)
    assert one.wait(NOW) / four.wait(NOW) == pytest.approx(4**ROOT, rel=0.1)


def test_who_speaks_at_nine_is_asked_more_often_at_nine() -> None:
    habit = daily_at(9, each=4)
    tomorrow = NOW + DAY
    assert habit.wait(tomorrow.replace(hour=9)) < habit.wait(tomorrow.replace(hour=21)) / 2
    assert habit.expected(tomorrow.replace(hour=8), tomorrow.replace(hour=11)) > 1.5


def test_who_never_speaks_on_sundays_is_asked_less_then() -> None:
    weekdays = [
        NOW - day * DAY - hour * HOUR for day in range(40) for hour in range(4) if (NOW - day * DAY).weekday() < 5
    ]
    habit = NO_HABIT.learn(weekdays, NOW)
    sunday, monday = NOW + 6 * DAY, NOW + 7 * DAY
    assert habit.expected(sunday, sunday + HOUR) < habit.expected(monday, monday + HOUR) / 3


def test_a_young_source_is_taken_to_speak_at_any_hour() -> None:
    habit = NO_HABIT.learn([NOW - number * HOUR / 6 for number in range(20)], NOW)
    tomorrow = NOW + DAY
    by_day, by_night = (habit.expected(tomorrow + hours * HOUR, tomorrow + (hours + 1) * HOUR) for hours in (0, 12))
    assert by_day == pytest.approx(by_night, rel=0.5)


def test_what_was_said_in_the_last_hours_counts_beside_the_habit() -> None:
    before = NO_HABIT.learn([NOW - number * 7 * DAY for number in range(1, 8)], NOW - HOUR)
    awake = before.learn([NOW - number * HOUR / 4 for number in range(8)], NOW)
    assert awake.wait(NOW) < before.wait(NOW) / 2
    assert awake.wait(NOW + DAY) > HOUR


def test_old_habits_fade() -> None:
    habit = daily_at(9)
    assert habit.wait(NOW + 200 * DAY) > 3 * habit.wait(NOW + DAY)
    assert habit.learn([NOW + 400 * DAY], NOW + 400 * DAY).is_known is False


def test_learning_bit_by_bit_is_learning_at_once() -> None:
    moments = [NOW - number * HOUR for number in range(100, 0, -1)]
    bit_by_bit = NO_HABIT
    for moment in moments:
        bit_by_bit = bit_by_bit.learn([moment], moment)
    assert bit_by_bit.wait(NOW) / NO_HABIT.learn(moments, NOW).wait(NOW) == pytest.approx(1, abs=0.02)


@given(st.lists(st.integers(-10_000, 3_000_000), max_size=30))
def test_a_rest_is_never_longer_than_a_day_and_a_habit_survives_being_stored(hours: list[int]) -> None:
    habit = NO_HABIT.learn([NOW + number * HOUR for number in hours], NOW)
    assert timedelta(0) < habit.wait(NOW) <= DAY
    assert Habit.from_numbers(habit.to_numbers()) == habit


def test_a_row_of_another_shape_is_no_habit() -> None:
    assert Habit.from_numbers([]) == Habit.from_numbers([1.0, 2.0]) == NO_HABIT
