"""Copies are marked with what they copy, and how; independent voices are counted in one place."""

import pytest

from signals.dedupe import Copy, CopyIndex, find_copies, is_near, numbers_disagree
from signals.publishers import independent_publishers
from signals.types import CopyKind, Signal
from tests.support.signals import a_signal

LONG = "Vannverket i Lillevik er stengt etter funn av bakterier"


def copy_of_second(first: Signal, second: Signal) -> Copy | None:
    return find_copies([second], [first]).get(second.id)


def test_the_same_words_in_another_family_are_a_wire_copy() -> None:
    first, second = a_signal(LONG), a_signal(f"{LONG.upper()}!", minutes=5)
    assert copy_of_second(first, second) == Copy(first.id, CopyKind.WIRE)


def test_the_same_words_within_a_family_are_the_same() -> None:
    first, second = a_signal(LONG, family="Konsernet"), a_signal(LONG, family="konsernet", minutes=5)
    assert copy_of_second(first, second) == Copy(first.id, CopyKind.SAME)


def test_nearly_the_same_words_are_near_within_a_family_and_wire_across() -> None:
    first = a_signal(LONG, family="Konsernet")
    changed = LONG.replace("etter funn", "på grunn")
    assert copy_of_second(first, a_signal(changed, family="Konsernet")) == Copy(first.id, CopyKind.NEAR)
    assert copy_of_second(first, a_signal(changed)) == Copy(first.id, CopyKind.WIRE)


def test_a_publishers_name_at_the_end_of_a_headline_makes_no_difference() -> None:
    first, second = a_signal(LONG), a_signal(f"{LONG} - Posten", source_name="Posten", minutes=5)
    assert copy_of_second(first, second) == Copy(first.id, CopyKind.WIRE)


def test_the_same_page_in_another_source_is_the_same_whatever_it_is_called() -> None:
    first = a_signal(LONG, url="https://avis.example/sak/1")
    second = a_signal("Må koke vannet", url="https://avis.example/sak/1", minutes=5)
    assert copy_of_second(first, second) == Copy(first.id, CopyKind.SAME)


def test_other_words_at_the_same_address_of_the_same_source_are_an_edit() -> None:
    first = a_signal("Brann i Bergen", source_id=9, url="https://avis.example/sak/1")
    second = a_signal("Brann i Bergen: to savnet", source_id=9, url="https://avis.example/sak/1", minutes=5)
    assert copy_of_second(first, second) == Copy(first.id, CopyKind.EDIT)


@pytest.mark.parametrize("address", ["https://avis.example/", "https://avis.example/direkte"])
def test_a_feed_that_gives_all_items_one_address_has_no_edits(address: str) -> None:
    first = a_signal("Brann i Bergen", source_id=9, url=address)
    second = a_signal("Ny rektor på skolen", source_id=9, url=address, minutes=5)
    assert copy_of_second(first, second) is None


def test_column_titles_are_no_copies() -> None:
    assert copy_of_second(a_signal("Politilogg", source_id=9, family="x"), a_signal("Politilogg", family="x")) is None
    assert copy_of_second(a_signal("Brann i Bergen"), a_signal("Brann i Bergen")) is None


def test_other_numbers_are_other_news() -> None:
    one, other = "Tre personer er døde og 12 er skadet i Lillevik", "Tre personer er døde og 14 er skadet i Lillevik"
    assert numbers_disagree(one, other)
    assert not is_near(one, other)
    assert copy_of_second(a_signal(one), a_signal(other)) is None


def test_a_number_that_is_only_added_may_be_a_copy() -> None:
    assert not numbers_disagree("brann i 2 hus", "brann i 2 hus på e6 i dag")


def test_copies_of_copies_point_to_the_first() -> None:
    signals = [a_signal(LONG, minutes=minute) for minute in range(4)]
    assert {copy.of for copy in find_copies(signals).values()} == {signals[0].id}


def test_what_was_said_eight_days_ago_is_said_anew() -> None:
    first = a_signal(LONG)
    assert copy_of_second(first, a_signal(LONG, minutes=7 * 24 * 60 - 1)) is not None
    assert copy_of_second(first, a_signal(LONG, minutes=8 * 24 * 60)) is None


def test_a_known_edit_is_taken_as_a_fact_and_can_itself_be_copied() -> None:
    index = CopyIndex()
    first, edit = a_signal("Brann i Bergen"), a_signal(LONG, minutes=1)
    index.add(first)
    assert index.add(edit, edit_of=first.id) == Copy(first.id, CopyKind.EDIT)
    assert index.add(a_signal(LONG, minutes=2)) == Copy(first.id, CopyKind.WIRE)


def test_the_same_headline_without_text_is_a_wire_copy_for_two_days() -> None:
    first = a_signal(LONG, text="Kommunen ber alle koke vannet til det er tatt nye prøver. " * 5)
    assert copy_of_second(first, a_signal(LONG, minutes=60)) == Copy(first.id, CopyKind.WIRE)
    assert copy_of_second(first, a_signal(LONG, minutes=3 * 24 * 60)) is None


def test_an_index_rebuilt_from_stored_signals_answers_as_before() -> None:
    signals = [a_signal(LONG.replace("Lillevik", place), minutes=n) for n, place in enumerate("ABCDEFAB")]
    first, second = CopyIndex(), CopyIndex()
    answers = [first.add(signal) for signal in signals]
    assert [second.add(signal) for signal in signals] == answers
    probe = a_signal(f"{LONG} i prøvene", minutes=30)
    assert first.add(probe) == second.add(probe)


def test_memory_is_bounded() -> None:
    index = CopyIndex(capacity=3)
    for word in ("bibliotek", "svømmehall", "barnehage", "renovasjon", "kulturskole"):
        index.add(a_signal(f"Kommunen åpner {word} for alle innbyggere {word} neste uke"))
    first = "Kommunen åpner bibliotek for alle innbyggere bibliotek neste uke"
    assert index.add(a_signal(first)) is None


def test_families_are_one_voice_and_copies_none() -> None:
    original = a_signal(LONG, family="Konsernet")
    sister = a_signal("Må koke vannet", family="konsernet ")
    wire = a_signal(LONG, copy_of=original.id, copy_kind=CopyKind.WIRE)
    other = a_signal("Fant bakterier i Lillevik", family="Posten")
    assert independent_publishers([wire, sister, original, other]) == {"Konsernet", "Posten"}


def test_copies_whose_original_is_not_there_are_one_voice() -> None:
    copies = [a_signal(LONG, copy_of=4711, copy_kind=CopyKind.WIRE) for _ in range(10)]
    assert len(independent_publishers(copies)) == 1
    assert independent_publishers([]) == frozenset()
