"""From a feed that names its hub to an item that was pushed, over real HTTP both ways, without a poll in between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web as http
from sqlalchemy import select, text, update

from app.config import Settings
from app.schema.item import item
from app.schema.push import push_subscription, pushed_document
from app.schema.source import poll, source, source_status
from app.stages.collect import CollectStage
from app.stages.receive import ReceiveStage
from app.stages.subscribe import SubscribeStage
from app.storage.database import Database
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from signals.push import GRACE, PROOF_EVERY
from tests.support.feeds import Site
from tests.support.hub import FakeHub
from tests.support.rows import add_source
from tests.support.web import Web, serving

BEGIN = datetime(2026, 3, 11, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class Town:
    """A paper with a hub, Forkant's web process, and a worker; the clock is set by hand."""

    def __init__(self, database: Database, site: Site, hub: FakeHub, web: Web, which: str) -> None:
        self.database, self.site, self.hub, self.web, self.which = database, site, hub, web, which
        self.now = BEGIN
        self.address = site.url("/feed")
        self.titles: list[str] = ["An old story"]
        self.publish()

    async def open(self, outbound: Outbound, parsers: ParserPool) -> None:
        settings = Settings(host_pause=0)
        self.collect = CollectStage(self.database, outbound, parsers, settings, "node", chance=lambda low, high: 0)
        self.subscribe = SubscribeStage(self.database, outbound, which=self.which, base=self.web.base)
        self.receive = ReceiveStage(self.database, parsers)
        never = dict.fromkeys(("status_last_polled_at", "status_last_success_at", "status_last_new_at"))
        async with self.database.transaction() as connection:
            await add_source(
                connection, address=self.address, is_priority=True, health="new", status_next_poll_at=BEGIN, **never
            )

    def document(self, *titles: str, hub: str = "", topic: str = "") -> bytes:
        head = f'<link rel="hub" href="{hub or self.hub.address}"/><link rel="self" href="{topic or self.address}"/>'
        entries = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in titles)
        return f"<rss><channel><title>The Paper</title>{head}{entries}</channel></rss>".encode()

    def publish(self, *titles: str, **links: str) -> bytes:
        """New items on the site; what a hub would push of them."""
        self.titles = [*titles, *self.titles]
        self.site.pages["/feed"] = self.document(*self.titles, **links)
        return self.document(*titles)

    async def polls(self) -> int:
        """Let the worker visit what is due, and count the visits."""
        return (await self.collect.run(self.now)).taken

    async def poll_when_due(self) -> timedelta:
        """Go to the moment of the next visit, and make it; how long that was."""
        due: datetime = (await self.only(source_status)).next_poll_at
        waited, self.now = due - self.now, max(due, self.now)
        assert await self.polls() == 1
        return waited

    async def only(self, table: Any) -> Any:
        async with self.database.transaction() as connection:
            return (await connection.execute(select(table))).one()

    async def all(self, table: Any) -> list[Any]:
        async with self.database.transaction() as connection:
            return list((await connection.execute(select(table).order_by(table.c.id))).all())

    async def change(self, table: Any, **values: Any) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(update(table).values(**values))

    async def subscribed(self) -> None:
        """The feed is polled, the hub asked, and our intent verified."""
        await self.polls()
        await self.subscribe.run(self.now)
        assert await self.hub.verify() == (200, "tusenfryd")

    async def proven(self) -> None:
        """A push has come, and a poll after it found nothing new."""
        await self.subscribed()
        self.now += MINUTE
        await self.hub.push(self.publish("Proof"))
        await self.receive.run(self.now)
        await self.poll_when_due()
        assert (await self.only(push_subscription)).proven_at is not None


@asynccontextmanager
async def a_town(database: Database, which: str = "priority") -> AsyncIterator[Town]:
    towns: list[Town] = []
    async with (
        Site() as site,
        FakeHub() as hub,
        serving(database, now=lambda: towns[0].now) as web,
        Outbound("t", ("127.0.0.1",)) as outbound,
        ParserPool(1) as parsers,
    ):
        town = Town(database, site, hub, web, which)
        towns.append(town)
        await town.open(outbound, parsers)
        yield town


@pytest.fixture
async def town(database: Database) -> AsyncIterator[Town]:
    async with a_town(database) as town:
        yield town


