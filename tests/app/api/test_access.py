"""Who may ask what: default deny, keys, sessions, cross-site requests."""

from datetime import timedelta

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from app.api.access import PUBLIC_PATHS, PUBLIC_PREFIXES, safe_next
from app.errors import Refused, TooMany
from app.records import Role, Scope
from app.storage.database import Database
from tests.support.rows import NOON, set_scene
from tests.support.web import PASSWORD, Client, Web


def inventory(web: Web) -> list[tuple[str, str]]:
    """Every method and address of the application, ids filled in."""
    routes = []
    for route in iter_route_contexts(web.app.routes):
        path = route.path or ""
        if not path.startswith(PUBLIC_PREFIXES) and path not in PUBLIC_PATHS:
            shown = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
            routes += [(method, shown) for method in sorted(route.methods or ()) if method != "HEAD"]
    return routes


async def test_no_route_but_the_public_ones_answers_a_stranger_se_20(web: Web) -> None:
    routes = inventory(web)
    assert len(routes) > 20
    for method, path in routes:
        answer = await web.stranger.ask(method, path)
        is_api = path.startswith("/api/") or path == "/metrics"
        assert answer.status == 401 if is_api else answer.status in (401, 303), (method, path, answer.status)


READING = {  # ask for much, change nothing
    "/api/v1/classify",
    "/api/v1/watches/preview",
    "/api/v1/watches/explain",
    "/api/v1/watches/import-query",
}


async def test_changes_need_more_than_reading_se_20(web: Web) -> None:
    reader = await web.with_key(Scope.READ)
    for method, path in inventory(web):
        if method != "GET" and path.startswith("/api/") and path not in READING:
            answer = await reader.ask(method, path, json={})
            assert answer.status in (403, 422), (method, path, answer.status)
            assert answer.status == 403, (method, path)


async def test_a_key_is_known_by_its_hash_only_and_dies_at_once_se_25(web: Web, database: Database) -> None:
    made = await web.services.keys.create("intranet", [Scope.READ], NOON)
    client = Client(web.base, web.session, {"Authorization": f"Bearer {made.secret}"})
    assert (await client.get("/api/v1/alerts")).status == 200
    async with database.transaction() as connection:
        stored = str((await connection.execute(text("select * from api_key"))).one())
    assert made.secret.split("_")[2][:43] not in stored
    await web.services.keys.revoke(made.key.id, NOON)
    assert (await client.get("/api/v1/alerts")).status == 401


async def test_an_expired_or_mistyped_key_is_refused_se_25(web: Web) -> None:
    made = await web.services.keys.create("old", [Scope.READ], NOON, expires_at=NOON + timedelta(days=1))
    keys = web.services.keys
    assert await keys.find_caller(made.secret, NOON) is not None
    assert await keys.find_caller(made.secret, NOON + timedelta(days=1)) is None
    other = "y" if made.secret[20] == "x" else "x"
    for wrong in ("", "fk_", made.secret[:-1] + "!", made.secret[:20] + other + made.secret[21:], "x" * 10_000):
        assert await keys.find_caller(wrong, NOON) is None


async def test_a_key_in_the_address_is_refused_se_25(web: Web) -> None:
    made = await web.services.keys.create("url", [Scope.READ], NOON)
    answer = await web.stranger.get(f"/api/v1/alerts?key={made.secret}")
    assert answer.status == 403


