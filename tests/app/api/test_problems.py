"""What every answer has in common: problems, headers, limits."""

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Scope
from app.storage import signals_search
from app.storage.database import Database, make_engine
from tests.app.api.test_access import inventory
from tests.support.rows import set_scene
from tests.support.web import Answer, Web, serving


def assert_problem(answer: Answer, status: int) -> None:
    assert answer.status == status, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("/problems/")
    assert problem["request_id"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.text


async def test_the_framework_s_own_errors_are_problems_too_cv_30(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    assert_problem(await client.get("/api/v1/nowhere"), 404)
    assert_problem(await client.ask("DELETE", "/api/v1/alerts"), 405)
    assert_problem(await client.get("/api/v1/alerts?limit=500"), 422)
    assert_problem(await client.post("/api/v1/watches", data=b"{", headers={"Content-Type": "application/json"}), 422)
    assert_problem(await web.stranger.get("/api/v1/alerts"), 401)


async def test_our_mistake_is_a_problem_without_a_trace_cv_30(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(connection: AsyncConnection, *given: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(signals_search, "search_signals", broken)
    client = await web.with_key(Scope.READ)
    answer = await client.get("/api/v1/signals")
    assert_problem(answer, 500)
    assert "secret detail" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_missing_database_is_503_with_retry_after_rl_12() -> None:
    gone = Database(make_engine("postgresql://nobody@127.0.0.1:1/nothing"))
    async with serving(gone) as web:
        for path in ("/api/v1/alerts", "/metrics"):
            answer = await web.stranger.get(path, headers={"Cookie": "forkant=token"})
            assert_problem(answer, 503)
            assert answer.headers["Retry-After"] == "5"
            assert "127.0.0.1" not in answer.text
        assert (await web.stranger.get("/health/live")).status == 200
        ready = await web.stranger.get("/health/ready")
        assert ready.status == 503
        assert ready.json()["checks"][0]["because"] == "The database does not answer"
    await gone.close()


async def test_every_answer_carries_the_security_headers_se_06(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await set_scene(connection)
    client = await web.with_key(Scope.ADMIN)
    answers = [await client.ask(method, path) for method, path in inventory(web)]
    answers += [await client.get("/nowhere"), await web.stranger.get("/health/live")]
    answers.append(await client.get("/%00"))
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] in ("no-store", "private, no-cache")
        assert answer.status != 500


HOSTILE = ("\0", "a\0b", "\ud800", "\u202e", "\ufeff", "'; drop table alert; --", "𝕏" * 50, "(((", '"', "-", "<->")


async def test_hostile_text_is_never_our_mistake_se_11(web: Web, database: Database) -> None:
    from urllib.parse import quote

    async with database.transaction() as connection:
        scene = await set_scene(connection)
    client = await web.with_key(Scope.ADMIN)
    for words in HOSTILE:
        encoded = quote(words.encode("utf-8", "surrogatepass"), safe="")
        for path in (
            f"/api/v1/signals?q={encoded}",
            f"/api/v1/signals?language={encoded}",
            f"/api/v1/signals?topic={encoded}",
            f"/api/v1/alerts?topic={encoded}&watch={encoded}",
            f"/api/v1/alerts/{encoded}",
            f"/api/v1/sources?q={encoded}&health={encoded}",
            f"/api/v1/trends?subject=topic&name={encoded}",
            f"/api/v1/trends?time_zone={encoded}",
            f"/{encoded}",
        ):
            answer = await client.get(path)
            assert answer.status < 500, (path, answer.body)
        for path, body in (
            (f"/api/v1/alerts/{scene.alert_id}/handle", {"note": words}),
            ("/api/v1/watches", {"name": words, "query": words}),
            ("/api/v1/sources", {"address": f"https://a.example/{words}", "name": words}),
            ("/api/v1/receivers", {"name": words, "kind": "webhook", "address": words}),
        ):
            answer = await client.post(path, json=body)
            assert answer.status < 500, (path, body, answer.body)


@pytest.mark.parametrize("where", ["q=%00", "q=a%00b", "q=%ff%fe"])
async def test_nul_and_broken_utf8_are_422_se_11(web: Web, where: str) -> None:
    client = await web.with_key(Scope.READ)
    assert_problem(await client.get(f"/api/v1/signals?{where}"), 422)


async def test_a_body_over_a_megabyte_is_413_se_09(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    big = b'{"name": "' + b"x" * 1_100_000 + b'"}'
    headers = {"Content-Type": "application/json"}
    assert_problem(await client.post("/api/v1/watches", data=big, headers=headers), 413)

    async def pieces():  # type: ignore[no-untyped-def]
        for begin in range(0, len(big), 50_000):
            yield big[begin : begin + 50_000]

    assert_problem(await client.post("/api/v1/watches", data=pieces(), headers=headers), 413)


async def test_deep_json_is_422_se_09(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    headers = {"Content-Type": "application/json"}
    for deep in (b"[" * 40, b"[" * 400_000, b'{"a":' * 100_000):
        assert_problem(await client.post("/api/v1/watches", data=deep, headers=headers), 422)


async def test_the_description_is_openapi_3_1_with_a_summary_for_all_cv_39(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    schema = (await client.get("/api/v1/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            if path.startswith("/api/"):
                assert "application/problem+json" in operation["responses"]["default"]["content"], path


async def test_metrics_count_what_the_database_holds(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await set_scene(connection)
    client = await web.with_key(Scope.READ)
    await client.get("/api/v1/alerts")
    told = (await client.get("/metrics")).text
    assert 'forkant_alerts{state="raised"} 1.0' in told
    assert 'forkant_sources{health="heard"} 3.0' in told
    assert 'forkant_deliveries{state="queued"} 1.0' in told
    assert 'route="/api/v1/alerts",status="200"' in told
