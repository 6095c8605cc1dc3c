"""Push with proof by pull: every decision about subscriptions at hubs (WebSub), pure.

Theory of operation. A feed that names a hub is subscribed to there; the hub then sends us what is new the moment it
is said. But hubs fall silent without a word, so push alone is never believed. A pull is the proof:

1. Until a push has come, and a pull after it found nothing that had not been pushed, the source is polled as ever.
2. From then on a pull comes every two hours.
3. An item that a pull finds first is awaited: the hub may be on its way. If it has not pushed it after ten minutes,
   the item was missed. The subscription is distrusted at once, the source polled as ever, and the hub asked anew
   later.

Items said before the subscription began are nobody's miss; nor are undated ones in the first pull after it.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from signals.rhythm import JITTER, START, Plan

LEASE_ASKED = timedelta(days=10)
SHORTEST_LEASE = timedelta(minutes=5)
LONGEST_LEASE = timedelta(days=30)
PROOF_EVERY = timedelta(hours=2)
GRACE = timedelta(minutes=10)
MOST_AWAITED = 200  # of one source: beyond that, more would not say more
TRIES_TO_LEAVE = 4
DAY = timedelta(days=1)
WEEK = timedelta(days=7)


class Standing(StrEnum):
    """How we stand with a hub."""

    NONE = "none"
    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    LAPSED = "lapsed"


class Signature(StrEnum):
    """What a pushed document's signature is worth."""

    GOOD = "good"
    WEAK = "weak"  # right, but SHA-1: most hubs still sign so
    MISSING = "missing"
    UNKNOWN = "unknown"  # by a method that the Recommendation does not name
    WRONG = "wrong"


METHODS = ("sha1", "sha256", "sha384", "sha512")


def check_signature(given: str, secret: str, body: bytes) -> Signature:
    """`given`: the header X-Hub-Signature, `method=hex`."""
    if not given.strip():
        return Signature.MISSING
    method, _, digest = given.strip().partition("=")
    if method.lower() not in METHODS:
        return Signature.UNKNOWN
    right = hmac.new(secret.encode(), body, getattr(hashlib, method.lower())).hexdigest()
    if not hmac.compare_digest(right.encode(), digest.strip().lower().encode()):
        return Signature.WRONG
    return Signature.WEAK if method.lower() == "sha1" else Signature.GOOD


def lease_of(given: str) -> timedelta:
    """How long a hub says that a subscription lives, within what we believe: five minutes to thirty days."""
    if not (given.isascii() and given.isdigit()):
        return LEASE_ASKED
    seconds = min(int(given[:12]), int(LONGEST_LEASE.total_seconds()))
    return max(timedelta(seconds=seconds), SHORTEST_LEASE)


def renewal_after(subscription_id: int, lease: timedelta) -> timedelta:
    """When to renew: at about four fifths of the lease, each at a moment of its own."""
    chance = subscription_id * 2_654_435_761 % 1_000 / 1_000
    return lease * (0.75 + 0.1 * chance)


def accepts(mode: str, topic: str, *, own_topic: str, is_wanted: bool, has_asked: bool) -> bool:
    """Whether a hub's question `did you mean it?` is answered with yes. It may ask again at any time."""
    if topic != own_topic or not has_asked:
        return False
    return (mode == "subscribe" and is_wanted) or (mode == "unsubscribe" and not is_wanted)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a hub said to our request. No status: it could not be reached, and `error` says why."""

    status: int = 0
    error: str = ""
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class NextStep:
    """When to turn to the hub again, unless it answers before; and what to show on the source's page."""

    wait: timedelta
    remark: str = ""


