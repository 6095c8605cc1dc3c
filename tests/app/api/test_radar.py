"""The radar over HTTP: read, accepted, dismissed."""

from app.records import Scope
from app.stages.radar import RadarStage, Sky
from app.storage.database import Database
from classifiers.radar import suggest
from classifiers.radar_values import Radar
from tests.support.radar_sky import LEAK, MONDAY, Told, set_sky
from tests.support.web import Web

BREAD = (
    Told("Brødfabrikken Havrebakst stenger etter rottefunn", "health_safety"),
    Told("Rotter hos Havrebakst: Mattilsynet varsler tilsyn", "health_safety"),
    Told("Havrebakst beklager"),
)


async def suggested(database: Database) -> None:
    async def look_here(sky: Sky) -> Radar:
        return suggest(sky.week, sky.past, sky.guards, sky.taught)

    async with database.transaction() as connection:
        await set_sky(connection, LEAK, BREAD)
    await RadarStage(database, "a", look_here).run(MONDAY)


async def test_suggestions_are_read_accepted_and_dismissed(web: Web, database: Database) -> None:
    reader, ola, chief = [await web.with_key(scope) for scope in (Scope.READ, Scope.TRIAGE, Scope.ADMIN)]
    assert (await reader.get("/api/v1/radar")).json() == {
        "look": None,
        "suggestions": [],
        "answered": [],
        "weights": [],
    }
    await suggested(database)
    found = (await reader.get("/api/v1/radar")).json()
    one, other = found["suggestions"]
    assert {one["term"], other["term"]} == {"Nordlaks", "Havrebakst"}
    assert (one["week"], found["look"]["week"], found["look"]["rising"] > 1) == ("2026-03-09", "2026-03-09", True)
    assert len(one["examples"]) == 3
    assert one["examples"][0]["title"]
    where = f"/api/v1/radar/{one['id']}"
    assert (await ola.post(f"{where}/accept")).status == 403
    made = await chief.post(f"{where}/accept", json={"owner": "kari", "alerts_per_day": 1})
    assert made.status == 201
    watch = (await reader.get(f"/api/v1/watches/{made.json()['id']}")).json()
    assert (watch["name"], watch["query"], watch["owner"], watch["alerts_per_day"]) == (
        one["term"],
        one["query"],
        "kari",
        1,
    )
    assert (await chief.post(f"{where}/accept")).status == 409
    where = f"/api/v1/radar/{other['id']}"
    assert (await ola.post(f"{where}/dismiss", json={"reason": "dull"})).status == 422
    assert (await chief.post(f"{where}/accept", json={"query": "(brød"})).status == 422
    gone = await ola.post(f"{where}/dismiss", json={"reason": "not_ours", "note": "far away"})
    assert (gone.status, gone.json()["state"], gone.json()["note"]) == (200, "dismissed", "far away")
    left = (await reader.get("/api/v1/radar")).json()
    assert left["suggestions"] == []
    assert [row["state"] for row in left["answered"]] in (["accepted", "dismissed"], ["dismissed", "accepted"])
    assert {row["name"] for row in left["weights"]} >= {"environment", "health_safety", "media"}
    assert (await ola.post("/api/v1/radar/4711/dismiss", json={"reason": "other"})).status == 404
