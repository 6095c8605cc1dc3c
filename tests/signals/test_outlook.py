"""Will it fade, hold or grow: features, probabilities that are honest, and the rule by which they are scored."""

from datetime import UTC, datetime, timedelta

import pytest

from signals.outlook import (
    HORIZONS,
    Outlook,
    Reason,
    Told,
    chance_of_large,
    features_of,
    outlook,
    what_came,
)

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HALF_HOUR, HOUR = HORIZONS


def told(*minutes: float, **given: bool) -> list[Told]:
    """Signals so many minutes from noon, each of its own publisher."""
    return [Told(NOON + minute * MINUTE, f"paper {number}", **given) for number, minute in enumerate(minutes)]


QUICK = told(-25, -22, -18, -12, -8, -5, -3, -1)
SLOW = told(-600, -200)


def test_the_three_chances_make_one() -> None:
    for story in (QUICK, SLOW):
        for horizon in HORIZONS:
            found = outlook(features_of(story, NOON), horizon)
            assert found.fading + found.holding + found.growing == pytest.approx(1.0)
            assert found.because
            assert found.chance_of(found.likeliest) == max(found.fading, found.holding, found.growing)


def test_more_is_to_come_of_a_quick_story_than_of_a_slow_one() -> None:
    for horizon in HORIZONS:
        quick, slow = (outlook(features_of(story, NOON), horizon) for story in (QUICK, SLOW))
        assert quick.expected > 2 * slow.expected
    assert chance_of_large(features_of(QUICK, NOON)) > chance_of_large(features_of(SLOW, NOON))


def test_what_comes_later_is_not_known_yet() -> None:
    assert features_of(QUICK + told(5, 10), NOON) == features_of(QUICK, NOON)


def test_copies_are_no_voices_and_count_a_quarter() -> None:
    features = features_of([*told(-30), *told(-20, -10, is_copy=True)], NOON)
    assert (features.signals, features.weighted, features.publishers) == (3, 1.5, 1)
    assert features.unique_share == pytest.approx(1 / 3)


def test_a_silent_story_says_that_it_is_silent() -> None:
    assert outlook(features_of(SLOW, NOON), HOUR).because[0] is Reason.QUIET_FOR_A_WHILE


@pytest.mark.parametrize(
    ("after", "came"),
    [((), Outlook.FADING), ((5,), Outlook.FADING), ((5, 10), Outlook.HOLDING), ((5, 8, 12, 20, 25), Outlook.GROWING)],
)
def test_what_came_is_measured_against_the_pace_so_far(after: tuple[int, ...], came: Outlook) -> None:
    before = told(-55, -40, -30, -20, -10, 0)  # six in 55 minutes: three and a bit in half an hour
    assert what_came([*before, *told(*after)], NOON, HALF_HOUR) is came


def test_a_signal_at_the_very_moment_belongs_to_the_past() -> None:
    assert what_came(told(-10, 0), NOON, HALF_HOUR) is Outlook.FADING
    assert what_came(told(-300, 30), NOON, HALF_HOUR) is Outlook.GROWING


def test_nothing_seen_has_no_outlook_and_no_horizon_but_two_is_known() -> None:
    with pytest.raises(ValueError, match="at least one signal"):
        features_of(told(5), NOON)
    with pytest.raises(ValueError, match="no outlook over"):
        outlook(features_of(QUICK, NOON), timedelta(hours=2))
