"""The radar: what rises outside every watch, weighed, named and asked for; and whom it never names."""

from dataclasses import replace
from typing import Any

import pytest

from classifiers.naming import Names, surnames_in, what_is_named
from classifiers.radar import suggest
from classifiers.radar_queries import Draft, Tried, drafts_for, fittest
from classifiers.radar_saying import because, weight_of
from classifiers.radar_values import Answered, Guard, PassedOver, Radar, Suggestion, Taught
from classifiers.taxonomy import load_taxonomy
from classifiers.watches import WatchTerms, parse_query
from signals.sections import Section
from signals.types import Release, Stakeholder
from tests.support.radar_sky import LEAK, PAST, PERSON, Told, a_week

SPORT = tuple(Told(f"Brannby vant {n}-{n} over Lillevik") for n in range(6))
BREAD = (
    Told("Brødfabrikken Havrebakst stenger etter rottefunn", "health_safety"),
    Told("Rotter hos Havrebakst: Mattilsynet varsler tilsyn", "health_safety"),
    Told("Kunder sinte på Havrebakst etter rottene", "customer_backlash"),
    Told("Havrebakst beklager"),
)
GIFT = Told("Butikkene kaster varene til Havrebakst", "health_safety")


def look(week: Any = None, guards: Any = (), taught: Taught | None = None, **given: Any) -> Radar:
    return suggest(a_week(LEAK) if week is None else week, PAST, guards, taught or Taught(), **given)


def only(radar: Radar) -> Suggestion:
    (one,) = radar.suggestions
    return one


def watch(query: str, **given: Any) -> Guard:
    topics = given.pop("topics", frozenset[str]())
    return Guard(WatchTerms(1, "W", query, **given), topics)


def test_what_rises_at_risk_outside_every_watch_is_suggested_with_its_figures() -> None:
    one = only(look())
    assert (one.term, one.query, one.titles, one.voices, one.at_risk) == ("Nordlaks", "Nordlaks", 5, 5, 4)
    assert one.topics == ("environment", "legal_regulatory")
    assert one.week_hits == 5
    assert len(one.example_ids) == 3
    assert one.expected < 0.1
    topics = "; ".join(load_taxonomy().label(topic).lower() for topic in one.topics)
    assert because(one, load_taxonomy()) == (
        "“Nordlaks” stands in 5 titles of the last 7 days, where 0.0 were usual; 4 of the 5 signals behind it, from "
        f"5 publishers, touch a risk or an opportunity ({topics}), and no watch has them."
    )


@pytest.mark.parametrize(
    ("guard", "count"),
    [
        (watch("Nordlaks"), 0),
        (watch("Nordlaks", is_active=False), 0),  # who lets it rest knows of it
        (watch(""), 0),  # everything
        (watch("", topics=frozenset({"environment", "legal_regulatory"})), 0),
        (watch("", topics=frozenset({"recognition"})), 1),
        (watch("fotball"), 1),
        (watch("Nordlaks", languages=("sv",)), 1),
    ],
    ids=lambda value: getattr(getattr(value, "terms", None), "query", str(value)),
)
def test_what_a_watch_has_is_not_suggested(guard: Guard, count: int) -> None:
    radar = look(guards=[guard])
    assert len(radar.suggestions) == count
    assert radar.passed_over.get(PassedOver.COVERED, 0) >= 1 - count


def test_a_burst_without_risk_stays_quiet() -> None:
    radar = look(a_week(SPORT))
    assert not radar.suggestions
    assert radar.passed_over[PassedOver.NOT_AT_RISK] >= 1


def test_copies_tips_releases_of_ours_and_sport_pages_tell_nothing() -> None:
    changes: tuple[dict[str, Any], ...] = (
        {"copy_of": 1},
        {"is_tip": True},
        {"release": Release.OURS},
        {"section": Section.SPORT},
    )
    for change in changes:
        week = a_week(LEAK)
        week[35:] = [replace(one, signal=replace(one.signal, **change)) for one in week[35:]]
        assert not look(week).suggestions, change


def test_a_person_is_never_suggested_but_the_organisation_beside_may_be() -> None:
    radar = look(a_week(PERSON))
    assert not radar.suggestions
    assert radar.passed_over[PassedOver.PERSON] >= 1
    beside = tuple(Told(f"{one.title} i Havrebakst", one.topic) for one in PERSON)
    one = only(look(a_week(beside)))
    assert one.term == "Havrebakst"
    assert "hansen" not in f"{one.keys} {one.query} {one.companions}".lower()


@pytest.mark.parametrize(
    ("term", "named"),
    [
        ("Hansen", Names.PERSON),
        ("Hansens", Names.PERSON),
        ("Per Hansen", Names.PERSON),
        ("Elon", Names.PERSON),
        ("Ukraina", Names.WIDE),
        ("USA", Names.WIDE),
        ("Albert Heijn", Names.OTHER),
        ("Hansen Bakeri", Names.OTHER),
        ("Equinor", Names.OTHER),
    ],
)
def test_names_of_people_and_countries_are_told_from_others(term: str, named: Names) -> None:
    surnames = surnames_in([one.title for one in PERSON])
    assert what_is_named(term, surnames) is named


