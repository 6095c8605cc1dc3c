"""Items become signals: times, addresses and families that can be believed (SE-05, SE-10)."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signals.families import family_of
from signals.normalise import believed, canonical_address, normalise
from signals.text import safe_link
from tests.support.signals import SEEN_AT, a_source, an_item


def test_an_item_becomes_a_clean_signal() -> None:
    item = an_item(
        "<b>Vannverket</b> i Lillevik er stengt",
        summary="<p>Kommunen ber alle om å koke vannet.</p><script>x</script>",
        url="https://WWW.avis.example/sak?utm_source=rss&id=7#kommentarer",
        said_at=SEEN_AT - timedelta(hours=1),
    )
    signal, scores = normalise(7, item, a_source(), {}, SEEN_AT)
    assert (signal.id, signal.title, signal.text) == (
        7,
        "Vannverket i Lillevik er stengt",
        "Kommunen ber alle om å koke vannet.",
    )
    assert signal.url == "https://www.avis.example/sak?id=7"
    assert (signal.language, signal.family, signal.at) == ("nb", "avis.example", SEEN_AT - timedelta(hours=1))
    assert max(scores, key=lambda language: scores[language]) == "nb"


def test_a_missing_title_is_taken_from_the_text() -> None:
    signal, _ = normalise(1, an_item("", summary="Bussen kom aldri. Jeg er lei."), a_source(), {}, SEEN_AT)
    assert signal.title == "Bussen kom aldri."
    long, _ = normalise(1, an_item(" ", summary="ord " * 100), a_source(), {}, SEEN_AT)
    assert len(long.title) <= 121
    assert long.title.endswith("ord…")


def test_an_item_without_any_words_is_kept() -> None:
    signal, _ = normalise(1, an_item("", summary="<img src=x>"), a_source(), {}, SEEN_AT)
    assert (signal.title, signal.text, signal.language) == ("", "", "und")


@pytest.mark.parametrize(
    ("said_at", "expected"),
    [
        (SEEN_AT - timedelta(days=400), SEEN_AT - timedelta(days=400)),
        (SEEN_AT + timedelta(hours=23), SEEN_AT),
        (SEEN_AT + timedelta(hours=25), None),
        (datetime(1, 1, 1, tzinfo=UTC), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), None),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-12))), None),
        (datetime(1989, 12, 31, tzinfo=UTC), None),
        (datetime(2126, 1, 1, tzinfo=UTC), None),
        (datetime(2026, 1, 5, 6, tzinfo=UTC).replace(tzinfo=None), SEEN_AT - timedelta(hours=1)),
        (datetime(2026, 1, 5, 7, tzinfo=timezone(timedelta(hours=1))), SEEN_AT - timedelta(hours=1)),
        (None, None),
    ],
)
def test_se_10_only_possible_dates_are_believed(said_at: datetime | None, expected: datetime | None) -> None:
    assert believed(said_at, SEEN_AT) == expected


def test_se_10_an_unbelievable_date_gives_way_to_when_it_was_seen() -> None:
    signal, _ = normalise(1, an_item(said_at=datetime(2126, 1, 1, tzinfo=UTC)), a_source(), {}, SEEN_AT)
    assert signal.said_at is None
    assert signal.at == SEEN_AT


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://avis.example/a?b=2&a=1", "https://avis.example/a?a=1&b=2"),
        ("https://AVIS.example:443/a#top", "https://avis.example/a"),
        ("http://avis.example:8080/a", "http://avis.example:8080/a"),
        ("https://avis.example/a?fbclid=x&utm_medium=y&gclid=z&mc_cid=q&igshid=1", "https://avis.example/a"),
        ("https://avis.example/a?ref=rss", "https://avis.example/a"),
        ("https://avis.example/a?ref=sak-12", "https://avis.example/a?ref=sak-12"),
        ("https://avis.example/sør side", "https://avis.example/s%C3%B8r%20side"),
        ("https://avis.example", "https://avis.example/"),
        ("javascript:alert(1)", ""),
        ("/sak/1", ""),
        ("", ""),
    ],
)
def test_a_page_has_one_address(address: str, expected: str) -> None:
    assert canonical_address(address) == expected


PARTS = st.text("ab9A-._~%;:/", max_size=12)


@given(st.sampled_from(["avis.example", "a-b.avis.xn--p1ai", "Avis.example", "-a.example", "10.0.0.1"]), PARTS)
def test_an_address_that_is_in_order_is_what_mending_would_make_of_it(host: str, path: str) -> None:
    """A blank at its end is taken off, and sends an address the long way."""
    address = f"https://{host}/{path}"
    assert canonical_address(address) == canonical_address(f"{address} ")


@given(st.text(max_size=80).map(lambda text: f"https://avis.example/{text}") | st.text(max_size=80))
def test_se_05_any_canonical_address_is_safe_and_stays_as_it_is(address: str) -> None:
    found = canonical_address(address)
    assert safe_link(found) == found
    assert canonical_address(found) == found


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("https://www.avis.example/rss", "avis.example"),
        ("https://feeds.avis.co.uk/news", "avis.co.uk"),
        ("https://lillevik.kommune.no/rss", "lillevik.kommune.no"),
        ("https://aksjonen.wordpress.com/feed", "aksjonen.wordpress.com"),
        ("https://www.youtube.com/feeds/videos.xml?channel_id=1", ""),
        ("http://127.0.0.1:8123/feed.xml", "127.0.0.1"),
        ("", ""),
        ("http://[::1", ""),
    ],
)
def test_the_family_is_the_owner_as_far_as_the_host_tells(address: str, family: str) -> None:
    assert family_of(address) == family


def test_a_source_that_knows_its_family_keeps_it_and_one_on_a_platform_stands_alone() -> None:
    known, _ = normalise(1, an_item(), a_source(family="Konsernet"), {}, SEEN_AT)
    alone, _ = normalise(1, an_item(), a_source(address="https://www.reddit.com/r/x.rss", name="r/x"), {}, SEEN_AT)
    assert (known.family, alone.family) == ("Konsernet", "r/x")
