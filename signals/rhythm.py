"""When to visit a source again, and how it is doing: pure decisions.

Theory of operation. A source whose habit is known is visited by its habit: see `habits`. Until then the interval
starts at 15 minutes. Two polls in time that both bring at least 67 % known entries make it longer by half; less than
33 % known halves it. That alone would let a busy paper with a long feed drift to hours, so there is a ceiling: a
source is visited at least eight times in the time that it has been quiet. A document that is mostly new halves the
interval in any case: what comes next might fall out of it before we are back.

Known special cases. Some sites answer 304 although there is news; once caught at it they are asked without
validators for a month, hourly at most. What a site asks for (ttl, Cache-Control, Retry-After, skipHours) comes before
our wishes, but nobody can send us away for longer than a day, or by Retry-After a week.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from signals.habits import NO_HABIT, Habit

START = timedelta(minutes=15)
SLOWEST = timedelta(hours=24)
MOSTLY_KNOWN = 0.67
MOSTLY_NEW = 0.33
QUIET = timedelta(days=7)
LEAST_QUIET = timedelta(days=1)
JITTER = 0.1
LATE = timedelta(hours=1)
FIRST_BACK_OFF = timedelta(hours=1)  # at most: also a source that seldom speaks is tried again soon
LIES = 3  # items that a 304 kept from us, to doubt the site's validators
LIE_AGE = timedelta(hours=1)  # what was said so much before the 304 was not just on its way
DOUBT = timedelta(days=30)
REST_IN_DOUBT = timedelta(hours=1)
# A visit to these kinds is a session of listening. They have places of their own: no other source waits for them.
LISTENED_TO = ("mastodon_stream", "jetstream")
BLOCKED_KINDS = frozenset({"blocked", "refused_address", "bad_address"})


class Health(StrEnum):
    NEW = "new"
    HEARD = "heard"
    SILENT = "silent"
    LATE = "late"
    FAILING = "failing"
    BLOCKED = "blocked"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Pace:
    """How a source has been visited so far."""

    every: timedelta
    due_at: datetime
    failures: int = 0
    last_share: float | None = None  # of known entries, at the poll before; None: there was none
    last_new_at: datetime | None = None
    longest_pause: timedelta | None = (
        None  # between two polls with news, of late; None: it has not spoken enough to say
    )
    habit: Habit = NO_HABIT
    skips: Collection[int] = ()  # hours of the week, Monday 0 to Sunday 167 UTC, in which it asks to be left alone
    silent_after: datetime | None = None  # as the coverage ledger expects (signals.expectation); None: it cannot say


@dataclass(frozen=True, slots=True)
class Plan:
    """When next, how often from now on, and the word for how it goes."""

    every: timedelta
    next_poll_at: datetime
    failures: int
    health: Health


@dataclass(frozen=True, slots=True)
class Bounds:
    fastest: timedelta = timedelta(minutes=2)
    slowest: timedelta = SLOWEST

    def within(self, every: timedelta) -> timedelta:
        return max(self.fastest, min(every, self.slowest))


def share_known(known: int, entries: int) -> float:
    """How much of a poll was known before: all of it, where nothing came."""
    return known / entries if entries else 1.0


def after_catch(
    pace: Pace,
    *,
    share: float,
    has_news: bool,
    earliest_next: timedelta | None,
    bounds: Bounds,
    jitter: float,
    now: datetime,
) -> Plan:
    """The plan after a poll that went well. `jitter` is a chance number between -1 and 1."""
    last_new_at = now if has_news else pace.last_new_at
    wanted = _by_habit(pace, share, now) if pace.habit.is_known else _by_share(pace, share, now, last_new_at)
    every = bounds.within(wanted)
    rest = max(every * (1 + JITTER * jitter), earliest_next or timedelta(0), bounds.fastest)
    if pace.silent_after is not None:
        silent = not has_news and now >= pace.silent_after
    else:
        silent = is_silent(last_new_at, pace.longest_pause, now)
    return Plan(every, after_skips(now + rest, pace.skips, now), 0, Health.SILENT if silent else Health.HEARD)


def after_session(pace: Pace, earliest_next: timedelta | None, now: datetime) -> Plan:
    """The plan after a session of listening: the line has proved itself, and there is more to hear at once."""
    return Plan(pace.every, now + (earliest_next or timedelta(0)), 0, Health.HEARD)


def is_late(due_at: datetime, now: datetime) -> bool:
    """Whether we come so late that we must have been asleep, or overloaded."""
    return now - due_at > LATE


def after_skips(at: datetime, skips: Collection[int], now: datetime) -> datetime:
    """The first moment from `at` on that the source does not ask us to skip; not later than in a day."""
    latest = max(at, now + SLOWEST)
    while skips and at < latest and at.weekday() * 24 + at.hour in skips:
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return min(at, latest)


def is_silent(last_new_at: datetime | None, longest_pause: timedelta | None, now: datetime) -> bool:
    """Has a source been quiet for longer than is its way? Half as long again as its longest pause, at least a day.

    One that has not spoken often enough to have a way is silent after a week.
    """
    if last_new_at is None:
        return True
    usual = max(1.5 * longest_pause, LEAST_QUIET) if longest_pause else QUIET
    return now - last_new_at > min(usual, QUIET)


def _by_habit(pace: Pace, share: float, now: datetime) -> timedelta:
    usual = pace.habit.wait(now)
    return min(usual, pace.every / 2) if share < MOSTLY_NEW and now - pace.due_at <= pace.every / 2 else usual


def _by_share(pace: Pace, share: float, now: datetime, last_new_at: datetime | None) -> timedelta:
    return min(_adapted(pace, share, now), _ceiling(pace, last_new_at, now))


def _adapted(pace: Pace, share: float, now: datetime) -> timedelta:
    if now - pace.due_at > pace.every / 2:  # we were late: what we found says nothing of its rhythm
        return pace.every
    if share < MOSTLY_NEW:
        return pace.every / 2
    both_known = share >= MOSTLY_KNOWN and pace.last_share is not None and pace.last_share >= MOSTLY_KNOWN
    return pace.every * 1.5 if both_known else pace.every


def _ceiling(pace: Pace, last_new_at: datetime | None, now: datetime) -> timedelta:
    return SLOWEST if last_new_at is None else max(START, (now - last_new_at) / 8)


def after_failure(
    pace: Pace,
    *,
    kind: str,
    is_gone: bool,
    retry_after: timedelta | None,
    bounds: Bounds,
    jitter: float,
    now: datetime,
) -> Plan:
    """The plan after a poll that failed: twice as long each time, a day at most, never for ever."""
    failures = pace.failures + 1
    first = min(max(pace.every, timedelta(minutes=5)), FIRST_BACK_OFF)
    back_off = min(first * 2 ** min(failures - 1, 10), bounds.slowest)
    rest = max(back_off * (1 + JITTER * jitter), retry_after or timedelta(0), bounds.fastest)
    health = Health.BLOCKED if kind in BLOCKED_KINDS else Health.FAILING
    return Plan(pace.every, now + rest, failures, Health.RETIRED if is_gone else health)


def is_time_for_everything(source_id: int, last_polled_at: datetime | None, now: datetime) -> bool:
    """Once a day, at an hour of its own, a source is asked without validators: some feeds say 304 for ever."""
    day = timedelta(days=1).total_seconds()
    offset = source_id * 2_654_435_761 % int(day)
    if last_polled_at is None:
        return True
    return (now.timestamp() + offset) // day != (last_polled_at.timestamp() + offset) // day


def is_lied_to(said: Sequence[datetime], unchanged_at: datetime | None) -> bool:
    """Whether new items were there already when the site last said 304. `said`: what asking for everything brought."""
    return unchanged_at is not None and sum(moment < unchanged_at - LIE_AGE for moment in said) >= LIES


def has_moved(moved_to_before: str, moved_to_now: str) -> bool:
    """Whether a permanent redirect is believed: the second poll in a row that is sent to the same place."""
    return bool(moved_to_now) and moved_to_before == moved_to_now
