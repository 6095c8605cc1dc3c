"""RL-20: odd documents, ours and other projects', give items or an error with a name, and never anything else."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from signals.feed_parser import parse_feed
from signals.parsed import MOST_ENTRIES, ParsedFeed, ParseError, ParseErrorKind

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ATOM = "http://www.w3.org/2005/Atom"
ITEM = "<item><title>Brua er stengt</title><link>https://avis.example/bru</link></item>"


def rss(inside: str, root: str = '<rss version="2.0">') -> bytes:
    return f"{root}<channel><title>Avisa</title>{inside}</channel></rss>".encode()


def outcome(body: bytes, content_type: str = "") -> list[str] | ParseErrorKind:
    try:
        feed = parse_feed(body, {"content-type": content_type}, NOW)
    except ParseError as error:
        return ParseErrorKind(error.kind)
    assert isinstance(feed, ParsedFeed)
    return [item.title for item in feed.items]


BRIDGE = ["Brua er stengt"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rss(""), []),
        (rss(ITEM), BRIDGE),
        (b"\n\n  " + rss(ITEM), BRIDGE),
        (b"\xef\xbb\xbf" + rss(ITEM), BRIDGE),
        (b'<?xml version="1.0" encoding="nonsense-8"?>' + rss(ITEM), BRIDGE),
        (b'<?xml version="1.1"?>' + rss(ITEM), BRIDGE),
        (b'<?xml version="1.0"?><?xml-stylesheet href="x.xsl"?><!-- hello -->' + rss(ITEM), BRIDGE),
        (rss(ITEM, '<RSS VERSION="2.0">').replace(b"</rss>", b"</RSS>"), BRIDGE),
        (rss(ITEM, '<rss version="7.3">'), BRIDGE),
        (rss(ITEM, "<rss>"), BRIDGE),
        (rss(ITEM).removesuffix(b"</channel></rss>"), BRIDGE),
        (rss(ITEM) + b"<!-- served in 3 ms -->\n<script>track()</script>", BRIDGE),
        (rss(ITEM + ITEM), BRIDGE),
        (rss(ITEM.replace("stengt", "<b>stengt</b>")), ["Brua er <b>stengt</b>"]),
        (rss(ITEM.replace("stengt", "<![CDATA[stengt]]>")), BRIDGE),
        (rss(ITEM.replace("Brua", "&#66;rua")), BRIDGE),
        (rss(ITEM.replace("stengt", "stengt & åpen")), ["Brua er stengt & åpen"]),
        (rss("<item/><item></item><item><title/></item>"), []),
        (rss("<item><description>Bare ord</description></item>"), [""]),
        (rss(f"<item><source><title>En annen</title></source>{ITEM[6:]}"), BRIDGE),
        (rss(ITEM * 3_000), BRIDGE),
        (
            f'<feed xmlns="{ATOM}"><entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Brua <i>er</i>'
            " stengt</div></title></entry></feed>".encode(),
            ["Brua <i>er</i> stengt"],
        ),
        (f'<a:feed xmlns:a="{ATOM}"><a:entry><a:title>Brua er stengt</a:title></a:entry></a:feed>'.encode(), BRIDGE),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 7, "title": "Brua er stengt"}]}', BRIDGE),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": "none"}', ParseErrorKind.NOT_A_FEED),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', []),
        (b'{"items": [{"title":', ParseErrorKind.NOT_A_FEED),
        (b"[]", ParseErrorKind.NOT_A_FEED),
        (b"null", ParseErrorKind.NOT_A_FEED),
        (b"", ParseErrorKind.EMPTY),
        (b" \n\t ", ParseErrorKind.EMPTY),
        (b"\0" * 50, ParseErrorKind.NOT_A_FEED),
        (bytes(range(256)), ParseErrorKind.NOT_A_FEED),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", ParseErrorKind.NOT_A_FEED),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), ParseErrorKind.NOT_A_FEED),
        (b"PK\x03\x04" + bytes(40), ParseErrorKind.NOT_A_FEED),
        (b"title,link\nBrua,https://avis.example", ParseErrorKind.NOT_A_FEED),
        (b"<html><body>Sorry</body></html>", ParseErrorKind.NOT_A_FEED),
        (b'<opml version="2.0"><body><outline text="x"/></body></opml>', ParseErrorKind.NOT_A_FEED),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><title>x</title></svg>', ParseErrorKind.NOT_A_FEED),
        (b'<?xml version="1.0"?><error code="17">no such feed</error>', ParseErrorKind.NOT_A_FEED),
        (b"<rss", ParseErrorKind.NOT_A_FEED),
    ],
)
def test_rl_20_an_odd_document_gives_its_items_or_an_error_with_a_name(
    body: bytes, expected: list[str] | ParseErrorKind
) -> None:
    assert outcome(body) == expected


def test_rl_20_no_document_gives_more_than_its_share() -> None:
    many = "".join(f"<item><title>Sak {number}</title></item>" for number in range(MOST_ENTRIES + 7))
    feed = parse_feed(rss(many), {}, NOW)
    assert (len(feed.items), feed.dropped) == (MOST_ENTRIES, {"over_limit": 7})


def test_the_page_of_an_entry_comes_before_its_sound() -> None:
    """Some write the address as the text of `link`; there the last one would win, page or file."""
    page = '<link rel="alternate" type="text/html">https://avis.example/sak</link>'
    sound = '<link rel="enclosure" type="audio/mpeg">https://avis.example/lyd.mp3</link>'
    for links in (page + sound, sound + page):
        entry = f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>x</title>{links}</entry></feed>'
        (item,) = parse_feed(entry.encode(), {}, NOW).items
        assert item.url == "https://avis.example/sak"


def test_rl_20_other_projects_documents_give_items_or_an_error_with_a_name(shared_data: Path) -> None:
    """One in eight; benchmarks/bench_feed_documents.py reads all."""
    found = sorted(path for path in (shared_data / "feeds").rglob("*") if path.is_file())
    outcomes = [outcome(path.read_bytes()) for path in islice(found, 0, None, 8)]
    assert len(outcomes) > 300
    assert sum(isinstance(one, list) for one in outcomes) > 0.9 * len(outcomes)