async def test_a_pushed_item_is_stored_within_one_run_and_without_a_poll(town: Town) -> None:
    await town.polls()
    await town.subscribe.run(town.now)
    (asked,) = town.hub.asked
    assert (asked.mode, asked.topic, asked.lease_seconds) == ("subscribe", town.address, "864000")
    assert len(asked.secret) == 64
    assert (await town.hub.verify())[0] == 200
    town.now += MINUTE
    assert await town.hub.push(town.publish("Now")) == 202
    visits = len(town.site.asked)
    tally = await town.receive.run(town.now)
    assert (tally.taken, tally.made, len(town.site.asked)) == (1, 1, visits)
    stored = await town.all(item)
    assert [(one.title, one.is_backlog, one.seen_at) for one in stored] == [
        ("An old story", True, BEGIN),
        ("Now", False, town.now),
    ]
    accounts = await town.all(poll)
    assert [one.outcome for one in accounts] == ["new", "pushed"]
    assert stored[1].poll_id == accounts[1].id
    assert await town.all(pushed_document) == []
    assert (await town.only(source_status)).last_new_at == town.now
    await town.poll_when_due()
    assert len(await town.all(item)) == 2, "the poll finds what was pushed, under the same name"
    for account in await town.all(poll):
        assert account.entries == account.stored + account.edited + account.known + sum(account.dropped.values())


async def test_once_proven_a_source_is_polled_every_two_hours_and_no_more(town: Town) -> None:
    await town.proven()
    assert PROOF_EVERY <= await town.poll_when_due() <= 1.1 * PROOF_EVERY
    await town.hub.push(town.publish("More"))
    await town.receive.run(town.now)
    assert PROOF_EVERY <= await town.poll_when_due() <= 1.1 * PROOF_EVERY
    assert len(await town.all(item)) == 3


async def test_a_missed_push_is_found_by_the_proof_and_the_source_polled_as_ever(town: Town) -> None:
    await town.proven()
    town.publish("The hub slept")
    await town.poll_when_due()
    await town.receive.run(town.now + GRACE - MINUTE)
    assert (await town.only(push_subscription)).proven_at is not None, "the push may be on its way"
    town.now += GRACE
    await town.receive.run(town.now)
    fallen = await town.only(push_subscription)
    assert (fallen.proven_at, fallen.distrusted_at, fallen.misses) == (None, town.now, 1)
    assert "did not push 1" in fallen.remark
    assert await town.polls() == 1, "due at once"
    assert await town.poll_when_due() <= timedelta(minutes=30)
    town.now += HOUR
    await town.subscribe.run(town.now)
    assert len(town.hub.asked) == 2
    await town.hub.verify()
    anew = await town.only(push_subscription)
    assert (anew.active_since, anew.distrusted_at, anew.remark) == (town.now, None, "")


async def test_a_late_push_within_the_grace_is_no_miss(town: Town) -> None:
    await town.proven()
    late = town.publish("Late")
    await town.poll_when_due()
    town.now += GRACE / 2
    await town.hub.push(late)
    town.now += GRACE
    await town.receive.run(town.now)
    assert (await town.only(push_subscription)).proven_at is not None
    assert [one.outcome for one in await town.all(poll)][-1] == "pushed"


async def test_forged_pushes_are_answered_like_others_counted_and_not_read(town: Town) -> None:
    await town.subscribed()
    forged = town.document("Forged")
    assert await town.hub.push(forged, method="") == 202
    assert await town.hub.push(forged, secret="guess") == 202
    assert await town.hub.push(forged, method="md5") == 202
    assert (await town.receive.run(town.now)).taken == 0
    assert [one.title for one in await town.all(item)] == ["An old story"]
    subscription = await town.only(push_subscription)
    assert (subscription.ignored, subscription.pushes) == (3, 0)
    assert await town.hub.push(town.document("Weak"), method="sha1") == 202
    assert (await town.receive.run(town.now)).made == 1


async def test_the_same_push_twice_is_kept_once_and_stored_once(town: Town) -> None:
    await town.subscribed()
    pushed = town.publish("Now")
    assert [await town.hub.push(pushed) for _ in range(3)] == [202, 202, 202]
    assert (await town.receive.run(town.now)).taken == 1
    await town.hub.push(pushed)
    assert (await town.receive.run(town.now)).made == 0
    assert len(await town.all(item)) == 2


async def test_what_cannot_be_read_harms_nothing_and_brings_a_poll(town: Town) -> None:
    await town.proven()
    visits = len(town.site.asked)
    for body in (b"<!doctype html><title>Log in</title>", b""):
        await town.hub.push(body)
    tally = await town.receive.run(town.now)
    assert (tally.taken, tally.made) == (2, 0)
    assert any("no feed" in one.error for one in await town.all(poll))
    town.now += 3 * MINUTE
    assert await town.polls() == 1
    assert len(town.site.asked) == visits + 1


