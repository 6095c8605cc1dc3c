"""The feed parser, in this process for what it reads and in its child for what it must survive."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from signals.feed_parser import parse_feed
from signals.item_text import content_hash, storable_item
from signals.parsed import ParsedFeed, ParseError, ParseErrorKind, from_json, to_json
from signals.parser_pool import ParserLimits, ParserPool
from signals.types import Item
from tests.support.feeds import rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def parse(
    body: bytes, content_type: str = "application/xml", location: str = "https://paper.example/feed"
) -> ParsedFeed:
    return parse_feed(body, {"content-type": content_type, "content-location": location}, NOW)


def only(body: bytes, content_type: str = "application/xml") -> Item:
    (item,) = parse(body, content_type).items
    return item


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    async with ParserPool(1, ParserLimits(cpu_seconds=2)) as pool:
        yield pool


RSS_2 = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Avisa</title><language>nb-NO</language><ttl>10</ttl><item><title>Brua er stengt</title>
<link>/bru?id=1</link><guid isPermaLink="false">bru-1</guid>
<description>&lt;p&gt;Kommunen varsler.&lt;/p&gt;</description>
<dc:creator>Kari</dc:creator><category>Nyheter</category><pubDate>Sat, 21 Nov 2026 10:00:00 +0100</pubDate></item>
</channel></rss>"""


def test_rss_2_gives_all_that_it_says() -> None:
    feed = parse(RSS_2.encode())
    assert (feed.title, feed.language, feed.ttl, feed.version) == ("Avisa", "nb-NO", timedelta(minutes=10), "rss20")
    assert feed.items == (
        Item(
            guid="bru-1",
            title="Brua er stengt",
            summary="<p>Kommunen varsler.</p>",
            url="https://paper.example/bru?id=1",
            author="Kari",
            categories=("Nyheter",),
            said_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
        ),
    )


def test_rss_0_91_without_guid_is_named_by_its_link() -> None:
    item = only(
        b'<rss version="0.91"><channel><title>t</title><item><title>Bridge</title>'
        b"<link>https://a.example/1</link></item></channel></rss>"
    )
    assert (item.guid, item.url, item.said_at) == ("https://a.example/1", "https://a.example/1", None)


def test_rdf_is_read() -> None:
    item = only(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        b' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>'
        b'<item rdf:about="https://a.example/1"><title>Bridge</title><link>https://a.example/1</link>'
        b"<dc:date>2026-11-21T10:00:00+01:00</dc:date></item></rdf:RDF>"
    )
    assert (item.title, item.said_at) == ("Bridge", datetime(2026, 11, 21, 9, tzinfo=UTC))


def test_atom_is_read_with_its_languages() -> None:
    feed = parse(
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv"><title>t</title>'
        b'<entry xml:lang="nn"><title>Bru</title><id>tag:1</id><link href="https://a.example/1"/><updated>2026-11-21T10:00:00Z</updated>'
        b'<content type="html">&lt;b&gt;Stengd&lt;/b&gt;</content></entry></feed>'
    )
    (item,) = feed.items
    assert (item.guid, item.language, item.summary) == ("tag:1", "nn", "<b>Stengd</b>")
    assert feed.version == "atom10"


def test_json_feed_is_read() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Paper",
        "items": [
            {
                "id": "1",
                "url": "https://a.example/1",
                "title": "Bridge",
                "content_html": "<p>closed",
                "date_published": "2026-11-21T10:00:00+01:00",
                "tags": ["News"],
            }
        ],
    }
    feed = parse(json.dumps(document).encode(), "application/feed+json")
    assert feed.items == (
        Item("1", "Bridge", "<p>closed", "https://a.example/1", "", ("News",), datetime(2026, 11, 21, 9, tzinfo=UTC)),
    )


