"""Signals, stories, sources, watches, receivers and coverage over HTTP."""

from datetime import timedelta

from app import records
from app.records import Scope
from app.storage.database import Database
from tests.support.rows import (
    NOON,
    add_hit,
    add_label,
    add_node,
    add_poll,
    add_signal,
    add_source,
    add_story,
    add_watch,
    set_scene,
)
from tests.support.web import Client, Web


async def titles(client: Client, query: str) -> list[str]:
    answer = await client.get(f"/api/v1/signals?{query}")
    assert answer.status == 200, answer.body
    return [signal["title"] for signal in answer.json()["signals"]]


async def test_words_match_by_stem_in_each_signal_s_own_language(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        await add_signal(connection, source_id, "Skolene stenger i dag", language="nb")
        await add_signal(connection, source_id, "Scholen gaan dicht", language="nl")
        await add_signal(connection, source_id, "Schools are closing today", language="en")
        await add_signal(connection, source_id, "Koulut suljetaan", language="fi")
    client = await web.with_key(Scope.READ)
    assert await titles(client, "q=skole") == ["Skolene stenger i dag"]
    assert await titles(client, "q=school") == ["Schools are closing today", "Scholen gaan dicht"]
    assert await titles(client, "q=koulut") == ["Koulut suljetaan"]
    assert await titles(client, "q=closing+-schools") == []
    assert await titles(client, "q=%22closing+today%22&language=en") == ["Schools are closing today"]


async def test_signals_are_narrowed_by_source_topic_watch_story_and_time(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        first, second = await add_source(connection), await add_source(connection)
        watch_id = await add_watch(connection)
        old = await add_signal(connection, first, "Old", at=NOON - timedelta(hours=2))
        new = await add_signal(connection, second, "New", at=NOON)
        copy = await add_signal(connection, second, "Copy", at=NOON, copy_of=new, copy_kind="wire")
        await add_label(connection, old, "environment")
        await add_hit(connection, watch_id, new)
        await add_hit(connection, watch_id, copy, is_counted=False)
        story_id = await add_story(connection, [new, copy])
    client = await web.with_key(Scope.READ)
    assert await titles(client, f"source={first}") == ["Old"]
    assert await titles(client, "topic=environment") == ["Old"]
    assert await titles(client, f"watch={watch_id}") == ["Copy", "New"]
    assert await titles(client, f"watch={watch_id}&copies=none") == ["New"]
    assert await titles(client, f"story={story_id}") == ["Copy", "New"]
    assert await titles(client, "since=2026-03-11T11:00:00Z&copies=none") == ["New"]
    assert await titles(client, "until=2026-03-11T11:00:00Z") == ["Old"]
    assert (await client.get("/api/v1/signals?since=2026-03-11T11:00:00")).status == 422


async def test_pages_of_signals_are_stable_while_new_ones_come_cv_31(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection)
        made = [await add_signal(connection, source_id, f"{number}") for number in range(5)]
    client = await web.with_key(Scope.READ)
    first = (await client.get("/api/v1/signals?limit=3")).json()
    async with database.transaction() as connection:
        await add_signal(connection, source_id, "Newer", at=NOON + timedelta(minutes=1))
    second = await client.get(f"/api/v1/signals?limit=3&before={first['next']}")
    seen = [signal["id"] for signal in first["signals"] + second.json()["signals"]]
    assert seen == [str(number) for number in reversed(made)]
    assert second.json()["next"] is None


async def test_a_signal_shows_its_labels_with_spans_its_watches_and_copies(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
        first = scene.signal_ids[0]
        await add_signal(connection, scene.source_ids[1], "A copy", copy_of=first, copy_kind="near")
    client = await web.with_key(Scope.READ)
    found = (await client.get(f"/api/v1/signals/{first}")).json()
    span = found["labels"][0]["because"][0]
    assert found["signal"]["title"][span["start"] : span["end"]] == span["word"]
    assert found["watches"][0]["name"] == "Skole og barnehage"
    assert [copy["title"] for copy in found["copies"]] == ["A copy"]
    assert found["signal"]["topics"] == ["service_disruption"]


async def test_a_story_shows_its_members_in_order_and_its_alerts(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.READ)
    stories = (await client.get(f"/api/v1/stories?watch={scene.watch_id}")).json()["stories"]
    assert [story["id"] for story in stories] == [str(scene.story_id)]
    found = (await client.get(f"/api/v1/stories/{scene.story_id}")).json()
    assert [member["id"] for member in found["members"]] == [str(number) for number in scene.signal_ids]
    assert found["alert_ids"] == [str(scene.alert_id)]


async def test_sources_show_the_worst_first_with_the_reason_in_words_ux_11(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await add_source(connection, name="Well")
        broken = await add_source(
            connection, name="Broken", health="failing", status_failures=3, status_last_error="The server is gone"
        )
        await add_poll(connection, broken, outcome="failed", error="The server is gone")
    client = await web.with_key(Scope.READ)
    sources = (await client.get("/api/v1/sources")).json()["sources"]
    assert [source["source"]["name"] for source in sources] == ["Broken", "Well"]
    assert sources[0]["last_error"] == "The server is gone"
    assert sources[0]["next_poll_at"]
    found = (await client.get(f"/api/v1/sources/{broken}")).json()
    assert found["polls"][0]["error"] == "The server is gone"


async def test_a_source_is_added_once_and_is_due_at_once(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    body = {"address": "https://avisa.example/feed.xml", "tier": 1, "country": "NO"}
    made = await client.post("/api/v1/sources", json=body)
    assert made.status == 201
    assert made.json()["source"]["name"] == "avisa.example"
    assert made.json()["source"]["country"] == "no"
    assert made.json()["next_poll_at"] == "2026-03-11T12:00:00Z"
    assert (await client.post("/api/v1/sources", json=body)).status == 409


async def test_a_source_inside_our_network_is_refused_with_the_reason_se_02(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    for address in ("http://127.0.0.1/feed", "http://169.254.169.254/", "file:///etc/passwd", "https://u:p@a.example/"):
        answer = await client.post("/api/v1/sources", json={"address": address})
        assert answer.status == 422, address
        assert answer.json()["errors"][0]["field"] == "address"


async def test_a_source_that_moves_is_polled_anew_and_one_that_rests_is_not(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        source_id = await add_source(connection, health="failing", status_failures=4, status_etag='"old"')
    client = await web.with_key(Scope.ADMIN)
    moved = await client.patch(f"/api/v1/sources/{source_id}", json={"address": "https://new.example/rss"})
    assert moved.json()["health"] == "new"
    assert moved.json()["next_poll_at"] == "2026-03-11T12:00:00Z"
    resting = await client.patch(f"/api/v1/sources/{source_id}", json={"is_active": False})
    assert resting.json()["is_active"] is False


async def test_a_watch_is_changed_by_one_editor_only_cv_36(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    made = await client.post("/api/v1/watches", json={"name": "Skole", "query": "skole*"})
    assert made.status == 201
    assert made.json()["time_zone"] == "Europe/Oslo"
    path = f"/api/v1/watches/{made.json()['id']}"
    if_match = {"If-Match": made.headers["ETag"]}
    changed = await client.patch(path, json={"query": "skole* OR barnehage*"}, headers=if_match)
    assert changed.json()["version"] == "2"
    assert changed.json()["name"] == "Skole"
    assert (await client.patch(path, json={"owner": "Kari"}, headers=if_match)).status == 412
    assert (await client.patch(path, json={"is_active": False}, headers=if_match)).status == 412
    resting = await client.patch(path, json={"is_active": False}, headers={"If-Match": changed.headers["ETag"]})
    assert resting.json()["is_active"] is False


async def test_what_is_wrong_with_a_watch_is_said_by_field(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    for field, wrong in (
        ("topics", ["no_such_topic"]),
        ("languages", ["norsk bokmål"]),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("name", "   "),
    ):
        answer = await client.post("/api/v1/watches", json={"name": "Skole"} | {field: wrong})
        assert answer.status == 422, (field, wrong)
        assert answer.json()["errors"][0]["field"] == field
    assert (await client.post("/api/v1/watches", json={"name": "Skole", "qurey": "x"})).status == 422


async def test_a_receiver_never_shows_its_address_or_secret_again_se_26(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    address = "https://hooks.example/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx"
    made = await client.post("/api/v1/receivers", json={"name": "Slack", "kind": "slack", "address": address})
    assert made.status == 201
    assert made.json()["address"] == "hooks.example/…uvwx"
    hook = await client.post(
        "/api/v1/receivers", json={"name": "Hook", "kind": "webhook", "address": "https://hook.example/in"}
    )
    secret = hook.json()["secret"]
    assert secret.startswith("whsec_")
    told = (await client.get("/api/v1/receivers")).text
    told += (await client.get(f"/api/v1/receivers/{made.json()['id']}")).text
    assert "abcdefgh" not in told
    assert secret not in told
    assert "/in" not in told


async def test_a_receiver_keeps_its_address_when_only_its_level_changes(web: Web, database: Database) -> None:
    client = await web.with_key(Scope.ADMIN)
    made = await client.post(
        "/api/v1/receivers", json={"name": "Hook", "kind": "webhook", "address": "https://hook.example/in/path/long"}
    )
    path = f"/api/v1/receivers/{made.json()['id']}"
    changed = await client.patch(path, json={"min_level": "serious", "is_active": False})
    assert changed.json()["min_level"] == "serious"
    assert changed.json()["address"] == made.json()["address"]
    assert changed.json()["has_secret"] is True


async def test_a_test_message_tells_what_came_of_it(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.ADMIN)
    path = f"/api/v1/receivers/{scene.receiver_id}/test"
    assert (await client.post(path)).status == 409

    async def send(kind: str, address: str, secret: str, now: object) -> records.TestOutcome:
        return records.TestOutcome(kind != "slack", 404, "no_service")

    web.services.receivers.send_test = send
    assert (await client.post(path)).json() == {"ok": False, "status": 404, "because": "no_service"}


async def test_coverage_tells_blind_from_calm_ux_11(web: Web, database: Database) -> None:
    client = await web.with_key(Scope.READ)
    nothing = (await client.get("/api/v1/coverage")).json()
    assert nothing["is_blind"]
    async with database.transaction() as connection:
        await add_node(connection)
        for health in ("heard", "heard", "failing", "new"):
            await add_source(connection, health=health)
    some = (await client.get("/api/v1/coverage")).json()
    assert not some["is_blind"]
    assert some["is_stale"]
    heard = "2 of 4 sources are heard as they should be; 1 failing, 1 not heard yet."
    assert some["because"] == f"{heard} We hear 67% of what they say."
    async with database.transaction() as connection:
        await add_node(connection, seen_at=NOON - timedelta(minutes=2))
    assert (await client.get("/api/v1/coverage")).json()["is_blind"]


async def test_readiness_names_what_is_missing(web: Web, database: Database) -> None:
    waiting = await web.stranger.get("/health/ready")
    assert waiting.status == 503
    assert [check["name"] for check in waiting.json()["checks"] if not check["ok"]] == ["work"]
    async with database.transaction() as connection:
        await add_node(connection)
    assert (await web.stranger.get("/health/ready")).status == 200


async def test_a_watch_that_names_an_unknown_watch_is_refused_with_the_reason(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    answer = await client.post("/api/v1/watches", json={"name": "Nested", "query": "watch:nobody"})
    assert answer.status == 422
    assert "nobody" in answer.text
