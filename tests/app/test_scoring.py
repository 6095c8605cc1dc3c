"""The figures of scorecards, reckoned by hand: each line of the rows below can be followed to its figure."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.alerts.judged import is_useful
from app.alerts.types import AlertState, DismissReason
from app.errors import Invalid
from app.records.scorecards import (
    AlertFacts,
    Figures,
    HeardFacts,
    HeldFacts,
    Period,
    Records,
    Span,
    StoryCourse,
    WatchFacts,
)
from app.services.periods import custom, days_begun, period_before, period_of
from app.services.scoring import figures_of, share_of, times_of

OSLO = ZoneInfo("Europe/Oslo")
MARCH = period_of(Span.MONTH, date(2026, 3, 11), OSLO)
LATER = datetime(2026, 5, 1, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SCHOOL = WatchFacts(1, "School", "Head teacher", 2, is_active=True)
WATER = WatchFacts(2, "Water", "Head of technics", 3, is_active=True)


def utc(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def an_alert(number: int = 1, at: datetime | None = None, **given: Any) -> AlertFacts:
    """`taken` and `handled`: minutes after it was raised."""
    raised_at = at or utc(3, 11)
    taken, handled = given.pop("taken", None), given.pop("handled", None)
    values: dict[str, Any] = {
        "watch_id": 1,
        "story_id": None,
        "state": AlertState.RAISED,
        "dismiss_reason": None,
        "acknowledged_at": None if taken is None else raised_at + taken * MINUTE,
        "handled_at": None if handled is None else raised_at + handled * MINUTE,
    } | given
    return AlertFacts(id=number, raised_at=raised_at, **values)


def judged(number: int, reason: DismissReason | None = None, **given: Any) -> AlertFacts:
    state = AlertState.DISMISSED if reason else AlertState.HANDLED
    return an_alert(number, state=state, dismiss_reason=reason, **given)


def figures(*alerts: AlertFacts, period: Period = MARCH, now: datetime = LATER, **given: Any) -> Figures:
    rows = {"courses": {}, "held": (), "heard": ()} | given
    return figures_of(Records(alerts, **rows), (SCHOOL, WATER), None, period, now, OSLO)


def test_precision_counts_what_people_judged_and_nothing_else() -> None:
    found = figures(
        judged(1),
        judged(2),
        judged(3),
        judged(4),
        judged(5, DismissReason.NOT_RELEVANT),
        judged(6, DismissReason.TOO_LATE),
        judged(7, DismissReason.DUPLICATE),
        judged(8, DismissReason.ALREADY_HANDLED),
        an_alert(9, state=AlertState.FADED),
        an_alert(10, state=AlertState.ACKNOWLEDGED),
    )
    assert found.alerts == 10
    assert (found.precision.count, found.precision.of) == (4, 6)
    assert found.precision.share == pytest.approx(4 / 6)
    # (4/6 + z²/12 ± z √(4/6 · 2/6 / 6 + z²/144)) / (1 + z²/6) for z = 1.959964
    assert (found.precision.low, found.precision.high) == pytest.approx((0.29999, 0.90323), abs=1e-5)
    assert found.dismissed == {"already_handled": 1, "duplicate": 1, "not_relevant": 1, "too_late": 1}


@pytest.mark.parametrize(
    ("reason", "useful"),
    [
        (None, True),
        (DismissReason.WRONG_SUBJECT, False),
        (DismissReason.NOT_RELEVANT, False),
        (DismissReason.OLD_NEWS, False),
        (DismissReason.BOILERPLATE, False),
        (DismissReason.TOO_LATE, False),
        (DismissReason.OTHER, False),
        (DismissReason.DUPLICATE, None),
        (DismissReason.ALREADY_HANDLED, None),
    ],
)
def test_each_way_to_close_an_alert_says_what_the_table_says(reason: DismissReason | None, useful: bool | None) -> None:
    assert is_useful(AlertState.DISMISSED if reason else AlertState.HANDLED, reason) is useful


def test_numbers_too_small_are_counted_and_not_told() -> None:
    few = share_of(4, 4)
    assert (few.count, few.of, few.share, few.low, few.high) == (4, 4, None, None, None)
    assert share_of(0, 5).low == 0.0
    assert share_of(5, 5).high == pytest.approx(1.0)
    short = times_of([MINUTE] * 4)
    assert (short.count, short.median, short.ninth, short.ahead) == (4, None, None, 4)


def test_times_have_a_median_and_what_nine_in_ten_kept_to() -> None:
    found = times_of(number * MINUTE for number in (90, 1, 3, 2, 5, 4, 7, 6, 9, 8))
    assert (found.count, found.median, found.ninth) == (10, 5.5 * MINUTE, 9 * MINUTE)


def test_acknowledging_and_handling_are_timed_from_the_raising() -> None:
    alerts = [judged(number, taken=taken, handled=60 * number) for number, taken in enumerate((2, 4, 6, 8, 100), 1)]
    found = figures(*alerts, an_alert(6), an_alert(7, state=AlertState.FADED))
    assert (found.to_acknowledge.count, found.to_acknowledge.median) == (5, 6 * MINUTE)
    assert found.to_acknowledge.ninth == 100 * MINUTE
    assert (found.to_handle.count, found.to_handle.median) == (5, 3 * HOUR)
    assert found.untaken == 2


def a_course(peak: datetime, *, last: datetime | None = None, tier1: datetime | None = None) -> StoryCourse:
    """One signal, then four in the hour of the peak, then four once more."""
    hours = ((peak - 3 * HOUR, 1), (peak, 4), (peak + HOUR, 4))
    return StoryCourse(hours, last or peak + HOUR, tier1)


def test_lead_runs_from_the_alert_to_the_first_busiest_hour() -> None:
    alerts = [an_alert(number, utc(3, number, 9, 30), story_id=number) for number in range(1, 7)]
    hours = (10, 11, 12, 13, 8, 14)  # the fifth came after its peak
    courses = {number: a_course(utc(3, number, hour)) for number, hour in enumerate(hours, 1)}
    found = figures(*alerts, courses=courses).to_peak
    assert (found.count, found.ahead) == (6, 5)
    assert found.median == 2 * HOUR  # of -1.5, .5, 1.5, 2.5, 3.5, 4.5 hours


def test_a_story_that_may_still_grow_or_is_hardly_told_has_no_peak() -> None:
    at = utc(3, 11)
    growing = a_course(at, last=LATER - 23 * HOUR)
    single = StoryCourse(((at, 1), (at + HOUR, 1)), at, None)
    alerts = an_alert(1, story_id=1), an_alert(2, story_id=2), an_alert(3), an_alert(4, story_id=404)
    assert figures(*alerts, courses={1: growing, 2: single}).to_peak.count == 0
    over = a_course(at, last=LATER - 24 * HOUR)
    assert figures(*alerts, courses={1: over, 2: single}).to_peak.count == 1


def test_lead_to_the_first_tier_1_medium_counts_only_stories_that_one_has_told() -> None:
    alerts = [an_alert(number, story_id=number) for number in range(1, 8)]
    minutes = (-30, 20, 40, 60, 500)
    courses = {number: a_course(utc(3, 11), tier1=utc(3, 11) + one * MINUTE) for number, one in enumerate(minutes, 1)}
    found = figures(*alerts, courses=courses | {6: a_course(utc(3, 11))}).to_tier1
    assert (found.count, found.ahead, found.median) == (5, 4, 40 * MINUTE)


def test_load_is_told_by_local_day_against_the_budget() -> None:
    week = period_of(Span.WEEK, date(2026, 3, 11), OSLO)
    early = [an_alert(number, utc(3, 8, 23, 30)) for number in range(6)]  # 00:30 on Monday in Oslo
    late = [an_alert(7, utc(3, 15, 22, 59)), an_alert(8, utc(3, 15, 23, 1))]  # Sunday 23:59; Monday 00:01
    load = figures(*early, *late, period=week).load
    assert load.by_day == (6, 0, 0, 0, 0, 0, 1)
    assert (load.limit, load.busiest, load.days_above) == (5, 6, 1)
    assert load.a_day == 1.0


@pytest.mark.parametrize(("sunday", "hours"), [(date(2026, 3, 29), 167), (date(2026, 10, 25), 169)])
def test_a_week_in_which_the_clocks_change_has_seven_days(sunday: date, hours: int) -> None:
    week = period_of(Span.WEEK, sunday, OSLO)
    assert week.until - week.begin == hours * HOUR
    rows = [an_alert(number, week.until - number * HOUR) for number in range(1, 15)]
    load = figures(*rows, period=week, now=week.until + HOUR).load
    assert load.by_day == (0, 0, 0, 0, 0, 0, 14)  # all on Sunday, which has 23 or 25 hours
    assert load.a_day == 2.0


def test_a_day_that_is_not_over_counts_in_part() -> None:
    week = period_of(Span.WEEK, date(2026, 3, 29), OSLO)
    half_past = datetime(2026, 3, 29, 10, 30, tzinfo=UTC)  # 11.5 of the 23 hours of that Sunday
    shares = [share for _, _, share in days_begun(week, half_past, OSLO)]
    assert shares == [1, 1, 1, 1, 1, 1, 0.5]
    assert figures(*[an_alert(n, utc(3, 24)) for n in range(13)], period=week, now=half_past).load.a_day == 2.0
    nobody_knows = figures(period=week, now=week.begin - HOUR).load
    assert (nobody_knows.a_day, nobody_knows.by_day) == (0.0, ())


def test_what_was_held_is_summed_by_reason_over_the_watches() -> None:
    held = (
        HeldFacts(1, "budget", 3),
        HeldFacts(2, "budget", 4),
        HeldFacts(2, "off_topic", 5),
        HeldFacts(9, "budget", 7),
    )
    assert figures(held=held).held == {"budget": 7, "off_topic": 5}


def test_coverage_is_the_share_of_what_is_usually_said() -> None:
    heard = (HeardFacts(1, 90.0, 81.0, 744, 700), HeardFacts(2, 10.0, 9.0, 744, 0), HeardFacts(3, 100.0, 0.0, 744, 0))
    records = Records((), {}, (), heard)
    assert figures_of(records, (SCHOOL,), None, MARCH, LATER, OSLO).coverage == pytest.approx(90 / 200)
    assert figures_of(records, (SCHOOL,), frozenset({1, 2}), MARCH, LATER, OSLO).coverage == pytest.approx(0.9)
    silent = Records((), {}, (), (HeardFacts(1, 0.0, 0.0, 10, 4),))
    assert figures_of(silent, (SCHOOL,), None, MARCH, LATER, OSLO).coverage == pytest.approx(0.4)
    assert figures().coverage is None


def test_a_watch_at_rest_wishes_for_nothing_and_its_alerts_count() -> None:
    rests = WatchFacts(1, "School", "", 2, is_active=False)
    found = figures_of(Records((an_alert(),), {}, (), ()), (rests,), None, MARCH, LATER, OSLO)
    assert (found.alerts, found.load.limit) == (1, 0)


@pytest.mark.parametrize(
    ("span", "day", "first", "last", "before"),
    [
        (Span.WEEK, date(2026, 1, 1), date(2025, 12, 29), date(2026, 1, 4), date(2025, 12, 22)),
        (Span.MONTH, date(2026, 2, 28), date(2026, 2, 1), date(2026, 2, 28), date(2026, 1, 1)),
        (Span.MONTH, date(2025, 12, 31), date(2025, 12, 1), date(2025, 12, 31), date(2025, 11, 1)),
        (Span.QUARTER, date(2026, 2, 28), date(2026, 1, 1), date(2026, 3, 31), date(2025, 10, 1)),
    ],
)
def test_periods_are_those_of_the_calendar(span: Span, day: date, first: date, last: date, before: date) -> None:
    period = period_of(span, day, OSLO)
    assert (period.first, period.last) == (first, last)
    assert period.begin.astimezone(OSLO) == datetime(first.year, first.month, first.day, tzinfo=OSLO)
    earlier = period_before(period, span, OSLO)
    assert (earlier.first, earlier.until) == (before, period.begin)


def test_a_custom_period_is_compared_with_as_many_days_before_it() -> None:
    period = custom(date(2026, 3, 20), date(2026, 3, 29), OSLO)
    assert period.until - period.begin == timedelta(days=10) - HOUR
    before = period_before(period, Span.CUSTOM, OSLO)
    assert (before.first, before.last) == (date(2026, 3, 10), date(2026, 3, 19))


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 3, 2), date(2026, 3, 1)), (date(2025, 1, 1), date(2026, 3, 1)), (date.min, date.max)],
)
def test_a_period_that_cannot_be_is_refused(first: date, last: date) -> None:
    with pytest.raises(Invalid):
        custom(first, last, OSLO)
