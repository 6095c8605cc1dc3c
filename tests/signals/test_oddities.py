"""Is it news, or the archive once more?"""

from datetime import UTC, datetime, timedelta

import pytest

from signals.oddities import is_archive_again, is_mostly_new

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("new", "entries", "suspicious"),
    [(20, 20, True), (3, 3, True), (1, 1, True), (2, 20, False), (10, 20, False), (14, 20, True), (0, 0, False)],
)
def test_only_a_document_that_is_mostly_new_is_looked_at_twice(new: int, entries: int, suspicious: bool) -> None:
    assert is_mostly_new(new, entries) is suspicious


def every(step: timedelta, number: int) -> list[datetime | None]:
    return [NOW - place * step for place in range(number)]


@pytest.mark.parametrize(
    ("said", "usual", "again"),
    [
        (every(0 * SECOND, 40), 0.5, True),
        (every(SECOND, 40), 0.5, True),
        ([None] * 40, 0.5, True),
        ([*every(SECOND, 36), *every(24 * HOUR, 4)], 0.5, True),
        (every(20 * MINUTE, 40), 0.5, False),  # after a sleep: spread over hours
        (every(24 * HOUR, 40), 0.5, False),  # an archive that keeps its dates is no harm
        (every(SECOND, 9), 0.5, False),
        (every(SECOND, 40), 12.0, False),  # an agency that says so much
    ],
)
def test_rl_09_a_crowd_with_one_time_and_far_more_than_usual_is_an_archive(
    said: list[datetime | None], usual: float, again: bool
) -> None:
    assert is_archive_again(said, usual) is again
