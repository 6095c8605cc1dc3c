"""The lists of sources to begin with."""

from collections import Counter

from signals.addresses import check_address
from signals.collectors import COLLECTORS
from signals.starters import load_starters

STARTERS = load_starters()


def test_every_starter_may_be_fetched_and_stands_once() -> None:
    assert {check_address(one.address).url.scheme for one in STARTERS} == {"http", "https"}
    assert len({one.address for one in STARTERS}) == len(STARTERS)
    assert {one.kind for one in STARTERS} <= COLLECTORS.keys()


def test_every_country_we_promise_has_national_media() -> None:
    national = Counter(one.country for one in STARTERS if one.tier == 1)
    assert national.keys() == {"no", "se", "dk", "nl", "be", "fi", "gb", "ie"}
    assert all(one.name and one.language and one.tier in (1, 2, 3) for one in STARTERS)
