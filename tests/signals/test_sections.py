"""Parts of the paper: from categories first, then from the address, in six languages (issue 4.3)."""

import pytest

from signals.normalise import normalise
from signals.sections import Section, section_of
from tests.support.signals import SEEN_AT, a_source, an_item


@pytest.mark.parametrize(
    ("categories", "address", "section"),
    [
        (["Fotball", "Eliteserien"], "", Section.SPORT),
        ([], "https://www.avis.example/sport/fotball/brann-vant/s/5-1", Section.SPORT),
        ([], "/achterklap/6231/zanger-trouwt.html", Section.CULTURE),
        ([], "https://tidning.example/kultur-og-underholdning/a", Section.CULTURE),
        (["Ledare"], "", Section.OPINION),
        (["Vejret"], "", Section.WEATHER),
        (["US & Canada"], "", Section.FOREIGN),
        (["Tech"], "https://avis.example/sport/a", Section.TECHNOLOGY),
        ([], "https://avis.example/nyheter/sport", Section.NONE),  # the page's own name
        (["Kommunestyret"], "https://avis.example/nyheter/a", Section.NONE),
        ([], "http://[broken/sport/a", Section.NONE),
    ],
)
def test_a_section_is_known_by_its_names(categories: list[str], address: str, section: Section) -> None:
    assert section_of(categories, address) is section


def test_a_signal_says_where_it_stood() -> None:
    signal, _ = normalise(1, an_item(categories=("Sport",)), a_source(), {}, SEEN_AT)
    assert signal.section == Section.SPORT