async def test_a_fat_push_of_something_else_changes_nothing_but_its_items(town: Town) -> None:
    await town.proven()
    before = await town.only(push_subscription)
    await town.hub.push(town.document("Elsewhere", hub="https://evil.example/", topic="https://evil.example/feed"))
    assert (await town.receive.run(town.now)).made == 1
    after = await town.only(push_subscription)
    assert (after.hub, after.topic, after.state) == (before.hub, before.topic, "active")
    assert (await town.only(source)).address == town.address


async def test_an_archive_that_is_pushed_again_wakes_nobody(town: Town) -> None:
    await town.subscribed()
    await town.hub.push(town.document(*(f"Old {number}" for number in range(30))))
    await town.receive.run(town.now)
    assert [one.is_backlog for one in await town.all(item)] == [True] * 31
    assert "archive" in (await town.only(source_status)).oddity


async def test_two_workers_read_a_push_once_rl_06(town: Town) -> None:
    await town.subscribed()
    await town.hub.push(town.publish("Now"))
    tallies = await asyncio.gather(*(town.receive.run(town.now) for _ in range(3)))
    assert (sum(one.taken for one in tallies), sum(one.made for one in tallies)) == (1, 1)


async def test_a_worker_that_dies_with_a_push_leaves_it_to_another_rl_02(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def die(*_: object, **__: object) -> None:
        raise Killed

    await town.subscribed()
    await town.hub.push(town.publish("Now"))
    with monkeypatch.context() as patch:
        patch.setattr("app.storage.pushed.record", die)
        with pytest.raises(Killed):
            await town.receive.run(town.now)
    assert len(await town.all(item)) == 1
    assert (await town.receive.run(town.now + MINUTE)).taken == 0
    assert (await town.receive.run(town.now + 3 * MINUTE)).made == 1


async def test_hubs_that_refuse_fail_or_send_us_inside_are_asked_ever_more_rarely_se_03(town: Town) -> None:
    await town.polls()
    inside = "http://10.0.0.1/"
    for answer, words, wait in (
        (500, "answered 500", 5 * MINUTE),
        (400, "answered 400", 2 * HOUR),
        (302, "answered 302", 4 * HOUR),
        (inside, "cannot be asked", 40 * MINUTE),
    ):
        town.hub.answer = answer
        await town.subscribe.run(town.now)
        row = await town.only(push_subscription)
        assert words in row.remark
        assert row.next_step_at == town.now + wait
        town.now = row.next_step_at
    town.hub.answer = town.hub.address + "other"
    await town.subscribe.run(town.now)
    assert town.hub.asked[-1].mode == "subscribe", "a hub may send us to another"
    assert (await town.hub.verify())[0] == 200


async def test_a_feed_that_names_another_hub_at_every_visit_cannot_make_us_call_the_world_twice(town: Town) -> None:
    for number in range(3):
        town.publish(hub=f"{town.hub.address}{number}")
        await town.poll_when_due()
        await town.subscribe.run(town.now)
    assert [one.mode for one in town.hub.asked] == ["subscribe"] * 3
    assert len(await town.all(push_subscription)) == 1


async def test_a_hub_inside_our_network_is_never_called_se_03(database: Database) -> None:
    async with a_town(database) as town:
        town.publish(hub="http://169.254.169.254/latest")
        await town.polls()
        await town.subscribe.run(town.now)
        row = await town.only(push_subscription)
        assert "169.254.169.254" in row.remark
        assert row.state == "asked"


async def test_a_lease_is_renewed_before_it_ends_and_lapses_where_that_fails(town: Town) -> None:
    await town.proven()
    assert (await town.subscribe.run(town.now)).taken == 0
    row = await town.only(push_subscription)
    town.now = row.next_step_at
    assert row.lease_until > town.now
    await town.subscribe.run(town.now)
    await town.hub.verify(lease_seconds="3153600000")
    row = await town.only(push_subscription)
    assert (row.state, row.lease_until) == ("active", town.now + timedelta(days=30))
    assert row.proven_at is not None, "a renewal is no new beginning"
    town.hub.answer = 503
    town.now = row.lease_until
    await town.subscribe.run(town.now)
    row = await town.only(push_subscription)
    assert (row.state, row.proven_at) == ("asked", None)
    assert (await town.only(source_status)).every <= timedelta(minutes=15)


async def test_a_denied_subscription_rests_and_the_source_is_polled_as_ever(town: Town) -> None:
    await town.proven()
    status, _ = await town.hub.verify(mode="denied", reason="members only")
    row = await town.only(push_subscription)
    assert (status, row.state, row.proven_at) == (200, "denied", None)
    assert "members only" in row.remark
    assert (await town.only(source_status)).next_poll_at <= town.now
    assert (await town.subscribe.run(town.now + timedelta(days=6))).taken == 0
    assert (await town.subscribe.run(town.now + timedelta(days=7))).taken == 1


async def test_when_the_self_link_moves_the_new_topic_is_asked_for_and_the_old_one_left(town: Town) -> None:
    await town.proven()
    other = town.site.url("/moved")
    town.publish(topic=other)
    await town.poll_when_due()
    await town.subscribe.run(town.now)
    assert [(one.mode, one.topic) for one in town.hub.asked[1:]] == [("subscribe", other)]
    await town.hub.verify()
    town.now += HOUR
    await town.subscribe.run(town.now)
    left = town.hub.asked[-1]
    assert (left.mode, left.topic, left.callback) == ("unsubscribe", town.address, town.hub.asked[0].callback)
    assert (await town.hub.verify(town.hub.asked[0]))[0] == 404, "we do not mean to subscribe there any more"
    assert (await town.hub.verify(left))[0] == 200
    assert await town.hub.push(town.document("Late"), town.hub.asked[0]) == 410
    await town.subscribe.run(town.now)
    assert [one.topic for one in await town.all(push_subscription)] == [other]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_priority": False}])
async def test_a_source_that_rests_or_counts_less_is_unsubscribed(town: Town, change: dict[str, bool]) -> None:
    await town.subscribed()
    await town.change(source, **change)
    await town.subscribe.run(town.now)
    assert town.hub.asked[-1].mode == "unsubscribe"
    assert (await town.hub.verify())[0] == 200
    assert (await town.only(push_subscription)).state == "none"
    assert (await town.subscribe.run(town.now + timedelta(days=30))).taken == 0
    await town.change(source, is_active=True, is_priority=True)
    await town.subscribe.run(town.now)
    assert town.hub.asked[-1].mode == "subscribe"


async def test_a_removed_source_leaves_its_hub(town: Town) -> None:
    await town.subscribed()
    async with town.database.transaction() as connection:
        await connection.execute(text("delete from source"))
    town.now += HOUR
    await town.subscribe.run(town.now)
    assert town.hub.asked[-1].mode == "unsubscribe"
    await town.hub.verify()
    await town.subscribe.run(town.now)
    assert await town.all(push_subscription) == []


@pytest.mark.parametrize(
    ("which", "is_priority", "asked"), [("off", True, 0), ("priority", False, 0), ("all", False, 1)]
)
async def test_whose_hubs_are_asked_is_a_setting(database: Database, which: str, is_priority: bool, asked: int) -> None:
    async with a_town(database, which) as town:
        await town.change(source, is_priority=is_priority)
        await town.polls()
        await town.subscribe.run(town.now)
        assert len(town.hub.asked) == asked


@pytest.mark.parametrize(
    ("public_url", "base"),
    [
        ("https://forkant.example/", "https://forkant.example"),
        ("https://forkant.example/listening", "https://forkant.example/listening"),
        ("http://forkant.example", ""),
        ("https://localhost", ""),
        ("https://10.0.0.5", ""),
        ("", ""),
    ],
)
def test_without_a_public_https_address_nothing_is_subscribed_to(public_url: str, base: str) -> None:
    assert Settings(_env_file=None, public_url=public_url).hub_base == base  # type: ignore[call-arg]


async def test_many_bodies_wait_but_not_without_end(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.subscribed()
    monkeypatch.setattr("app.storage.pushed.MOST_OF_ONE", 2)
    answers = [await town.hub.push(town.document(f"Item {number}")) for number in range(3)]
    assert answers == [202, 202, 429]
    await town.receive.run(town.now)
    assert await town.hub.push(town.document("Item 2")) == 202


async def test_a_site_without_a_document_says_nothing_of_its_hub(town: Town) -> None:
    await town.subscribed()

    async def unchanged(_: http.Request) -> http.Response:
        return http.Response(status=304)

    town.site.headers = {"ETag": '"1"'}
    town.publish("With an etag")
    await town.poll_when_due()
    town.site.pages["/feed"] = unchanged
    await town.poll_when_due()
    assert (await town.only(push_subscription)).is_offered