def after_asking(reply: Reply, tries: int) -> NextStep:
    """A hub that took the request gets ten minutes to verify it, then twice as long each time, a day at most.

    One that refused it gets an hour and more, up to a week; one that is out of order five minutes and more.
    """
    times = 2 ** min(max(tries - 1, 0), 12)
    if reply.is_taken:
        silent = tries > 1
        remark = "The hub took our request but never came to verify it. Can it reach FORKANT_PUBLIC_URL?"
        return NextStep(min(GRACE * times, DAY), remark if silent else "")
    is_refusal = 300 <= reply.status < 500 and reply.status not in (408, 429)
    wait = min(timedelta(hours=1) * times, WEEK) if is_refusal else min(timedelta(minutes=5) * times, DAY)
    remark = f"The hub answered {reply.status} to our request." if reply.status else reply.error
    return NextStep(max(wait, reply.retry_after or timedelta(0)), remark)


@dataclass(frozen=True, slots=True)
class Trust:
    """What we know of how well one subscription serves us."""

    active_since: datetime | None = None
    last_push_at: datetime | None = None  # of a push that brought an item
    pulled_at: datetime | None = None  # last pull since it is active
    proven_at: datetime | None = None
    distrusted_at: datetime | None = None
    misses: int = 0  # times that it was distrusted since it was last proven
    awaited: Mapping[str, datetime] = field(default_factory=dict)  # guid -> when a pull found it first

    @property
    def is_judged(self) -> bool:
        """Whether pulls say anything of it just now."""
        return self.active_since is not None and self.distrusted_at is None


@dataclass(frozen=True, slots=True)
class Found:
    """An item that a pull found and that nobody had pushed."""

    guid: str
    said_at: datetime | None


def after_pull(trust: Trust, found: Iterable[Found], now: datetime) -> Trust:
    """A pull went well: what it found first is awaited; if that is nothing, and a push has come, it is a proof."""
    if not trust.is_judged:
        return trust
    expected = {one.guid: now for one in found if _should_have_come(one, trust)}
    awaited = dict(list({**expected, **trust.awaited}.items())[:MOST_AWAITED])
    trust = replace(trust, awaited=awaited, pulled_at=now)
    if awaited or trust.last_push_at is None:
        return trust
    return replace(trust, proven_at=now, misses=0)


def _should_have_come(one: Found, trust: Trust) -> bool:
    if one.said_at is None:
        return trust.pulled_at is not None
    return trust.active_since is not None and one.said_at >= trust.active_since


def after_push(trust: Trust, guids: Collection[str], now: datetime) -> Trust:
    """A push came: nobody waits any more for what it brought."""
    awaited = {guid: since for guid, since in trust.awaited.items() if guid not in guids}
    return replace(trust, awaited=awaited, last_push_at=now if guids else trust.last_push_at)


def missed(trust: Trust, now: datetime) -> tuple[str, ...]:
    """The items that the hub has had its time to push, and did not."""
    return tuple(guid for guid, since in trust.awaited.items() if now - since >= GRACE) if trust.is_judged else ()


def distrust(trust: Trust, now: datetime) -> Trust:
    return replace(trust, proven_at=None, distrusted_at=now, misses=trust.misses + 1, awaited={})


def after_verification(trust: Trust, now: datetime, *, was_active: bool) -> Trust:
    """A renewal changes nothing; a subscription that begins, or begins anew, has everything to prove."""
    if was_active and trust.is_judged:
        return trust
    return Trust(active_since=now, misses=trust.misses)


def asked_anew_after(misses: int) -> timedelta:
    """How long a hub that missed items is left alone before it is asked again: an hour, and longer each time."""
    times: int = 4 ** min(max(misses - 1, 0), 6)
    return min(timedelta(hours=1) * times, WEEK)


def as_proof(plan: Plan, *, jitter: float, now: datetime) -> Plan:
    """The plan of a source whose subscription is proven: a pull every two hours, where it would come sooner."""
    wait = PROOF_EVERY * (1 + JITTER * (jitter + 1) / 2)
    return replace(plan, every=max(plan.every, PROOF_EVERY), next_poll_at=max(plan.next_poll_at, now + wait))


ORDINARY = START  # the interval that a source falls back to when its subscription is not believed any more
