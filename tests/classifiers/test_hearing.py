"""Are we deaf? Judged from the ledger alone."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.alerts.hearing import assess_hearing
from app.alerts.types import Level
from classifiers.detectors.hearing import (
    HeardHour,
    Hearing,
    House,
    find_loss,
    find_silence,
    is_well,
    tell_loss,
    window_of,
)
from classifiers.types import EmergenceKind
from signals.expectation import Expectation

HOUR = timedelta(hours=1)
NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
OSLO = ZoneInfo("Europe/Oslo")
STEADY = Expectation((2.0,) * 168, 50.0, 500, timedelta(weeks=8), timedelta(hours=3), 3.0)


def a_hearing(**given: Any) -> Hearing:
    values: dict[str, Any] = {
        "source_id": 1,
        "name": "Kystposten",
        "tier": 1,
        "health": "heard",
        "is_active": True,
        "failures": 0,
        "error": "",
        "created_at": NOW - timedelta(days=90),
        "heard_at": NOW - 9 * HOUR,
        "asked_at": NOW,
        "silent_after": NOW - HOUR,
        "known": STEADY,
    } | given
    return Hearing(**values)


def hours(*shares: float, expected: float = 5.0, asleep: tuple[int, ...] = ()) -> list[HeardHour]:
    return [
        HeardHour(
            NOW - (len(shares) - number) * HOUR,
            expected,
            share * expected,
            expected,
            share * expected,
            expected if number in asleep else 0.0,
        )
        for number, share in enumerate(shares)
    ]


def test_a_source_is_silent_only_when_it_was_asked_after_it_should_have_spoken() -> None:
    found = find_silence(a_hearing(), 1, NOW, OSLO)
    assert found is not None
    assert found.because == "Kystposten has said nothing for 9 h; 18 items would have been usual."
    assert assess_hearing(found).level is Level.SERIOUS
    assert find_silence(a_hearing(asked_at=NOW - 2 * HOUR), 1, NOW, OSLO) is None
    assert find_silence(a_hearing(silent_after=NOW + HOUR), 1, NOW, OSLO) is None


def test_a_source_fails_after_three_visits_and_what_was_missed() -> None:
    failing = {"health": "failing", "failures": 3, "asked_at": NOW - 3 * HOUR, "error": "No answer."}
    found = find_silence(a_hearing(**failing), 1, NOW, OSLO)
    assert found is not None
    assert found.because == "Kystposten cannot be read since 3 h: No answer; 6 items would have been usual."
    assert find_silence(a_hearing(**failing | {"failures": 1}), 1, NOW, OSLO) is None
    assert find_silence(a_hearing(**failing | {"known": None}), 1, NOW, OSLO) is None
    assert find_silence(a_hearing(**failing | {"known": None, "asked_at": NOW - 25 * HOUR}), 1, NOW, OSLO)


def test_coverage_is_judged_over_as_many_hours_as_it_takes_and_not_over_our_sleep() -> None:
    assert len(window_of(hours(*[1.0] * 24))) == 3
    assert len(window_of(hours(*[1.0] * 24, expected=1.0))) == 12
    assert window_of(hours(*[1.0] * 24, expected=0.1)) == ()
    assert window_of(hours(0.0, 0.0, 0.0, 0.0, asleep=(3,))) == ()
    assert find_loss(window_of(hours(1.0, 0.0, 1.0, 1.0, asleep=(1,))), ()) is None


def test_coverage_is_lost_below_seventy_percent_or_with_a_whole_house() -> None:
    loss = find_loss(window_of(hours(1.0, 0.5, 0.5, 0.5)), ())
    assert loss is not None
    told = tell_loss(loss, 1, NOW)
    assert (told.kind, told.coverage) == (EmergenceKind.COVERAGE_LOST, 0.5)
    assert told.because == "We hear 50% of what is usually said in these 3 hours."
    assert assess_hearing(told).level is Level.SERIOUS
    fine = window_of(hours(1.0, 1.0, 1.0))
    assert find_loss(fine, ()) is None
    house = find_loss(fine, [House("Fjordhuset", 4, 3.0)])
    assert house is not None
    assert tell_loss(house, 1, NOW).because.endswith("nothing at all of Fjordhuset (4 sources).")
    assert not is_well(hours(1.0, 1.0), house)
    assert is_well(hours(0.2, 0.9, 0.9), None)
    assert not is_well(hours(0.9, 0.8), None)
