"""Sitemaps: news with titles, packed files, indexes, and documents that mean harm."""

import gzip

import pytest

from signals.collectors.sitemap import SitemapCollector
from signals.errors import CollectError
from tests.support.services import Sitemap
from tests.support.services.base import NOON
from tests.support.services.documents import index, sitemap
from tests.support.visiting import visit


async def test_a_news_sitemap_gives_articles_with_title_time_and_language() -> None:
    async with Sitemap() as site:
        catch = await visit(SitemapCollector(), site)
    first = catch.items[0]
    assert (first.guid, first.url, first.title, first.language) == (
        "https://avis.example/3", "https://avis.example/3", "Tre", "nb",
    )  # fmt: skip
    assert first.said_at == NOON.replace(hour=2)
    assert (catch.title, catch.language) == ("Avisa", "nb")


async def test_a_packed_sitemap_is_unpacked() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = gzip.compress(sitemap("To", "En"))
        assert len((await visit(SitemapCollector(), site)).items) == 2


async def test_a_sitemap_without_titles_says_what_to_look_for_instead() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = (
            b"<urlset><url><loc>https://a.example/1</loc></url><url><loc>ftp://x</loc></url></urlset>"
        )
        catch = await visit(SitemapCollector(), site)
    assert (catch.items, catch.dropped) == ((), {"no_words": 1, "no_address": 1})
    assert "no news sitemap" in catch.remarks[0]


async def test_an_image_in_an_entry_does_not_change_its_address() -> None:
    async with Sitemap() as site:
        picture = b'<i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"><i:loc>https://x/y.png</i:loc></i:image>'
        site.pages["/source"] = sitemap("En").replace(b"<url>", b"<url>" + picture)
        (item,) = (await visit(SitemapCollector(), site)).items
    assert item.url == "https://avis.example/1"


async def test_a_damaged_sitemap_gives_what_came_before_the_damage() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = sitemap("Tre", "To", "En")[:-120]
        catch = await visit(SitemapCollector(), site)
    assert ([item.title for item in catch.items], catch.dropped) == (["Tre", "To"], {"cut_off": 1})


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
        b'<!DOCTYPE u SYSTEM "http://127.0.0.1/x.dtd"><urlset/>',
        gzip.compress(b"<urlset>" + b" " * 20_000_000, mtime=0),
        b"<rss/>",
        b"https://a.example/1\nhttps://a.example/2\n",
        b"<urlset><url>",
    ],
)
async def test_se_08_a_document_that_is_no_honest_sitemap_is_refused_in_words(body: bytes) -> None:
    async with Sitemap() as site:
        site.pages["/source"] = body
        with pytest.raises(CollectError) as error:
            await visit(SitemapCollector(), site)
    assert error.value.message.endswith((".", ":"))
    assert len(site.asked) == 1


async def test_an_index_leads_to_the_sitemaps_that_have_changed_and_no_archive() -> None:
    async with Sitemap() as site:
        months = {f"m{month:02}": f"2026-{month:02}-01" for month in range(1, 11)}
        site.pages["/source"] = index(**months).format(base=site.url("")).encode()
        site.pages |= {f"/{name}.xml": sitemap(name, host=f"https://avis.example/{name}") for name in months}
        first = await visit(SitemapCollector(), site)
        second = await visit(SitemapCollector(), site, first.cursor)
        site.pages["/source"] = index(**months, m11="2026-11-22").format(base=site.url("")).encode()
        site.pages["/m11.xml"] = sitemap("nytt", host="https://avis.example/m11")
        third = await visit(SitemapCollector(), site, second.cursor)
    assert [item.title for item in first.items] == ["m10", "m09", "m08", "m07", "m06"]
    assert second.unchanged
    assert [item.title for item in third.items] == ["nytt"]


async def test_sitemaps_without_dates_are_read_each_time_also_when_the_index_is_the_same() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = index(news="", pages="").format(base=site.url("")).encode()
        site.pages |= {"/news.xml": sitemap("En"), "/pages.xml": sitemap("Om oss", host="https://om.example")}
        first = await visit(SitemapCollector(), site)
        quiet = await visit(SitemapCollector(), site, first.cursor)
        site.pages["/news.xml"] = sitemap("To", "En")
        later = await visit(SitemapCollector(), site, quiet.cursor)
    assert (len(first.items), quiet.unchanged) == (2, True)
    assert [item.title for item in later.items] == ["To", "En"]


async def test_one_bad_sitemap_of_an_index_does_not_hide_the_others_and_is_tried_again() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = index(a="2026-11-20", b="2026-11-21").format(base=site.url("")).encode()
        site.pages |= {"/a.xml": sitemap("A", host="https://a.example"), "/b.xml": 500}
        first = await visit(SitemapCollector(), site)
        site.pages["/b.xml"] = sitemap("B", host="https://b.example")
        second = await visit(SitemapCollector(), site, first.cursor)
    assert [item.title for item in first.items] == ["A"]
    assert "error of its own" in first.remarks[0]
    assert [item.title for item in second.items] == ["B"]


async def test_se_03_sitemaps_on_other_hosts_are_not_followed() -> None:
    async with Sitemap() as site:
        site.pages["/source"] = index(a="2026-11-20").format(base="http://inside.example").encode()
        catch = await visit(SitemapCollector(), site)
    assert len(site.asked) == 1
    assert "other hosts" in catch.remarks[0]
