"""Any address leads to its feeds, on real HTTP: each read once, shown with its last items, and inside is refused."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp import web

from signals.discovered import Discovery
from signals.discovery import MOST_VISITS, Scout
from signals.fetch import Outbound
from signals.parser_pool import ParserPool
from tests.support.feeds import Site, rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAPER = rss(
    "Havna stenges",
    "Nye kaier til havna",
    "Det er ikke klart hvem som betaler",
    "Fire",
    "Fem",
    "Seks",
    head="<language>no</language>",
)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@pytest.fixture(scope="module")
async def parsers() -> AsyncIterator[ParserPool]:
    async with ParserPool(1) as parsers:
        yield parsers


@pytest.fixture
async def outbound(site: Site) -> AsyncIterator[Outbound]:
    async with Outbound("t", (f"127.0.0.1:{site.server.port}",)) as outbound:
        yield outbound


@pytest.fixture
def scout(outbound: Outbound, parsers: ParserPool) -> Scout:
    return Scout(outbound, parsers, pause=0)


def page(head: str = "", body: str = "") -> bytes:
    return f"<!doctype html><html lang=nb><head><title>Avisa</title>{head}</head><body>{body}</body></html>".encode()


def link(address: str, title: str = "") -> str:
    return f'<link rel=alternate type="application/rss+xml" title="{title}" href="{address}">'


def paths(site: Site, found: Discovery) -> list[str]:
    return [one.address.removeprefix(site.url("")) for one in found.candidates]


async def test_a_feed_is_found_to_be_one_itself(site: Site, scout: Scout) -> None:
    site.pages["/feed"] = PAPER
    found = await scout(f" feed:{site.url('/feed')} ", NOW)
    (one,) = found.candidates
    assert (one.kind, one.address, one.title, one.entries) == ("feed", site.url("/feed"), "The Paper", 6)
    assert [item.title for item in one.items][:2] == ["Havna stenges", "Nye kaier til havna"]
    assert len(one.items) == 5
    assert one.language == "nb"
    assert len(site.asked) == 1


async def test_a_page_leads_to_the_feeds_that_it_names(site: Site, scout: Scout) -> None:
    site.pages |= {
        "/": page(link("/comments/feed") + link("/feed", "Alt") + link("/feed.atom")),
        "/feed": PAPER,
        "/feed.atom": PAPER,
        "/comments/feed": rss("Jeg er uenig"),
    }
    found = await scout(site.url("/"), NOW)
    assert paths(site, found) == ["/feed", "/comments/feed"]  # the same items in another dialect are shown once
    assert "Alt" in found.candidates[0].because


async def test_a_content_system_is_asked_where_it_keeps_its_feed(site: Site, scout: Scout) -> None:
    site.pages |= {"/": page('<meta name=generator content="Ghost 5.8">'), "/rss/": PAPER}
    assert paths(site, await scout(site.url("/"), NOW)) == ["/rss/"]
    assert [request.path for request in site.asked] == ["/", "/rss/"]


async def test_a_page_that_lists_feeds_is_followed_once(site: Site, scout: Scout) -> None:
    site.pages |= {
        "/": page(body="<a href=/rss>RSS</a>"),
        "/rss": page(body="<a href=/rss/havn.xml>Havn</a><a href=/rss/by.xml>By</a>"),
        "/rss/havn.xml": PAPER,
        "/rss/by.xml": rss("Byen"),
    }
    assert paths(site, await scout(site.url("/"), NOW)) == ["/rss/havn.xml", "/rss/by.xml"]


async def test_the_usual_places_are_tried_last_and_until_the_first_feed(site: Site, scout: Scout) -> None:
    site.pages |= {"/havn": page(), "/rss.xml": PAPER, "/feed.xml": rss("Annet")}
    assert paths(site, await scout(site.url("/havn"), NOW)) == ["/rss.xml"]


async def test_a_mastodon_account_is_read_without_its_page(site: Site, scout: Scout) -> None:
    site.pages["/@kari.rss"] = PAPER
    found = await scout(site.url("/@kari"), NOW)
    assert paths(site, found) == ["/@kari.rss"]
    assert [request.path for request in site.asked] == ["/@kari.rss"]


async def test_a_moved_feed_is_found_at_its_new_address(site: Site, scout: Scout) -> None:
    site.pages |= {"/": page(link("/old")), "/old": site.redirect("/new", 301), "/new": PAPER}
    assert paths(site, await scout(site.url("/"), NOW)) == ["/new"]


async def test_an_address_inside_that_a_page_names_is_refused_and_said_se_03(site: Site, scout: Scout) -> None:
    async with Site() as inside:
        inside.pages["/feed"] = PAPER
        site.pages |= {
            "/": page(
                link(inside.url("/feed"))
                + link("http://169.254.169.254/latest/meta-data/feed")
                + link("http://[::1]/feed")
                + link("/hop")
                + link("http://user:pass@paper.example/feed")
            ),
            "/hop": site.redirect(inside.url("/feed"), 302),
        }
        found = await scout(site.url("/"), NOW)
        assert found.candidates == ()
        assert inside.asked == []
    told = " ".join(found.notes)
    assert f"Port {inside.server.port}" in told or "127.0.0.1 is not a public address" in told
    assert "169.254.169.254 is not a public address" in told
    assert "::1 is not a public address" in told
    assert "sends us on to an address that we do not visit" in told
    assert "user name or password" in told


async def test_a_system_or_link_that_leads_inside_is_said_too_se_03(site: Site, scout: Scout) -> None:
    site.pages |= {"/": page(body="<a href='http://10.0.0.1/rss'>RSS</a>")}
    found = await scout(site.url("/"), NOW)
    assert any("10.0.0.1 is not a public address" in note for note in found.notes)


async def test_where_nothing_is_found_the_notes_say_why(site: Site, scout: Scout) -> None:
    site.pages |= {"/": page(), "/broken": page(link("/gone") + link("/log-in")), "/log-in": page()}
    nothing = await scout(site.url("/"), NOW)
    assert "names no feed" in " ".join(nothing.notes)
    told = " ".join((await scout(site.url("/broken"), NOW)).notes)
    assert "has nothing at this address (404)" in told
    assert "a web page, not a feed" in told
    assert "404" in " ".join((await scout(site.url("/missing"), NOW)).notes)
    site.pages["/picture"] = b"\x89PNG\r\n"
    assert "not a feed" in " ".join((await scout(site.url("/picture"), NOW)).notes)


async def test_nobody_is_promised_another_try(site: Site, scout: Scout) -> None:
    site.pages |= {"/down": 503, "/empty": b" "}
    told = [*(await scout(site.url("/down"), NOW)).notes, *(await scout(site.url("/empty"), NOW)).notes]
    assert "has an error of its own (503)" in told[0]
    assert "again" not in " ".join(told)


async def test_a_closed_network_is_not_even_asked(site: Site, scout: Scout) -> None:
    found = await scout("https://www.facebook.com/nrk", NOW)
    assert found.notes[0].startswith("Facebook shows nothing")
    assert site.asked == []


async def test_a_search_is_polite_however_much_a_page_names(site: Site, scout: Scout) -> None:
    site.pages["/"] = page("".join(link(f"/{number}") for number in range(500)))
    await scout(site.url("/"), NOW)
    assert len(site.asked) <= MOST_VISITS


async def test_a_slow_site_ends_the_search_with_what_was_found(
    site: Site, outbound: Outbound, parsers: ParserPool
) -> None:
    never = asyncio.Event()

    async def hang(_: web.Request) -> web.Response:
        await never.wait()
        return web.Response()

    site.pages |= {"/": page(link("/feed") + link("/slow")), "/feed": PAPER, "/slow": hang}
    await parsers.parse(PAPER, {}, NOW)  # its process has started
    found = await Scout(outbound, parsers, seconds=3, pause=0)(site.url("/"), NOW)
    never.set()
    assert paths(site, found) == ["/feed"]
    assert "stopped looking after 3 seconds" in " ".join(found.notes)


@pytest.mark.parametrize("pasted", ["https://[", "file:///etc/passwd", "http://a\\@b/", "gopher://x", "https://", "@"])
async def test_an_address_that_is_none_is_told_se_02(scout: Scout, pasted: str) -> None:
    found = await scout(pasted, NOW)
    assert found.candidates == ()
    assert found.notes


async def test_a_hostile_feed_spoils_only_itself_se_08(site: Site, scout: Scout) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10 if number else b"&a;" * 10) for number in range(9)
    )
    site.pages |= {
        "/": page(link("/bomb") + link("/feed")),
        "/bomb": bomb + b"]><rss><channel><item><title>&a8;</title></item></channel></rss>",
        "/feed": PAPER,
    }
    assert "/feed" in paths(site, await scout(site.url("/"), NOW))


async def test_what_is_shown_is_plain_text_se_05(site: Site, scout: Scout) -> None:
    hostile = "<script>alert(1)</script>Havna <b>stenges</b>\u202e"
    site.pages["/feed"] = rss(hostile)
    (one,) = (await scout(site.url("/feed"), NOW)).candidates
    assert one.items[0].title == "Havna stenges"
