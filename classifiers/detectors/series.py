"""Reads a `timestamp,value` series line by line and follows it with the volume detector, never looking ahead.

A row's score depends on that row and those before it. One thing only is taken from more than one row: where
the caller does not give the length of a bucket, it is the most common spacing of the time stamps (not the
values) of the first `ROWS_TO_INFER_FROM` good rows, which are held back until then. From the second row on, a
prefix of a regular series scores as the whole does.

A gap in the time stamps means that nobody listened, and is skipped. Where there was silence, write a 0.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice, pairwise
from typing import NamedTuple

from classifiers.detectors.volume import LARGEST_COUNT, Reading, VolumeDetector
from classifiers.detectors.volume_settings import VolumeSettings

ROWS_TO_INFER_FROM = 24

_MINUTE = timedelta(minutes=1)
_CUSTOMARY_MINUTES = (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 10_080)
_JITTER = 0.1  # collectors start a little early or late
_UNIT_MINUTES = {"min": 1, "m": 1, "h": 60, "d": 1440}
_LONE_ROW_BUCKET = 15 * _MINUTE  # a series of one row has no spacing

PassOver = Callable[[int, str], None]  # told the number of a line that cannot be used, and why


class UnusableSeriesError(ValueError):
    """The series as a whole cannot be followed; the message says why in one sentence."""


class Point(NamedTuple):
    """One row as read. `at` serves for distances, `hour` is the hour as written: the audience's own."""

    line: int
    timestamp: str
    at: datetime
    hour: int
    value: float


class ScoredRow(NamedTuple):
    """One row, its time stamp as written, with what the detector made of it."""

    timestamp: str
    value: float
    reading: Reading


def score_series(lines: Iterable[str], pass_over: PassOver, bucket: timedelta | None = None) -> Iterator[ScoredRow]:
    """Score the rows of a CSV one by one, telling `pass_over` of every line that cannot be used."""
    points = _read_points(lines, pass_over)
    first = list(islice(points, ROWS_TO_INFER_FROM))
    bucket = _settle_bucket(bucket, infer_bucket([point.at for point in first]))
    yield from _follow(_one_a_bucket(chain(first, points), bucket, pass_over), bucket)


def _follow(points: Iterable[Point], bucket: timedelta) -> Iterator[ScoredRow]:
    detector = VolumeDetector(VolumeSettings.for_bucket(max(1, round(bucket / _MINUTE))))
    before: datetime | None = None
    for point in points:
        if before is not None:
            detector.skip(max(0, round((point.at - before) / bucket) - 1))
        before = point.at
        yield ScoredRow(point.timestamp, point.value, detector.observe(point.value, point.hour))


def _one_a_bucket(points: Iterable[Point], bucket: timedelta, pass_over: PassOver) -> Iterator[Point]:
    latest: Point | None = None
    for point in points:
        if latest is None or point.at - latest.at > bucket / 2:
            latest = point
            yield point
        elif point.at == latest.at:
            pass_over(point.line, f"same time stamp as line {latest.line}")
        elif point.at < latest.at:
            pass_over(point.line, f"earlier than line {latest.line}; the rows must be sorted by time")
        else:
            pass_over(point.line, f"less than half a bucket after line {latest.line}")


def parse_bucket(text: str) -> timedelta:
    """The length of a bucket as people write it.

    >>> parse_bucket("15min")
    datetime.timedelta(seconds=900)
    """
    match = re.fullmatch(r"(\d{1,5})\s*(min|m|h|d)", text.strip().lower(), re.ASCII)
    if not match or int(match[1]) == 0:
        raise UnusableSeriesError(f"{text!r} is no length of a bucket: write 5min, 1h or 1d.")
    return timedelta(minutes=int(match[1]) * _UNIT_MINUTES[match[2]])


def infer_bucket(times: list[datetime]) -> timedelta | None:
    """The most common step forward, the shortest of equals; None where there is no step."""
    steps = Counter(_customary(later - earlier) for earlier, later in pairwise(times) if later > earlier)
    return max(steps, key=lambda step: (steps[step], -step), default=None)


def _customary(step: timedelta) -> timedelta:
    """The usual length of a bucket that a step is nearly, so that jitter does not split the votes."""
    lengths = (minutes * _MINUTE for minutes in _CUSTOMARY_MINUTES)
    return next((length for length in lengths if abs(step - length) <= _JITTER * length), step)


def _settle_bucket(given: timedelta | None, inferred: timedelta | None) -> timedelta:
    if given and inferred and inferred < given * (1 - _JITTER):
        raise UnusableSeriesError(
            f"The rows are {inferred / _MINUTE:g} min apart, closer than a bucket of {given / _MINUTE:g} min."
        )
    bucket = given or inferred or _LONE_ROW_BUCKET
    if bucket < _MINUTE:
        raise UnusableSeriesError(f"The rows are {bucket / _MINUTE:g} min apart: add them up to a minute or more.")
    return bucket


def _read_points(lines: Iterable[str], pass_over: PassOver) -> Iterator[Point]:
    numbered = enumerate(lines, start=1)
    first = next(numbered, None)
    if first is None:
        return
    columns = _find_columns(first[1].removeprefix("\ufeff"))
    rows = numbered if columns else chain([(1, first[1].removeprefix("\ufeff"))], numbered)
    for number, line in rows:
        if not line.strip():
            continue
        try:
            yield _to_point(number, line, columns or (0, 1))
        except (ValueError, csv.Error) as reason:
            pass_over(number, str(reason))


def _find_columns(first_line: str) -> tuple[int, int] | None:
    """Where the header has the two columns; None if there is no header but a row at once."""
    try:
        names = [name.strip().lower() for name in _split(first_line)]
        if "timestamp" in names and "value" in names:
            return names.index("timestamp"), names.index("value")
        _to_point(1, first_line, (0, 1))
    except (ValueError, csv.Error):
        raise UnusableSeriesError("The first line is neither the header timestamp,value nor such a row.") from None
    return None


def _to_point(line_number: int, line: str, columns: tuple[int, int]) -> Point:
    fields = _split(line)
    if len(fields) <= max(columns):
        raise ValueError(f"too few columns: {len(fields)}")
    timestamp, value = (fields[column].strip() for column in columns)
    written = _to_time(timestamp)
    at = written if written.tzinfo else written.replace(tzinfo=UTC)
    return Point(line_number, timestamp, at, written.hour, _to_count(value))


def _split(line: str) -> list[str]:
    return next(csv.reader([line]), [])


def _to_time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no time stamp") from None


def _to_count(text: str) -> float:
    try:
        count = float(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is no number") from None
    if not 0 <= count <= LARGEST_COUNT:
        raise ValueError(f"{text[:40]!r} is no count of mentions")
    return count
