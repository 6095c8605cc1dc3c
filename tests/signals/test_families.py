"""Papers of one owner are one voice: the table of owners, and whose voice an item is."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from signals.families import canonical, family_of, find_entry, load_families, proposed_family
from signals.normalise import normalise
from tests.support.signals import SEEN_AT, a_source, an_item


def test_a_domain_stands_once_and_every_entry_says_where_it_is_from() -> None:
    entries = load_families()
    domains = Counter(domain for entry in entries for domain in entry.domains)
    assert [domain for domain, times in domains.items() if times > 1] == []
    assert all(domain == domain.lower() and "." in domain and "/" not in domain for domain in domains)
    assert all(
        entry.source and 2015 <= entry.as_of <= datetime.now(UTC).year + 1 and len(entry.country) == 2
        for entry in entries
    )
    assert len(domains) > 900


def test_a_family_has_one_spelling() -> None:
    names = {entry.name for entry in load_families() if entry.name}
    spellings = Counter(spelling for entry in load_families() for spelling in {*entry.also})
    assert all(name == name.casefold() for name in names | spellings.keys())
    assert names.isdisjoint(spellings)
    assert max(spellings.values()) == 1


@pytest.mark.parametrize(
    ("address", "family"),
    [
        ("https://www.nordlys.no/service/rss", "amedia"),
        ("https://rss.aftonbladet.se/rss2", "schibsted media"),
        ("https://www.gp.se/feed", "polaris media"),
        ("https://www.bt.dk/rss", "amedia"),
        ("https://www.bt.se/rss", "gota media"),
        ("https://www.bt.no/rss", "schibsted media"),
        ("https://www.independent.ie/rss", "mediahuis"),
        ("https://www.ntb.no/rss", "NTB"),
        ("https://www.klassekampen.no/rss", "klassekampen.no"),
        ("https://www.minvg.no/rss", "minvg.no"),
        ("https://vg.no.lillevik.example/rss", "lillevik.example"),
        ("https://news.cision.com/rss", ""),
    ],
)
def test_the_table_tells_the_owner_by_host(address: str, family: str) -> None:
    assert family_of(address) == family


def test_the_familys_other_spellings_are_the_same_voice() -> None:
    assert {canonical(one) for one in ("Schibsted", "SCHIBSTED MEDIA", "schibsted asa")} == {"schibsted media"}


def test_a_source_that_was_given_a_family_by_hand_keeps_it() -> None:
    signal, _ = normalise(1, an_item(), a_source(address="https://www.vg.no/rss", family="Egen"), {}, SEEN_AT)
    assert signal.family == "Egen"


def test_what_an_aggregator_passes_on_speaks_with_the_voice_of_the_page_it_links_to() -> None:
    search = a_source(address="https://news.google.com/rss/search?q=vann", name="Google News")
    for url, family in (
        ("https://www.dn.se/vatten", "bonnier news"),
        ("https://lillevik.example/vann", "lillevik.example"),
        ("https://news.google.com/articles/1", "Google News"),
    ):
        signal, _ = normalise(1, an_item(url=url), search, {}, SEEN_AT)
        assert signal.family == family


def test_a_paper_that_links_elsewhere_keeps_its_own_voice() -> None:
    signal, _ = normalise(
        1, an_item(url="https://www.dn.se/vatten"), a_source(address="https://www.vg.no/rss"), {}, SEEN_AT
    )
    assert signal.family == "schibsted media"


def test_a_paper_that_stands_alone_is_known_to_and_one_that_we_do_not_know_is_not() -> None:
    known = find_entry("www.klassekampen.no")
    assert known is not None
    assert known.name == ""
    assert proposed_family("https://www.klassekampen.no/rss") == ""
    assert find_entry("www.lillevik.example") is None
