"""Which watches a replay looks at: those of which something may come."""

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.replay import watches_of
from app.replaying.findings import Findings
from app.replaying.noticing import NoticingInMemory
from app.replaying.past import Past
from classifiers.watches.watchfile import WatchDraft
from tests.support.signals import a_signal

NOWHERE = cast(AsyncConnection, None)
TEN = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def past() -> Past:
    return Past([1])


def looked_until(past: Past, until: datetime, zone: str = "Europe/Oslo") -> NoticingInMemory:
    noticing = NoticingInMemory(past, Findings([1]), watches_of([WatchDraft("Harbour")], zone), (), TEN, {})
    noticing.begin(1, until)
    return noticing


@pytest.mark.parametrize(
    ("zone", "looks"),
    [("Europe/Oslo", [TEN + QUARTER, TEN + 5 * QUARTER]), ("Asia/Kolkata", [TEN + 3 * QUARTER])],
)
async def test_a_quiet_watch_is_looked_at_when_the_first_quarter_of_an_hour_has_closed(
    past: Past, zone: str, looks: list[datetime]
) -> None:
    """With that a day of the audience may end."""
    closed = [TEN + n * QUARTER for n in range(1, 6)]
    due = [until for until in closed if await looked_until(past, until - QUARTER, zone).waiting_watches(NOWHERE, until)]
    assert due == looks


async def test_a_quarter_in_which_something_was_said_is_looked_at_when_it_closes(past: Past) -> None:
    past.hits[1].add(a_signal(seen_at=TEN + 2.5 * QUARTER), is_late=False, is_undated=False)
    past.hits[1].unseen.clear()
    noticing = looked_until(past, TEN + QUARTER)
    assert await noticing.waiting_watches(NOWHERE, TEN + 2 * QUARTER) == []
    assert await noticing.waiting_watches(NOWHERE, TEN + 3 * QUARTER) == [1]


async def test_a_watch_is_looked_at_when_a_title_leaves_the_day_of_those_that_may_rise(past: Past) -> None:
    """`new_term` learns a title on the day on which it leaves."""
    past.hits[1].add(a_signal(seen_at=TEN + 2.5 * QUARTER - timedelta(days=1)), is_late=False, is_undated=False)
    past.hits[1].unseen.clear()
    noticing = looked_until(past, TEN + QUARTER)
    assert await noticing.waiting_watches(NOWHERE, TEN + 2 * QUARTER) == [1]


async def test_a_new_hit_is_looked_at_at_once(past: Past) -> None:
    past.hits[1].add(a_signal(seen_at=TEN), is_late=False, is_undated=False)
    assert await looked_until(past, TEN + QUARTER).waiting_watches(NOWHERE, TEN + QUARTER) == [1]
