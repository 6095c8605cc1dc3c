"""Watches before they are kept: previews, what words stand for, queries of other services, and where errors stand."""

from datetime import timedelta
from typing import Any

import pytest

from app.records import Role, Scope
from app.storage.database import Database
from tests.support.rows import NOON, add_label, add_signal, add_source, add_story, add_watch
from tests.support.web import Client, Web

DAY = timedelta(days=1)


async def preview(client: Client, **draft: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/watches/preview", json=draft)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_preview_counts_the_hits_of_each_day_where_people_live(web: Web, database: Database) -> None:
    midnight = NOON.replace(hour=23, minute=30)  # in Oslo it is half past midnight of the next day
    async with database.transaction() as connection:
        paper = await add_source(connection, name="Fjordposten", stakeholder="media")
        await add_signal(connection, paper, "Fergen er innstilt", at=NOON - 3 * DAY, text="Ferga står i dag.")
        late = await add_signal(connection, paper, "Ny ferge til Lillevik", at=midnight - 2 * DAY, language="nn")
        await add_signal(connection, paper, "Fotball på Storhaug", at=NOON - DAY)
        copy = await add_signal(connection, paper, "Fergen er innstilt", at=NOON - 2 * DAY, copy_of=late)
        await add_signal(connection, paper, "Fergen for lenge siden", at=NOON - 100 * DAY)
        await add_label(connection, copy - 2, "service_disruption")
    found = await preview(await web.with_key(Scope.READ), query="ferge")
    hits = {one["day"]: one["hits"] for one in found["days"] if one["hits"]}
    assert hits == {"2026-03-08": 1, "2026-03-09": 1, "2026-03-10": 1}
    assert (len(found["days"]), found["days"][-1]["day"]) == (90, "2026-03-11")
    assert (found["total"], found["counted"], found["searched"]) == (3, 2, 4)
    assert found["hits_a_day"] == 1.0, "in the three days of which anything is stored"
    assert found["languages"] == [{"name": "nb", "hits": 2}, {"name": "nn", "hits": 1}]
    assert found["groups"] == [{"name": "media", "hits": 3}]
    telling = [one["signal"]["title"] for one in found["examples"] if one["is_telling"]]
    newest = [one["signal"]["title"] for one in found["examples"] if not one["is_telling"]]
    assert len(telling) + len(newest) == 3
    first = next(one for one in found["examples"] if one["signal"]["title"].startswith("Ny"))
    assert [first["signal"]["title"][start:end] for start, end in first["spans"]] == ["ferge"]
    assert found["noise"] is None
    assert found["hint"] == ""


async def test_a_change_shows_what_it_adds_and_loses_against_the_live_version(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection)
        for title in ("Fergen står", "Bussen står", "Fergen og bussen står", "Toget går"):
            await add_signal(connection, paper, title, at=NOON - DAY)
        watch_id = await add_watch(connection, "Samferdsel", query="ferge")
    found = await preview(await web.with_key(Scope.READ), query="buss NOT tog", watch=str(watch_id))
    change = found["change"]
    assert (change["before"], change["added"], change["lost"]) == (2, 1, 1)
    assert [one["signal"]["title"] for one in change["added_examples"]] == ["Bussen står"]
    lost = change["lost_examples"][0]
    assert [lost["signal"]["title"][start:end] for start, end in lost["spans"]] == ["Fergen"]


async def test_a_noisy_query_is_told_which_word_brings_most_and_what_would_bring_less(
    web: Web, database: Database
) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection)
        for number in range(60):
            await add_signal(
                connection, paper, f"Sak {number}", text="Kommunen svarer", at=NOON - timedelta(hours=number)
            )
        await add_signal(connection, paper, "Streik i kommunen", at=NOON - DAY)
    found = await preview(await web.with_key(Scope.READ), query="streik OR kommune", days=7)
    noise = found["noise"]
    assert (noise["word"], noise["hits"]) == ("kommune", 61)
    assert {one["query"]: one["hits_a_day"] for one in noise["narrower"]}["streik"] == 0.4


