"""Buckets of time as people mean them, and what is usual in one: pure arithmetic for trends."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median, quantiles
from types import MappingProxyType
from zoneinfo import ZoneInfo

from app.records import Band, Bucket
from app.records.coverage import HourRow

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
BACK = 8  # weeks that say what is usual
LEAST_WEEKS = 2
LEAST_WEIGHT = 0.01  # items: an hour in which nothing is usual counts for next to nothing


def floor(at: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    """The start of the bucket that holds a moment; days begin at local midnight."""
    if bucket is Bucket.QUARTER:
        return at.astimezone(UTC).replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    local = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return (local if bucket is Bucket.HOUR else local.replace(hour=0, fold=0)).astimezone(UTC)


def following(start: datetime, bucket: Bucket, zone: ZoneInfo) -> datetime:
    """The start of the next bucket. A local day has 23 or 25 hours twice a year."""
    if bucket is Bucket.DAY:
        return floor(start + timedelta(hours=30), Bucket.DAY, zone)
    return start + (QUARTER if bucket is Bucket.QUARTER else HOUR)


def edges(start: datetime, end: datetime, bucket: Bucket, zone: ZoneInfo) -> list[datetime]:
    """Starts of all buckets that touch [start, end), and the end of the last."""
    found = [floor(start, bucket, zone)]
    while found[-1] < end:
        found.append(following(found[-1], bucket, zone))
    return found


def heard_share(
    start: datetime,
    end: datetime,
    now: datetime,
    unheard: frozenset[datetime],
    ledger: Mapping[datetime, HourRow] = MappingProxyType({}),
) -> float:
    """Share of what is usually said in a bucket, up to now, that was heard.

    Hours in the ledger weigh by what was expected in them. Of the others it is known only in which quarters somebody
    listened: they weigh as much as the average hour.
    """
    hours = [row for hour in _hours_of(start, min(end, now)) if (row := ledger.get(hour))]
    usual = sum(row.heard.expected for row in hours) / len(hours) if hours else 1.0
    total = heard = 0.0
    quarter = start
    while quarter < min(end, now):
        row = ledger.get(quarter.replace(minute=0))
        weight = (row.heard.expected if row else usual) + LEAST_WEIGHT
        total += weight
        heard += weight * (row.share if row else quarter not in unheard)
        quarter += QUARTER
    return heard / total if total else 0.0


def _hours_of(start: datetime, end: datetime) -> Iterator[datetime]:
    hour = start.replace(minute=0)
    while hour < end:
        yield hour
        hour += HOUR


def to_band(start: datetime, bucket: Bucket, zone: ZoneInfo, known: Mapping[datetime, int]) -> Band | None:
    """What is usual at this hour of this weekday, from up to eight weeks before; None with fewer than two.

    `known` holds the counts of earlier buckets that were listened to.
    """
    weeks = [found for back in range(1, BACK + 1) if (found := _week(start, back, bucket, zone, known))]
    if len(weeks) < LEAST_WEEKS:
        return None
    counts = [count for week in weeks for count in week]
    tenths = quantiles(counts, n=10, method="inclusive")
    return Band(median(counts), tenths[0], tenths[-1])


def _week(start: datetime, back: int, bucket: Bucket, zone: ZoneInfo, known: Mapping[datetime, int]) -> Sequence[int]:
    """Counts at the same local time some weeks ago: for quarters, the four of that hour."""
    local = start.astimezone(zone).replace(tzinfo=None) - back * WEEK
    if bucket is not Bucket.QUARTER:
        then = local.replace(tzinfo=zone).astimezone(UTC)
        return [known[then]] if then in known else []
    hour = local.replace(minute=0, tzinfo=zone).astimezone(UTC)
    return [known[then] for part in range(4) if (then := hour + part * QUARTER) in known]
