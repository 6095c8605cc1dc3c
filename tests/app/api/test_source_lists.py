"""Adding sources over HTTP and on pages: find, look, add; reading lists in and out."""

import re
from collections.abc import AsyncIterator
from html import unescape

import aiohttp
import pytest

from app.records import Role, Scope
from app.storage.database import Database
from signals.discovery import Scout
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from tests.support.feeds import Site, rss
from tests.support.rows import NOON, add_source
from tests.support.web import Web, serving

LIST = """<opml version="2.0"><body>
<outline text="Tilsyn">
<outline text="Mattilsynet" xmlUrl="https://tilsyn.example/rss"/>
<outline text="Passwords" xmlUrl="file:///etc/passwd"/>
<outline text="Inside" xmlUrl="http://169.254.169.254/feed"/>
</outline>
<outline text="Avisa" xmlUrl="https://www.avis.example/feed/"/>
<outline text="Annen" xmlUrl="https://annen.example/"/>
<outline text="Annen igjen" xmlUrl="http://annen.example"/>
</body></opml>"""


@pytest.fixture
async def paper() -> AsyncIterator[Site]:
    async with Site() as site:
        site.pages |= {
            "/": b"<!doctype html><html><link rel=alternate type='application/rss+xml' href=/feed>",
            "/feed": rss("Havna stenges <i>igjen</i>", "Nye kaier til havna"),
        }
        yield site


@pytest.fixture
async def finder(database: Database, paper: Site) -> AsyncIterator[Web]:
    """A server that can look for feeds, on loopback only at the paper's port."""
    allowed = (f"127.0.0.1:{paper.server.port}",)
    async with (
        Outbound("t", allowed) as outbound,
        ParserPool(1) as parsers,
        serving(database, discover=Scout(outbound, parsers, pause=0), private_hosts=allowed) as web,
    ):
        yield web


async def test_an_address_gives_candidates_with_their_last_items(finder: Web, paper: Site) -> None:
    client = await finder.with_key(Scope.ADMIN)
    answer = await client.post("/api/v1/sources/discover", json={"address": paper.url("/")})
    assert answer.status == 200
    (one,) = answer.json()["found"]
    assert one["known_id"] is None
    assert one["candidate"]["address"] == paper.url("/feed")
    assert [item["title"] for item in one["candidate"]["items"]] == ["Havna stenges igjen", "Nye kaier til havna"]


async def test_a_feed_that_we_know_and_its_sites_traits_are_told(finder: Web, paper: Site, database: Database) -> None:
    async with database.transaction() as connection:
        known = await add_source(
            connection, address=paper.url("/feed"), name="Avisa", stakeholder="experts", tier=1, family="amedia"
        )
    client = await finder.with_key(Scope.ADMIN)
    answer = (await client.post("/api/v1/sources/discover", json={"address": paper.url("/")})).json()
    assert answer["found"][0]["known_id"] == str(known)
    suggestion = answer["suggestion"]
    assert (suggestion["stakeholder"], suggestion["tier"], suggestion["family"]) == ("experts", 1, "amedia")
    assert "Avisa" in answer["because"]


async def test_an_address_inside_is_refused_before_anything_is_asked_se_01(finder: Web) -> None:
    client = await finder.with_key(Scope.ADMIN)
    for address in ("http://169.254.169.254/", "file:///etc/passwd", "http://127.0.0.1:1/", "@kari@db.internal", ""):
        answer = await client.post("/api/v1/sources/discover", json={"address": address})
        assert answer.status == 422, address
        assert answer.json()["errors"][0]["field"] == "address"


async def test_searching_is_for_administrators_and_not_too_often_se_28(finder: Web, paper: Site) -> None:
    triage, admin = await finder.with_key(Scope.TRIAGE), await finder.with_key(Scope.ADMIN)
    path, body = "/api/v1/sources/discover", {"address": "file:"}
    assert (await triage.post(path, json=body)).status == 403
    assert [(await admin.post(path, json=body)).status for _ in range(21)] == [422] * 20 + [429]


