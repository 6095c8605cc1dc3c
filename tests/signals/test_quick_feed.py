"""The quick reader gives what feedparser gives, on every document that it does not decline."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from signals import feed_parser
from signals.feed_dates import DateReader, read_well_written
from signals.feed_parser import parse_feed
from signals.parsed import ParsedFeed, ParseError
from signals.quick_feed import Declined, read_quickly
from signals.quick_table import RULES
from tests.support.feeds import rss

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
VOCABULARIES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "own": "https://paper.example/own",
}
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
DECLARED = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in VOCABULARIES.items())


def read(body: bytes, content_type: str, *, quick: bool) -> ParsedFeed | tuple[str, str]:
    """The parsed document, or what is said of it, with the quick reader or without."""
    with pytest.MonkeyPatch.context() as patch:
        if not quick:
            patch.setattr(feed_parser, "read_quickly", decline)
        headers = {"content-type": content_type, "content-location": "https://paper.example/news/feed"}
        try:
            return parse_feed(body, headers, NOW)
        except ParseError as error:
            return error.kind, error.message


def decline(*_: object) -> Mapping[str, object]:
    raise Declined("a test")


def is_read_quickly(body: bytes, content_type: str = "application/rss+xml") -> bool:
    try:
        read_quickly(body, content_type)
    except Declined:
        return False
    return True


def wrap(entry: str, head: str = "", root: str = "") -> bytes:
    channel = f"<channel><title>t</title>{head}<item>{entry}</item></channel>"
    return f'<rss version="2.0"{DECLARED}{root}>{channel}</rss>'.encode()


def atom(entry: str, head: str = "", root: str = "") -> bytes:
    return f'<feed xmlns="{VOCABULARIES["atom"]}"{DECLARED}{root}>{head}<entry>{entry}</entry></feed>'.encode()


ODD = [
    wrap("<title>a</title><media:title>b</media:title>"),
    wrap("<media:title>b</media:title><title>a</title>"),
    wrap('<media:group><media:title>b</media:title><media:content url="x"/></media:group><title> a </title>'),
    wrap("<title/><link/><guid/><description/>"),
    wrap("<title>a</title><link>https://a.example/?a=1&amp;b=2&amp;amp;c=3</link>"),
    wrap("<title>a</title><link>https:////a.example//b</link><guid>http:///a.example/1</guid>"),
    wrap('<title>a</title><atom:link href="https://a.example/1"/><link>https://a.example/2</link>'),
    wrap('<title>a</title><link>https://a.example/2</link><atom:link href="/1"/>'),
    wrap('<title>a</title><atom:link rel="Enclosure" href="https://a.example/1.mp3"/>'),
    wrap('<title>a</title><enclosure url="https://a.example/1.mp3"/><guid isPermaLink="false">x</guid>'),
    wrap('<title>a</title><guid isPermaLink="true">/1</guid>'),
    wrap("<title>a</title><description>one</description><description>two</description>"),
    wrap("<description>one</description><content:encoded>two</content:encoded><description>three</description>"),
    wrap("<content:encoded>two</content:encoded><itunes:summary>three</itunes:summary><description>one</description>"),
    wrap("<itunes:subtitle>short</itunes:subtitle><title>a</title>"),
    wrap("<description>x</description>", head="<itunes:summary>s</itunes:summary><description>d</description>"),
    wrap("<title>a</title><description><![CDATA[<p>b</p>]]> and &lt;i&gt;c&lt;/i&gt;</description>"),
    wrap("<title>a<b>c</b></title>"),
    wrap("<title>a</title><author>kari@a.example (Kari N)</author><dc:creator>Ola</dc:creator>"),
    wrap("<title>a</title><dc:creator/><author>kari@a.example</author>"),
    wrap("<title>a</title><dc:creator>A</dc:creator><dc:creator>B</dc:creator>"),
    wrap("<title>a</title><atom:author><name>N</name><atom:email>e@a.example</atom:email></atom:author>"),
    wrap("<title>a</title><category>x</category><category>x</category><category/><dc:subject>y</dc:subject>"),
    wrap('<title>a</title><category domain="d">x</category><media:category label="L">z</media:category>'),
    wrap("<title>a</title><itunes:keywords>x, y ,,z</itunes:keywords><media:keywords>w</media:keywords>"),
    wrap("<title>a</title><pubDate>lørdag 21. november 2026</pubDate><dc:date>2026-11-21</dc:date>"),
    wrap("<title>a</title><dc:date>2026-11-21T10:00:00+01:00</dc:date><pubDate></pubDate>"),
    wrap('<title>a</title><source url="https://b.example"><title>b</title></source><title>c</title>'),
    wrap("<title>a</title><source>NTB</source><link>/1</link>"),
    wrap("<image><title>b</title><url>/i.png</url></image><title>a</title>"),
    wrap("<title>a</title>", head="<image><name>n</name><title>i</title></image><title>later</title><ttl>30</ttl>"),
    wrap("<title>a</title>", head="<textInput><title>f</title><name>q</name></textInput><language>nb</language>"),
    wrap("<title>a</title>", head="<sy:updatePeriod>daily</sy:updatePeriod><dc:language>nn</dc:language>"),
    wrap("<title>a</title><language>sv</language>", root=' xml:lang="nb_NO"'),
    wrap('<title xml:lang="nn">a</title><description xml:lang="">b</description>', root=' lang="da"'),
    wrap("<TITLE>a</TITLE><PubDate>Sat, 21 Nov 2026 10:00:00 GMT</PubDate>"),
    wrap("<title>a</title><own:title>b</own:title><own:x y='1'><own:date>c</own:date></own:x>"),
    wrap("<title>a</title><date>2026-11-21</date>"),
    wrap('<title>a</title><post-id xmlns="com-wordpress:feed-additions:1">7</post-id>'),
    wrap('<title>a</title><guid own:isPermaLink="false">b</guid>'),
    wrap("<title>sm\u00c3\u00b8r og br\u00c3\u00b8d</title><description>\u0093quoted\u0094</description>"),
    wrap("<title>a &amp;amp; b &#8211; &#x26;lt;c</title>"),
    wrap("<!-- <item> --><title>a</title><?php encoding='x' ?>"),
    wrap("<title>a</title><item><title>b</title></item>"),
    wrap("<title>a</title><media:description>m</media:description><media:thumbnail url='x'/><link>/z</link>"),
    wrap("<title>a</title><contributor><name>c</name></contributor><author><name>d</name></author>"),
    wrap("<itunes:author>I</itunes:author>", head="<itunes:owner><itunes:name>o</itunes:name></itunes:owner>"),
    atom('<title type="html">a &lt;b&gt;c&lt;/b&gt;</title><id>1</id><link href="/1"/><link rel="self" href="/2"/>'),
    atom(f'<title type="xhtml"><div {XHTML}>a <b class="x">&lt;c</b></div></title><id>1</id>'),
    atom(f'<content type="xhtml">\n <div {XHTML}><p>a</p></div> \n</content><id>1</id>'),
    atom(f'<content type="xhtml"><div {XHTML}>a</div><p {XHTML}>b</p></content><title>t</title>'),
    atom('<content type="text">a</content><content type="html">b</content><summary>c</summary>'),
    atom('<content type="image/png">aGVp</content><title>t</title>'),
    atom('<content src="https://a.example/1" type="text/html"/><title>t</title>'),
    atom("<summary>a</summary><summary>b</summary><content>c</content>"),
    atom("<title>a</title><author><name>N</name><uri>https://a.example</uri></author><author><name>M</name></author>"),
    atom("<title>a</title><author><email>e@a.example</email></author><updated>2026-11-21T10:00:00.5Z</updated>"),
    atom('<title>a</title><category term="x" label="Y"/><category term="x" label="Y"/><published>x</published>'),
    atom("<title>a</title><source><title>s</title><id>i</id><author><name>A</name></author></source><id>1</id>"),
    atom('<title>a</title><link href="/1"/>', root=' xml:base="https://b.example/"'),
    atom("<title>a</title><thr:total>3</thr:total><link href='' /><id> 1 </id>"),
    b'<?xml version="1.0" encoding="iso-8859-1"?>' + wrap("<title>a</title>"),
    b'<?xml version="1.0" encoding="iso-8859-1"?>' + wrap("<title>\u00e6</title>"),
    b'<?xml version="1.0" encoding="utf-16"?>' + wrap("<title>a</title>"),
    b"\xef\xbb\xbf" + wrap("<title>\u00e6</title>"),
    b'<!DOCTYPE rss [<!ENTITY x "y">]>' + wrap("<title>a &x;</title>"),
    wrap("<title>a &nbsp; b</title>"),
    wrap("<title>a</title>")[:-20],
    wrap("<title>a</title>") + b"<!-- end --> junk",
    rss("one", "two", "one"),
]  # fmt: skip


@pytest.mark.parametrize("body", ODD, ids=range(len(ODD)))
def test_an_odd_document_is_read_as_by_feedparser_or_declined(body: bytes) -> None:
    for content_type in ("application/rss+xml", "text/html; charset=iso-8859-1", ""):
        assert read(body, content_type, quick=True) == read(body, content_type, quick=False)


def test_most_odd_documents_are_not_declined() -> None:
    assert sum(map(is_read_quickly, ODD)) > 0.75 * len(ODD)


@pytest.mark.parametrize(
    "body",
    [
        wrap("<title>a<b>c</b></title>"),
        atom('<title>a</title><link href="/1"/>', root=' xml:base="https://b.example/"'),
        b'<!DOCTYPE rss [<!ENTITY x "y">]>' + wrap("<title>a &x;</title>"),
        b'<?xml version="1.0" encoding="iso-8859-1"?>' + wrap("<title>x</title>").replace(b"x<", b"\xe6<"),
        wrap("<title>a</title>")[:-20],
        wrap("<title>a</title>").replace(VOCABULARIES["dc"].encode(), VOCABULARIES["media"].encode()),
        wrap("<title>a</title><expirationDate>2026</expirationDate>"),
        wrap("<category>x</category>" * 50 + "".join(f"<category>{number}</category>" for number in range(300))),
    ],
    ids=["markup", "base", "doctype", "charset", "cut off", "prefixes", "special", "quadratic"],
)
def test_what_is_not_certain_is_left_to_feedparser(body: bytes) -> None:
    assert not is_read_quickly(body)


WORDS = st.sampled_from(
    [
        "a", "Road closed", " b ", "", "\n", "\u00e6\u00f8", "\u00c3\u00b8", "\u0093x\u0094", "x &amp; y",
        "<p>h</p>", "&eacute;",
        "https://a.example/1", "https:///a.example/x?a=1&b=2", "/rel", "kari@a.example (Kari)", "k@a.example",
        "a,b", "0",
        "Sat, 21 Nov 2026 10:00:00 +0100", "2026-11-21T10:00:00Z", "21. november 2026", "nb-NO", "true", "hourly",
    ]
)  # fmt: skip
PLAIN = sorted(name for name in RULES if "_" not in name and name not in ("rss", "feed", "channel", "item", "entry"))
PREFIXED = sorted(name.replace("_", ":", 1) for name in RULES if "_" in name and name.partition("_")[0] in VOCABULARIES)
OTHERS = ["comments", "ttl", "lead", "own:x", "own:date", "sy:updateperiod", "thr:total", "date", "tags", "atom:link"]
NAMES = st.sampled_from(PLAIN + PREFIXED + OTHERS)
KEYS = ["type", "rel", "href", "url", "term", "label", "scheme", "isPermaLink", "xml:lang", "own:href", "rdf:about"]
VALUES = ["html", "text", "xhtml", "alternate", "self", "enclosure", "https://a.example/2", "x", "false", "", "nn"]
ATTRIBUTES = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=2)


@st.composite
def elements(draw: st.DrawFn, depth: int = 2) -> str:
    name, attributes = draw(NAMES), draw(st.one_of(st.just({}), ATTRIBUTES))
    inner = escape(draw(WORDS))
    if depth and draw(st.integers(0, 5)) == 0:
        inner += draw(elements(depth - 1)) + escape(draw(WORDS))
    elif draw(st.integers(0, 5)) == 0:
        inner = f"<![CDATA[{draw(WORDS)}]]>{inner}"
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{told}>{inner}</{name}>"


PARTS = st.lists(elements(), max_size=6).map("".join)


@settings(max_examples=250)
@given(st.sampled_from([wrap, atom]), PARTS, PARTS)
@example(wrap, "<title>a</title>", "")
def test_any_document_is_read_as_by_feedparser_or_declined(make: object, entry: str, head: str) -> None:
    assert callable(make)
    body = make(entry, head)
    assert read(body, "application/xml", quick=True) == read(body, "application/xml", quick=False)


@settings(max_examples=250)
@given(
    st.datetimes(min_value=datetime(1, 1, 1)),  # noqa: DTZ001 - the zone is written beside it
    st.sampled_from(["GMT", "UTC", "Z", "+0100", "-0330", "+00:00", "+14:00", "-1200", "+9999", "", "EST"]),
    st.sampled_from(["%a, %d %b %Y %H:%M:%S ", "%d %b %Y %H:%M:%S ", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"]),
)  # fmt: skip
def test_well_written_dates_are_read_as_by_feedparser(moment: datetime, zone: str, form: str) -> None:
    raw = (moment.strftime(form) + zone).strip()
    assert read_well_written(raw) in (None, DateReader(NOW)._usual(raw))


@given(st.text(alphabet="htps:/.?#&=%;,+~-_aA1\u00e6 @[]", max_size=30))
@example("https://a.example/b?")
@example("https://a.example/b?c=1?d")
@example("https://a.example/../b//c")
def test_an_address_that_goes_by_untouched_is_as_if_joined(rest: str) -> None:
    link = f"https://a.example/{rest}"
    with pytest.MonkeyPatch.context() as patch:
        item = read(wrap(f"<title>a</title><link>{escape(link)}</link>"), "", quick=True)
        patch.setattr(feed_parser, "_PLAIN_ADDRESS", re.compile("(?!)"))
        assert item == read(wrap(f"<title>a</title><link>{escape(link)}</link>"), "", quick=True)
