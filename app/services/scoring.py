"""The figures of a scorecard: pure arithmetic over records."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

from app.alerts.judged import is_useful
from app.alerts.types import AlertState, DismissReason
from app.records.scorecards import (
    AlertFacts,
    Figures,
    HeardFacts,
    Load,
    Period,
    Records,
    Share,
    StoryCourse,
    Times,
    WatchFacts,
)
from app.services.periods import days_begun

LEAST: Final = 5  # fewer tell nothing: they are counted, not drawn
LEAST_FOR_A_PEAK: Final = 3  # signals
OVER: Final = timedelta(hours=24)  # a story that spoke since may still grow
Z: Final = 1.959964  # 95 %


def figures_of(
    records: Records,
    watches: Sequence[WatchFacts],
    audience: frozenset[int] | None,
    period: Period,
    now: datetime,
    zone: ZoneInfo,
) -> Figures:
    """What some watches did in a period. `audience`: the sources they listen to; None: all."""
    ids = {one.id for one in watches}
    alerts = [one for one in records.alerts if one.watch_id in ids and period.begin <= one.raised_at < period.until]
    courses = {one.id: records.courses.get(one.story_id or 0) for one in alerts}
    held: Counter[str] = Counter()
    for line in records.held:
        if line.watch_id in ids:
            held[line.reason] += line.count
    heard = [one for one in records.heard if audience is None or one.source_id in audience]
    return Figures(
        alerts=len(alerts),
        precision=precision_of(alerts),
        to_peak=times_of(lead for one in alerts if (lead := lead_to_peak(one, courses[one.id], now)) is not None),
        to_tier1=times_of(lead for one in alerts if (lead := lead_to_tier1(one, courses[one.id])) is not None),
        to_acknowledge=times_of(one.acknowledged_at - one.raised_at for one in alerts if one.acknowledged_at),
        to_handle=times_of(one.handled_at - one.raised_at for one in alerts if one.handled_at),
        untaken=sum(one.acknowledged_at is None and not is_double(one) for one in alerts),
        dismissed=reasons_of(alerts),
        load=load_of(alerts, sum(one.alerts_per_day for one in watches if one.is_active), period, now, zone),
        held=dict(sorted(held.items())),
        coverage=coverage_of(heard),
    )


def precision_of(alerts: Iterable[AlertFacts]) -> Share:
    """How many of those that people judged were useful."""
    said = [verdict for one in alerts if (verdict := is_useful(one.state, one.dismiss_reason)) is not None]
    return share_of(sum(said), len(said))


def share_of(count: int, of: int) -> Share:
    """A share with its interval after Wilson, which is honest for few and never leaves 0 to 1.

    >>> one = share_of(8, 10)
    >>> round(one.share, 2), round(one.low, 3), round(one.high, 3)
    (0.8, 0.49, 0.943)
    """
    if of < LEAST:
        return Share(count, of, None, None, None)
    share, z2 = count / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    width = Z * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return Share(count, of, share, max(0.0, middle - width), min(1.0, middle + width))


def times_of(spans: Iterable[timedelta]) -> Times:
    ordered = sorted(spans)
    ahead = sum(one > timedelta(0) for one in ordered)
    if len(ordered) < LEAST:
        return Times(len(ordered), None, None, ahead)
    ninth = ordered[-(-9 * len(ordered) // 10) - 1]  # the smallest that nine in ten do not exceed
    return Times(len(ordered), timedelta(seconds=median(one.total_seconds() for one in ordered)), ninth, ahead)


def lead_to_peak(alert: AlertFacts, course: StoryCourse | None, now: datetime) -> timedelta | None:
    """From the alert to the beginning of the story's busiest hour, the first of several; negative: it came late.

    None where there is no peak: a story of one or two signals, or one that may still grow.
    """
    if course is None or now - course.last_seen_at < OVER or sum(n for _, n in course.hours) < LEAST_FOR_A_PEAK:
        return None
    peak, _ = max(course.hours, key=lambda hour: (hour[1], -hour[0].timestamp()))
    return peak - alert.raised_at


def lead_to_tier1(alert: AlertFacts, course: StoryCourse | None) -> timedelta | None:
    """From the alert to the first tier-1 medium that told the story; None where none has."""
    return course.tier1_at - alert.raised_at if course and course.tier1_at else None


def is_double(alert: AlertFacts) -> bool:
    return alert.dismiss_reason is DismissReason.DUPLICATE


def reasons_of(alerts: Iterable[AlertFacts]) -> Mapping[str, int]:
    found = Counter(
        one.dismiss_reason.value for one in alerts if one.state is AlertState.DISMISSED and one.dismiss_reason
    )
    return dict(sorted(found.items()))


def load_of(alerts: Sequence[AlertFacts], limit: int, period: Period, now: datetime, zone: ZoneInfo) -> Load:
    days = days_begun(period, now, zone)
    counts = [0] * len(days)
    begins = [begin for begin, _, _ in days]
    for one in alerts:
        if place := bisect_right(begins, one.raised_at):
            counts[place - 1] += 1
    elapsed = sum(share for _, _, share in days)
    return Load(
        a_day=len(alerts) / elapsed if elapsed else 0.0,
        limit=limit,
        busiest=max(counts, default=0),
        days_above=sum(count > limit for count in counts),
        by_day=tuple(counts),
    )


def coverage_of(heard: Sequence[HeardFacts]) -> float | None:
    """The share of what is usually said that fell into hours in which we heard; of hours, where nothing is usual."""
    expected = sum(one.expected for one in heard)
    if expected > 0:
        return sum(one.heard for one in heard) / expected
    hours = sum(one.hours for one in heard)
    return sum(one.heard_hours for one in heard) / hours if hours else None