def test_at_most_five_and_not_five_of_a_kind() -> None:
    names = ("Akva", "Brimi", "Celsa", "Dolkraft", "Elvia", "Fesil", "Gasum")
    matters = [
        [
            Told(f"{name} {words}", topic)
            for words, topic in (("slipper ut gift", kind), ("får bot", kind), ("tier", ""))
        ]
        for name, kind in zip(names, ("environment",) * 6 + ("data_security",), strict=True)
    ]
    found = look(a_week(*matters)).suggestions
    assert len(found) == 5
    assert "Gasum" in [one.term for one in found]


def test_the_same_is_found_in_whatever_order_it_is_given() -> None:
    week = a_week(LEAK, BREAD)
    assert look(week) == look(week[::-1])


def test_what_was_answered_is_not_asked_again_nor_its_neighbours() -> None:
    key = only(look()).keys[0]
    for before in (Answered(frozenset({key}), frozenset()), Answered(frozenset(), frozenset(range(36, 39)))):
        radar = look(taught=Taught(answered=(before,)))
        assert not radar.suggestions
        assert radar.passed_over[PassedOver.ANSWERED] == 1
    assert look(taught=Taught(answered=(Answered(frozenset({"annet"}), frozenset({36})),))).suggestions


def test_answers_turn_the_order_by_topic_and_by_group() -> None:
    week = a_week(LEAK, (*BREAD, GIFT))
    week[35:40] = [replace(one, signal=replace(one.signal, stakeholder=Stakeholder.ACTIVISTS)) for one in week[35:40]]
    first = {
        "environment up": Taught(topics={"environment": 2.0, "legal_regulatory": 2.0}),
        "health up": Taught(topics={"health_safety": 2.0, "customer_backlash": 2.0}),
        "activists down": Taught(groups={"activists": 0.5}),
        "activists up": Taught(groups={"activists": 2.0}),
    }
    terms = {name: look(week, taught=taught).suggestions[0].term for name, taught in first.items()}
    assert terms == {
        "environment up": "Nordlaks",
        "health up": "Havrebakst",
        "activists down": "Havrebakst",
        "activists up": "Nordlaks",
    }


def test_a_name_that_rises_in_two_languages_is_one_suggestion_and_weighs_more() -> None:
    swedish = tuple(replace_language(one) for one in LEAK)
    past = [*PAST, *(one._replace(language="sv") for one in PAST)]
    both = suggest(a_week(LEAK, swedish), past, [], Taught())
    assert (only(both).term, only(both).spoken_in) == ("Nordlaks", ("nb", "sv"))
    assert only(both).score > only(look()).score


def replace_language(one: Told) -> Told:
    return one._replace(title=f"{one.title} nu", language="sv")


def test_without_weeks_before_nothing_is_usual_and_nothing_is_suggested() -> None:
    assert suggest(a_week(LEAK), PAST[:150], [], Taught()).suggestions == ()


@pytest.mark.parametrize(
    ("term", "companions", "queries"),
    [
        ("Vitens", (), ["Vitens"]),
        ("Tata Steel", ("IJmuiden",), ['"Tata Steel"', '"Tata Steel" AND IJmuiden']),
        ("AND", ("H&M", "Not"), ['"AND"', '"AND" AND ("H&M" OR "Not")']),
    ],
)
def test_queries_can_be_read_by_the_watch_language(term: str, companions: tuple[str, ...], queries: list[str]) -> None:
    drafts = drafts_for(term, companions, ())
    assert [one.query for one in drafts] == queries
    assert all(parse_query(one.query).root for one in drafts)


@pytest.mark.parametrize(
    ("wide", "narrow", "chosen"),
    [
        ((10, 5, 4), (4, 4, 4), "wide"),
        ((60, 5, 4), (6, 4, 4), "narrow"),  # too much that is not to the point
        ((60, 5, 4), (6, 4, 1), "wide"),  # the narrow one misses what it was made from
        ((90, 5, 4), (6, 4, 1), None),
    ],
)
def test_the_widest_calm_query_is_chosen(wide: Any, narrow: Any, chosen: str | None) -> None:
    found = fittest([Tried(Draft("wide"), *wide), Tried(Draft("narrow"), *narrow)], 5)
    assert (found.draft.query if found else None) == chosen


def test_what_answers_teach_is_bounded() -> None:
    weights = [weight_of(accepted, dismissed) for accepted, dismissed in ((0, 0), (1, 0), (0, 1), (99, 0), (0, 99))]
    assert weights == [1.0, 1.333, 0.75, 2.0, 0.5]
