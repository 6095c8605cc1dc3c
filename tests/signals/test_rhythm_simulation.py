"""Thirteen kinds of feeds, visited for six weeks of virtual time: how often we ask, and how soon we know.

`pytest -s` prints the table.
"""

import sys
from datetime import timedelta
from itertools import pairwise

import pytest

from signals.rhythm import Health
from tests.support.rhythm_play import BEGIN, Feed, Played, as_table, feeds, play

DAYS, LEARNING = 42, 14
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(scope="module")
def played() -> dict[str, Played]:
    table = [play(feed, DAYS, LEARNING) for feed in feeds(DAYS)]
    sys.stdout.write(f"\n{as_table(table)}\n")
    return {one.name: one for one in table}


@pytest.mark.parametrize(
    ("name", "most_polls", "median", "p90"),
    [
        ("busy newspaper, 120 a day", 150, 6 * MINUTE, 12 * MINUTE),
        ("local paper, 15 a day", 65, 12 * MINUTE, 25 * MINUTE),
        ("the same without dates", 65, 12 * MINUTE, 25 * MINUTE),
        ("authority, 3 a week in office hours", 16, HOUR, 2 * HOUR),
        ("blog of an NGO, weekly", 10, 3 * HOUR, 5 * HOUR),
        ("podcast, Thursdays at 4", 10, HOUR, 2 * HOUR),
        ("blog in bursts, 12 in 3 h each 10 days", 20, 20 * MINUTE, HOUR),
        ("dead for three years", 2, timedelta(0), timedelta(0)),
        ("newspaper that says 304 for ever", 30, 40 * MINUTE, 65 * MINUTE),
        ("newspaper with ttl 60", 24.5, 35 * MINUTE, 65 * MINUTE),
        ("newspaper with max-age 3600", 24.5, 35 * MINUTE, 65 * MINUTE),
    ],
)
def test_each_kind_of_feed_is_heard_soon_and_asked_seldom(
    played: dict[str, Played], name: str, most_polls: float, median: timedelta, p90: timedelta
) -> None:
    one = played[name]
    assert one.polls_a_day <= most_polls
    assert one.median <= median
    assert one.p90 <= p90
    assert one.lost == 0


def test_what_a_feed_asks_for_is_kept(played: dict[str, Played]) -> None:
    for name in ("newspaper with ttl 60", "newspaper with max-age 3600"):
        visits = played[name].visits
        assert min(later - earlier for earlier, later in pairwise(visits)) >= HOUR


def test_no_feed_is_asked_more_than_every_two_minutes_or_left_alone_for_much_more_than_a_day(
    played: dict[str, Played],
) -> None:
    for one in played.values():
        pauses = [later - earlier for earlier, later in pairwise(one.visits)]
        assert min(pauses) >= 2 * MINUTE
        assert max(pauses) <= 1.1 * DAY


def test_a_host_that_is_down_is_asked_less_and_less_but_never_given_up(played: dict[str, Played]) -> None:
    one = played["host down for two weeks"]
    begin, end = BEGIN + 14 * DAY, BEGIN + 28 * DAY
    tries = [visit for visit in one.visits if begin <= visit < end]
    assert 14 <= len(tries) <= 24
    assert min(visit for visit in one.visits if visit >= end) < end + 1.1 * DAY
    assert one.health is Health.HEARD


def test_an_address_that_is_gone_is_not_asked_again(played: dict[str, Played]) -> None:
    one = played["gone after ten days"]
    assert one.health is Health.RETIRED
    assert [visit for visit in one.visits if visit >= BEGIN + 10 * DAY] == [one.visits[-1]]


def test_the_visits_of_a_newspaper_follow_its_day(played: dict[str, Played]) -> None:
    hours = [visit.hour for visit in played["busy newspaper, 120 a day"].visits]
    by_day, by_night = (sum(hour in of_day for hour in hours) for of_day in (range(9, 15), range(4)))
    assert by_day / 6 > 1.6 * by_night / 4


def test_rl_08_after_a_sleep_a_feed_is_visited_once_and_then_at_its_own_pace() -> None:
    paper = feeds(DAYS)[0]
    asleep = play(paper, 30, sleep=(20 * 24 + 3, 20 * 24 + 9))
    woke_at = BEGIN + 20 * DAY + 9 * HOUR
    after = [visit for visit in asleep.visits if visit >= woke_at]
    assert after[0] == woke_at
    assert len([visit for visit in after if visit < woke_at + HOUR]) <= 15
    assert not [visit for visit in asleep.visits if woke_at - 5.8 * HOUR < visit < woke_at]


def test_a_feed_that_was_quiet_for_months_is_followed_when_it_wakes_up() -> None:
    wakes_at = BEGIN + 60 * DAY + 12 * HOUR
    words = tuple(wakes_at + number * 10 * MINUTE for number in range(300))
    feed = Feed("sleeper", tuple(BEGIN - number * DAY for number in range(300, 290, -1)) + words, 20)
    found = play(feed, 62).delays
    assert max(found) <= 1.1 * DAY  # the first visit comes within a day
    assert max(found[-50:]) < 15 * MINUTE
