"""Stories over HTTP: merged, split, taken back, placed in their life cycle; the record of the outlooks."""

from datetime import timedelta
from typing import Any

import pytest

from app.records import Role, Scope
from app.stages.lifecycle import LifecycleStage
from app.storage.database import Database
from classifiers.taxonomy import load_taxonomy
from tests.support.rows import NOON, add_hit, add_signal, add_source, add_story, set_scene
from tests.support.web import Client, Web


@pytest.fixture
async def scene(database: Database) -> Any:
    async with database.transaction() as connection:
        return await set_scene(connection)


async def another_story(database: Database, watch_id: int, **given: Any) -> int:
    async with database.transaction() as connection:
        signal_id = await add_signal(connection, await add_source(connection), "Vannet er tilbake", **given)
        await add_hit(connection, watch_id, signal_id)
        return await add_story(connection, [signal_id])


async def story(client: Client, number: object) -> Any:
    return (await client.get(f"/api/v1/stories/{number}")).json()


async def test_stories_are_merged_and_split_and_both_taken_back(web: Web, database: Database, scene: Any) -> None:
    other = await another_story(database, scene.watch_id)
    client = await web.with_key(Scope.TRIAGE)
    path = f"/api/v1/stories/{scene.story_id}"
    merged = await client.post(f"{path}/merge", json={"other": str(other), "reason": "the same leak"})
    assert merged.status == 200
    change = merged.json()["change"]
    assert (change["kind"], change["actor"], change["reason"]) == ("merge", "key test", "the same leak")
    assert (merged.json()["story"]["id"], merged.json()["other"]) == (str(scene.story_id), None)
    assert (await story(client, other))["story"]["merged_into"] == str(scene.story_id)
    undone = (await client.post(f"{path}/undo", json={"change": change["id"]})).json()
    assert (undone["change"]["undoes"], undone["other"]["id"]) == (change["id"], str(other))
    again = await client.post(f"{path}/undo", json={"change": change["id"]})
    assert (again.status, "taken back already" in again.json()["detail"]) == (409, True)
    last = str(scene.signal_ids[-1])
    split = (await client.post(f"{path}/split", json={"signals": [last]})).json()
    assert (split["other"]["id"], split["change"]["signal_ids"]) == (last, [last])
    kinds = [(one["kind"], one["undone_at"] is None) for one in (await story(client, scene.story_id))["changes"]]
    assert kinds == [("split", True), ("split", True), ("merge", False)]


async def test_what_cannot_be_regrouped_is_a_problem_that_says_why(web: Web, database: Database, scene: Any) -> None:
    hidden = await another_story(database, scene.watch_id, sensitivity="restricted")
    admin = await web.with_key(Scope.ADMIN)
    path = f"/api/v1/stories/{scene.story_id}"
    for action, body, status in (
        ("merge", {"other": str(hidden)}, 403),
        ("merge", {"other": "999999"}, 404),
        ("merge", {"other": "x"}, 422),
        ("merge", {"other": str(scene.story_id)}, 422),
        ("split", {"signals": []}, 422),
        ("split", {"signals": [str(hidden)]}, 422),
        ("split", {"signals": [str(one) for one in scene.signal_ids]}, 409),
        ("undo", {"change": "1"}, 404),
        ("stage", {"watch": str(scene.watch_id), "stage": "over"}, 422),
        ("stage", {"watch": "999999", "stage": "crisis"}, 404),
    ):
        answer = await admin.post(f"{path}/{action}", json=body)
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json"), (action, body)
    triage = await web.signed_in(Role.TRIAGE)
    assert (await triage.post(f"{path}/merge", json={"other": str(hidden)})).status == 404  # it is not there for them


async def test_a_proposed_stage_is_shown_and_decided(web: Web, database: Database, scene: Any) -> None:
    await LifecycleStage(database, load_taxonomy()).run(NOON)
    client = await web.with_key(Scope.TRIAGE)
    (row,) = (await story(client, scene.story_id))["stages"]
    assert (row["stage"], row["proposed"] is not None, row["because"] != []) == ("potential", True, True)
    body = {"watch": row["watch_id"], "stage": row["proposed"], "reason": "yes"}
    answer = (await client.post(f"/api/v1/stories/{scene.story_id}/stage", json=body)).json()
    assert (answer["stage"], answer["set_by"], answer["proposed"]) == (row["proposed"], "key test", None)
    found = await story(client, scene.story_id)
    assert [one["kind"] for one in found["stage_changes"]] == ["accepted", "proposed", "opened"]
    alert = (await client.get(f"/api/v1/alerts/{scene.alert_id}")).json()
    assert (alert["stage"]["stage"], alert["stage"]["set_by"]) == (row["proposed"], "key test")
    assert alert["transitions"][-1]["reason"] == f"life cycle: from potential to {row['proposed']} (yes)"


async def test_the_record_of_outlooks_is_empty_before_anything_was_judged(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    found = (await client.get("/api/v1/outlook/record")).json()
    assert [(one["horizon_seconds"], one["predictions"], one["brier"]) for one in found["horizons"]] == [
        (timedelta(minutes=30).total_seconds(), 0, None),
        (timedelta(minutes=60).total_seconds(), 0, None),
    ]
    assert found["bins"] == []
