"""The coverage ledger over HTTP."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from app.records import Scope
from app.schema.coverage import coverage_hour
from app.storage.database import Database
from tests.support.rows import NOON, add_alert, add_hit, add_signal, add_source, add_watch
from tests.support.web import Web

HOUR = timedelta(hours=1)


async def write(database: Database, source_id: int, *states: str, expected: float = 2.0) -> None:
    """The last hours before noon."""
    rows: list[dict[str, Any]] = [
        {
            "source_id": source_id,
            "hour": NOON - (len(states) - number) * HOUR,
            "expected": expected,
            "seen": 1 if state == "seen" else 0,
            "polls": 4,
            "failed": 0,
            "state": state,
        }
        for number, state in enumerate(states)
    ]
    async with database.transaction() as connection:
        await connection.execute(insert(coverage_hour), rows)


async def test_coverage_is_the_share_of_what_is_usually_said(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        big, small = await add_source(connection, name="Big"), await add_source(connection, name="Small")
        watch_id = await add_watch(connection, query='source:"Small" brann')
    await write(database, big, "seen", "failing", expected=9.0)
    await write(database, small, "quiet", "seen", expected=1.0)
    client = await web.with_key(Scope.READ)
    found = (await client.get("/api/v1/coverage?by=hour")).json()
    assert found["window"]["share"] == 0.55
    assert [(hour["share"], hour["seen"], hour["heard_sources"]) for hour in found["by_hour"]] == [
        (1.0, 1, 2),
        (0.1, 1, 1),
    ]
    assert found["account"]["is_balanced"]
    (first, second) = (await client.get("/api/v1/coverage?by=source")).json()["by_source"]
    assert (first["name"], first["share"], [hour["state"] for hour in first["hours"]]) == (
        "Big",
        0.5,
        ["seen", "failing"],
    )
    assert second["share"] == 1.0
    narrowed = (await client.get(f"/api/v1/coverage?watch={watch_id}")).json()
    assert narrowed["window"]["share"] == 1.0
    (only,) = (await client.get("/api/v1/coverage?by=source&state=failing")).json()["by_source"]
    assert only["name"] == "Big"
    assert (await client.get("/api/v1/coverage?watch=99")).status == 404
    assert (await client.get("/api/v1/coverage?from=2025-01-01T00:00:00Z")).status == 422


async def test_a_chart_knows_which_hours_were_heard_and_never_draws_deafness_as_calm(
    web: Web, database: Database
) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        other = await add_source(connection)
        signal_id = await add_signal(connection, source_id, at=NOON - 3 * HOUR)
        watch_id = await add_watch(connection)
        await add_hit(connection, watch_id, signal_id)
        await add_alert(connection, watch_id)
    await write(database, source_id, "seen", "failing", "not_asked")
    await write(database, other, "failing", "failing", "not_asked", expected=1.0)
    client = await web.with_key(Scope.READ)
    query = "from=2026-03-11T09:00:00Z&to=2026-03-11T12:00:00Z&bucket=hour&time_zone=UTC"
    found = (await client.get(f"/api/v1/trends?{query}")).json()
    assert [point["signals"] for point in found["points"]] == [1, None, None]
    assert [round(point["heard"], 2) for point in found["points"]] == [0.67, 0.0, 0.0]
    assert round(found["coverage"], 2) == 0.22
    quarters = (await client.get(f"/api/v1/trends?{query}&subject=source&name={source_id}")).json()
    assert [point["heard"] for point in quarters["points"]] == [1.0, 0.0, 0.0]


async def test_forkants_own_hearing_cannot_be_woken_but_may_be_given_an_owner(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection, "Forkant's own hearing", is_own=True, is_active=False)
    client = await web.with_key(Scope.ADMIN)
    path = f"/api/v1/watches/{watch_id}"
    assert (await client.patch(path, json={"is_active": True})).status == 409
    assert (await client.patch(path, json={"owner": "Vakt"})).json()["owner"] == "Vakt"
    assert (await client.get(path)).json()["is_own"]
