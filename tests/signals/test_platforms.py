"""What somebody pastes becomes an address, and known platforms keep their feeds where we say."""

import pytest

from signals.addresses import AddressError, check_address
from signals.places import country_of, place_key, site_of
from signals.platforms import closed_network, platform_leads, system_leads, to_address

CHANNEL = "UC" + "a" * 22


@pytest.mark.parametrize(
    ("given", "feed"),
    [
        (
            f"https://www.youtube.com/channel/{CHANNEL}/videos",
            f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        ),
        (
            "https://m.youtube.com/playlist?list=PL1&x=2",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1",
        ),
        ("https://www.youtube.com/user/nrk", "https://www.youtube.com/feeds/videos.xml?user=nrk"),
        ("https://old.reddit.com/r/norge/top", "https://www.reddit.com/r/norge/.rss"),
        ("https://www.reddit.com/u/ola", "https://www.reddit.com/user/ola/.rss"),
        ("https://bsky.app/profile/nrk.no", "https://bsky.app/profile/nrk.no/rss"),
        ("https://bsky.app/profile/did:plc:abc123", "https://bsky.app/profile/did:plc:abc123/rss"),
        ("https://snabelen.example/@kari", "https://snabelen.example/@kari.rss"),
        ("https://snabelen.example/@kari@elsewhere.example", "https://snabelen.example/@kari.rss"),
        ("https://snabelen.example/tags/vann", "https://snabelen.example/tags/vann.rss"),
        ("https://medium.com/@kari", "https://medium.com/feed/@kari"),
    ],
)
def test_a_profile_leads_to_its_feed(given: str, feed: str) -> None:
    assert [lead.address for lead in platform_leads(given)] == [feed]


@pytest.mark.parametrize(
    "given",
    [
        "https://www.youtube.com/@nrk",
        "https://www.reddit.com/",
        "https://avis.example/tags/",
        "https://avis.example/@a/b",
    ],
)
def test_what_only_the_page_can_tell_is_left_to_the_page(given: str) -> None:
    assert platform_leads(given) == ()


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (" vg.no ", "https://vg.no"),
        ("avis.example:8080/nyheter", "https://avis.example:8080/nyheter"),
        ("feed:https://avis.example/rss", "https://avis.example/rss"),
        ("feed://avis.example/rss", "http://avis.example/rss"),
        ("<https://avis.example>", "https://avis.example"),
        ("@kari@snabelen.example", "https://snabelen.example/@kari"),
        ("file:///etc/passwd", "file:///etc/passwd"),
    ],
)
def test_a_pasted_text_becomes_an_address(given: str, address: str) -> None:
    assert to_address(given) == address


@pytest.mark.parametrize(
    "pasted", ["file:///etc/passwd", "feed:file:///etc/passwd", "@a@127.0.0.1", "localhost:5432", "@a@db.internal", ""]
)
def test_no_way_of_pasting_leads_past_the_gate_se_02(pasted: str) -> None:
    with pytest.raises(AddressError):
        check_address(to_address(pasted))


def test_closed_networks_are_known_by_name() -> None:
    assert closed_network("https://m.facebook.com/nrk") == "Facebook"
    assert closed_network("https://x.com/nrk") == "X"
    assert closed_network("https://notx.com/nrk") == ""


def test_a_word_press_category_has_a_feed_of_its_own() -> None:
    leads = system_leads("WordPress 6.5", "https://avis.example/category/havn/page/2/")
    assert [lead.address for lead in leads] == [
        "https://avis.example/category/havn/feed/",
        "https://avis.example/feed/",
    ]


def test_two_spellings_of_one_place_have_one_key() -> None:
    assert place_key("http://www.avis.example/feed/") == place_key("https://AVIS.example:443/feed")
    assert place_key("https://avis.example/feed?a=1") != place_key("https://avis.example/feed?a=2")


def test_strangers_on_one_platform_share_no_site() -> None:
    assert site_of("https://www.avis.example/rss") == "avis.example"
    assert site_of("https://www.youtube.com/feeds/videos.xml?user=nrk") == ""
    assert site_of("https://snabelen.example/@kari.rss") == ""
    assert (country_of("https://avis.co.uk"), country_of("https://avis.com")) == ("gb", "")