async def test_a_cookie_changes_nothing_without_form_token_or_from_elsewhere_se_21(
    web: Web, database: Database
) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    kari = await web.signed_in(Role.TRIAGE)
    path = f"/api/v1/alerts/{scene.alert_id}/acknowledge"
    assert (await kari.post(path, headers={"X-Form-Token": ""})).status == 403
    assert (await kari.post(path, headers={"Origin": "https://evil.example"})).status == 403
    assert (await kari.post(path, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    del (silent := Client(kari.base, kari.session, dict(kari.headers))).headers["Origin"]
    assert (await silent.post(path)).status == 403
    other = await web.signed_in(Role.TRIAGE, "ola")
    assert (await kari.post(path, headers={"X-Form-Token": other.headers["X-Form-Token"]})).status == 403
    assert (await kari.post(path)).status == 200


async def test_json_as_plain_text_is_no_json_se_21(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        scene = await set_scene(connection)
    kari = await web.signed_in(Role.TRIAGE)
    answer = await kari.post(
        f"/api/v1/alerts/{scene.alert_id}/dismiss",
        data='{"reason": "other"}',
        headers={"Content-Type": "text/plain"},
    )
    assert answer.status == 422


async def test_a_session_ends_after_eight_idle_hours_and_lives_by_use_se_22(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    token = (await people.sign_in("kari", PASSWORD, "127.0.0.1", NOON)).token
    hour = timedelta(hours=1)
    assert await people.find_caller(token, NOON + 7 * hour) is not None
    assert await people.find_caller(token, NOON + 14 * hour) is not None
    assert await people.find_caller(token, NOON + 23 * hour) is None


async def test_what_an_open_page_asks_by_itself_keeps_no_session_alive_se_22(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    token = (await people.sign_in("kari", PASSWORD, "127.0.0.1", NOON)).token
    for hour in range(1, 8):
        assert await people.find_caller(token, NOON + timedelta(hours=hour), by_person=False) is not None
    assert await people.find_caller(token, NOON + timedelta(hours=9)) is None


async def test_the_eleventh_wrong_password_in_a_quarter_of_an_hour_is_not_even_tried_se_22(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    for number in range(10):
        with pytest.raises(Refused):
            await people.sign_in("kari", "wrong", f"10.0.0.{number}", NOON)
    with pytest.raises(TooMany):
        await people.sign_in("kari", PASSWORD, "10.0.0.99", NOON)
    later = NOON + timedelta(minutes=15)
    assert (await people.sign_in("kari", PASSWORD, "10.0.0.99", later)).caller.name == "kari"


async def test_one_address_cannot_try_many_accounts_se_22(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    for number in range(9):
        with pytest.raises(Refused):
            await people.sign_in(f"somebody{number}", "wrong", "10.0.0.1", NOON)
    await people.sign_in("kari", PASSWORD, "10.0.0.1", NOON)  # one's own account buys no more tries
    with pytest.raises(Refused):
        await people.sign_in("somebody", "wrong", "10.0.0.1", NOON)
    with pytest.raises(TooMany):
        await people.sign_in("somebody", "wrong", "10.0.0.1", NOON)


async def test_an_unknown_name_is_told_the_same_as_a_wrong_password_se_22(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    told = set()
    for name in ("kari", "nobody"):
        with pytest.raises(Refused) as refusal:
            await people.sign_in(name, "wrong", "10.0.0.1", NOON)
        told.add(str(refusal.value))
    assert len(told) == 1


async def test_a_new_password_ends_the_sessions(web: Web) -> None:
    people = web.services.people
    await people.add("kari", PASSWORD, Role.READER, NOON)
    token = (await people.sign_in("kari", PASSWORD, "127.0.0.1", NOON)).token
    await people.set_password("kari", "et helt nytt passord")
    assert await people.find_caller(token, NOON) is None


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "https://evil.example", "", "/\t/evil.example", "javascript:alert(1)"],
)
def test_signing_in_leads_to_a_path_of_our_own_se_23(path: str) -> None:
    assert safe_next(path) == "/"
    assert safe_next("/alerts?state=raised") == "/alerts?state=raised"


async def test_one_key_cannot_starve_another_cv_34(web: Web) -> None:
    greedy, other = await web.with_key(Scope.ADMIN), await web.with_key(Scope.ADMIN)
    path = "/api/v1/receivers/1/test"
    statuses = [(await greedy.post(path)).status for _ in range(21)]
    assert statuses == [404] * 20 + [429]
    refused = await greedy.post(path)
    assert int(refused.headers["Retry-After"]) >= 1
    answer = await other.post(path)
    assert answer.status == 404
    assert answer.headers["RateLimit-Policy"] == '"costly";q=20;w=60'
    assert answer.headers["RateLimit"].startswith('"costly";r=19;t=')
