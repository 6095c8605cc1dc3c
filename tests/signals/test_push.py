"""Decisions about hubs: what is believed, when they are asked again, and what proves them."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from signals.push import (
    GRACE,
    Found,
    Reply,
    Signature,
    Trust,
    accepts,
    after_asking,
    after_pull,
    after_push,
    after_verification,
    as_proof,
    asked_anew_after,
    check_signature,
    distrust,
    lease_of,
    missed,
    renewal_after,
)
from signals.rhythm import Health, Plan

NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ACTIVE = Trust(active_since=NOW - HOUR, pulled_at=NOW - MINUTE)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0", timedelta(minutes=5)),
        ("3600", HOUR),
        ("3153600000", timedelta(days=30)),
        ("9" * 400, timedelta(days=30)),
        ("", timedelta(days=10)),
        ("-1", timedelta(days=10)),
        ("soon", timedelta(days=10)),
    ],
)
def test_a_lease_is_believed_from_five_minutes_to_thirty_days(given: str, expected: timedelta) -> None:
    assert lease_of(given) == expected


def test_renewals_come_before_the_lease_ends_and_not_all_at_once() -> None:
    shares = {renewal_after(number, HOUR) / HOUR for number in range(1, 200)}
    assert min(shares) >= 0.75
    assert max(shares) <= 0.85
    assert len(shares) > 100


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_by_any_recognised_method_is_checked(method: str) -> None:
    right = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    good = Signature.WEAK if method == "sha1" else Signature.GOOD
    assert check_signature(f"{method}={right}", "secret", b"body") is good
    assert check_signature(f"{method}={right.upper()}", "secret", b"body") is good
    assert check_signature(f"{method}={right}", "other", b"body") is Signature.WRONG
    assert check_signature(f"{method}={right}", "secret", b"body!") is Signature.WRONG


@pytest.mark.parametrize(
    ("given", "worth"),
    [
        ("", Signature.MISSING),
        ("md5=0cc175b9", Signature.UNKNOWN),
        ("sha256", Signature.WRONG),
        ("sha256=", Signature.WRONG),
        ("sha256=ø", Signature.WRONG),
    ],
)
def test_anything_else_is_no_signature(given: str, worth: Signature) -> None:
    assert check_signature(given, "secret", b"body") is worth


def test_only_what_we_asked_for_is_confirmed_and_only_for_our_very_topic() -> None:
    def answer(mode: str, topic: str = "t", *, is_wanted: bool = True, has_asked: bool = True) -> bool:
        return accepts(mode, topic, own_topic="t", is_wanted=is_wanted, has_asked=has_asked)

    assert answer("subscribe")
    assert answer("unsubscribe", is_wanted=False)
    assert not answer("unsubscribe")
    assert not answer("subscribe", is_wanted=False)
    assert not answer("subscribe", has_asked=False)
    assert not answer("subscribe", "t/")
    assert not answer("")


@pytest.mark.parametrize(
    ("reply", "tries", "wait"),
    [
        (Reply(202), 1, GRACE),
        (Reply(202), 3, 4 * GRACE),
        (Reply(503), 1, 5 * MINUTE),
        (Reply(503), 20, timedelta(days=1)),
        (Reply(503, retry_after=3 * HOUR), 1, 3 * HOUR),
        (Reply(429), 1, 5 * MINUTE),
        (Reply(400), 1, HOUR),
        (Reply(302), 1, HOUR),
        (Reply(404), 20, timedelta(days=7)),
        (Reply(error="cannot be reached"), 2, 10 * MINUTE),
    ],
)
def test_a_hub_that_does_not_serve_is_asked_ever_more_rarely(reply: Reply, tries: int, wait: timedelta) -> None:
    step = after_asking(reply, tries)
    assert step.wait == wait
    assert bool(step.remark) == (not reply.is_taken or tries > 1)


def test_what_a_pull_finds_first_is_awaited_and_missed_only_after_its_grace() -> None:
    pulled = after_pull(ACTIVE, [Found("new", NOW - MINUTE)], NOW)
    assert pulled.proven_at is None
    assert missed(pulled, NOW + GRACE - MINUTE) == ()
    assert missed(pulled, NOW + GRACE) == ("new",)
    in_time = after_push(pulled, {"new"}, NOW + MINUTE)
    assert missed(in_time, NOW + GRACE) == ()
    assert after_pull(in_time, [], NOW + 2 * MINUTE).proven_at == NOW + 2 * MINUTE


def test_items_from_before_the_subscription_are_nobodys_miss() -> None:
    old = Found("old", NOW - 2 * HOUR)
    assert after_pull(ACTIVE, [old], NOW).awaited == {}
    undated = Found("undated", None)
    fresh = Trust(active_since=NOW - HOUR)
    assert after_pull(fresh, [undated], NOW).awaited == {}, "it may have been there before"
    assert after_pull(ACTIVE, [undated], NOW).awaited == {"undated": NOW}


def test_a_silent_hub_proves_nothing() -> None:
    assert after_pull(ACTIVE, [], NOW).proven_at is None
    empty_push = after_push(ACTIVE, set(), NOW)
    assert after_pull(empty_push, [], NOW).proven_at is None


def test_a_distrusted_hub_is_asked_anew_later_and_later_and_begins_from_nothing() -> None:
    proven = after_pull(after_push(ACTIVE, {"a"}, NOW), [], NOW)
    fallen = distrust(proven, NOW)
    assert (fallen.proven_at, fallen.misses, fallen.is_judged) == (None, 1, False)
    assert after_pull(after_push(fallen, {"b"}, NOW), [], NOW).proven_at is None
    anew = after_verification(fallen, NOW + HOUR, was_active=True)
    assert (anew.active_since, anew.misses, anew.last_push_at) == (NOW + HOUR, 1, None)
    assert [asked_anew_after(number) / HOUR for number in (1, 2, 3, 9)] == [1, 4, 16, 168]


def test_a_renewal_changes_nothing() -> None:
    proven = after_pull(after_push(ACTIVE, {"a"}, NOW), [], NOW)
    assert after_verification(proven, NOW + HOUR, was_active=True) == proven
    assert after_verification(proven, NOW + HOUR, was_active=False).proven_at is None


def test_a_proven_source_is_pulled_every_two_hours_and_no_slow_one_sooner() -> None:
    quick = Plan(timedelta(minutes=15), NOW + 15 * MINUTE, 0, Health.HEARD)
    for jitter in (-1, 0, 1):
        plan = as_proof(quick, jitter=jitter, now=NOW)
        assert 2 * HOUR <= plan.next_poll_at - NOW <= 2.2 * HOUR
    slow = Plan(timedelta(hours=9), NOW + 9 * HOUR, 0, Health.HEARD)
    assert as_proof(slow, jitter=0, now=NOW) == slow
