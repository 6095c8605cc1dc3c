"""What every notifier must do, run over the table of notifiers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from app.notifiers import NOTIFIERS, answers
from app.notifiers.types import Notifier, Outcome, Result, Target
from signals.fetch import Outbound
from tests.support.messages import NOON, make_message
from tests.support.ports import port_of_nobody
from tests.support.receivers import FakeReceiver

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
every_notifier = pytest.mark.parametrize("notifier", NOTIFIERS.values(), ids=NOTIFIERS.keys())


@pytest.fixture
async def receiver() -> AsyncIterator[FakeReceiver]:
    async with FakeReceiver() as receiver:
        yield receiver


@pytest.fixture
async def outbound(receiver: FakeReceiver) -> AsyncIterator[Outbound]:
    async with Outbound("Forkant-test", (receiver.host,)) as outbound:
        yield outbound


async def tell(notifier: Notifier, receiver: FakeReceiver, outbound: Outbound) -> Outcome:
    return await notifier.send(make_message(), Target(receiver.url("/told"), SECRET), outbound, NOON)


@every_notifier
async def test_it_stands_in_the_table_under_its_own_name(notifier: Notifier) -> None:
    assert NOTIFIERS[notifier.kind] is notifier
    assert notifier.pause >= timedelta(0)


@every_notifier
async def test_a_yes_is_sent(notifier: Notifier, receiver: FakeReceiver, outbound: Outbound) -> None:
    outcome = await tell(notifier, receiver, outbound)
    assert (outcome.result, outcome.status, outcome.error) == (Result.SENT, 200, "")
    assert len(receiver.seen) == 1


@every_notifier
async def test_a_pause_that_is_asked_for_is_passed_on(
    notifier: Notifier, receiver: FakeReceiver, outbound: Outbound
) -> None:
    receiver.will_answer("/told", 429, headers={"Retry-After": "30"})
    outcome = await tell(notifier, receiver, outbound)
    assert (outcome.result, outcome.wait) == (Result.WAIT, timedelta(seconds=30))


@every_notifier
async def test_a_failure_on_the_other_side_is_tried_again_and_said_in_words(
    notifier: Notifier, receiver: FakeReceiver, outbound: Outbound
) -> None:
    receiver.will_answer("/told", 500, "it hurts")
    outcome = await tell(notifier, receiver, outbound)
    assert (outcome.result, outcome.status) == (Result.AGAIN, 500)
    assert "500" in outcome.error
    assert "it hurts" in outcome.error


@every_notifier
async def test_gone_is_for_good(notifier: Notifier, receiver: FakeReceiver, outbound: Outbound) -> None:
    receiver.will_answer("/told", 410)
    assert (await tell(notifier, receiver, outbound)).result is Result.DISABLE


@every_notifier
async def test_a_redirect_is_not_followed_cv22(notifier: Notifier, receiver: FakeReceiver, outbound: Outbound) -> None:
    receiver.will_answer("/told", 307, headers={"Location": receiver.url("/elsewhere")})
    assert (await tell(notifier, receiver, outbound)).result is Result.AGAIN
    assert [seen.path for seen in receiver.seen] == ["/told"]


@every_notifier
async def test_no_answer_is_a_reason_to_wait(
    notifier: Notifier, receiver: FakeReceiver, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "TIMEOUT", timedelta(seconds=0.2))
    receiver.will_answer("/told", silent=True)
    outcome = await tell(notifier, receiver, outbound)
    assert (outcome.result, outcome.status) == (Result.WAIT, None)
    assert "had not answered" in outcome.error


@every_notifier
async def test_nobody_there_is_a_reason_to_wait(notifier: Notifier) -> None:
    with port_of_nobody() as port:
        async with Outbound("Forkant-test", (f"127.0.0.1:{port}",)) as allowed:
            target = Target(f"http://127.0.0.1:{port}/x", SECRET)
            outcome = await notifier.send(make_message(), target, allowed, NOON)
    assert outcome.result is Result.WAIT
    assert "cannot be reached" in outcome.error


@every_notifier
async def test_addresses_inside_are_not_told_anything_se01(notifier: Notifier, receiver: FakeReceiver) -> None:
    async with Outbound("Forkant-test") as guarded:
        outcome = await notifier.send(make_message(), Target(receiver.url("/told"), SECRET), guarded, NOON)
    assert outcome.result is Result.DISABLE, "trying again would not help"
    assert "FORKANT_PRIVATE_HOSTS" in outcome.error
    assert receiver.seen == []


@every_notifier
async def test_what_is_told_goes_by_json(notifier: Notifier, receiver: FakeReceiver, outbound: Outbound) -> None:
    await tell(notifier, receiver, outbound)
    assert receiver.seen[0].headers["Content-Type"] == "application/json"
    assert "Møllestua trekker tilbake brød" in str(receiver.seen[0].payload)
