"""What is done with an emergence, and why."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alerts.decide import Budget, decide, midnight, share_of_day
from app.alerts.types import Alert, AlertState, Decision, HoldReason, Verdict
from classifiers.types import EmergenceKind
from tests.support.values import NOW, a_budget, a_severity, a_watch, an_alert, an_emergence


def decided(score: int, latest: Alert | None = None, **budget: object) -> Decision:
    return decide(an_emergence(), a_severity(score), a_watch(), latest, a_budget(**budget))


def test_what_is_serious_enough_is_raised_and_says_why() -> None:
    assert decided(50) == Decision(Verdict.RAISE, "severity 50 reaches the watch's bar, 0")


def test_what_is_low_wakes_nobody() -> None:
    assert decided(34).hold is HoldReason.BELOW_THRESHOLD
    assert decided(35).verdict is Verdict.RAISE


def test_a_burst_that_touches_no_topic_is_held() -> None:
    burst = an_emergence(kind=EmergenceKind.SURGE, topics=())
    assert decide(burst, a_severity(90), a_watch(), None, a_budget()).hold is HoldReason.OFF_TOPIC


def test_topics_that_are_not_the_watch_s_are_held() -> None:
    watch = a_watch(topics=("data_security",))
    held = decide(an_emergence(), a_severity(90), watch, None, a_budget())
    assert held.hold is HoldReason.OFF_TOPIC
    assert "health_safety" in held.reason
    wanted = a_watch(topics=("data_security", "health_safety"))
    assert decide(an_emergence(), a_severity(90), wanted, None, a_budget()).verdict is Verdict.RAISE


@pytest.mark.parametrize("state", [AlertState.RAISED, AlertState.ACKNOWLEDGED])
def test_a_living_alert_grows_instead_of_a_second_being_raised(state: AlertState) -> None:
    assert decided(50, an_alert(50, state)).verdict is Verdict.UPDATE
    assert decided(40, an_alert(50, state)).verdict is Verdict.UPDATE
    assert decided(56, an_alert(50, state)) == Decision(Verdict.ESCALATE, "from moderate to serious")


def test_a_living_alert_is_not_updated_every_minute_unless_it_got_worse() -> None:
    fresh = an_alert(50, changed_at=NOW - timedelta(minutes=4))
    assert decided(50, fresh).verdict is Verdict.HOLD
    assert decided(51, fresh).verdict is Verdict.UPDATE
    assert decided(60, fresh).verdict is Verdict.ESCALATE


def test_a_living_alert_grows_whatever_the_budget_says() -> None:
    assert decided(60, an_alert(50), raised_today=9).verdict is Verdict.ESCALATE


@pytest.mark.parametrize("state", [AlertState.DISMISSED, AlertState.HANDLED])
def test_what_people_closed_comes_back_only_after_growing_15_points(state: AlertState) -> None:
    held = decided(64, an_alert(50, state))
    assert held.hold is HoldReason.DECIDED
    assert held.reason == f"{state.value} at 50; comes back at 65"
    assert decided(65, an_alert(50, state)).verdict is Verdict.RAISE


def test_even_the_gravest_can_come_back() -> None:
    """A story closed at 90 would have had to reach 105."""
    assert decided(99, an_alert(90, AlertState.DISMISSED)).hold is HoldReason.DECIDED
    assert decided(100, an_alert(90, AlertState.DISMISSED)).verdict is Verdict.RAISE


def test_what_faded_may_come_back_as_if_new() -> None:
    assert decided(40, an_alert(60, AlertState.FADED)).verdict is Verdict.RAISE
    assert decided(30, an_alert(60, AlertState.FADED)).hold is HoldReason.BELOW_THRESHOLD


def test_the_budget_of_the_day_holds_back() -> None:
    assert decided(60, raised_today=2).verdict is Verdict.RAISE
    held = decided(60, raised_today=3)
    assert held.hold is HoldReason.BUDGET
    assert held.reason == "3 raised today, budget 3, and none is left of the days before"


def test_what_is_critical_passes_the_budget_up_to_twice() -> None:
    assert decided(75, raised_today=5).verdict is Verdict.RAISE
    assert decided(75, raised_today=6) == Decision(Verdict.HOLD, "6 raised today, budget 3", HoldReason.BUDGET)


BUSY: dict[str, Any] = {"peaks": tuple(range(74, 34, -1)) * 5, "days": 14.0}  # 200 stories in a fortnight


def test_a_graver_one_is_told_when_the_day_s_budget_is_spent_and_the_days_before_left_some() -> None:
    spent = BUSY | {"raised_today": 3, "raised_lately": 41}
    assert decided(73, **spent).verdict is Verdict.RAISE
    assert decided(69, **spent).hold is HoldReason.BUDGET
    assert decided(73, **spent | {"raised_lately": 42}).hold is HoldReason.BUDGET
    assert decided(74, **spent | {"raised_today": 6}).hold is HoldReason.BUDGET


def test_the_last_place_of_the_day_is_kept_for_what_is_clearly_graver() -> None:
    bars = [a_budget(**BUSY, raised_today=told, raised_lately=42).threshold for told in range(6)]
    assert bars == sorted(bars)
    assert bars[0] < bars[2] < bars[5]


def test_the_bar_sinks_while_a_day_goes_by_in_which_nothing_is_told() -> None:
    bars = [a_budget(**BUSY, raised_lately=42, elapsed=hour / 24).threshold for hour in range(25)]
    assert bars == sorted(bars, reverse=True)
    assert bars[0] > bars[12] > bars[24]


@given(
    st.integers(0, 100),
    st.integers(0, 100),
    st.builds(
        Budget,
        per_day=st.sampled_from([0.3, 1, 3, 20]),
        raised_today=st.integers(0, 45),
        peaks=st.lists(st.integers(0, 100), max_size=60),
        days=st.floats(0, 14),
        raised_lately=st.none() | st.integers(0, 300),
        elapsed=st.floats(0, 1),
    ),
)
def test_what_is_more_severe_is_never_held_where_less_would_be_told(one: int, other: int, budget: Budget) -> None:
    less, more = sorted((one, other))
    if decide(an_emergence(), a_severity(less), a_watch(), None, budget).verdict is Verdict.RAISE:
        assert decide(an_emergence(), a_severity(more), a_watch(), None, budget).verdict is Verdict.RAISE


def test_the_bar_is_what_as_many_stories_reached_as_the_budget_allows() -> None:
    peaks = (70, 65, 60, 55, 50, 45)
    busy = {"per_day": 1, "peaks": peaks, "days": 3.0}
    assert a_budget(**busy).threshold == 60
    assert decided(60, **busy).verdict is Verdict.RAISE
    held = decided(59, **busy)
    assert held.hold is HoldReason.BUDGET
    assert "below 60" in held.reason


def test_the_bar_gives_way_where_less_was_raised_than_allowed_and_rises_where_more_was() -> None:
    busy = {"per_day": 1, "peaks": tuple(range(99, 39, -1)), "days": 14.0}
    assert a_budget(**busy).threshold == a_budget(**busy, raised_lately=14).threshold == 86
    assert a_budget(**busy, raised_lately=9).threshold == 71
    assert a_budget(**busy, raised_lately=16).threshold == 92


def test_a_day_begins_at_midnight_where_the_watch_s_people_are() -> None:
    evening = datetime(2026, 3, 29, 21, 30, tzinfo=UTC)  # the day on which the clocks changed
    assert midnight(evening, "Europe/Oslo") == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert midnight(evening, "Asia/Tokyo") == datetime(2026, 3, 29, 15, 0, tzinfo=UTC)


def test_a_share_of_the_day_is_over_where_the_watch_s_people_are_however_long_it_is() -> None:
    noon = datetime(2026, 3, 28, 11, 0, tzinfo=UTC)
    assert share_of_day(noon, "Europe/Oslo") == 0.5
    assert share_of_day(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), "Europe/Oslo") == 0
    assert share_of_day(datetime(2026, 10, 25, 22, 59, tzinfo=UTC), "Europe/Oslo") == 1  # a day of 25 hours


def test_a_quiet_or_young_watch_has_no_bar() -> None:
    assert a_budget(per_day=3, peaks=(90,) * 42, days=14.0).threshold == 0
    assert a_budget(per_day=3, peaks=(), days=0.0).threshold == 0
    assert a_budget(per_day=3, peaks=(80, 70, 60, 50), days=0.0).threshold == 60


def test_every_hold_says_why() -> None:
    for decision in (decided(10), decided(60, raised_today=3), decided(55, an_alert(50, AlertState.HANDLED))):
        assert decision.verdict is Verdict.HOLD
        assert decision.hold is not None
        assert decision.reason


@pytest.mark.parametrize("kind", [EmergenceKind.SLOW_RISE, EmergenceKind.FROM_ZERO, EmergenceKind.NEW_TERM])
def test_a_slow_finding_that_counts_up_what_was_told_is_held_back(kind: EmergenceKind) -> None:
    slow = an_emergence(kind=kind, story_id=None)
    held = decide(slow, a_severity(60), a_watch(), None, a_budget(), told=0.7)
    assert (held.hold, held.reason) == (HoldReason.TOLD, "70% of what it counts has been told already")
    assert decide(slow, a_severity(60), a_watch(), None, a_budget(), told=0.6).verdict is Verdict.RAISE
    surge = an_emergence(kind=EmergenceKind.SURGE, story_id=None)
    assert decide(surge, a_severity(60), a_watch(), None, a_budget(), told=1.0).verdict is Verdict.RAISE
