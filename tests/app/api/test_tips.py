"""Tips by the API: what is taken, what is refused and why, and that asking twice makes one."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.records import Caller, Role, Scope
from app.schema.item import item
from app.schema.source import source, source_status
from app.storage.database import Database
from tests.support.rows import NOON
from tests.support.web import Client, Web, serving

TIPS = "/api/v1/tips"
FIRING = {
    "status": "firing",
    "labels": {"alertname": "PortalDown", "severity": "critical"},
    "annotations": {"summary": "The portal does not answer"},
    "startsAt": "2026-03-11T11:50:00.123456789Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://prometheus.example/graph",
    "fingerprint": "a1b2c3d4e5f60718",
}
NOTIFICATION = {
    "version": "4",
    "groupKey": '{}:{alertname="PortalDown"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "forkant",
    "groupLabels": {"alertname": "PortalDown"},
    "commonLabels": {"alertname": "PortalDown", "severity": "critical"},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.example",
    "alerts": [FIRING],
}


@pytest.fixture
async def giver(web: Web) -> Client:
    return await web.with_key(Scope.TIPS)


async def stored(database: Database) -> list[Any]:
    async with database.transaction() as connection:
        return list(await connection.execute(select(item).order_by(item.c.id)))


async def test_a_tip_is_kept_as_given_and_internal_unless_said_otherwise(giver: Client, database: Database) -> None:
    answer = await giver.post(TIPS, json={"title": "Lang kø i kassen", "categories": ["butikk"], "language": "nb"})
    assert answer.status == 201
    told = answer.json()["tips"]
    assert [(one["index"], one["outcome"]) for one in told] == [(0, "new")]
    [row] = await stored(database)
    assert (row.title, row.sensitivity, row.author, row.categories) == ("Lang kø i kassen", "internal", "", ["butikk"])
    assert row.guid == told[0]["reference"]
    async with database.transaction() as connection:
        door = (await connection.execute(select(source).where(source.c.id == row.source_id))).one()
        health = await connection.scalar(select(source_status.c.health))
    assert (door.kind, door.name, door.stakeholder, health) == ("inbound", "Tips from colleagues", "employees", "heard")


async def test_the_good_ones_of_a_list_are_kept_and_the_others_refused_with_place_and_reason(
    giver: Client, database: Database
) -> None:
    bad = [{}, "words", {"title": "x", "url": "javascript:alert(1)"}, {"title": "x", "colour": "red"}]
    bad += [{"title": "t" * 301}, {"text": "t" * 20_001}, {"title": "x", "said_at": "2026-03-11T12:00:00"}]
    bad += [{"title": "x", "source": "nowhere"}, {"title": "x", "sensitivity": "secret"}, {"title": "\x00\ud800 "}]
    answer = await giver.post(TIPS, json=[{"title": "god"}, *bad, {"text": "også god"}])
    assert answer.status == 207
    told = answer.json()
    assert [one["index"] for one in told["tips"]] == [0, len(bad) + 1]
    assert [one["index"] for one in told["refused"]] == list(range(1, len(bad) + 1))
    fields = ["", "", "url", "colour", "title", "text", "said_at", "source", "sensitivity", ""]
    assert [one["field"] for one in told["refused"]] == fields
    assert all(one["detail"] and one["type"] == "/problems/invalid" for one in told["refused"])
    assert [row.title or row.summary for row in await stored(database)] == ["god", "også god"]


@pytest.mark.parametrize("body", [{}, [], [{}], {"title": "x", "colour": "red"}, [{"title": "x"}] * 101, "words", 7])
async def test_where_nothing_can_be_kept_the_answer_is_a_problem(giver: Client, body: Any, database: Database) -> None:
    answer = await giver.post(TIPS, json=body)
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert await stored(database) == []


async def test_se_09_se_11_text_that_cannot_be_stored_loses_that_and_too_much_is_refused(
    giver: Client, database: Database
) -> None:
    odd = {"title": "NUL \x00 half \ud800 ok", "text": "<b>fet</b> \u202esnudd", "author": "Ola\x00"}
    assert (await giver.post(TIPS, json=odd)).status == 201
    assert (await stored(database))[0].title == "NUL  half  ok"
    assert (await giver.post(TIPS, json={"text": "x" * 1_100_000})).status == 413
    assert (
        await giver.post(TIPS, data="[" * 40 + "]" * 40, headers={"Content-Type": "application/json"})
    ).status == 422
    assert (await giver.post(TIPS, data="{", headers={"Content-Type": "application/json"})).status == 422


async def test_the_same_reference_is_the_same_tip_and_other_words_an_edit(giver: Client, database: Database) -> None:
    asked = {"title": "Strømbrudd", "reference": "T-1", "sensitivity": "open"}
    first = (await giver.post(TIPS, json=asked)).json()["tips"][0]
    again = await giver.post(TIPS, json=asked | {"url": "https://nett.example/1"})
    assert (again.status, again.json()["tips"][0]["outcome"]) == (200, "known")
    assert again.json()["tips"][0]["signal_id"] == first["signal_id"]
    edited = await giver.post(TIPS, json=asked | {"title": "Strømbrudd i hele byen"})
    assert edited.json()["tips"][0]["outcome"] == "edited"
    assert [(row.guid, row.version) for row in await stored(database)] == [("T-1", 1), ("T-1", 2)]
    wider = await giver.post(TIPS, json=asked | {"sensitivity": "restricted", "title": "nytt"})
    assert (wider.status, wider.json()["errors"][0]["field"]) == (422, "body.0.sensitivity")


async def test_the_same_reference_from_many_at_once_makes_one(giver: Client, database: Database) -> None:
    asked = {"title": "Strømbrudd", "reference": "T-1"}
    answers = await asyncio.gather(*(giver.post(TIPS, json=asked) for _ in range(12)))
    assert sorted(answer.status for answer in answers) == [200] * 11 + [201]
    assert len(await stored(database)) == 1


async def test_cv_35_an_idempotency_key_gives_the_first_answer_for_a_day(database: Database) -> None:
    now = [NOON]
    async with serving(database, now=lambda: now[0]) as web:
        giver, other = await web.with_key(Scope.TIPS), await web.with_key(Scope.TIPS)
        named = {"Idempotency-Key": "ticket-17"}
        answers = await asyncio.gather(*(giver.post(TIPS, json={"title": "Vann"}, headers=named) for _ in range(8)))
        assert len({answer.body for answer in answers}) == 1
        assert len(await stored(database)) == 1
        changed = await giver.post(TIPS, json={"title": "Ild"}, headers=named)
        assert (changed.status, changed.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
        assert (await other.post(TIPS, json={"title": "Ild"}, headers=named)).status == 201, "another's key is another"
        now[0] += timedelta(hours=24, seconds=1)
        assert (await giver.post(TIPS, json={"title": "Ild"}, headers=named)).status == 201
        spoilt = await giver.post(TIPS, json={"title": "Ild"}, headers={"Idempotency-Key": "med mellomrom"})
        assert spoilt.status == 422


async def test_who_may_give_tips_may_do_nothing_else_and_who_reads_gives_none_se_25(web: Web) -> None:
    giver, reader = await web.with_key(Scope.TIPS), await web.with_key(Scope.READ)
    admin, lise = await web.with_key(Scope.ADMIN), await web.signed_in(Role.READER, "lise")
    for path in ("/api/v1/alerts", "/api/v1/signals", "/api/v1/sources", "/api/v1/coverage"):
        assert (await giver.get(path)).status == 403
    assert (await reader.post(TIPS, json={"title": "x"})).status == 403
    assert (await web.stranger.post(TIPS, json={"title": "x"})).status == 401
    for somebody in (admin, lise):
        assert (await somebody.post(TIPS, json={"title": "x"})).status == 201


async def test_tips_go_to_the_inbound_source_that_is_named_and_a_resting_one_takes_none(web: Web) -> None:
    admin = await web.with_key(Scope.ADMIN)
    made = await admin.post("/api/v1/sources", json={"kind": "inbound", "address": "", "name": "Servicetorget"})
    assert (made.status, made.json()["health"]) == (201, "heard")
    number = made.json()["source"]["id"]
    for name in ("Servicetorget", "servicetorget", number):
        assert (await admin.post(TIPS, json={"title": f"til {name}", "source": name})).status == 201
    changed = await admin.patch(f"/api/v1/sources/{number}", json={"name": "Torget", "stakeholder": "customers"})
    assert (changed.json()["source"]["kind"], changed.json()["source"]["address"]) == (
        "inbound",
        "inbound:servicetorget",
    )
    await admin.patch(f"/api/v1/sources/{number}", json={"is_active": False})
    answer = await admin.post(TIPS, json={"title": "x", "source": "Torget"})
    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "body.0.source")
    assert "inbound:" not in (await admin.get("/api/v1/sources.opml")).text


async def test_cv_24_alertmanager_tells_of_an_alert_and_of_its_end(giver: Client, database: Database) -> None:
    assert (await giver.post(f"{TIPS}/alertmanager", json=NOTIFICATION)).status == 201
    assert (await giver.post(f"{TIPS}/alertmanager", json=NOTIFICATION)).status == 200, "it repeats itself"
    over = FIRING | {"status": "resolved", "endsAt": "2026-03-11T12:00:00Z"}
    ended = await giver.post(f"{TIPS}/alertmanager", json=NOTIFICATION | {"alerts": [over], "status": "resolved"})
    assert ended.json()["tips"][0]["outcome"] == "edited"
    rows = await stored(database)
    assert [row.title for row in rows] == ["The portal does not answer", "Resolved: The portal does not answer"]
    assert {row.sensitivity for row in rows} == {"internal"}


async def test_cv_24_another_version_is_refused_and_a_bad_alert_costs_no_other(giver: Client) -> None:
    for version in ("3", "5", ""):
        answer = await giver.post(f"{TIPS}/alertmanager", json=NOTIFICATION | {"version": version})
        assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "version")
    assert (await giver.post(f"{TIPS}/alertmanager", json={"version": "4"})).status == 422
    mixed = NOTIFICATION | {"alerts": [{"labels": {}}, FIRING, 7]}
    answer = await giver.post(f"{TIPS}/alertmanager?sensitivity=open", json=mixed)
    assert answer.status == 207
    assert [one["index"] for one in answer.json()["refused"]] == [0, 2]
    assert answer.json()["refused"][0]["field"] == "startsAt"


async def test_nobody_visits_a_door_and_it_is_not_missed_in_the_coverage(web: Web, database: Database) -> None:
    from app.storage.sources import claim

    admin = await web.with_key(Scope.ADMIN)
    await admin.post(TIPS, json={"title": "x"})
    async with database.transaction() as connection:
        assert await connection.scalar(select(func.count()).select_from(source)) == 1
        assert await claim(connection, "node", NOON + timedelta(days=9), lease=timedelta(minutes=5), most=9) == []
    coverage = (await admin.get("/api/v1/coverage")).json()
    assert coverage["by_health"] == {"heard": 1}


async def test_se_21_se_28_the_open_form_takes_few_a_minute_and_nothing_from_foreign_pages(
    web: Web, database: Database
) -> None:
    token = await web.services.tips.make_link(Caller(1, "kari", frozenset(Scope)), NOON)
    form, own = f"/tips/form/{token}", {"Origin": web.base}
    given = {"noticed": "Noe rart", "sensitivity": "internal"}
    foreign = await web.stranger.post(form, data=given, headers={"Origin": "https://evil.example"})
    assert foreign.status == 403
    statuses = [(await web.stranger.post(form, data=given, headers=own)).status for _ in range(22)]
    assert statuses == [303] * 20 + [429] * 2
    assert len(await stored(database)) == 20
    for wrong in ({"noticed": " "}, {"noticed": "x", "sensitivity": "secret"}, {"noticed": "x" * 10_001}):
        assert (await web.stranger.post(form, data=given | wrong, headers=own)).status == 422
    assert (await web.stranger.get("/tips/form/guessed")).status == 404