@pytest.mark.parametrize(
    ("encoding", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "text/xml"),
        ("utf-8", "iso-8859-1", "text/xml; charset=iso-8859-1"),
        ("utf-8", "utf-8", "text/xml; charset=us-ascii"),
        ("utf-8", "windows-1252", "application/rss+xml"),
        ("latin-1", "iso-8859-1", "text/xml"),
        ("latin-1", "utf-8", "application/xml; charset=utf-8"),
        ("latin-1", "", "text/xml; charset=UTF-8"),
        ("cp1252", "windows-1252", "text/html"),
        ("utf-16", "utf-16", "application/xml"),
        ("utf-16-be", "", "application/xml"),
        ("utf-16-le", "utf-8", "text/xml"),
        ("utf-8-sig", "", "text/plain"),
    ],
)
def test_rl_15_letters_survive_a_wrong_charset(encoding: str, declared: str, content_type: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = rss("På Færøyene – nei", declaration=declaration).decode().replace("–", "-").encode(encoding)
    assert only(body, content_type).title == "På Færøyene - nei"


def test_one_broken_letter_spoils_no_other() -> None:
    body = rss(*["Færøyene " * 5] * 1, "Ødelagt X her").replace(b" X ", b" \xe5 ")
    assert [item.title for item in parse(body).items] == [("Færøyene " * 5).strip(), "Ødelagt \ufffd her"]


@pytest.mark.parametrize(
    "body",
    [
        rss("Bridge closed").replace(b"</rss>", b""),
        rss("Bridge closed").replace(b"</channel></rss>", b""),
        b"\n\n  " + rss("Bridge closed", declaration='<?xml version="1.0"?>'),
        b"junk before" + rss("Bridge closed"),
        rss("Bridge closed").replace(b"<channel>", b"<channel><description>a & b &nbsp; <br></description>"),
        rss("Bridge closed").replace(b"closed", b"closed\x0b\x00"),
        rss("Bridge closed").replace(b"closed", b"closed &#xD800; &#57000;&#0;"),
        rss("Bridge closed").replace(b"closed", b"closed &#xD800; &#57000;&#0;\x00 &broken;"),
        rss("Bridge closed").replace(b"<rss", b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/x.dtd'><rss"),
    ],
)
def test_rl_15_a_broken_feed_gives_what_can_be_saved(body: bytes) -> None:
    assert storable_item(only(body)).title.startswith("Bridge closed")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ParseErrorKind.EMPTY),
        (b" \n", ParseErrorKind.EMPTY),
        (b"<!DOCTYPE html><html><title>Log in</title>", ParseErrorKind.NOT_A_FEED),
        (b"\xef\xbb\xbf<!-- x --><?xml version='1.0'?><HTML lang='no'>", ParseErrorKind.NOT_A_FEED),
        ("<html><body>Hei".encode("utf-16"), ParseErrorKind.NOT_A_FEED),
        (b"Not found", ParseErrorKind.NOT_A_FEED),
        (b'{"error": "no"}', ParseErrorKind.NOT_A_FEED),
        (b"[1, 2]", ParseErrorKind.NOT_A_FEED),
        (b"%PDF-1.4", ParseErrorKind.NOT_A_FEED),
        (b"\x1f\x8b\x08\x00", ParseErrorKind.NOT_A_FEED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", ParseErrorKind.NOT_A_FEED),
    ],
)
def test_what_is_no_feed_is_an_error_and_not_an_empty_feed(body: bytes, kind: ParseErrorKind) -> None:
    with pytest.raises(ParseError) as error:
        parse(body)
    assert error.value.kind is kind


def test_an_entry_that_is_cut_in_two_is_left_for_next_time() -> None:
    whole = rss("whole", "half of a title")
    cut = parse(whole[: whole.index(b" of a title")])
    assert ([item.title for item in cut.items], cut.dropped) == (["whole"], {"cut_off": 1})


def test_a_feed_that_claims_to_be_html_is_read() -> None:
    assert only(b"<!DOCTYPE html PUBLIC 'x'>" + rss("Bridge")).title == "Bridge"


def test_a_feed_without_entries_is_no_error() -> None:
    assert parse(rss()).items == ()


