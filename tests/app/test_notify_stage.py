"""From the outbox to the receivers, with a real database and real HTTP: in order, at their pace, never lost."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from app.alerts.types import AlertState, Level, TransitionKind
from app.notifiers import NOTIFIERS, answers
from app.schema.delivery import delivery, delivery_attempt, receiver
from app.schema.emergence import emergence
from app.schema.organisation import organisation
from app.stages.notify import NotifyStage
from app.storage import outbox
from app.storage.database import Database
from app.storage.noticing import insert_emergences
from app.storage.transitions import append_transition
from classifiers.saying import say_why
from classifiers.types import EmergenceKind
from signals.fetch import Outbound
from tests.support.noticed import noticed
from tests.support.receivers import FakeReceiver
from tests.support.rows import NOON, add_alert, add_emergence, add_receiver, add_signal, add_source, add_watch

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def fake() -> AsyncIterator[FakeReceiver]:
    async with FakeReceiver() as fake:
        yield fake


@pytest.fixture
async def outbound(fake: FakeReceiver) -> AsyncIterator[Outbound]:
    async with Outbound("Forkant-test", (fake.host,)) as outbound:
        yield outbound


@pytest.fixture
async def stage(database: Database, outbound: Outbound) -> AsyncIterator[NotifyStage]:
    stage = a_stage(database, outbound)
    yield stage
    await stage.drain()


def a_stage(
    database: Database, outbound: Outbound, node: str = "node-1", *, moment: float = 60, drain: float = 60
) -> NotifyStage:
    """It waits for its receivers however slow the machine is, unless a test says otherwise."""
    chance = random.Random(1)
    return NotifyStage(
        database, outbound, NOTIFIERS, node, "https://forkant.example", chance, moment=moment, drain=drain
    )


async def add_webhook(database: Database, fake: FakeReceiver, path: str) -> int:
    async with database.transaction() as connection:
        return await add_receiver(connection, path, kind="webhook", address=fake.url(path), secret=SECRET)


async def add_slack(database: Database, fake: FakeReceiver, path: str = "/slack/x") -> int:
    async with database.transaction() as connection:
        return await add_receiver(connection, path, kind="slack", address=fake.url(path))


async def raise_alerts(database: Database, number: int = 1, at: datetime = NOON) -> None:
    """So many alerts, each with its delivery to every receiver."""
    async with database.transaction() as connection:
        for _ in range(number):
            await add_alert(connection, await add_watch(connection), at=at)


async def rows(database: Database, *columns: Any) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(*columns).order_by(columns[0]))).all())


async def run_until_told(database: Database, stage: NotifyStage, start: datetime = NOON) -> datetime:
    """Run the stage whenever something is due, on virtual time, until nothing is queued for a receiver that listens."""
    due = func.greatest(
        delivery.c.next_try_at,
        func.coalesce(receiver.c.held_until, delivery.c.next_try_at),
        func.coalesce(delivery.c.lease_until, delivery.c.next_try_at),
    )
    waiting = (
        select(func.min(due))
        .join(receiver, receiver.c.id == delivery.c.receiver_id)
        .where(delivery.c.state == "queued", receiver.c.is_active)
    )
    now = start
    while True:
        async with database.transaction() as connection:
            at = await connection.scalar(waiting)
        if at is None:
            return now
        now = max(now, at)
        await stage.run(now)


async def message_ids(database: Database, receiver_id: int) -> list[str]:
    async with database.transaction() as connection:
        found = select(delivery.c.message_id).where(delivery.c.receiver_id == receiver_id).order_by(delivery.c.id)
        return list((await connection.scalars(found)).all())


async def test_an_alert_is_told_to_every_receiver_once(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    await add_webhook(database, fake, "/hook")
    await raise_alerts(database)
    tally = await stage.run(NOON)
    assert (tally.stage, tally.taken, tally.made, tally.passed_over) == ("notify", 2, 2, ())
    assert (await stage.run(NOON + SECOND)).taken == 0
    assert sorted(seen.path for seen in fake.seen) == ["/hook", "/slack/x"]


async def test_the_message_says_what_was_found_with_its_items_cv08(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_webhook(database, fake, "/hook")
    async with database.transaction() as connection:
        source_id = await add_source(connection, name="Fjordposten")
        signal_id = await add_signal(connection, source_id, "Brød trekkes tilbake", url="https://paper.example/brod")
        watch_id = await add_watch(connection, "Møllestua")
        emergence_id = await add_emergence(connection, watch_id, [signal_id])
        await add_alert(connection, watch_id, emergence_id=emergence_id, title="Brød trekkes tilbake")
    await stage.run(NOON)
    data = fake.seen[0].payload["data"]
    assert (data["watch"], data["title"], data["level"]) == ("Møllestua", "Brød trekkes tilbake", "serious")
    assert data["url"].startswith("https://forkant.example/alerts/")
    assert [(one["source"], one["url"]) for one in data["items"]] == [("Fjordposten", "https://paper.example/brod")]


async def test_the_reason_is_said_in_the_language_of_the_organisation(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_webhook(database, fake, "/hook")
    found = noticed(EmergenceKind.SURGE)
    async with database.transaction() as connection:
        await connection.execute(update(organisation).values(language="nn"))
        watch_id = await add_watch(connection)
        await insert_emergences(connection, [replace(found, watch_id=watch_id, story_id=None, signal_ids=())])
        number = await connection.scalar(select(emergence.c.id))
        await add_alert(connection, watch_id, emergence_id=number, because=found.because)
        await add_alert(connection, await add_watch(connection), because="Kept from before, without its figures.")
    await stage.run(NOON)
    told = [seen.payload["data"]["because"] for seen in fake.seen]
    assert told == [say_why(found, "nn"), "Kept from before, without its figures."]
    assert told[0] != found.because


async def test_a_restricted_watch_is_told_to_programs_only_and_without_its_text_cv21(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    await add_webhook(database, fake, "/hook")
    async with database.transaction() as connection:
        watch_id = await add_watch(connection, sensitivity="restricted")
        await add_alert(connection, watch_id, title="Hemmelig", because="Hemmelig")
    await stage.run(NOON)
    assert [seen.path for seen in fake.seen] == ["/hook"]
    assert b"Hemmelig" not in fake.seen[0].body


async def test_order_is_kept_for_each_receiver_cv04(database: Database, fake: FakeReceiver, stage: NotifyStage) -> None:
    ids = {path: await add_webhook(database, fake, path) for path in ("/a", "/b")}
    await raise_alerts(database, 12)
    await run_until_told(database, stage)
    for path, receiver_id in ids.items():
        assert [seen.message_id for seen in fake.seen_at(path)] == await message_ids(database, receiver_id)


async def test_a_channel_gets_one_message_a_second_cv04(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    await raise_alerts(database, 4)
    ended = await run_until_told(database, stage)
    assert len(fake.seen) == 4
    assert ended - NOON == 3 * SECOND
    attempted = [row.at for row in await rows(database, delivery_attempt.c.at)]
    assert attempted == [NOON + second * SECOND for second in range(4)]


async def test_a_receiver_that_hangs_never_delays_another(
    database: Database, fake: FakeReceiver, outbound: Outbound
) -> None:
    stage = a_stage(database, outbound, moment=0.05)
    await add_webhook(database, fake, "/slow")
    await add_webhook(database, fake, "/quick")
    gate = asyncio.Event()
    fake.answers_always("/slow", gate=gate)
    await raise_alerts(database, 12)
    while len(fake.seen_at("/quick")) < 12:
        await stage.run(NOON)
    assert len(fake.seen_at("/slow")) == 1, "it still thinks about the first"
    gate.set()
    while len(fake.seen_at("/slow")) < 12:
        await stage.run(NOON)
    await stage.drain()


async def test_no_answer_at_all_is_written_down_and_tried_again(
    database: Database, fake: FakeReceiver, stage: NotifyStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver_id = await add_webhook(database, fake, "/hook")
    fake.will_answer("/hook", silent=True)
    await raise_alerts(database)
    with monkeypatch.context() as patched:
        patched.setattr(answers, "TIMEOUT", timedelta(seconds=0.2))
        tally = await stage.run(NOON)
    assert tally.passed_over == (("wait", 1),)
    (row,) = await rows(database, delivery.c.id, delivery.c.state, delivery.c.last_error)
    assert row.state == "queued"
    assert "had not answered" in row.last_error
    await run_until_told(database, stage)
    assert [seen.message_id for seen in fake.seen] == 2 * await message_ids(database, receiver_id)


async def test_429_holds_only_that_receiver_for_as_long_as_it_asks_cv04(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    busy, other = await add_webhook(database, fake, "/busy"), await add_webhook(database, fake, "/other")
    fake.will_answer("/busy", 429, headers={"Retry-After": "30"})
    await raise_alerts(database, 3)
    for second in range(30):
        if second == 10:
            await raise_alerts(database, 1, NOON + second * SECOND)
        await stage.run(NOON + second * SECOND)
        assert len(fake.seen_at("/busy")) == 1, f"asked again after {second} s"
    assert [seen.message_id for seen in fake.seen_at("/other")] == await message_ids(database, other)
    await stage.run(NOON + 30 * SECOND)
    assert [seen.message_id for seen in fake.seen_at("/busy")[1:]] == await message_ids(database, busy)


async def test_404_from_slack_switches_the_receiver_off_and_says_why_cv06(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    fake.answers_always("/slack/x", 404, "no_service")
    await raise_alerts(database, 3)
    await run_until_told(database, stage)
    assert len(fake.seen) == 1
    (row,) = await rows(database, receiver.c.id, receiver.c.is_active, receiver.c.disabled_reason)
    assert row.is_active is False
    assert row.disabled_reason == "Slack answered 404 no_service: make a new webhook in Slack and enter it here"
    states = [one.state for one in await rows(database, delivery.c.id, delivery.c.state, delivery.c.attempts)]
    assert states == ["dead", "queued", "queued"], "the others wait for the new webhook"
    assert [one.attempts for one in await rows(database, delivery.c.id, delivery.c.attempts)] == [1, 0, 0]


async def test_what_waited_goes_out_when_the_receiver_is_mended_cv06(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake, "/slack/old")
    fake.answers_always("/slack/old", 404, "no_service")
    await raise_alerts(database, 3)
    await run_until_told(database, stage)
    async with database.transaction() as connection:
        mended = {"address": fake.url("/slack/new"), "is_active": True, "disabled_reason": ""}
        await connection.execute(update(receiver).values(mended))
    await run_until_told(database, stage, NOON + timedelta(hours=1))
    assert len(fake.seen_at("/slack/new")) == 2


async def test_500_is_tried_again_with_the_same_id_and_lets_others_pass_cv20(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    receiver_id = await add_webhook(database, fake, "/hook")
    fake.will_answer("/hook", 500, "oh dear")
    await raise_alerts(database, 3)
    await run_until_told(database, stage)
    first, second, third = await message_ids(database, receiver_id)
    assert [seen.message_id for seen in fake.seen] == [first, second, third, first]
    stamps = [int(seen.headers["webhook-timestamp"]) for seen in fake.seen]
    assert 5 <= stamps[3] - stamps[0] <= 6


async def test_every_attempt_stands_in_the_log(database: Database, fake: FakeReceiver, stage: NotifyStage) -> None:
    await add_webhook(database, fake, "/hook")
    fake.will_answer("/hook", 500, "oh dear")
    fake.will_answer("/hook", 503)
    await raise_alerts(database)
    await run_until_told(database, stage)
    log = await rows(database, delivery_attempt.c.id, delivery_attempt.c.status, delivery_attempt.c.error)
    assert [(row.status, row.error) for row in log] == [(500, "HTTP 500: oh dear"), (503, "HTTP 503: ok"), (200, "")]
    (row,) = await rows(database, delivery.c.id, delivery.c.state, delivery.c.attempts, delivery.c.sent_at)
    assert (row.state, row.attempts) == ("sent", 3)
    assert row.sent_at is not None


async def test_a_payload_that_slack_refuses_is_dropped_and_the_next_goes_cv06(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    fake.will_answer("/slack/x", 400, "invalid_payload")
    await raise_alerts(database, 2)
    await run_until_told(database, stage)
    found = await rows(database, delivery.c.id, delivery.c.state, delivery.c.last_error)
    assert [row.state for row in found] == ["dropped", "sent"]
    assert "a mistake of Forkant's" in found[0].last_error


async def test_an_unknown_kind_of_receiver_is_told_to_people(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    async with database.transaction() as connection:
        await add_receiver(connection, kind="pigeon", address="the roof")
        await add_alert(connection, await add_watch(connection))
    await run_until_told(database, stage)
    (row,) = await rows(database, receiver.c.id, receiver.c.disabled_reason)
    assert row.disabled_reason == "there is no notifier of the kind 'pigeon'"


async def test_a_notifier_that_breaks_stays_with_its_delivery(
    database: Database, fake: FakeReceiver, outbound: Outbound
) -> None:
    class Broken:
        kind = "webhook"
        pause = timedelta(0)

        async def send(self, *_: object) -> Any:
            raise RuntimeError("out of paper")

    await add_webhook(database, fake, "/hook")
    await add_slack(database, fake)
    await raise_alerts(database)
    stage = NotifyStage(database, outbound, NOTIFIERS | {"webhook": Broken()}, "node-1", moment=60)
    tally = await stage.run(NOON)
    assert (tally.made, tally.passed_over) == (1, (("again", 1),))
    errors = [row.last_error for row in await rows(database, delivery.c.id, delivery.c.last_error)]
    assert sorted(errors) == ["", "RuntimeError: out of paper"]


class Killed(BaseException):
    """The process dies here."""


async def test_killed_between_its_yes_and_our_mark_it_is_told_again_with_the_same_id_rl04(
    database: Database, fake: FakeReceiver, stage: NotifyStage, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver_id = await add_webhook(database, fake, "/hook")
    await raise_alerts(database)

    async def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "record", dies)
        with pytest.raises(Killed):
            await stage.run(NOON)
    other = a_stage(database, outbound, "node-2")
    await other.run(NOON + outbox.LEASE - SECOND)
    assert len(fake.seen) == 1, "the lease of the dead worker still holds"
    await other.run(NOON + outbox.LEASE + SECOND)
    assert [seen.message_id for seen in fake.seen] == 2 * await message_ids(database, receiver_id)
    (row,) = await rows(database, delivery.c.id, delivery.c.state, delivery.c.attempts)
    assert (row.state, row.attempts) == ("sent", 2)


@pytest.mark.parametrize("status", [503, 500])
async def test_three_days_down_and_in_the_end_all_is_told_rl05(
    status: int, database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    down, other = await add_webhook(database, fake, "/down"), await add_webhook(database, fake, "/other")
    fake.answers_always("/down", status)
    now = NOON
    for hour in range(72):
        now = NOON + timedelta(hours=hour)
        if hour % 3 == 0:
            await raise_alerts(database, 1, now)
        await stage.run(now)
    assert [seen.message_id for seen in fake.seen_at("/other")] == await message_ids(database, other)
    tried = len(fake.seen_at("/down"))
    assert tried <= (9 if status == 503 else 24 * 9), "it is not hammered"
    fake.answers_always("/down")
    await run_until_told(database, stage, now + timedelta(hours=1))
    told = [seen.message_id for seen in fake.seen_at("/down")[tried:]]
    wanted = await message_ids(database, down)
    assert sorted(told) == sorted(wanted), "each once"
    if status == 503:
        assert told == wanted, "a receiver that was down gets them in order"
    states = {row.state for row in await rows(database, delivery.c.id, delivery.c.state)}
    assert states == {"sent"}


async def test_down_for_longer_than_75_hours_it_is_switched_off_cv22(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_webhook(database, fake, "/down")
    fake.answers_always("/down", 503)
    await raise_alerts(database)
    ended = await run_until_told(database, stage)
    assert len(fake.seen) == 10
    assert timedelta(hours=75) <= ended - NOON <= timedelta(hours=84)
    (row,) = await rows(database, receiver.c.id, receiver.c.is_active, receiver.c.disabled_reason)
    assert row.is_active is False
    assert "10 attempts over 75 hours failed" in row.disabled_reason


async def test_two_workers_at_once_tell_each_thing_once_rl06(
    database: Database, fake: FakeReceiver, outbound: Outbound
) -> None:
    ids = {path: await add_webhook(database, fake, path) for path in ("/a", "/b", "/c", "/d", "/e", "/f")}
    stages = [a_stage(database, outbound, f"node-{number}") for number in range(4)]
    await raise_alerts(database, 20)
    for _ in range(12):
        await asyncio.gather(*(stage.run(NOON) for stage in stages))
    for path, receiver_id in ids.items():
        assert [seen.message_id for seen in fake.seen_at(path)] == await message_ids(database, receiver_id)
    attempts = {row.attempts for row in await rows(database, delivery.c.id, delivery.c.attempts)}
    assert attempts == {1}


async def test_what_another_worker_told_while_we_read_the_outbox_is_left_alone_rl06(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_webhook(database, fake, "/hook")
    await raise_alerts(database)
    waiting_for_a_lock = (
        select(func.count())
        .select_from(text("pg_stat_activity"))
        .where(text("wait_event_type = 'Lock' and datname = current_database()"))
    )
    async with database.transaction() as other:
        await other.execute(update(delivery).values(state="sent", sent_at=NOON))
        run = asyncio.create_task(stage.run(NOON))
        async with database.transaction() as watcher:
            while not await watcher.scalar(waiting_for_a_lock):
                await asyncio.sleep(0.01)
                await watcher.execute(text("select pg_stat_clear_snapshot()"))
    assert (await run).taken == 0
    assert fake.seen == []


async def test_stopping_gives_back_what_was_not_tried_rl19(
    database: Database, fake: FakeReceiver, outbound: Outbound
) -> None:
    await add_webhook(database, fake, "/slow")
    gate = asyncio.Event()
    fake.answers_always("/slow", gate=gate)
    await raise_alerts(database, 3)
    stopping = a_stage(database, outbound, moment=0.01)
    await stopping.run(NOON)
    await fake.arrived.wait()
    draining = asyncio.create_task(stopping.drain())
    await asyncio.sleep(0)
    gate.set()
    await draining
    found = await rows(database, delivery.c.id, delivery.c.state, delivery.c.attempts, delivery.c.lease_until)
    assert [(row.state, row.attempts) for row in found] == [("sent", 1), ("queued", 0), ("queued", 0)]
    assert all(row.lease_until is None for row in found)
    assert len(fake.seen) == 1


async def test_stopping_does_not_wait_for_one_that_hangs_rl19(
    database: Database, fake: FakeReceiver, outbound: Outbound
) -> None:
    receiver_id = await add_webhook(database, fake, "/slow")
    fake.will_answer("/slow", silent=True)
    await raise_alerts(database)
    stopping = a_stage(database, outbound, moment=0.01, drain=0.05)
    await stopping.run(NOON)
    await fake.arrived.wait()
    await stopping.drain()
    await a_stage(database, outbound, "node-2").run(NOON + outbox.LEASE + SECOND)
    assert [seen.message_id for seen in fake.seen] == 2 * await message_ids(database, receiver_id)


async def test_chat_is_told_what_is_new_or_worse_and_programs_everything(
    database: Database, fake: FakeReceiver, stage: NotifyStage
) -> None:
    await add_slack(database, fake)
    await add_webhook(database, fake, "/hook")
    async with database.transaction() as connection:
        alert_id = await add_alert(connection, await add_watch(connection))
        for kind, state in (
            (TransitionKind.UPDATED, AlertState.RAISED),
            (TransitionKind.ESCALATED, AlertState.RAISED),
            (TransitionKind.HANDLED, AlertState.HANDLED),
        ):
            await append_transition(connection, alert_id, kind, state, 80, Level.CRITICAL, NOON, reason="grown")
    await run_until_told(database, stage)
    types = [seen.payload["type"] for seen in fake.seen_at("/hook")]
    assert types == ["alert.raised", "alert.updated", "alert.escalated", "alert.handled"]
    headlines = [seen.payload["blocks"][0]["text"]["text"] for seen in fake.seen_at("/slack/x")]
    assert ["New alert" in headlines[0], "Grown more serious (update 2)" in headlines[1]] == [True, True]
    assert len(headlines) == 2
