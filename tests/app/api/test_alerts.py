"""Alerts over HTTP: lists, following, explanations, decisions."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

from app.alerts.types import AlertState, Level, TransitionKind
from app.api.cursors import to_cursor
from app.records import Scope
from app.storage.database import Database
from app.storage.transitions import append_transition
from tests.support.rows import NOON, add_alert, add_receiver, add_watch, set_scene
from tests.support.web import Client, Web


async def test_an_alert_tells_why_with_numbers_that_recompute_ux_04(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.READ)
    found = (await client.get(f"/api/v1/alerts/{scene.alert_id}")).json()
    why = found["explanation"][0]
    assert why["observed"] == len(why["signal_ids"]) == len(found["signals"]) == 3
    assert why["because"]
    assert why["window_seconds"] == 6 * 3600
    assert [one["kind"] for one in found["transitions"]] == ["raised"]
    assert found["deliveries"][0]["receiver_name"] == "Beredskap"
    assert found["alert"]["factors"][0]["points"] == 30


async def test_ids_are_strings_and_times_end_in_z_cv_38(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await set_scene(connection)
    client = await web.with_key(Scope.READ)
    alert = (await client.get("/api/v1/alerts")).json()["alerts"][0]
    assert isinstance(alert["id"], str)
    assert isinstance(alert["watch_id"], str)
    assert alert["raised_at"].endswith("Z")


async def test_pages_of_alerts_are_complete_and_without_repeats_cv_31(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection)
        made = [
            await add_alert(connection, watch_id, at=NOON - timedelta(minutes=number % 3), state="dismissed")
            for number in range(7)
        ]
    client = await web.with_key(Scope.READ)
    seen: list[str] = []
    path: str | None = "/api/v1/alerts?limit=3"
    while path:
        answer = await client.get(path)
        seen += [alert["id"] for alert in answer.json()["alerts"]]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<") or None
        if path:  # what comes in meanwhile moves nothing
            async with database.transaction() as connection:
                await add_alert(connection, watch_id, at=NOON + timedelta(minutes=1), state="dismissed")
    assert sorted(map(int, seen)) == made


async def test_alerts_are_narrowed_by_state_level_watch_and_topic(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        other = await add_watch(connection)
        await add_alert(connection, other, level=Level.LOW, topics=["environment"], state=AlertState.HANDLED)
    client = await web.with_key(Scope.READ)

    async def ids(query: str) -> list[str]:
        return [alert["id"] for alert in (await client.get(f"/api/v1/alerts?{query}")).json()["alerts"]]

    mine = [str(scene.alert_id)]
    assert await ids("state=raised&state=acknowledged") == mine
    assert await ids("level=serious") == mine
    assert await ids(f"watch={scene.watch_id}") == mine
    assert await ids("topic=service_disruption") == mine
    assert len(await ids("")) == 2


async def test_an_unchanged_list_answers_304_and_a_change_does_not_cv_33(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    first = await client.get("/api/v1/alerts")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = await client.get("/api/v1/alerts", headers=tag)
    assert (again.status, again.body) == (304, b"")
    await client.post(f"/api/v1/alerts/{scene.alert_id}/acknowledge")
    assert (await client.get("/api/v1/alerts", headers=tag)).status == 200


async def test_following_gives_each_change_once_in_commit_order_cv_32(web: Web, database: Database) -> None:
    """RL-10, small: writers commit in any order while pollers follow with pages of their own."""
    async with database.transaction() as connection:
        watch_id = await add_watch(connection)
    client = await web.with_key(Scope.READ)
    start = (await client.get("/api/v1/alerts")).json()["cursor"]
    dice = random.Random(7)
    written = asyncio.Event()

    async def write(number: int) -> None:
        for turn in range(4):
            async with database.transaction() as connection:
                alert_id = await add_alert(connection, watch_id, state="dismissed", title=f"{number}.{turn}")
                await asyncio.sleep(dice.random() / 100)
                await append_transition(
                    connection, alert_id, TransitionKind.UPDATED, AlertState.DISMISSED, 50, Level.SERIOUS, NOON
                )

    async def follow(limit: int) -> list[str]:
        cursor, seen = start, []
        while True:
            done = written.is_set()
            page = (await client.get(f"/api/v1/alerts?after={cursor}&limit={limit}")).json()
            seen += [alert["change"]["id"] for alert in page["alerts"]]
            cursor = page["cursor"]
            if done and not page["more"]:
                return seen

    pollers = [asyncio.create_task(follow(limit)) for limit in (1, 3, 200)]
    await asyncio.gather(*(write(number) for number in range(6)))
    written.set()
    histories = await asyncio.gather(*pollers)
    async with database.transaction() as connection:
        rows = await connection.exec_driver_sql("select id from transition order by id")
        everything = [str(row.id) for row in rows]
    assert len(everything) == 48
    for history in histories:
        assert history == everything
        assert max(Counter(history).values()) == 1


async def test_a_long_poll_answers_when_something_happens(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        watch_id = await add_watch(connection)
    client = await web.with_key(Scope.READ)
    cursor = (await client.get("/api/v1/alerts")).json()["cursor"]
    waiting = asyncio.create_task(client.get(f"/api/v1/alerts?after={cursor}&wait=30"))
    async with database.transaction() as connection:
        alert_id = await add_alert(connection, watch_id)
    page = (await waiting).json()
    assert [alert["id"] for alert in page["alerts"]] == [str(alert_id)]
    assert page["alerts"][0]["change"]["kind"] == "raised"


async def test_an_old_cursor_is_gone_and_says_where_to_begin_anew_cv_32(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    old = to_cursor(0, NOON - timedelta(days=31))
    answer = await client.get(f"/api/v1/alerts?after={old}")
    assert answer.status == 410
    assert answer.headers["Link"] == '</api/v1/alerts>; rel="resync"'
    ahead = to_cursor(10**9, NOON)
    assert (await client.get(f"/api/v1/alerts?after={ahead}")).status == 410


async def test_a_cursor_that_we_never_gave_is_refused(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    for cursor in ("x", "%F0%9F%98%80", "WzFd", "W10", "-" * 150):
        for name in ("after", "before"):
            answer = await client.get(f"/api/v1/alerts?{name}={cursor}")
            assert answer.status == 422, (name, cursor)


async def decide(client: Client, alert_id: int, what: str, **options: object) -> int:
    return (await client.post(f"/api/v1/alerts/{alert_id}/{what}", **options)).status


async def test_dismissing_needs_a_reason(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    assert await decide(client, scene.alert_id, "dismiss") == 422
    assert await decide(client, scene.alert_id, "dismiss", json={}) == 422
    assert await decide(client, scene.alert_id, "dismiss", json={"reason": "because"}) == 422
    answer = await client.post(
        f"/api/v1/alerts/{scene.alert_id}/dismiss", json={"reason": "wrong_subject", "note": "Another school"}
    )
    assert answer.json()["dismiss_reason"] == "wrong_subject"
    found = (await client.get(f"/api/v1/alerts/{scene.alert_id}")).json()
    assert found["transitions"][-1]["reason"] == "wrong_subject: Another school"
    assert found["transitions"][-1]["actor"] == "key test"


async def test_an_alert_is_taken_answered_and_taken_back(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    assert await decide(client, scene.alert_id, "acknowledge") == 200
    assert await decide(client, scene.alert_id, "acknowledge") == 409
    assert await decide(client, scene.alert_id, "handle", json={"note": "Answered on our page"}) == 200
    assert await decide(client, scene.alert_id, "dismiss", json={"reason": "other"}) == 409
    assert await decide(client, scene.alert_id, "reopen") == 200
    found = (await client.get(f"/api/v1/alerts/{scene.alert_id}")).json()
    assert [one["kind"] for one in found["transitions"]] == ["raised", "acknowledged", "handled", "reopened"]
    assert found["alert"]["state"] == "raised"
    assert found["alert"]["closed_at"] is None


async def test_reopening_is_refused_while_another_alert_of_the_story_lives(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    await decide(client, scene.alert_id, "handle")
    async with database.transaction() as connection:
        await add_alert(connection, scene.watch_id, scene.story_id)
    assert await decide(client, scene.alert_id, "reopen") == 409


async def test_the_second_of_two_editors_sees_what_the_first_did_cv_36_ux_07(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.TRIAGE)
    tag = (await client.get(f"/api/v1/alerts/{scene.alert_id}")).headers["ETag"]
    if_match = {"If-Match": tag}
    path = f"/api/v1/alerts/{scene.alert_id}"
    assert (await client.post(f"{path}/acknowledge", headers=if_match)).status == 200
    second = await client.post(f"{path}/handle", headers=if_match)
    assert second.status == 412
    assert "acknowledged by key test" in second.json()["detail"]


async def test_many_at_once_change_an_alert_only_once(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        await add_receiver(connection)
    client = await web.with_key(Scope.TRIAGE)
    statuses = await asyncio.gather(*(decide(client, scene.alert_id, "acknowledge") for _ in range(8)))
    assert sorted(statuses) == [200] + [409] * 7


async def test_an_alert_that_is_not_there_is_not_found(web: Web) -> None:
    client = await web.with_key(Scope.TRIAGE)
    for number in ("999", "abc", "-1", "99999999999999999999", "1e3", "٣"):
        assert (await client.get(f"/api/v1/alerts/{number}")).status == 404, number
    assert await decide(client, 999, "acknowledge") == 404
