"""Replays over HTTP, and what woke nobody: listed, and raised anyway."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.playing import Order, Tell, play
from app.records import Role, Scope
from app.records.replays import Played
from app.schema.delivery import delivery
from app.schema.emergence import emergence
from app.schema.signal import signal
from app.stages.replays import ReplaysStage
from app.storage.database import Database
from tests.support.past import DAY, PastWeek, set_past
from tests.support.rows import NOON, add_alert, add_emergence, add_organisation, add_receiver, add_story, add_watch
from tests.support.web import Web

PERIOD = {"from": (NOON - 7 * DAY).isoformat(), "to": NOON.isoformat()}


@pytest.fixture
async def past(database: Database) -> PastWeek:
    async with database.transaction() as connection:
        return await set_past(connection)


async def have_played(database: Database, url: str) -> None:
    """One of those that wait."""

    async def in_a_thread(order: Order, told: Tell) -> Played:
        return await asyncio.to_thread(play, told, url, order)

    worker = ReplaysStage(database, "test", in_a_thread)
    await worker.run(NOON)
    await worker.settle()
    await worker.run(NOON + timedelta(seconds=3))


async def test_a_replay_is_asked_for_followed_and_read_side_by_side(
    web: Web, past: PastWeek, database: Database, url: str
) -> None:
    ola = await web.with_key(Scope.TRIAGE)
    body = PERIOD | {"watch": str(past.watch_id), "draft": {"query": "Mattilsynet", "priority": 1}}
    asked = await ola.post("/api/v1/replays", json=body)
    assert asked.status == 202
    where = asked.headers["Location"]
    assert where == f"/api/v1/replays/{asked.json()['id']}"
    assert (asked.json()["state"], asked.json()["live"]["query"]) == ("queued", "Fjordbrød OR Nordkorn")
    draft = asked.json()["draft"]
    assert (draft["name"], draft["query"], draft["priority"]) == ("Bakeriet", "Mattilsynet", 1)
    reader = await web.with_key(Scope.READ)
    assert (await reader.get(where)).json()["comparison"] is None
    await have_played(database, url)
    found = (await reader.get(where)).json()
    assert (found["replay"]["state"], found["replay"]["share"], found["replay"]["heard"]) == ("done", 1.0, 20)
    live, other = found["comparison"]["live"], found["comparison"]["draft"]
    assert (live["alerts"], live["by_kind"], live["precision"]) == (1, {"report": 1}, None)
    assert (other["alerts"], found["comparison"]["both"]) == (1, 1)
    page = (await reader.get(f"{where}/results?limit=1&outcome=raised")).json()
    assert page["next"]
    rest = (await reader.get(f"{where}/results?limit=1&outcome=raised&before={page['next']}")).json()
    both = page["results"] + rest["results"]
    assert sorted(one["side"] for one in both) == ["draft", "live"]
    assert {one["story"] for one in both} == {str(past.recall[0])}
    assert all(one["because"] and one["where"] == "both" and one["beside"]["outcome"] == "raised" for one in both)
    assert rest["next"] is None
    assert (await reader.get(f"{where}/results?where=only_live&outcome=raised")).json()["results"] == []
    listed = (await reader.get(f"/api/v1/replays?watch={past.watch_id}")).json()
    assert [one["id"] for one in listed["replays"]] == [asked.json()["id"]]


async def test_a_replay_is_called_off_and_removed(web: Web, past: PastWeek) -> None:
    ola = await web.with_key(Scope.TRIAGE)
    where = (await ola.post("/api/v1/replays", json=PERIOD | {"draft": {"query": "brød"}})).headers["Location"]
    assert (await ola.post(f"{where}/cancel")).json()["state"] == "cancelled"
    assert (await ola.post(f"{where}/cancel")).status == 409
    assert (await ola.ask("DELETE", where)).status == 204
    assert (await ola.get(where)).status == 404


async def test_what_cannot_be_played_is_a_problem_that_names_the_field(web: Web, past: PastWeek) -> None:
    ola = await web.with_key(Scope.TRIAGE)
    refused = [
        (PERIOD, "watch"),
        (PERIOD | {"draft": {"query": "(brød"}}, "query"),
        (PERIOD | {"watch": "x"}, "watch"),
        (PERIOD | {"watch": str(past.watch_id), "from": (NOON - 91 * DAY).isoformat()}, "from"),
        (PERIOD | {"watch": str(past.watch_id), "to": PERIOD["from"]}, "to"),
    ]
    for body, field in refused:
        answer = await ola.post("/api/v1/replays", json=body)
        assert answer.status == 422, body
        assert field in answer.text, answer.text
    assert (await ola.post("/api/v1/replays", json=PERIOD | {"watch": "4711", "draft": {}})).status == 404
    assert (await ola.post("/api/v1/replays", json={"draft": {"query": "x"}})).status == 422


async def test_what_the_budget_held_back_is_listed_and_raised_anyway(
    web: Web, past: PastWeek, database: Database
) -> None:
    given: dict[str, Any] = {"verdict": "hold", "hold": "budget", "decided": "3 raised in the last day, budget 3"}
    given |= {"severity": 47}
    async with database.transaction() as connection:
        story_id = await add_story(connection, past.recall, independent=4)
        held_id = await add_emergence(connection, past.watch_id, past.recall, story_id, **given)
        low = given | {"hold": "below_threshold", "severity": 12}
        await add_emergence(connection, await add_watch(connection), past.recall[:1], story_id, **low)
        await add_receiver(connection)
    reader, ola = await web.with_key(Scope.READ), await web.signed_in(Role.TRIAGE, "ola")
    found = (await reader.get(f"/api/v1/held?watch={past.watch_id}")).json()
    assert [(one["id"], one["hold"], one["severity"]) for one in found["held"]] == [(str(held_id), "budget", 47)]
    assert len((await reader.get("/api/v1/held")).json()["held"]) == 2
    assert (await reader.get("/api/v1/held?hold=below_threshold")).json()["held"][0]["severity"] == 12
    assert (await reader.post(f"/api/v1/held/{held_id}/raise")).status == 403
    raised = await ola.post(f"/api/v1/held/{held_id}/raise", json={"note": "The mayor will be asked"})
    assert raised.status == 201
    alert = raised.json()
    assert (alert["state"], alert["severity"], alert["level"], alert["publisher_count"]) == (
        "raised",
        47,
        "moderate",
        4,
    )
    told = (await reader.get(f"/api/v1/alerts/{alert['id']}")).json()
    (change,) = told["transitions"]
    assert (change["actor"], change["kind"]) == ("ola", "raised")
    assert change["reason"] == "raised by hand, although it was held back: budget. The mayor will be asked"
    assert [one["id"] for one in told["explanation"]] == [str(held_id)], "it says why (UX-04)"
    assert (await reader.get(f"/api/v1/held?watch={past.watch_id}")).json()["held"] == []
    async with database.transaction() as connection:
        assert len((await connection.execute(select(delivery.c.id))).all()) == 1, "receivers are told"
        assert await connection.scalar(select(emergence.c.hold).where(emergence.c.id == held_id)) == "budget"
        again = await add_emergence(connection, past.watch_id, past.recall, story_id, **given)
        other = await add_organisation(connection)
        theirs = await add_emergence(connection, await add_watch(connection, organisation_id=other), [], **given)
    assert (await ola.post(f"/api/v1/held/{held_id}/raise")).status == 404, "it is not held back any more"
    assert (await ola.post(f"/api/v1/held/{again}/raise")).status == 409, "an alert about the same is living"
    assert (await ola.post(f"/api/v1/held/{theirs}/raise")).status == 404


async def test_what_is_raised_by_hand_is_headed_with_what_its_watch_hit(
    web: Web, past: PastWeek, database: Database
) -> None:
    async with database.transaction() as connection:
        opener, later = past.recall[:2]
        await connection.execute(update(signal).where(signal.c.id == later).values(title="Bakeriet beklager"))
        story_id = await add_story(connection, [opener, later])
        given = {"verdict": "hold", "hold": "budget", "decided": "3 raised today, budget 3"}
        factors = [{"name": "topic", "value": "product_safety 0.95 x 0.90", "points": 34.2}]
        held_id = await add_emergence(connection, past.watch_id, [later], story_id, factors=factors, **given)
    ola = await web.signed_in(Role.TRIAGE, "ola")
    (held,) = (await ola.get("/api/v1/held")).json()["held"]
    assert (held["title"], held["told_by"]) == ("Bakeriet beklager", None)
    raised = await ola.post(f"/api/v1/held/{held_id}/raise", json={"note": ""})
    assert raised.json()["title"] == "Bakeriet beklager"
    assert raised.json()["factors"] == factors, "what its severity is made of"


async def test_a_watch_that_left_the_telling_to_another_stands_on_its_alert(
    web: Web, past: PastWeek, database: Database
) -> None:
    async with database.transaction() as connection:
        story_id = await add_story(connection, past.recall)
        told = await add_alert(connection, past.watch_id, story_id)
        broad = await add_watch(connection, "Everything we hear")
        given = {"verdict": "hold", "hold": "told_elsewhere", "decided": "Bakery tells of it", "told_by": told}
        for _ in range(2):
            await add_emergence(connection, broad, past.recall, story_id, **given)
    ola = await web.signed_in(Role.TRIAGE, "ola")
    assert (await ola.get(f"/api/v1/alerts/{told}")).json()["alert"]["also"] == ["Everything we hear"]
    held = (await ola.get("/api/v1/held?hold=told_elsewhere")).json()["held"]
    assert [one["told_by"] for one in held] == [str(told)] * 2
    assert (await ola.post(f"/api/v1/held/{held[0]['id']}/raise")).status == 201, "it may have an alert of its own"
