"""Taking turns at a service: a bucket of requests per host, and the waiting that follows from it."""

from asyncio import get_running_loop, sleep
from dataclasses import dataclass, replace
from datetime import timedelta

from signals.fetch_errors import FetchError, FetchErrorKind

LONGEST_WAIT = 60.0  # seconds; who would wait longer comes back another time
MOST_BUCKETS = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast we may ask: so many at once, and one more after each `every` seconds."""

    burst: int
    every: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """Requests left at a moment; below zero they are promised to others who wait already."""

    left: float
    at: float
    closed_until: float = 0.0


def take(bucket: Bucket, pace: Pace, at: float) -> tuple[Bucket, float]:
    """The bucket after one more request, and how many seconds that request must wait. `at` is on any steady clock.

    >>> first, wait = take(Bucket(1, at=0), Pace(burst=1, every=5), at=0)
    >>> wait, take(first, Pace(burst=1, every=5), at=2)[1]
    (0.0, 3.0)
    """
    left = min(pace.burst, bucket.left + (at - bucket.at) / pace.every) - 1
    wait = max(0.0, -left * pace.every, bucket.closed_until - at)
    return replace(bucket, left=left, at=at), wait


def close(bucket: Bucket, until: float) -> Bucket:
    """The bucket of a service that asked us to stay away."""
    return replace(bucket, closed_until=max(bucket.closed_until, until))


class Turns:
    """The buckets of one process. Several processes behind one address each have their own: see docs/sources.md."""

    def __init__(self) -> None:
        self._buckets: dict[str, Bucket] = {}

    async def wait(self, host: str, pace: Pace) -> None:
        """Return when it is our turn. FetchError when that would take too long; nothing is spent then."""
        now = get_running_loop().time()
        after, wait = take(self._buckets.get(host, Bucket(pace.burst, now)), pace, now)
        if wait > LONGEST_WAIT:
            raise FetchError(
                FetchErrorKind.TOO_OFTEN,
                f"{host} allows no more requests for now. We wait; fewer sources of this service would help.",
                retry_after=timedelta(seconds=wait),
            )
        self._make_room(now)
        self._buckets[host] = after
        if wait > 0:
            await sleep(wait)

    def close(self, host: str, pause: timedelta) -> None:
        """The service asked us to stay away: nobody asks it before the pause is over."""
        now = get_running_loop().time()
        self._buckets[host] = close(self._buckets.get(host, Bucket(1, now)), now + pause.total_seconds())

    def _make_room(self, now: float) -> None:
        if len(self._buckets) >= MOST_BUCKETS:
            hour = 3_600
            self._buckets = {
                host: one for host, one in self._buckets.items() if one.at > now - hour or one.closed_until > now
            }
