"""When a channel asks to be left alone, and whether we do it."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.rhythm import after_skips
from signals.skip_times import find_skips

FRIDAY_NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
SUNDAY_EVENING = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKEND = "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
NIGHT = f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in (22, 23, 24, 1, 2, 3, 4, 5))}</skipHours>"


def skips(text: str) -> tuple[int, ...]:
    return find_skips(f'<rss version="2.0"><channel><title>t</title>{text}<item></item></channel></rss>'.encode())


def test_hours_and_days_are_read_and_24_is_midnight() -> None:
    assert len(skips(WEEKEND)) == 48
    assert [hour for hour in skips(NIGHT) if hour < 24] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert len(skips(NIGHT + WEEKEND)) == 5 * 8 + 48


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<skipHours></skipHours>",
        "<skipHours><hour>25</hour><hour>-1</hour><hour>noon</hour></skipHours>",
        f"<skipHours>{''.join(f'<hour>{hour}</hour>' for hour in range(24))}</skipHours>",
        f"<skipDays>{''.join(f'<day>{day}day</day>' for day in ('Mon', 'Tues', 'Wednes', 'Thurs', 'Fri'))}</skipDays>",
        "<skipHours>" + "<hour>" * 5_000,
    ],
)
def test_what_makes_no_sense_is_not_obeyed(text: str) -> None:
    assert skips(text) == ()


def test_a_visit_moves_to_the_end_of_the_hours_to_skip_but_never_by_more_than_a_day() -> None:
    weekend = skips(WEEKEND)
    assert after_skips(SUNDAY_EVENING, weekend, SUNDAY_EVENING - HOUR) == datetime(2026, 11, 23, tzinfo=UTC)
    assert after_skips(FRIDAY_NIGHT + HOUR, weekend, FRIDAY_NIGHT) == FRIDAY_NIGHT + DAY
    assert after_skips(FRIDAY_NIGHT, weekend, FRIDAY_NIGHT - HOUR) == FRIDAY_NIGHT
    assert after_skips(FRIDAY_NIGHT, (), FRIDAY_NIGHT - HOUR) == FRIDAY_NIGHT