@pytest.mark.parametrize(
    ("raw", "said_at"),
    [
        ("Sat, 21 Nov 2026 10:00:00 +0100", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 10:00:00 CET", datetime(2026, 11, 21, 9, tzinfo=UTC)),
        ("Sat, 22 Aug 2026 10:00:00 CEST", datetime(2026, 8, 22, 8, tzinfo=UTC)),
        ("2026-11-21T10:00:00Z", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("21.11.2026 10:00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("lør., 21 nov. 2026 10:00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("21 november 2026", datetime(2026, 11, 21, tzinfo=UTC)),
        ("za, 21 nov 2026", datetime(2026, 11, 21, tzinfo=UTC)),
        ("zaterdag 21 november 2026", datetime(2026, 11, 21, tzinfo=UTC)),
        ("lördag 21 november 2026", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-02-30T10:00:00Z", None),
        ("yesterday", None),
        ("0", None),
        ("-", None),
        ("²³.¹¹.2026", None),
        ("Sat, 99 Nov 99999 99:99:99 GMT", None),
    ],
)
def test_se_10_dates_are_read_as_their_writers_meant(raw: str, said_at: datetime | None) -> None:
    assert only(rss("x").replace(b"<guid>", f"<pubDate>{raw}</pubDate><guid>".encode())).said_at == said_at


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "mailto:a@b.example",
        "vbscript:x",
        "http://[",
        "",
    ],
)
def test_se_05_no_link_of_another_scheme_is_kept(link: str) -> None:
    assert only(rss("x").replace(b"https://paper.example/1", link.encode())).url == ""


def test_a_name_does_not_change_when_the_site_moves() -> None:
    names = {parse(rss("x"), location=place).items[0].guid for place in ("http://a.example/", "https://b.example/f")}
    assert names == {"id-1"}


def test_entries_that_share_a_guid_are_named_by_their_links() -> None:
    feed = parse(rss("one", "two").replace(b"id-1", b"same").replace(b"id-2", b"same"))
    assert [item.guid for item in feed.items] == ["https://paper.example/2", "https://paper.example/1"]


def test_every_entry_is_an_item_or_has_a_reason() -> None:
    body = rss(*[f"title {number}" for number in range(2_005)])
    feed = parse(body)
    assert (len(feed.items), feed.dropped) == (2_000, {"over_limit": 5})
    nameless = b'<rss version="2.0"><channel>' + b"<item><title>a</title></item>" * 2 + b"<item><guid>z</guid></item>"
    assert parse(nameless).dropped == {"repeated": 1, "no_words": 1}


def test_html_of_one_entry_is_cut_at_64_kb() -> None:
    item = only(rss("x").replace(b"<guid>", b"<description>" + b"words " * 50_000 + b"</description><guid>"))
    assert len(item.summary) == 64 * 1024


def test_se_11_what_postgres_refuses_is_taken_out() -> None:
    item = storable_item(Item("a\x00b", "\ud800x\udfffy", categories=("\x00", "c\x1fd"), summary="z" * 99_999))
    assert (item.guid, item.title, item.categories, len(item.summary)) == ("ab", "xy", ("c d",), 65_536)


def test_only_other_words_make_an_edit() -> None:
    item = Item("1", "Road <b>closed</b>", "<p>Today&amp;now</p><img src=1>")
    same = Item("1", "Road closed ", "Today&now <img src=2>", url="https://a.example/", author="x")
    assert content_hash(item) == content_hash(same)
    assert content_hash(item) != content_hash(Item("1", "Road open", item.summary))


def test_a_parsed_feed_crosses_the_pipe_unchanged() -> None:
    feed = ParsedFeed(
        (Item("1", "Færøyene \ud800", said_at=NOW, categories=("a",)),),
        "t",
        "nb",
        timedelta(hours=1),
        "rss20",
        {"x": 1},
    )
    assert from_json(to_json(feed)) == feed
    with pytest.raises(ParseError, match="why"):
        from_json(to_json(ParseError(ParseErrorKind.BROKEN, "why")))


OPENED: list[str] = []
WATCHING: list[bool] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if WATCHING and event in ("open", "socket.connect", "socket.getaddrinfo", "urllib.Request"):
        OPENED.append(f"{event} {arguments[0]!r}")


sys.addaudithook(_watch)


@pytest.mark.parametrize(
    "body",
    [
        b"/etc/passwd",
        b"/dev/zero",
        b"/dev/stdin",
        b"file:///etc/passwd",
        b"http://127.0.0.1:1/feed",
        b"pyproject.toml",
        b"../../etc/hostname",
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item>',
        b'<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x"><rss version="2.0"><channel/></rss>',
        b'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:1/">',
    ],
)
def test_se_04_a_body_that_names_a_file_or_address_opens_nothing(body: bytes) -> None:
    OPENED.clear()
    WATCHING.append(True)
    try:
        feed = parse(body)
    except ParseError:
        feed = ParsedFeed(())
    finally:
        WATCHING.clear()
    assert OPENED == []
    assert not any("root:" in item.title for item in feed.items)


async def ask(pool: ParserPool, body: bytes) -> ParsedFeed:
    return await pool.parse(body, {"content-type": "application/xml", "content-location": "https://a.example/"}, NOW)


def wrapped(html: bytes) -> bytes:
    return rss("x").replace(b"<guid>", b"<description>" + html + b"</description><guid>")


ATTRIBUTES = wrapped(b"<a " + b" ".join(b'a%d="1"' % number for number in range(100_000)) + b"/>")
COMMENTS = wrapped(b"&lt;!-- " * 100_000)


async def test_se_08_a_document_that_takes_too_long_is_given_up_and_the_next_is_read(pool: ParserPool) -> None:
    bad, good = await asyncio.gather(ask(pool, ATTRIBUTES), ask(pool, rss("good")), return_exceptions=True)
    assert isinstance(bad, ParseError)
    assert bad.kind is ParseErrorKind.TOO_HARD
    assert isinstance(good, ParsedFeed)
    assert good.items[0].title == "good"


@pytest.mark.parametrize(
    "body",
    [
        COMMENTS,
        b"<!DOCTYPE r [<!ENTITY a '" + b"x" * 50_000 + b"'>]><rss version='2.0'><channel><item><title>"
        + b"&a;" * 50_000 + b"</title></item></channel></rss>",
        b'<!DOCTYPE r [<!ENTITY a0 "ha">' + b"".join(
            b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12)
        ) + b"]><rss version='2.0'><channel><item><title>&a11;</title></item></channel></rss>",
        b"<rss version='2.0'><channel><item><description>" + b"<div>" * 100_000,
        b"<" * 300_000,
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"version":"https://jsonfeed.org/version/1","items":[1,null,{"id":{}},{"authors":[1]}]}',
    ],
)  # fmt: skip
async def test_se_08_documents_made_to_do_harm_leave_the_pool_alive(pool: ParserPool, body: bytes) -> None:
    (answer,) = await asyncio.gather(ask(pool, body), return_exceptions=True)
    assert isinstance(answer, (ParsedFeed, ParseError))
    assert (await ask(pool, rss("good"))).items[0].title == "good"


