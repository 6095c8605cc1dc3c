"""Labels and models over HTTP: feedback, examples, canaries, and what is in use."""

import json

from sqlalchemy import select, text

from app.records import Role, Scope
from app.schema.learning import judgement
from app.storage.database import Database
from tests.support.rows import add_signal, add_source, set_scene
from tests.support.web import Web

LABELS = "/api/v1/labels"


async def test_feedback_is_kept_replaced_and_taken_back(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    given = {
        "signal": str(scene.signal_ids[0]),
        "topic": "service_disruption",
        "right": False,
        "instead": "environment",
    }
    assert (await client.post(f"{LABELS}/feedback", json=given)).status == 201
    assert (await client.post(f"{LABELS}/feedback", json=given)).status == 201
    admin = await web.with_key(Scope.ADMIN)
    told = (await admin.get(f"{LABELS}/feedback")).json()
    assert (told["total"], told["new"]) == (2, 2)
    assert told["influence"][0] == {"judge": told["influence"][0]["judge"], "name": "key test"} | {
        "judgements": 2, "given": 2.0, "counted": 2.0,
    }  # fmt: skip
    mine = [one for one in told["judgements"] if one["withdrawn_at"] is None]
    assert {(one["topic"], one["is_right"]) for one in mine} == {("service_disruption", False), ("environment", True)}
    assert (await client.post(f"{LABELS}/feedback/{mine[0]['id']}/withdraw")).status == 204
    other = await web.with_key(Scope.TRIAGE)
    assert (await other.post(f"{LABELS}/feedback/{mine[1]['id']}/withdraw")).status == 404
    forgotten = await admin.post(f"{LABELS}/feedback/forget", json={"judge": told["influence"][0]["judge"]})
    assert forgotten.json() == {"withdrawn": 1}


async def test_feedback_that_cannot_be_kept_says_why(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        seen = str(await add_signal(connection, source_id))
        hidden = str(await add_signal(connection, source_id, sensitivity="restricted"))
    client = await web.with_key(Scope.TRIAGE)
    for given, status, words in (
        ({"signal": seen, "topic": "sun", "right": True}, 422, "no topic sun"),
        (
            {"signal": seen, "topic": "environment", "right": True, "instead": "none"},
            422,
            "only where this one is wrong",
        ),
        ({"signal": hidden, "topic": "environment", "right": True}, 404, "no signal"),
        ({"signal": "999", "topic": "environment", "right": True}, 404, "no signal"),
    ):
        answer = await client.post(f"{LABELS}/feedback", json=given)
        assert answer.status == status, given
        assert words in answer.text


async def test_examples_are_taken_line_by_line(web: Web, database: Database) -> None:
    admin = await web.with_key(Scope.ADMIN)
    good = {"text": "Nabolaget klager på støy", "lang": "nb", "topics": ["public_pressure"]}
    lines = [
        json.dumps(good),
        "{",
        json.dumps(good | {"lang": "xx"}),
        json.dumps({"text": "Ei sol", "lang": "nn", "topics": []}),
    ]
    answer = await admin.post(
        f"{LABELS}/examples", data="\n".join(lines), headers={"Content-Type": "application/x-ndjson"}
    )
    assert answer.status == 200
    assert answer.json()["taken"] == 2
    assert [one["line"] for one in answer.json()["refused"]] == [2, 3]
    again = await admin.post(f"{LABELS}/examples", json={"examples": [good, 7]})
    assert (again.json()["taken"], again.json()["refused"][0]["line"]) == (1, 2)
    assert (await admin.post(f"{LABELS}/examples", json={"examples": [7]})).status == 422
    async with database.transaction() as connection:
        kept = [tuple(row) for row in await connection.execute(select(judgement.c.topic, judgement.c.language))]
    assert sorted(kept) == [("none", "nn"), ("public_pressure", "nb"), ("public_pressure", "nb")]


async def test_canaries_are_added_and_removed(web: Web) -> None:
    admin = await web.with_key(Scope.ADMIN)
    made = await admin.post(
        f"{LABELS}/canaries", json={"text": "Vi har åpent", "language": "nb", "must_not": ["any"], "note": "slogan"}
    )
    assert made.status == 201
    bad = await admin.post(f"{LABELS}/canaries", json={"text": "Vi har åpent", "language": "nb", "must": ["any"]})
    assert bad.status == 422
    assert len((await admin.get(f"{LABELS}/canaries")).json()["canaries"]) == 1
    assert (await admin.ask("DELETE", f"{LABELS}/canaries/{made.json()['id']}")).status == 204
    assert (await admin.ask("DELETE", f"{LABELS}/canaries/{made.json()['id']}")).status == 404


async def test_models_are_listed_promoted_fetched_and_rolled_back(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        for number, version in enumerate(("v.1", "v.2")):
            await connection.execute(
                text("""insert into model (organisation_id, version, hash, content, made_at)
                        values (1, :version, :hash, 'x', now())"""),
                {"version": version, "hash": str(number)},
            )
    admin = await web.with_key(Scope.ADMIN)
    assert [one["version"] for one in (await admin.get("/api/v1/models")).json()["models"]] == ["v.2", "v.1"]
    for version in ("v.1", "v.2"):
        promoted = await admin.post(f"/api/v1/models/{version}/promote", json={"why": "better"})
        assert promoted.json()["state"] == "live"
    assert (await admin.get("/api/v1/models/v.1")).json()["why"] == "v.2 took its place"
    assert (await admin.post("/api/v1/models/v.2/promote")).status == 409
    assert (await admin.post("/api/v1/models/rollback")).json()["version"] == "v.1"
    assert (await admin.post("/api/v1/models/rollback")).json() is None
    assert (await admin.get("/api/v1/models/v.2/file")).body == b"x"
    assert (await admin.get("/api/v1/models/nope")).status == 404
    ola = await web.signed_in(Role.TRIAGE, "ola")
    assert (await ola.get("/api/v1/models")).status == 403
