"""Sources on virtual time: feeds of many kinds are visited as the rhythm says, without a socket or a clock."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median_low

from signals import rhythm
from signals.rhythm import Bounds, Health, Pace, Plan

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NEWSPAPER_DAY = (1, 0.5, 0.3, 0.3, 0.5, 2, 4, 6, 7, 7, 7, 7, 7, 7, 7, 6, 6, 5, 5, 4, 4, 3, 2, 1)
LOCAL_DAY = (0, 0, 0, 0, 0, 0.5, 1, 2, 2, 2, 2, 2, 2, 2, 1.5, 1, 1, 0.7, 0.7, 0.5, 0.5, 0.3, 0.1, 0)
OFFICE_DAY = (0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 1, 1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0)
OFFICE_WEEK = (1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
WHOLE_WEEK = (1.0,) * 7


@dataclass(frozen=True, slots=True)
class Feed:
    """A source as its server behaves. `published` are the moments at which an item appears in the document."""

    name: str
    published: tuple[datetime, ...]
    window: int = 30  # entries in the document
    asks_rest: timedelta = timedelta(0)  # ttl or max-age
    says_304_for_ever: bool = False
    is_dated: bool = True
    fails: tuple[datetime, datetime] | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """How a feed was visited, after `measured_from`."""

    name: str
    polls_a_day: float
    delays: tuple[timedelta, ...]  # from publication to item
    lost: int  # items that fell out of the document before a visit
    visits: tuple[datetime, ...]
    health: Health

    @property
    def median(self) -> timedelta:
        return median_low(sorted(self.delays)) if self.delays else timedelta(0)

    @property
    def p90(self) -> timedelta:
        return sorted(self.delays)[int(0.9 * len(self.delays))] if self.delays else timedelta(0)


def published(
    a_week: float, hours: Sequence[float], week: Sequence[float], days: range, seed: int
) -> tuple[datetime, ...]:
    """Moments at random, as often in the mean, with the given shape of day and week."""
    chance = Random(seed)
    whole = sum(hours) * sum(week)
    moments = []
    for day in days:
        for hour, weight in enumerate(hours):
            mean = a_week * weight * week[day % 7] / whole
            for _ in range(_poisson(mean, chance)):
                moments.append(BEGIN + day * DAY + hour * HOUR + chance.random() * HOUR)
    return tuple(sorted(moments))


def _poisson(mean: float, chance: Random) -> int:
    count, at = 0, chance.expovariate(1)
    while at < mean:
        count, at = count + 1, at + chance.expovariate(1)
    return count


class Visitor:
    """What the collect stage remembers of one source, and does on a visit."""

    def __init__(self, feed: Feed, bounds: Bounds, chance: Callable[[], float]) -> None:
        self._feed, self._bounds, self._chance = feed, bounds, chance
        self._pace = Pace(rhythm.START, BEGIN)
        self._seen = 0  # items published before the document of the last visit
        self._doubted_until: datetime | None = None
        self._last_polled_at: datetime | None = None
        self._unchanged_at: datetime | None = None  # the last visit, where it was answered with 304
        self._last_share: float | None = None
        self.found: list[tuple[datetime, datetime]] = []  # published, seen
        self.lost = 0
        self.health = Health.NEW

    def visit(self, now: datetime) -> datetime:
        """When next."""
        feed = self._feed
        is_down = feed.fails is not None and feed.fails[0] <= now < feed.fails[1]
        is_gone = feed.gone_at is not None and now >= feed.gone_at
        plan = self._fail(now, is_gone) if is_down or is_gone else self._read(now)
        self._last_polled_at = now
        self.health = plan.health
        self._pace = replace(
            self._pace,
            every=plan.every,
            due_at=plan.next_poll_at,
            failures=plan.failures,
            last_share=self._last_share,
        )
        return plan.next_poll_at

    def _fail(self, now: datetime, is_gone: bool) -> Plan:
        self._last_share = self._unchanged_at = None
        return rhythm.after_failure(
            self._pace,
            kind="gone" if is_gone else "timeout",
            is_gone=is_gone,
            retry_after=None,
            bounds=self._bounds,
            jitter=self._chance(),
            now=now,
        )

    def _read(self, now: datetime) -> Plan:
        feed, before = self._feed, self._last_polled_at
        doubted = self._doubted_until is not None and now < self._doubted_until
        asks_all = doubted or rhythm.is_time_for_everything(7, before, now)
        count = bisect_right(feed.published, now)
        new: tuple[datetime, ...] = ()
        if before is not None and (count == self._seen or (feed.says_304_for_ever and not asks_all)):
            share, self._unchanged_at = 1.0, None if asks_all else now
        else:
            new, share = self._find(count, now, is_first=before is None)
            if asks_all and rhythm.is_lied_to(new, self._unchanged_at):
                self._doubted_until, doubted = now + rhythm.DOUBT, True
            self._unchanged_at = None
        self._learn(new, now, is_first=before is None)
        self._last_share = share
        return rhythm.after_catch(
            self._pace,
            share=share,
            has_news=bool(new),
            earliest_next=max(feed.asks_rest, rhythm.REST_IN_DOUBT if doubted else timedelta(0)),
            bounds=self._bounds,
            jitter=self._chance(),
            now=now,
        )

    def _find(self, count: int, now: datetime, *, is_first: bool) -> tuple[tuple[datetime, ...], float]:
        """The new entries of the document, and the share of those that were known."""
        oldest = max(0, count - self._feed.window)
        new = self._feed.published[max(self._seen, oldest) : count]
        if not is_first:
            self.lost += max(0, oldest - self._seen)
            self.found.extend((moment, now) for moment in new)
        self._seen = count
        return new, rhythm.share_known(count - oldest - len(new), count - oldest)

    def _learn(self, new: tuple[datetime, ...], now: datetime, *, is_first: bool) -> None:
        said = new if self._feed.is_dated else () if is_first else (now,) * len(new)
        last_new_at = now if new else self._pace.last_new_at
        self._pace = replace(self._pace, habit=self._pace.habit.learn(said, now), last_new_at=last_new_at)


def play(feed: Feed, days: int, measured_from: int = 0, seed: int = 1, sleep: tuple[int, int] | None = None) -> Played:
    """Visit a feed for so many days; `measured_from`: days that are left out of the figures."""
    chance = Random(seed)
    visitor = Visitor(feed, Bounds(), lambda: chance.uniform(-1, 1))
    now, end, visits = BEGIN, BEGIN + days * DAY, []
    while now < end:
        visits.append(now)
        due = visitor.visit(now)
        if visitor.health is Health.RETIRED:
            break
        now = max(due, BEGIN + sleep[1] * HOUR) if sleep and due >= BEGIN + sleep[0] * HOUR else due
    start = BEGIN + measured_from * DAY
    counted = [visit for visit in visits if visit >= start]
    delays = tuple(seen - said for said, seen in visitor.found if said >= start)
    return Played(feed.name, len(counted) / (days - measured_from), delays, visitor.lost, tuple(visits), visitor.health)


def feeds(days: int) -> tuple[Feed, ...]:
    """One feed of each kind; those that have a past begin before the first visit."""
    past = range(-56, days)
    daily = BEGIN + 9 * HOUR
    bursts = tuple(
        BEGIN + day * DAY + 13 * HOUR + number * 15 * MINUTE for day in range(-20, days, 10) for number in range(12)
    )
    podcast = tuple(BEGIN + (day + 3) * DAY + 4 * HOUR + day % 5 * MINUTE for day in range(-56, days, 7))
    steady = published(7 * 30, NEWSPAPER_DAY, WHOLE_WEEK, past, 6)
    return (
        Feed("busy newspaper, 120 a day", published(7 * 120, NEWSPAPER_DAY, WHOLE_WEEK, past, 1), 50),
        Feed("local paper, 15 a day", published(7 * 15, LOCAL_DAY, WHOLE_WEEK, past, 2), 20),
        Feed("the same without dates", published(7 * 15, LOCAL_DAY, WHOLE_WEEK, past, 2), 20, is_dated=False),
        Feed("authority, 3 a week in office hours", published(3, OFFICE_DAY, OFFICE_WEEK, past, 3), 20),
        Feed("blog of an NGO, weekly", published(1, OFFICE_DAY, OFFICE_WEEK, past, 4), 10),
        Feed("podcast, Thursdays at 4", podcast, 100),
        Feed("blog in bursts, 12 in 3 h each 10 days", bursts, 10),
        Feed("dead for three years", tuple(daily - number * DAY for number in range(1_100, 1_110)), 10),
        Feed("newspaper that says 304 for ever", steady, 50, says_304_for_ever=True),
        Feed("newspaper with ttl 60", steady, 50, asks_rest=HOUR),
        Feed("newspaper with max-age 3600", steady, 50, asks_rest=3600 * timedelta(seconds=1)),
        Feed("host down for two weeks", steady, 50, fails=(BEGIN + 14 * DAY, BEGIN + 28 * DAY)),
        Feed("gone after ten days", steady, 50, gone_at=BEGIN + 10 * DAY),
    )


def as_table(played: Sequence[Played]) -> str:
    """Polls a day, and the delay from publication to item."""
    lines = [f"{'feed':40} {'polls/day':>9} {'median':>8} {'p90':>8} {'items':>6} {'lost':>5}"]
    for one in played:
        middle, late = (f"{delay / MINUTE:.0f} min" for delay in (one.median, one.p90))
        lines.append(f"{one.name:40} {one.polls_a_day:9.1f} {middle:>8} {late:>8} {len(one.delays):6} {one.lost:5}")
    return "\n".join(lines)
