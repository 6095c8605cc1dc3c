"""When a source is visited again."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.rhythm import (
    Bounds,
    Health,
    Pace,
    Plan,
    after_catch,
    after_failure,
    has_moved,
    is_silent,
    is_time_for_everything,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def caught(
    share: float,
    every: timedelta = 15 * MINUTE,
    last_share: float | None = None,
    quiet: timedelta = DAY,
    late: timedelta = timedelta(0),
    has_news: bool = False,
    earliest_next: timedelta | None = None,
) -> Plan:
    pace = Pace(every, NOW - late, 0, last_share, NOW - quiet)
    return after_catch(
        pace, share=share, has_news=has_news, earliest_next=earliest_next, bounds=Bounds(), jitter=0, now=NOW
    )


def failed(
    failures: int = 0, kind: str = "timeout", retry_after: timedelta | None = None, is_gone: bool = False
) -> Plan:
    pace = Pace(15 * MINUTE, NOW, failures)
    return after_failure(pace, kind=kind, is_gone=is_gone, retry_after=retry_after, bounds=Bounds(), jitter=0, now=NOW)


def test_two_polls_of_mostly_known_entries_make_it_slower() -> None:
    assert caught(0.7, last_share=0.7).every == 22.5 * MINUTE
    assert caught(0.7, last_share=0.6).every == 15 * MINUTE
    assert caught(0.7, last_share=None).every == 15 * MINUTE


def test_mostly_new_entries_make_it_faster() -> None:
    assert caught(0.3, has_news=True).every == 7.5 * MINUTE


def test_a_poll_that_came_late_says_nothing_of_the_rhythm() -> None:
    assert caught(0.0, late=HOUR).every == 15 * MINUTE


def test_a_source_that_spoke_lately_is_not_left_alone_for_long() -> None:
    assert caught(0.98, every=6 * HOUR, last_share=0.98, quiet=2 * HOUR).every == 15 * MINUTE
    assert caught(0.98, every=6 * HOUR, last_share=0.98, quiet=8 * HOUR).every == HOUR
    assert caught(0.98, every=6 * HOUR, last_share=0.98, quiet=HOUR, has_news=True).every == 15 * MINUTE


def test_no_source_is_visited_more_or_less_often_than_the_bounds() -> None:
    assert caught(0.0, every=2 * MINUTE, has_news=True).every == 2 * MINUTE
    assert caught(1.0, every=20 * HOUR, last_share=1.0, quiet=90 * DAY).every == DAY


def test_what_the_site_asks_for_comes_before_our_wishes() -> None:
    assert caught(0.5, earliest_next=HOUR).next_poll_at == NOW + HOUR


def test_chance_moves_the_next_visit_by_a_tenth_at_most() -> None:
    pace = Pace(20 * MINUTE, NOW, 0, None, None)
    for jitter, minutes in ((-1, 18), (0, 20), (1, 22)):
        plan = after_catch(pace, share=0.5, has_news=False, earliest_next=None, bounds=Bounds(), jitter=jitter, now=NOW)
        assert plan.next_poll_at == NOW + minutes * MINUTE


def test_failures_back_off_but_never_for_ever() -> None:
    waits = [failed(failures).next_poll_at - NOW for failures in (0, 1, 2, 3, 50, 5_000)]
    assert waits == [15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, DAY, DAY]


def test_retry_after_is_honoured() -> None:
    assert failed(retry_after=3 * HOUR).next_poll_at == NOW + 3 * HOUR
    assert failed(3, retry_after=MINUTE).next_poll_at == NOW + 2 * HOUR


@pytest.mark.parametrize(
    ("plan", "health"),
    [
        (failed(), Health.FAILING),
        (failed(kind="blocked"), Health.BLOCKED),
        (failed(kind="gone", is_gone=True), Health.RETIRED),
        (caught(1.0), Health.HEARD),
        (caught(1.0, quiet=8 * DAY), Health.SILENT),
        (caught(0.0, quiet=8 * DAY, has_news=True), Health.HEARD),
    ],
)
def test_how_it_goes_is_one_word(plan: Plan, health: Health) -> None:
    assert plan.health is health


def test_once_a_day_everything_is_asked_for() -> None:
    asked = [is_time_for_everything(7, NOW + (hour - 1) * HOUR, NOW + hour * HOUR) for hour in range(24)]
    assert sum(asked) == 1
    assert is_time_for_everything(7, None, NOW)


def test_a_move_is_believed_when_it_is_seen_twice_in_a_row() -> None:
    assert has_moved("https://new.example/", "https://new.example/")
    assert not has_moved("", "https://new.example/")
    assert not has_moved("https://new.example/", "")
    assert not has_moved("", "")


@pytest.mark.parametrize(
    ("quiet", "longest_pause", "silent"),
    [
        (20 * HOUR, 2 * HOUR, False),  # a night is no silence
        (25 * HOUR, 2 * HOUR, True),
        (3 * DAY, 60 * HOUR, False),  # keeps silent over weekends
        (4 * DAY, 60 * HOUR, True),
        (6 * DAY, None, False),
        (8 * DAY, None, True),
        (8 * DAY, 30 * DAY, True),
    ],
)
def test_a_source_is_silent_when_it_is_quiet_for_longer_than_is_its_way(
    quiet: timedelta, longest_pause: timedelta | None, silent: bool
) -> None:
    assert is_silent(NOW - quiet, longest_pause, NOW) is silent


def test_a_source_that_never_brought_anything_is_silent() -> None:
    assert is_silent(None, None, NOW)
