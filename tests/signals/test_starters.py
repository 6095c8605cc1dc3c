"""The lists of sources to begin with."""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from signals.addresses import check_address
from signals.collectors import COLLECTORS
from signals.places import place_key
from signals.starters import Starter, Verified, is_unproven, load_starters, read_starters
from signals.types import Stakeholder

STARTERS = load_starters()
COUNTRIES = ("no", "se", "dk", "nl", "be", "fi", "gb", "ie")
PROMISED = (
    "food", "medicine", "product_safety", "data_protection", "consumer", "environment", "competition", "police",
    "courts",
)  # fmt: skip
LANGUAGES = {"nb", "nn", "sv", "da", "nl", "fr", "fi", "en"}


def test_every_starter_may_be_fetched_and_stands_once() -> None:
    assert {check_address(one.address).url.scheme for one in STARTERS} == {"http", "https"}
    assert [place for place, times in Counter(place_key(one.address) for one in STARTERS).items() if times > 1] == []
    assert [name for name, times in Counter((one.country, one.name) for one in STARTERS).items() if times > 1] == []
    assert {one.kind for one in STARTERS} <= COLLECTORS.keys()


def test_there_are_more_than_the_250_feeds_that_we_promise() -> None:
    assert sum(one.kind == "feed" for one in STARTERS) > 400
    assert sum(one.verified is Verified.SEEN for one in STARTERS) > 300


def test_every_country_we_promise_has_national_media() -> None:
    national = Counter(one.country for one in STARTERS if one.tier == 1)
    assert national.keys() == set(COUNTRIES)
    assert min(national.values()) >= 3


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_has_each_kind_of_authority_and_every_other_voice(country: str) -> None:
    ours = [one for one in STARTERS if one.country == country]
    assert {one.authority for one in ours} >= {*PROMISED, "work", "finance", "health", "ombudsman", "parliament"}
    assert {one.stakeholder for one in ours} >= {
        Stakeholder.MEDIA, Stakeholder.REGULATORS, Stakeholder.POLITICS, Stakeholder.CUSTOMERS, Stakeholder.EMPLOYEES,
        Stakeholder.OWNERS, Stakeholder.ACTIVISTS,
    }  # fmt: skip


def test_every_starter_says_what_it_is() -> None:
    assert all(one.name and one.country and one.tier in (1, 2, 3) for one in STARTERS)
    assert {one.language for one in STARTERS} == LANGUAGES
    assert all(one.family and one.family == one.family.casefold().strip() for one in STARTERS)
    assert [one.name for one in STARTERS if one.stakeholder is Stakeholder.REGULATORS and not one.authority] == []


def test_every_mark_says_how_far_an_address_is_known_to_work() -> None:
    dated = re.compile(r"20\d\d(-(0[1-9]|1[0-2]))?")
    for one in STARTERS:
        assert bool(one.seen) is (one.verified is Verified.SEEN), one.name
        assert not one.seen or dated.fullmatch(one.seen), one.name
        assert one.found or one.verified is not Verified.LISTED, one.name


def test_the_papers_of_one_owner_carry_its_name() -> None:
    """A paper whose owner signals/families.toml knows has that family; every other one stands for itself."""
    table = tomllib.loads(files("signals").joinpath("families.toml").read_text(encoding="utf-8"))
    owners = {domain: entry["name"] for entry in table["family"] for domain in entry["domains"].split()}
    for one in STARTERS:
        if one.stakeholder is Stakeholder.MEDIA:
            labels = (check_address(one.address).url.host or "").split(".")
            known = (owners.get(".".join(labels[number:])) for number in range(len(labels)))
            assert one.family == next(filter(None, known), one.name.casefold()), one.name


def test_a_starter_is_unproven_until_somebody_was_seen_to_hear_it() -> None:
    unproven = [one for one in STARTERS if is_unproven(one.kind, one.address)]
    assert {one.verified for one in unproven} == {Verified.LISTED, Verified.NO}
    assert len(unproven) == sum(one.verified is not Verified.SEEN for one in STARTERS)
    assert not is_unproven("feed", "https://ours.example/feed")


def test_a_list_says_only_what_differs_from_the_usual() -> None:
    given = 'country = "no"\n[[source]]\nname = "A"\naddress = "https://a.example/feed"\nstakeholder = "regulators"'
    assert read_starters(given) == (
        Starter("https://a.example/feed", "A", stakeholder=Stakeholder.REGULATORS, country="no"),
    )


def test_the_docs_say_how_many_starters_stand_at_which_mark() -> None:
    docs = Path(__file__).parents[2].joinpath("docs/sources.md").read_text(encoding="utf-8")
    marks = Counter(one.verified for one in STARTERS)
    authorities, pages = sum(bool(one.authority) for one in STARTERS), sum(one.kind == "page" for one in STARTERS)
    figures = (len(STARTERS), authorities, pages, *(marks[mark] for mark in Verified))
    assert f"| together | {' | '.join(map(str, figures))} |" in docs