async def test_se_08_a_document_that_takes_too_much_memory_is_given_up() -> None:
    limits = ParserLimits(memory=200 * 1024 * 1024)
    body = rss("x", declaration="<!DOCTYPE rss>")  # without it, the quick reader gets by with little
    body = body.replace(b"<guid>", b"<description>" + b"&lt;b&gt;words" * 3_000_000 + b"</description><guid>")
    async with ParserPool(1, limits) as pool:
        with pytest.raises(ParseError) as error:
            await ask(pool, body)
        assert error.value.kind is ParseErrorKind.TOO_HARD
        assert (await ask(pool, rss("good"))).items[0].title == "good"


async def test_se_08_documents_behind_one_that_is_given_up_are_read(pool: ParserPool) -> None:
    others = [ask(pool, rss(f"good {number}")) for number in range(12)]
    first, bad, *rest = await asyncio.gather(others[0], ask(pool, ATTRIBUTES), *others[1:], return_exceptions=True)
    assert isinstance(bad, ParseError)
    feeds = [one for one in (first, *rest) if isinstance(one, ParsedFeed)]
    assert [feed.items[0].title for feed in feeds] == [f"good {number}" for number in range(12)]


async def test_a_child_that_is_killed_from_outside_costs_one_document_at_most(pool: ParserPool) -> None:
    await ask(pool, rss("first"))
    (child,) = pool._all
    child.kill()
    await child.wait()
    assert (await ask(pool, rss("good"))).items[0].title == "good"


async def test_giving_up_waiting_leaves_the_pool_whole(pool: ParserPool) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await ask(pool, ATTRIBUTES)
    assert (await ask(pool, rss("good"))).items[0].title == "good"


async def test_the_parsing_process_inherits_no_secret(pool: ParserPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORKANT_DATABASE_URL", "postgresql://secret")
    await ask(pool, rss("x"))
    (child,) = pool._all
    assert b"secret" not in Path(f"/proc/{child.pid}/environ").read_bytes()  # noqa: ASYNC240
