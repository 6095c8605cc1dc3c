"""What charts show: series as compact values for the script, the sentence that sums them up, paths of small trends."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import sqrt
from typing import Any

from app.dashboard.speech import Speech
from app.dashboard.wording import BUCKETS
from app.records import Bucket, Trend, TrendPoint

WIDTH, HEIGHT = 96.0, 24.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A trend in words: title, one sentence, and how it compares with what is usual."""

    title: str
    sentence: str
    ratio: float | None


def find(trend: Trend, speech: Speech) -> Finding:
    """What the series says; the open bucket and gaps are left out of comparisons."""
    closed = [point for point in trend.points if point.signals is not None and not point.is_partial]
    judged = [point for point in closed if point.band is not None]
    observed = sum(point.signals or 0 for point in judged)
    usual = sum(point.band.median for point in judged if point.band)
    ratio = observed / usual if usual else None
    name = trend.label or "Everything"
    total = speech.number(trend.total)
    gaps = sum(1 for point in trend.points if point.signals is None)
    parts = [f"{total} independent {plural(trend.total, 'signal')} from {counted(trend.sources, 'source', speech)}"]
    if closed:
        top = max(closed, key=lambda point: point.signals or 0)
        if (top.signals or 0) > 1:
            parts.append(f"most, {speech.number(top.signals)}, in the {bucket_words(trend.bucket, top, speech)}")
    if ratio is not None:
        parts.append(f"{speech.figure(usual)} would have been usual")
    above = [point for point in judged if point.band and (point.signals or 0) > point.band.high]
    if above:
        parts.append(f"{counted(len(above), 'bucket', speech)} above the usual band")
    begun = [point for point in trend.points if point.is_partial and point.band]
    is_above = bool(begun) and (begun[-1].signals or 0) > begun[-1].band.high  # type: ignore[union-attr]
    if is_above:
        parts.append(f"the open {BUCKETS[trend.bucket]} already has {speech.number(begun[-1].signals)}, above the band")
    partly = sum(1 for point in trend.points if point.is_partly_heard)
    if partly:
        parts.append(f"heard only in part in {counted(partly, 'bucket', speech)}, hatched: more may have been said")
    if gaps:
        parts.append(f"nobody listened in {counted(gaps, 'bucket', speech)}, shown as gaps")
    is_clear = abs(observed - usual) > 2 * sqrt(max(usual, 1))
    heading = title(name, trend, ratio if is_clear or ratio is None else 1.0, is_above, speech)
    return Finding(heading, "; ".join(parts) + ".", ratio)


def title(name: str, trend: Trend, ratio: float | None, is_above: bool, speech: Speech) -> str:
    """The finding in a few words. `ratio` is 1 where the difference may well be chance."""
    if not trend.total:
        return f"{name}: nothing heard" if trend.coverage else f"{name}: nobody listened"
    if ratio is None:
        return f"{name}: {counted(trend.total, 'signal', speech)}"
    if is_above:
        return f"{name}: more than usual, and the {BUCKETS[trend.bucket]} is not over"
    if ratio >= 1.25:
        return f"{name}: {speech.figure(ratio)} times the usual"
    if ratio <= 0.8:
        return f"{name}: quieter than usual"
    return f"{name}: about as usual"


def bucket_words(bucket: Bucket, point: TrendPoint, speech: Speech) -> str:
    if bucket is Bucket.DAY:
        return f"day of {speech.date(point.start)}"
    return f"{'hour' if bucket is Bucket.HOUR else 'quarter'} from {speech.full(point.start)}"


def plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def counted(count: int, noun: str, speech: Speech) -> str:
    return f"{speech.number(count)} {plural(count, noun)}"


def per_thousand(trend: Trend, everything: Trend) -> Trend:
    """The same as a share: signals per 1,000 of all that was heard (UX-40)."""
    all_of_it = {point.start: point.signals for point in everything.points}

    def scale(point: TrendPoint) -> TrendPoint:
        whole = all_of_it.get(point.start)
        if point.signals is None or whole is None:
            return replace(point, signals=None, band=None)
        return replace(point, signals=round(1000 * point.signals / whole) if whole else 0, band=None)

    return replace(trend, points=tuple(map(scale, trend.points)))


def to_json(trend: Trend, speech: Speech, unit: str) -> str:
    """What the script draws: times in milliseconds, values, whether open, band; and the alerts."""
    words: dict[str, Any] = {
        "label": trend.label or "Everything",
        "unit": unit,
        "start": wall_clock(trend.start, speech),
        "end": wall_clock(min(trend.end, speech.now) if trend.bucket is not Bucket.DAY else trend.end, speech),
        "bucket": trend.bucket.value,
        "language": speech.language,
        "points": [_point(point, speech) for point in trend.points],
        "markers": [
            {"at": wall_clock(one.at, speech), "title": one.title, "level": one.level.value, "id": one.alert_id}
            for one in trend.markers
        ],
    }
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def _point(point: TrendPoint, say: Speech) -> list[float | int | None]:
    band = point.band
    return [
        wall_clock(point.start, say),
        point.signals,
        int(point.is_partial),
        band.low if band else None,
        band.median if band else None,
        band.high if band else None,
        round(point.heard, 3),
    ]


def wall_clock(at: datetime, say: Speech) -> int:
    """What the clock on the wall shows, as milliseconds: the axis then has its ticks at local midnights in every
    browser. In the night when clocks go back two buckets share a place."""
    return int(say.local(at).replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Spark:
    """A small trend: a line, the area under it and its last point, in a box of 96 by 24."""

    line: str
    area: str
    x: float
    y: float


def spark(values: Sequence[int]) -> Spark:
    """
    >>> spark([0, 2]).line
    'M2.0 22.0L94.0 3.0'
    """
    top = max(max(values, default=0), 1)
    step = (WIDTH - 4) / max(len(values) - 1, 1)
    points = [(2 + step * place, HEIGHT - 2 - (HEIGHT - 5) * value / top) for place, value in enumerate(values)]
    line = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return Spark(line, f"{line}L{points[-1][0]:.1f} {HEIGHT}L2 {HEIGHT}Z", points[-1][0], points[-1][1])


@dataclass(frozen=True, slots=True)
class Bar:
    """One of some small bars; `kind`: some, none, or missing where nobody listened."""

    x: float
    y: float
    height: float
    kind: str


def bars(values: Sequence[int | None]) -> tuple[Bar, ...]:
    top = max((value or 0 for value in values), default=0) or 1
    found = []
    for place, value in enumerate(values):
        height = 20.0 if value is None else max(2.0, 20.0 * value / top)
        kind = "missing" if value is None else "some" if value else "none"
        found.append(Bar(1 + 9 * place, 22 - height, height, kind))
    return tuple(found)
