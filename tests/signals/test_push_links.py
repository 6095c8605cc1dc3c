"""Where a feed says that it can be had by push, in every place where it may say so."""

import pytest
from multidict import CIMultiDict

from signals.push_links import find_push_links
from signals.types import PushLinks

AT = "https://avis.example/feed"
HUB, SELF = "https://hub.example/", "https://avis.example/rss.xml"
BOTH = PushLinks(HUB, SELF)
RSS = b"""<?xml version="1.0"?><rss xmlns:a="http://www.w3.org/2005/Atom"><channel>
<a:link rel="hub" href="https://hub.example/"/>
<a:link href='https://avis.example/rss.xml' rel='self'/>%s</channel></rss>"""

JSON = rb"""{"version": "x", "feed_url": "https:\/\/avis.example\/rss.xml", "hubs":
[{"type": "rssCloud", "url": "https://other.example"}, {"type": "WebSub", "url": "https://hub.example/"}]}"""


@pytest.mark.parametrize(
    "body",
    [
        RSS % b"",
        b'<feed><link rel="self hub2" href="/rss.xml"/><link rel="HUB" href="//hub.example/"></link></feed>',
        JSON,
        (RSS % b"").decode().encode("utf-16"),
    ],
    ids=["rss", "atom", "json", "utf-16"],
)
def test_hub_and_self_are_found_in_every_kind_of_feed(body: bytes) -> None:
    assert find_push_links({}, body, AT) == BOTH


def test_link_headers_come_first_be_they_one_or_several() -> None:
    body = b'<feed><link rel="hub" href="https://wrong.example/"/></feed>'
    one = CIMultiDict({"Link": f'<{HUB}>; rel="hub", <{SELF}>; title="a, b"; rel="self"'})
    two = CIMultiDict([("link", f"<{HUB}>; rel=hub"), ("Link", "</rss.xml>; rel=self")])
    assert find_push_links(one, body, AT) == find_push_links(two, body, AT) == BOTH
    no_hub = CIMultiDict({"Link": f'<{SELF}>; rel="self"'})
    assert find_push_links(no_hub, body, AT).hub == "https://wrong.example/"


def test_without_a_self_link_the_topic_is_the_address_and_https_hubs_come_first() -> None:
    body = b'<feed><link rel="hub" href="http://a.example"/><link rel="hub" href="https://b.example"/></feed>'
    assert find_push_links({}, body, AT) == PushLinks("https://b.example", AT)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss><channel><item><title>hub</title></item></channel></rss>",
        RSS.replace(b"<a:link", b"<item><a:link") % b"",
        b'<feed><!-- <link rel="hub" href="https://hub.example/"/> --></feed>',
        b'<feed><subtitle><![CDATA[<link rel="hub" href="https://hub.example/"/>]]></subtitle></feed>',
        b'<feed><link rel="hub" href="ftp://hub.example/"/></feed>',
        b'<feed><link rel="hub" href="javascript:alert(1)"/></feed>',
        b'<feed><link rel="hub" href="https://[hub.example/"/></feed>',
        b'<feed><link rel="hub" href=""/></feed>',
        b'<feed><link rel="hub" href="https://hub.example/' + b"x" * 3000 + b'"/></feed>',
        b'{"items": [{"content_text": "\\"hubs\\": [{\\"type\\": \\"WebSub\\"}]"}]}',
        b'{"hubs": [{"type": "WebSub", "url"]}',
    ],
)
def test_what_entries_say_and_what_is_no_address_is_no_hub(body: bytes) -> None:
    assert find_push_links({}, body, AT) == PushLinks()


def test_looking_is_linear_in_what_strangers_wrote() -> None:
    for piece in (b"<link ", b"<!--", b"<![CDATA[", b'<link rel="hub" ', b'{"hubs": [', b"hub=<a:link a='"):
        assert find_push_links({}, piece * 100_000, AT) == PushLinks()
    assert find_push_links({"Link": '<a>; rel="' * 6_000}, b"", AT) == PushLinks()
