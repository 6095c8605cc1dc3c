"""Feeds that a page names are found in its mess, and no page can make the reading take long."""

from time import process_time

import pytest

from signals.page_links import LONGEST, read_page

HEAD = '<!doctype html><html lang="nb"><head><title>Havn &amp; by</title>'
RSS = 'type="application/rss+xml"'


def feeds_of(html: str) -> list[str]:
    return [lead.address for lead in read_page(html.encode(), "https://avis.example/havn/").feeds]


def test_a_page_names_its_feeds_title_language_and_system() -> None:
    page = read_page(
        f"""{HEAD}<meta name=Generator content="WordPress 6.5">
        <link href='/feed/' rel="Alternate" {RSS} title="Alt > alt">""".encode(),
        "https://avis.example/havn/",
    )
    assert (page.title, page.language, page.generator) == ("Havn & by", "nb", "WordPress 6.5")
    assert [lead.address for lead in page.feeds] == ["https://avis.example/feed/"]
    assert page.feeds[0].because.endswith("Alt > alt")


def test_comments_come_last_and_other_alternates_not_at_all() -> None:
    found = feeds_of(
        f"""{HEAD}<link rel=alternate {RSS} href=/comments/feed/><link rel=alternate {RSS} href="feed?a=1&amp;b=2">
        <link rel=alternate hreflang=en href=/en><link rel=alternate type=application/json href=/wp-json/1>
        <link rel=alternate type="application/json+oembed" href=/feed/oembed>
        <link rel=alternate type=application/json href=/feed.json>"""
    )
    assert found == [
        "https://avis.example/havn/feed?a=1&b=2",
        "https://avis.example/feed.json",
        "https://avis.example/comments/feed/",
    ]


def test_what_is_commented_out_or_in_a_script_is_not_said() -> None:
    hidden = f"<link rel=alternate {RSS} href=/hidden>"
    assert feeds_of(f"{HEAD}<!-- {hidden} --><script>'{hidden}'</script><textarea>{hidden}</textarea>") == []


def test_the_base_of_a_page_counts_and_other_schemes_do_not() -> None:
    found = feeds_of(
        f"""{HEAD}<base href="https://feeds.example/x/"><link rel=alternate {RSS} href="a.xml">
        <link rel=alternate {RSS} href="javascript:alert(1)"><link rel=alternate {RSS} href="file:///etc/passwd">
        <link rel=alternate {RSS} href="http://[bad">"""
    )
    assert found == ["https://feeds.example/x/a.xml"]


def test_links_in_the_text_count_when_they_look_like_feeds() -> None:
    page = read_page(
        b'<a href="/feedback">x</a><a href="/rss/">y</a><a href="/nyheter.rdf">z</a>', "https://a.example/"
    )
    assert [lead.address for lead in page.links] == ["https://a.example/rss/", "https://a.example/nyheter.rdf"]


@pytest.mark.parametrize(
    "bomb",
    [
        b"<div>" * 110_000,
        b"".join(b"<b x%d>" % number for number in range(30_000)) + b"<p>" * 100_000,
        b'<a "' * 140_000,
        b"<link x='" * 60_000,
        b"<!--" * 140_000,
        b"<title " * 80_000,
        b"<a " + b"x " * 260_000,
        b"<link rel=alternate type=application/rss+xml href=//[>" * 10_000,
    ],
    ids=["nesting", "formatting", "quotes", "apostrophes", "comments", "titles", "attributes", "brackets"],
)
def test_no_page_takes_long_to_read_se_08(bomb: bytes) -> None:
    began = process_time()  # of our own work, however busy the machine is
    read_page(bomb[:LONGEST], "https://a.example/")
    assert process_time() - began < 20, "each takes less than a second; a parser of HTML needs 50 for the first"
