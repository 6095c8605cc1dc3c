"""The volume detector: online, restartable, and quiet where it should be."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from math import log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.detectors.volume import Reading, VolumeDetector
from classifiers.detectors.volume_settings import VolumeSettings
from classifiers.surprise import surprise

FIVE_MINUTES = VolumeSettings.for_bucket(5)
QUARTER = VolumeSettings.for_bucket(15)
A_DAY = 96  # quarters

some_counts = st.lists(st.integers(0, 40) | st.floats(0, 5_000), min_size=1, max_size=200)


def observe_all(detector: VolumeDetector, counts: Sequence[float], start: int = 0) -> list[Reading]:
    return [detector.observe(count, (start + n) // 4 % 24) for n, count in enumerate(counts)]


def calm(days: int = 5, settings: VolumeSettings = QUARTER) -> VolumeDetector:
    """A detector that has seen ordinary days of two mentions in some quarters and none in others."""
    detector = VolumeDetector(settings)
    observe_all(detector, [2, 0, 1, 0] * (24 * days))
    return detector


@settings(max_examples=50, deadline=None)
@given(some_counts, some_counts)
def test_the_scores_of_a_prefix_do_not_change_when_more_data_follow(
    first: Sequence[float], more: Sequence[float]
) -> None:
    alone = observe_all(VolumeDetector(QUARTER), first)
    together = observe_all(VolumeDetector(QUARTER), [*first, *more])
    assert together[: len(first)] == alone


@settings(max_examples=50, deadline=None)
@given(some_counts, some_counts, st.sampled_from([1, 5, 15, 60, 1440]))
def test_a_restart_from_stored_json_gives_identical_readings(
    before: Sequence[float], after: Sequence[float], minutes: int
) -> None:
    bucket = VolumeSettings.for_bucket(minutes)
    unbroken = VolumeDetector(bucket)
    observe_all(unbroken, before)
    stored = json.loads(json.dumps(unbroken.to_state()))
    restarted = VolumeDetector.from_state(bucket, stored)
    assert observe_all(restarted, after, len(before)) == observe_all(unbroken, after, len(before))


@settings(max_examples=50, deadline=None)
@given(some_counts, st.integers(0, 300))
def test_resting_where_all_is_still_learns_what_observing_nothing_would(before: Sequence[float], empty: int) -> None:
    judged, resting = VolumeDetector(QUARTER), VolumeDetector(QUARTER)
    for detector in (judged, resting):
        observe_all(detector, before)
    for n in range(empty):
        judged.observe(0, n // 4 % 24)
        (resting.rest if resting.is_still else lambda hour: resting.observe(0, hour))(n // 4 % 24)
    assert resting.is_still or empty < QUARTER.windows[-1]
    assert resting.to_state() == judged.to_state()


def test_a_state_of_other_buckets_is_refused() -> None:
    with pytest.raises(ValueError, match="900 seconds"):
        VolumeDetector.from_state(FIVE_MINUTES, VolumeDetector(QUARTER).to_state())


def test_the_state_of_a_quarterly_series_stays_under_250_numbers() -> None:
    stored = json.dumps(calm().to_state())
    assert stored.count(",") + 1 <= 250


@given(st.integers(0, 2000))
@settings(max_examples=20, deadline=None)
def test_two_mentions_never_alert_however_quiet_the_series(quiet_buckets: int) -> None:
    detector = VolumeDetector(FIVE_MINUTES)
    observe_all(detector, [0] * quiet_buckets)
    readings = observe_all(detector, [1, 1, 0, 0], quiet_buckets)
    assert not any(reading.gate_passed or reading.is_alert for reading in readings)
    assert max(reading.score for reading in readings) <= FIVE_MINUTES.gated_score


def test_a_burst_in_a_quiet_series_alerts_and_says_how_unusual_it_is() -> None:
    reading = calm().observe(30, 12)
    assert reading.is_alert
    assert not reading.escalated
    assert reading.window == timedelta(minutes=15)
    assert reading.observed == 30
    assert 0.5 < reading.expected < 1
    assert reading.record > 1
    assert reading.once_every > timedelta(days=365)


def test_an_ordinary_bucket_neither_alerts_nor_passes_the_gate() -> None:
    reading = calm().observe(2, 12)
    assert not reading.is_alert
    assert not reading.gate_passed


def test_a_second_burst_within_twelve_hours_is_not_told_again() -> None:
    detector = calm()
    assert detector.observe(30, 12).is_alert
    again = observe_all(detector, [30] * (A_DAY // 2 - 1))
    assert again[0].score >= QUARTER.threshold
    assert not any(reading.is_alert for reading in again)


def test_a_burst_after_the_cool_down_is_told() -> None:
    detector = calm()
    assert detector.observe(30, 12).is_alert
    observe_all(detector, [0] * (A_DAY // 2 - 1))
    later = detector.observe(60, 0)
    assert later.is_alert
    assert not later.escalated


def test_twice_the_score_within_the_cool_down_is_told_as_an_escalation() -> None:
    detector = calm()
    first = detector.observe(12, 12)
    second = detector.observe(400, 12)
    assert first.is_alert
    assert second.score >= 2 * first.score
    assert second.is_alert
    assert second.escalated


def test_the_first_day_asks_for_a_higher_score() -> None:
    young = replace(QUARTER, warm_up_threshold=1e9)
    assert not any(reading.is_alert for reading in observe_all(VolumeDetector(young), [0] * 40 + [200] * 56))
    assert observe_all(VolumeDetector(QUARTER), [0] * 40 + [200])[-1].is_alert


def test_skipped_buckets_neither_score_nor_learn() -> None:
    detector, same = calm(), calm()
    detector.skip(1)
    before, after = same.to_state(), detector.to_state()
    learned = ("seen", "level", "slot_counts", "slot_weights", "windows", "last_alert")
    assert {key: before[key] for key in learned} == {key: after[key] for key in learned}


def test_the_windows_forget_across_skipped_buckets() -> None:
    detector = calm()
    observe_all(detector, [9, 9])
    detector.skip(1_000_000_000)
    reading = detector.observe(5, 12)
    assert reading.observed == 5
    assert reading.expected < 1


def test_the_cool_down_runs_on_while_nobody_listens() -> None:
    detector = calm()
    assert detector.observe(30, 12).is_alert
    detector.skip(A_DAY // 2)
    assert detector.observe(60, 0).is_alert


def test_a_fall_to_zero_is_no_surge() -> None:
    detector = VolumeDetector(QUARTER)
    observe_all(detector, [100] * (3 * A_DAY))
    fallen = observe_all(detector, [0] * A_DAY)
    assert max(reading.score for reading in fallen) == 0
    assert max(reading.z for reading in fallen) < 0


def test_a_burst_does_not_become_the_new_normal() -> None:
    detector = calm()
    before = detector.observe(1, 0).expected
    observe_all(detector, [5_000] * 8)
    detector.skip(48)
    assert detector.observe(1, 0).expected < 2 * before


@pytest.mark.parametrize("count", [-1, float("nan"), float("inf"), 1e300])
def test_what_is_no_count_is_refused_and_leaves_the_detector_as_it_was(count: float) -> None:
    detector = calm()
    before = detector.to_state()
    with pytest.raises(ValueError, match="a count"):
        detector.observe(count, 0)
    assert detector.to_state() == before


def test_the_surprise_of_nine_where_two_were_expected_agrees_with_a_hand_calculation() -> None:
    assert surprise(9, 2, 0.0) == pytest.approx(sqrt(2 * (8.5 * log(8.5 / 2) - (8.5 - 2))))
    # 8.5 ln 4.25 = 12.2988; 10.5 ln(5.25 / 2) = 10.1333; twice the difference is 4.3309
    assert surprise(9, 2, 0.5) == pytest.approx(sqrt(4.3309), abs=1e-4)


def test_the_surprise_of_none_where_two_were_expected_is_negative() -> None:
    assert surprise(0, 2, 0.0) == pytest.approx(-2.0)
    assert surprise(0, 2, 0.5) == pytest.approx(-sqrt(4 * log(2)))


def test_half_a_mention_above_the_expectation_is_no_surprise() -> None:
    assert surprise(2, 1.8, 0.5) == 0
    assert surprise(0.3, 0.2, 0.5) == 0


def test_the_smallest_number_there_is_is_taken_for_none() -> None:
    assert surprise(5e-324, 2, 0.5) == pytest.approx(surprise(0, 2, 0.5))


def test_the_poisson_form_continues_the_negative_binomial_one() -> None:
    assert surprise(9, 2, 0.99e-6) == pytest.approx(surprise(9, 2, 1.01e-6), abs=1e-4)


@pytest.mark.parametrize(
    ("minutes", "windows", "least", "prior", "visits"),
    [(5, (3, 12, 48, 144), 0.02, 300, 600), (15, (1, 4, 16, 48), 0.06, 100, 200), (60, (1, 4, 12), 0.24, 25, 50)],
)
def test_the_settings_follow_the_length_of_a_bucket(
    minutes: int, windows: tuple[int, ...], least: float, prior: float, visits: float
) -> None:
    bucket = VolumeSettings.for_bucket(minutes)
    assert bucket.windows == windows
    assert bucket.least_expected == pytest.approx(least)
    assert bucket.shape_prior == pytest.approx(prior)
    assert bucket.shape_decay == pytest.approx(0.5 ** (1 / visits))
    assert bucket.cool_down * minutes == 12 * 60


def test_a_daily_series_looks_over_days() -> None:
    assert VolumeSettings.for_bucket(1440).windows == (1, 4, 12)


def test_a_bucket_shorter_than_a_minute_is_refused() -> None:
    with pytest.raises(ValueError, match="one minute"):
        VolumeSettings.for_bucket(0)
