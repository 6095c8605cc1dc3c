"""Signed webhooks: Standard Webhooks 1.0.0, small, and silent about what is restricted."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.notifiers.answers import outcome_of
from app.notifiers.types import Result, Target
from app.notifiers.webhook import WebhookNotifier, encode, headers_for
from signals.fetch import Answer, Outbound
from tests.support.messages import NOON, make_message, make_quote
from tests.support.receivers import FakeReceiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def receiver() -> AsyncIterator[FakeReceiver]:
    async with FakeReceiver() as receiver:
        yield receiver


@pytest.fixture
async def outbound(receiver: FakeReceiver) -> AsyncIterator[Outbound]:
    async with Outbound("Forkant-test", (receiver.host,)) as outbound:
        yield outbound


def signature(message_id: str, timestamp: str, body: bytes) -> str:
    """Computed here from the specification, not by the library under test."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    return "v1," + base64.b64encode(hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, sha256)).decode()


def test_the_published_vector_cv20() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_for("msg_p5jXN8AQM9LWM0D4loKWxJek", SECRET, b'{"test": 2432232314}', at)
    assert headers["webhook-id"] == "msg_p5jXN8AQM9LWM0D4loKWxJek"
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_zone_of_the_clock_does_not_change_the_signature_cv20() -> None:
    oslo = datetime.fromtimestamp(1614265330, timezone(timedelta(hours=1)))
    headers = headers_for("msg_p5jXN8AQM9LWM0D4loKWxJek", SECRET, b'{"test": 2432232314}', oslo)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed() -> None:
    assert "webhook-signature" not in headers_for("msg_1", "", b"{}", NOON)


async def test_the_id_stays_over_retries_and_the_time_is_the_attempts_cv20(
    receiver: FakeReceiver, outbound: Outbound
) -> None:
    target, message = Target(receiver.url("/hook"), SECRET), make_message()
    for at in (NOON, NOON + timedelta(minutes=5)):
        assert (await WebhookNotifier().send(message, target, outbound, at)).result is Result.SENT
    first, second = receiver.seen
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == message.id
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300
    for seen in receiver.seen:
        stamp = seen.headers["webhook-timestamp"]
        assert seen.headers["webhook-signature"] == signature(message.id, stamp, seen.body)


def test_the_body_has_type_time_and_data_cv21() -> None:
    body = json.loads(encode(make_message(stage="potential", proposed="crisis")))
    assert set(body) == {"type", "timestamp", "data"}
    assert body["type"] == "alert.raised"
    assert body["timestamp"] == "2026-03-11T12:00:00Z"
    assert body["data"]["alert_id"] == "7"
    assert (body["data"]["stage"], body["data"]["stage_proposed"]) == ("potential", "crisis")
    assert body["data"]["items"][0]["url"] == "https://fjordposten.example/brod"


outside = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\x00\x1f\u2028😀\\"'), max_size=6000)


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(outside, min_size=7, max_size=7), quotes=st.integers(0, 300))
def test_no_message_is_larger_than_20_kilobytes_cv21(texts: list[str], quotes: int) -> None:
    title, because, reason, watch, owner, actor, source = texts
    quote = make_quote(title=title, source=source, url="https://paper.example/" + "a" * 1900)
    named = {"title": title, "because": because, "reason": reason, "watch": watch, "owner": owner, "actor": actor}
    body = encode(make_message(quotes=(quote,) * quotes, **named))
    assert len(body) < 20_000
    json.loads(body)


def test_the_worst_text_is_shortened_until_it_fits_cv21() -> None:
    worst = "\x01" * 20_000
    body = encode(make_message(title=worst, because=worst, reason=worst, watch=worst, owner=worst, actor=worst))
    assert len(body) < 20_000
    assert json.loads(body)["data"]["title"]


def test_a_restricted_watch_tells_nothing_of_the_text_cv21() -> None:
    said = "Løslatelsen av hemmelig rapport"
    quote = make_quote(title=said, source=said, url="https://paper.example/hemmelig")
    message = make_message(title=said, because=said, reason=said, quotes=(quote,), topics=(said,), is_restricted=True)
    body = encode(message).decode()
    assert "hemmelig" not in body
    assert json.loads(body)["data"]["alert_id"] == "7"


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308, 304])
async def test_a_redirect_is_a_failure_and_is_not_followed_cv22(
    status: int, receiver: FakeReceiver, outbound: Outbound
) -> None:
    receiver.will_answer("/hook", status, headers={"Location": receiver.url("/elsewhere")})
    outcome = await WebhookNotifier().send(make_message(), Target(receiver.url("/hook"), SECRET), outbound, NOON)
    assert outcome.result is Result.AGAIN
    assert "redirects" in outcome.error
    assert [seen.path for seen in receiver.seen] == ["/hook"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(200, Result.SENT), (201, Result.SENT), (204, Result.SENT), (299, Result.SENT), (400, Result.AGAIN),
     (404, Result.AGAIN), (410, Result.DISABLE), (429, Result.WAIT), (500, Result.AGAIN), (502, Result.WAIT),
     (503, Result.WAIT), (504, Result.WAIT)],
)  # fmt: skip
def test_what_an_endpoint_answers_decides_what_follows_cv22(status: int, expected: Result) -> None:
    assert outcome_of(Answer(status, {}, b"", "https://hook.example/")).result is expected


def test_however_long_it_asks_for_the_pause_is_capped_cv22() -> None:
    outcome = outcome_of(Answer(429, {"Retry-After": "999999"}, b"", "https://hook.example/"))
    assert outcome.wait == timedelta(hours=6)