async def test_a_process_without_a_way_out_says_so(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    answer = await client.post("/api/v1/sources/discover", json={"address": "avis.example"})
    assert answer.status == 409


async def test_the_page_leads_from_a_pasted_address_to_a_source_without_script(
    finder: Web, paper: Site, database: Database
) -> None:
    kari = await finder.signed_in(Role.ADMIN)
    assert "/sources/discover" in (await kari.get("/sources")).text
    assert (await kari.get("/sources/discover")).status == 200
    found = await kari.post("/sources/discover", data={"address": paper.url("/")})
    assert found.status == 200
    assert "Havna stenges igjen" in found.text
    (chosen,) = re.findall(r'type="radio" name="address" value="([^"]+)"', found.text)
    form = {"address": unescape(chosen), "stakeholder": "experts", "tier": "1", "family": "nhst", "language": "nb"}
    added = await kari.post("/sources", data=form)
    assert added.status == 303
    paper.pages["/"] += b"<link rel=alternate type='application/rss+xml' href=/by>"
    paper.pages["/by"] = rss("Byen")
    again = await kari.post("/sources/discover", data={"address": paper.url("/")})
    assert "already a source" in again.text
    assert 'name="family" value="nhst"' in again.text
    refused = await kari.post("/sources/discover", data={"address": "http://10.0.0.1/"})
    assert refused.status == 422
    assert "10.0.0.1 is not a public address" in refused.text


async def test_a_list_is_looked_through_before_anything_is_added_se_13(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        known = await add_source(connection, address="http://avis.example/feed", name="Avisa vår")
    client = await web.with_key(Scope.ADMIN)
    answer = await client.post("/api/v1/sources/opml?stakeholder=customers&tier=3", data=LIST)
    assert answer.status == 200
    report = answer.json()
    assert (report["applied"], report["added"]) == (False, 0)
    assert [one["outcome"] for one in report["sources"]] == ["new", "refused", "refused", "known", "new", "repeated"]
    mattilsynet, passwords, inside, avisa, annen, igjen = report["sources"]
    assert (mattilsynet["draft"]["stakeholder"], mattilsynet["folder"], mattilsynet["line"]) == (
        "regulators",
        "Tilsyn",
        3,
    )
    assert "http:// or https://" in passwords["because"]
    assert "169.254.169.254 is not a public address" in inside["because"]
    assert (avisa["known_id"], avisa["because"]) == (str(known), "Avisa vår")
    assert (annen["draft"]["stakeholder"], annen["draft"]["tier"]) == ("customers", 3)
    assert "line 8" in igjen["because"]
    assert len((await client.get("/api/v1/sources")).json()["sources"]) == 1


async def test_an_applied_list_is_due_at_once_and_does_nothing_twice_se_13(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    report = (await client.post("/api/v1/sources/opml?apply=true", data=LIST)).json()
    assert (report["applied"], report["added"]) == (True, 3)
    sources = (await client.get("/api/v1/sources")).json()["sources"]
    assert {one["source"]["name"] for one in sources} == {"Mattilsynet", "Avisa", "Annen"}
    assert {one["next_poll_at"] for one in sources} == {NOON.isoformat().replace("+00:00", "Z")}
    assert {one["health"] for one in sources} == {"new"}
    assert (await client.post("/api/v1/sources/opml?apply=true", data=LIST)).json()["added"] == 0


async def test_what_is_exported_comes_back_as_the_same_sources(web: Web, database: Database) -> None:
    async with database.transaction() as connection:
        await add_source(
            connection, name='Havn & "by" <i>', family="a&b", stakeholder="owners", tier=1, is_priority=True
        )
        await add_source(connection, name="Ærø", country="dk", language="da", is_own=True)
        await add_source(connection, name="Resting", is_active=False)
    client = await web.with_key(Scope.ADMIN)
    exported = await client.get("/api/v1/sources.opml")
    assert exported.headers["Content-Type"].startswith("text/x-opml")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="forkant-sources.opml"'
    assert "Resting" not in exported.text
    before = (await client.get("/api/v1/sources?active=true")).json()["sources"]
    for one in before:
        moved = {"address": f"{one['source']['address']}?old"}
        await client.patch(f"/api/v1/sources/{one['source']['id']}", json=moved)
    report = (await client.post("/api/v1/sources/opml?apply=true", data=exported.body)).json()
    assert report["added"] == 2
    drafts = [one["draft"] for one in report["sources"]]
    as_they_were = [{key: value for key, value in one["source"].items() if key != "id"} for one in before]
    assert sorted(drafts, key=str) == sorted(as_they_were, key=str)


async def test_a_list_that_cannot_be_read_adds_nothing_and_says_where_se_13(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    bomb = '<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><opml><body><outline text="&b;"/></body></opml>'
    good = '<outline xmlUrl="https://avis.example/{}"/>'
    lists = {
        "declares a document type": bomb,
        "line 1, column": f"<opml><body>{good}<outline></body></opml>",
        "2,000 feeds": f"<opml><body>{good * 2_001}</body></opml>",
        "20,000 lines": "<opml><body>" + "<outline text='x'/>" * 100_000 + "</body></opml>",
        "10 deep": "<opml><body>" + "<outline text='x'>" * 1_000,
        "not OPML": "<rss/>",
    }
    for told, given in lists.items():
        answer = await client.post("/api/v1/sources/opml?apply=true", data=given)
        assert answer.status == 422
        assert told in answer.json()["detail"]
    assert (await client.get("/api/v1/sources")).json()["sources"] == []


async def test_a_list_may_have_five_megabytes_and_nothing_else_more_than_one_se_09(web: Web) -> None:
    client = await web.with_key(Scope.ADMIN)
    padded = LIST.encode() + b" " * 4_000_000
    assert (await client.post("/api/v1/sources/opml", data=padded)).status == 200
    assert (await client.post("/api/v1/sources/opml", data=b" " * 5_000_001)).status == 413
    as_json = {"Content-Type": "application/json"}
    assert (await client.post("/api/v1/sources/opml", data=b"[" * 2_000_000, headers=as_json)).status == 413
    assert (await client.post("/api/v1/sources/discover", data=b" " * 1_000_001)).status == 413


async def test_the_page_shows_a_list_and_adds_it_without_script_se_13(web: Web) -> None:
    kari = await web.signed_in(Role.ADMIN)
    assert (await kari.get("/sources/opml")).status == 200
    upload = aiohttp.FormData({"stakeholder": "customers", "tier": "3"})
    upload.add_field("file", LIST.encode() + b" " * 2_000_000, filename="../../feeds.opml")
    shown = await kari.post("/sources/opml", data=upload)
    assert shown.status == 200
    assert "Add 3 sources" in shown.text
    assert "cannot be used" in shown.text
    assert (await kari.get("/api/v1/sources")).json()["sources"] == []
    (rest,) = re.findall(r'<textarea name="opml" hidden>(.*?)</textarea>', shown.text, re.DOTALL)
    added = await kari.post("/sources/opml", data={"opml": unescape(rest), "apply": "yes"})
    assert (added.status, added.headers["Location"]) == (303, "/sources")
    sources = [one["source"] for one in (await kari.get("/api/v1/sources")).json()["sources"]]
    assert {(one["name"], one["stakeholder"], one["tier"]) for one in sources} == {
        ("Mattilsynet", "regulators", 3),
        ("Avisa", "customers", 3),
        ("Annen", "customers", 3),
    }
    bad = aiohttp.FormData()
    bad.add_field("file", b"<html>", filename="x.opml")
    refused = await kari.post("/sources/opml", data=bad)
    assert refused.status == 422
    assert "This is not OPML" in refused.text


async def test_two_thousand_feeds_can_be_handed_back_by_the_page_se_13(web: Web) -> None:
    kari = await web.signed_in(Role.ADMIN)
    feeds = "".join(
        f'<outline text="Kilde nummer {n}" xmlUrl="https://avis{n}.example/feed/rss.xml"/>' for n in range(2_000)
    )
    upload = aiohttp.FormData()
    upload.add_field("file", f"<opml><body>{feeds}</body></opml>".encode(), filename="x.opml")
    shown = await kari.post("/sources/opml", data=upload, timeout=aiohttp.ClientTimeout(60))
    (rest,) = re.findall(r'<textarea name="opml" hidden>(.*?)</textarea>', shown.text, re.DOTALL)
    added = await kari.post("/sources/opml", data={"opml": unescape(rest), "apply": "yes"})
    assert added.status == 303
    assert len((await kari.get("/api/v1/sources")).json()["sources"]) == 2_000


async def test_names_in_a_list_and_a_feed_stay_text_on_the_page_se_05(web: Web) -> None:
    kari = await web.signed_in(Role.ADMIN)
    hostile = "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    upload = aiohttp.FormData()
    upload.add_field(
        "file",
        f'<opml><body><outline text="{hostile}"><outline text="{hostile}" xmlUrl="https://a.example/{hostile}"/>'
        f'<outline text="{hostile}" xmlUrl="https://b.example/"/></outline></body></opml>'.encode(),
        filename="x.opml",
    )
    shown = await kari.post("/sources/opml", data=upload)
    assert shown.status == 200
    assert "<script>alert" not in shown.text
    assert shown.text.count("</textarea>") == 1


async def test_readers_may_save_the_list_but_not_add_se_20(web: Web) -> None:
    ola = await web.signed_in(Role.READER)
    assert (await ola.get("/api/v1/sources.opml")).status == 200
    for method, path in (("GET", "/sources/opml"), ("POST", "/sources/opml"), ("POST", "/sources/discover")):
        assert (await ola.ask(method, path)).status == 403, path
