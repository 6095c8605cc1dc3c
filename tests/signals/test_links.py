"""Stories in different languages are linked when names, numbers and happenings say that they tell of one event."""

from datetime import timedelta

import pytest

from benchmarks.bench_stories_links import are_linked, made_pairs
from signals.languages.background import Frequencies
from signals.links import Link, LinkIndex
from signals.marks import Kind, marks_of
from signals.stories import Merge
from signals.types import Sensitivity
from tests.support.signals import SEEN_AT, a_signal

FIRE = "Brann hos Nordkraft i Hammerfest, 40 evakuert"
FIRE_EN = "Nordkraft staff in Hammerfest evacuated after fire"
DIVIDEND_EN = "Nordkraft raises dividend after record year"
LATER = SEEN_AT + timedelta(hours=1)


def index_of(*headlines: tuple[str, str], minutes: int = 1) -> LinkIndex:
    """Each headline opens a story of its own, numbered from 1."""
    index = LinkIndex(Frequencies())
    for number, (language, title) in enumerate(headlines, start=1):
        index.add(a_signal(title, language=language, id=number, minutes=number * minutes), number)
    return index


def test_a_name_a_place_and_a_happening_link_two_languages() -> None:
    (link,) = index_of(("nb", FIRE), ("en", FIRE_EN)).links(LATER)
    assert (link.one, link.other) == (1, 2)
    assert {"Nordkraft", "Hammerfest", "Brann", "evakuert"} <= set(link.because)
    assert 0.5 <= link.score <= 1


def test_another_event_at_the_same_organisation_is_not_linked() -> None:
    assert index_of(("nb", FIRE), ("en", DIVIDEND_EN)).links(LATER) == ()


def test_stories_in_one_language_are_merged_or_not_but_never_linked() -> None:
    assert index_of(("nb", FIRE), ("nn", FIRE)).links(LATER) == ()


def test_a_link_is_told_once_also_after_a_restart() -> None:
    index = index_of(("nb", FIRE), ("en", FIRE_EN))
    assert len(index.links(LATER)) == 1
    index.add(a_signal(FIRE, id=3, minutes=30), 1)
    assert index.links(LATER) == ()
    restarted = index_of(("nb", FIRE), ("en", FIRE_EN))
    restarted.linked_already([(1, 2)])
    assert restarted.links(LATER) == ()


def test_a_merged_story_is_linked_as_the_one_that_it_became_part_of() -> None:
    index = index_of(("nb", "Stengt vei ved Hammerfest"), ("nb", FIRE))
    index.merge(Merge(young=2, old=1))
    index.add(a_signal(FIRE, id=3, minutes=5), 1)
    index.add(a_signal(FIRE_EN, language="en", id=4, minutes=6), 4)
    assert [(link.one, link.other) for link in index.links(LATER)] == [(1, 4)]


def test_what_lies_three_days_apart_is_not_linked() -> None:
    assert index_of(("nb", FIRE), ("en", FIRE_EN), minutes=3 * 24 * 60).links(SEEN_AT + timedelta(days=6)) == ()


def test_a_restricted_tip_is_linked_with_nothing() -> None:
    index = index_of(("nb", FIRE))
    index.add(a_signal(FIRE_EN, language="en", id=2, sensitivity=Sensitivity.RESTRICTED), 2)
    assert index.links(LATER) == ()


def test_a_name_that_many_stories_hold_does_not_say_which_event() -> None:
    two = (("nb", "Bot til Nordkraft etter forsinkelse"), ("en", "Nordkraft fined over delay"))
    assert [type(link) for link in index_of(*two).links(LATER)] == [Link]
    others = [("nb", f"Nordkraft {what}") for what in ("i gave til korpset", "selger hytta", "feirer jubileum")]
    assert index_of(("nb", "Bot til Nordkraft"), ("en", "Nordkraft fined"), *others).links(LATER) == ()


def test_numbers_and_places_read_alike_in_all_languages() -> None:
    one = marks_of("Tilbakekaller 12 000 stoler i København", "nb")
    other = marks_of("Recalled: 12,000 chairs sold in Copenhagen", "en")
    assert one.keys() & other.keys() == {
        (Kind.NUMBER, "12000"),
        (Kind.HAPPENING, "recall"),
        (Kind.PLACE, "copenhagen"),
    }


def test_an_unknown_language_has_names_and_numbers_only() -> None:
    assert {kind for kind, _ in marks_of("Incendie chez Nordkraft: 400 évacués", "fr")} <= {
        Kind.NAME,
        Kind.NUMBER,
        Kind.RELATED,
    }


@pytest.mark.parametrize(("made_in", "least"), [("first", 0.9), ("later", 0.6), ("last", 0.45)])
def test_of_the_made_pairs_most_events_are_linked_and_hardly_anything_else(made_in: str, least: float) -> None:
    pairs = [(is_one, are_linked(*two)) for one_round, is_one, *two in made_pairs() if one_round == made_in]
    events = [linked for is_one, linked in pairs if is_one]
    others = [linked for is_one, linked in pairs if not is_one]
    assert sum(events) / len(events) >= least
    assert sum(others) <= 1


def test_a_name_and_nearly_the_same_letters_link_two_languages_that_are_close() -> None:
    two = (
        ("nb", "Datatilsynet gir Skolevakt gebyr på 8 millioner"),
        ("sv", "Skolevakt får böta 8 miljoner av norska Datatilsynet"),
    )
    assert len(index_of(*two).links(LATER)) == 1
    assert index_of(two[0], ("sv", "Skolevakt tar in 8 miljoner från investerare")).links(LATER) == ()


def test_everyday_words_are_known_but_not_inside_of_names() -> None:
    missing = marks_of("Mann savnet om vinteren", "nb").keys() & marks_of("Man missing in winter", "en").keys()
    assert {value for _, value in missing} == {"man", "missing", "winter"}
    assert marks_of("Tog står ved Bergvik", "nb").keys().isdisjoint({(Kind.THING, "mountain")})


def test_nothing_is_read_before_a_second_language_is_heard() -> None:
    index = index_of(("nb", FIRE), ("nn", FIRE))
    assert index.links(LATER) == ()
    index.add(a_signal(FIRE_EN, language="en", id=3, minutes=5), 3)
    assert [(link.one, link.other) for link in index.links(LATER)] == [(1, 3), (2, 3)]


def test_stories_that_people_changed_are_read_anew_and_only_these() -> None:
    index = index_of(("nb", FIRE), ("en", FIRE_EN), ("nb", "Stengt vei ved Hammerfest"))
    assert len(index.links(LATER)) == 1
    fire = a_signal(FIRE, id=1, minutes=1)
    index.recast({1, 3}, [(a_signal("Stengt vei ved Hammerfest", id=3, minutes=3), 1), (fire, 3)])
    assert [(link.one, link.other) for link in index.links(LATER)] == [(2, 3)]


def test_what_is_linked_already_is_not_told_again_after_people_changed_it() -> None:
    index = index_of(("nb", FIRE), ("en", FIRE_EN))
    assert len(index.links(LATER)) == 1
    index.recast({1}, [(a_signal(FIRE, id=1, minutes=1), 1)])
    index.linked_already([(1, 2)])
    assert index.links(LATER) == ()