async def test_where_nothing_was_found_there_is_a_hint(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await add_signal(connection, await add_source(connection), "Fergen står", at=NOON - DAY)
    client = await web.with_key(Scope.READ)
    assert "No hit in 90 days" in (await preview(client, query="xylofon"))["hint"]
    assert "languages" in (await preview(client, query="ferge", languages=["sv"]))["hint"]


async def test_the_alerts_of_the_past_are_raised_by_the_detectors_and_decisions_that_are_live(
    web: Web, database: Database
) -> None:
    async with database.transaction() as connection:
        for number in range(4):
            told = [
                await add_signal(
                    connection,
                    await add_source(connection, family=f"hus {number}-{paper}", tier=1),
                    f"Vannverket i Lillevik forgifter innbyggerne {number}",
                    at=NOON - timedelta(days=10 * number + 1, minutes=-20 * paper),
                )
                for paper in range(3)
            ]
            for key in told:
                await add_label(connection, key, "health_safety", score=0.97)
            await add_story(connection, told)
    found = await preview(await web.with_key(Scope.READ), query="vannverk", priority=1)
    alerts = found["alerts"]
    of_stories = [one for one in alerts["newest"] if one["kind"] in ("report", "novel_story")]
    assert len(of_stories) == 4, "one for each story"
    assert alerts["a_week"] == round(7 * alerts["raised"] / alerts["days"], 1)
    other = await preview(await web.with_key(Scope.READ), query="vannverk", topics=["innovation"])
    assert other["alerts"]["raised"] == 0


async def test_restricted_tips_are_in_the_previews_of_those_alone_who_may_see_them_se_27(
    web: Web, database: Database
) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection)
        await add_signal(connection, paper, "Fergen står", at=NOON - DAY)
        await add_signal(connection, paper, "Hemmelig om fergen", at=NOON - DAY, sensitivity="restricted")
    reader = await web.signed_in(Role.READER, "ola")
    found = await preview(reader, query="ferge")
    assert (found["total"], found["searched"], len(found["examples"])) == (1, 1, 1)
    explained = await reader.post("/api/v1/watches/explain", json={"query": "hemmelig"})
    assert explained.json()["words"][0]["hits"] == 0
    assert (await preview(await web.signed_in(Role.ADMIN, "kari"), query="ferge"))["total"] == 2


async def test_explain_shows_inflections_compounds_and_bridges_with_their_hits(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        paper = await add_source(connection)
        for title in ("Sykehuset stenger", "Sykehuset åpner", "Sykehusledelsen går av"):
            await add_signal(connection, paper, title, at=NOON - DAY)
        await add_signal(connection, paper, "Sjukehuset stengjer", at=NOON - DAY, language="nn")
        await add_signal(connection, paper, "Fotball", at=NOON - DAY)
        watch_id = await add_watch(connection, "Helse", query="sykehus NOT fotball")
    client = await web.with_key(Scope.READ)
    found = (await client.get(f"/api/v1/watches/explain?watch={watch_id}")).json()
    word = found["words"][0]
    assert (word["word"], word["hits"], found["searched"]) == ("sykehus", 4, 5)
    assert [(one["written"], one["way"], one["hits"]) for one in word["forms"]] == [
        ("sykehuset", "inflection", 2),
        ("sjukehuset", "bridge", 1),
        ("sykehusledelsen", "compound", 1),
    ]
    assert "not this:" in "".join(found["understood"])


async def test_a_query_of_another_service_comes_back_in_our_language_with_what_it_lost(web: Web) -> None:
    client = await web.with_key(Scope.READ)
    given = {"query": 'headline:streik ANDNOT "FC Utopia" AND page:4', "service": "Retriever"}
    found = (await client.post("/api/v1/watches/import-query", json=given)).json()
    assert found["query"] == 'title:streik AND NOT "FC Utopia"'
    assert any("page:4 was left out" in one["message"] and one["position"] == 39 for one in found["remarks"])
    wrong = await client.post("/api/v1/watches/import-query", json={"query": "(streik", "service": "meltwater"})
    assert wrong.json()["errors"][0]["position"] == 0
    other = await client.post("/api/v1/watches/import-query", json={"query": "streik", "service": "elsewhere"})
    assert "meltwater" in other.json()["detail"]


@pytest.mark.parametrize(
    ("query", "position", "told"),
    [
        ('vann AND "åpent brev', 9, "add the other one"),
        ("vann AND NOT", 9, "add a word"),
        ("vann AND ()", 10, "fill them"),
        ("vann titel:brudd", 5, "did you mean title:"),
        ("vann a*", 5, "write more of the word"),
        ("vann OR watch:Avlop", 14, "did you mean Avløp"),
        ("vann OR watch:Rundt", 14, "in a circle: Vann → Rundt → Vann"),
        ("vann group:medai", 11, "did you mean media"),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/watches", "/api/v1/watches/preview"])
async def test_an_error_points_at_the_character_and_says_what_to_do(
    web: Web, database: Database, path: str, query: str, position: int, told: str
) -> None:
    async with database.transaction() as connection:
        await add_watch(connection, "Avløp", query="kloakk")
        await add_watch(connection, "Rundt", query='watch:"Vann" OR rør')
    client = await web.with_key(Scope.ADMIN)
    answer = await client.post(path, json={"name": "Vann", "query": query})
    assert answer.status == 422
    problem = answer.json()["errors"][0]
    assert (problem["field"], problem["position"]) == ("query", position), problem
    assert told in problem["problem"]
    assert f"character {position + 1}" in problem["problem"]
