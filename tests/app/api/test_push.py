"""The address that hubs call: what it answers to whom, and that it says nothing to those who guess."""

import secrets
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from app.api.rates import DEFAULT
from app.records import Scope
from app.schema.push import push_subscription
from app.storage.database import Database, make_engine
from tests.support.rows import NOON, add_source
from tests.support.web import Web, serving

TOPIC = "https://avis.example/feed?a=1&b=2"
TOKEN = secrets.token_urlsafe(32)


async def add_subscription(database: Database, **given: object) -> None:
    values = {
        "topic": TOPIC,
        "hub": "https://hub.example/",
        "token": TOKEN,
        "secret": "s" * 64,
        "state": "asked",
        "is_offered": True,
        "is_wanted": True,
        "asked_at": NOON,
    } | given
    async with database.transaction() as connection:
        source_id = await add_source(connection, is_priority=True)
        await connection.execute(insert(push_subscription).values(source_id=source_id, **values))


def question(**changed: str) -> dict[str, str]:
    asked = {"mode": "subscribe", "topic": TOPIC, "challenge": "<b>1</b>", "lease_seconds": "3600"} | changed
    return {f"hub.{name}": value for name, value in asked.items()}


async def test_a_challenge_is_answered_as_plain_text_that_no_browser_takes_for_a_page(
    web: Web, database: Database
) -> None:
    await add_subscription(database)
    answer = await web.stranger.get(f"/websub/{TOKEN}", params=question())
    assert (answer.status, answer.text) == (200, "<b>1</b>")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with database.transaction() as connection:
        row = (await connection.execute(select(push_subscription))).one()
    assert (row.state, row.lease_until) == ("active", NOON + timedelta(hours=1))
    assert NOON + timedelta(minutes=45) <= row.next_step_at <= NOON + timedelta(minutes=51)


@pytest.mark.parametrize(
    "changed",
    [{"topic": "https://avis.example/feed"}, {"mode": "unsubscribe"}, {"mode": "x"}, {"challenge": ""}],
    ids=["another topic", "not asked for", "no mode", "no challenge"],
)
async def test_what_we_did_not_ask_for_is_not_found(web: Web, database: Database, changed: dict[str, str]) -> None:
    await add_subscription(database)
    assert (await web.stranger.get(f"/websub/{TOKEN}", params=question(**changed))).status == 404


async def test_a_subscription_that_nobody_asked_for_yet_is_not_confirmed(web: Web, database: Database) -> None:
    await add_subscription(database, asked_at=None, state="none")
    assert (await web.stranger.get(f"/websub/{TOKEN}", params=question())).status == 404


async def test_who_guesses_an_address_learns_nothing(web: Web, database: Database) -> None:
    await add_subscription(database)
    told = set()
    for token in (secrets.token_urlsafe(32), TOKEN[:-1], "x", "%C3%B8" * 20):
        for method, options in (("GET", {"params": question()}), ("POST", {"data": b"<rss/>"})):
            answer = await web.stranger.ask(method, f"/websub/{token}", **options)
            told.add((answer.status, answer.json()["detail"]))
    assert told == {(404, "There is nothing at this address")}


async def test_a_push_may_be_as_large_as_a_feed_and_no_larger_se_09(web: Web, database: Database) -> None:
    await add_subscription(database, state="active")
    for size, status in ((10 * 1024 * 1024, 202), (10 * 1024 * 1024 + 1, 413)):
        answer = await web.stranger.post(f"/websub/{TOKEN}", data=b"x" * size)
        assert answer.status == status


async def test_a_push_while_the_database_is_gone_is_to_be_sent_again_rl_12() -> None:
    gone = Database(make_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    async with serving(gone) as web:
        answer = await web.stranger.post(f"/websub/{TOKEN}", data=b"<rss/>")
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0


async def test_one_address_cannot_try_out_tokens_without_end(web: Web) -> None:
    for _ in range(DEFAULT.amount):
        web.app.state.rates.take("websub 127.0.0.1", NOON.timestamp())
    answer = await web.stranger.get(f"/websub/{TOKEN}")
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0


async def test_a_source_says_why_its_push_is_not_used(web: Web, database: Database) -> None:
    await add_subscription(database, is_wanted=False, state="none")
    reader = await web.with_key(Scope.READ)
    push = (await reader.get("/api/v1/sources/1")).json()["push"]
    assert (push["state"], push["hub"]) == ("none", "https://hub.example/")
    assert "FORKANT_PUBLIC_URL" in push["remark"]
    assert TOKEN not in str(push)
    page = (await (await web.signed_in()).get("/sources/1")).text
    assert "FORKANT_PUBLIC_URL" in page
    assert TOKEN not in page
