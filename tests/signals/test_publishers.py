"""Who speaks with a voice of their own."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from signals.dedupe import CopyIndex, find_copies
from signals.publishers import Print, independent_publishers, reprinters, voices_among
from signals.types import CopyKind, Release, Signal
from tests.support.signals import a_signal

RELEASE = "Lillevik Meieri bygger nytt anlegg og ansetter tjue nye medarbeidere til våren"


def test_what_one_agency_has_signed_is_one_voice_however_it_was_cut() -> None:
    cut = [a_signal(title, wire="NTB") for title in ("Vannverket er stengt", "Må koke vannet", "Bakterier i vannet")]
    assert independent_publishers(cut) == {"NTB"}


def test_a_paper_that_cites_an_agency_in_its_own_words_is_a_voice() -> None:
    agency, citing = (
        a_signal("Vannverket er stengt", wire="NTB"),
        a_signal("Skriver NTB: vannet er stengt", family="Posten"),
    )
    assert independent_publishers([agency, citing]) == {"NTB", "Posten"}


def test_the_agencys_own_feed_and_its_prints_are_one_voice() -> None:
    assert len(independent_publishers([a_signal("Stengt", family="NTB"), a_signal("Vannet er borte", wire="NTB")])) == 1


def test_our_own_release_and_its_reprints_are_no_voice_and_own_words_are() -> None:
    ours = a_signal(RELEASE, release=Release.OURS)
    reprint = a_signal(
        RELEASE, copy_of=ours.id, copy_kind=CopyKind.WIRE, release=Release.REPRINT, source_name="Byavisa"
    )
    own = a_signal("Naboene reagerer på meieriets planer", family="Posten")
    assert independent_publishers([ours, reprint]) == frozenset()
    assert independent_publishers([reprint]) == frozenset(), "also where ours is not among them"
    assert independent_publishers([ours, reprint, own]) == {"Posten"}
    assert reprinters([ours, reprint, own]) == {"Byavisa"}


def test_sums_of_signals_are_counted_by_the_same_rule() -> None:
    assert voices_among([Print("Amedia", "A"), Print("amedia ", "B"), Print("", "C"), Print("x", "D", "NTB")]) == {
        "Amedia", "C", "NTB",
    }  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> list[Signal]:
    """Signals in order, some of them copies of an earlier one or of one that is not there."""
    signals: list[Signal] = []
    for number in range(1, draw(st.integers(2, 9))):
        copy_of = draw(st.none() | st.integers(1, max(number - 1, 1)) | st.just(4711)) if number > 1 else None
        signals.append(
            a_signal(
                f"Sak {number}",
                id=number,
                family=draw(st.sampled_from(["Amedia", "Posten", "Bonnier", ""])),
                wire=draw(st.sampled_from(["", "", "NTB"])),
                release=draw(st.sampled_from([None, None, None, Release.OURS])),
                copy_of=copy_of,
                copy_kind=CopyKind.WIRE if copy_of else None,
            )
        )
    return signals


@given(stories(), st.integers(0, 7), st.sampled_from(["Amedia", "Schibsted"]), st.sampled_from(["", "NTB", "TT"]))
def test_another_copy_never_adds_a_voice(signals: list[Signal], of: int, family: str, wire: str) -> None:
    copied = signals[of % len(signals)]
    copy = replace(copied, id=100, family=family, wire=wire, copy_of=copied.id, copy_kind=CopyKind.WIRE, release=None)
    assert len(independent_publishers([*signals, copy])) <= len(independent_publishers(signals))


@given(stories(), st.sampled_from(["Amedia", "Schibsted"]))
def test_another_print_of_an_agency_that_speaks_already_never_adds_a_voice(signals: list[Signal], family: str) -> None:
    signed = a_signal("Først", id=50, wire="NTB", family="Posten")
    before = independent_publishers([*signals, signed])
    assert independent_publishers([*signals, signed, a_signal("Så", id=51, wire="NTB", family=family)]) == before


# What the index of copies makes of signatures and of our own releases.

CUT = (
    "Vannverket i Lillevik er stengt etter funn av bakterier, og kommunen ber alle innbyggere koke vannet",
    "Bakterier i Lillevik: Vannverket er stengt, og kommunen ber folk vente med å drikke",
)


def test_two_prints_of_one_agency_need_less_in_common_to_be_copies() -> None:
    one, other = (a_signal(title, wire="NTB") for title in CUT)
    copy = find_copies([one, other])[other.id]
    assert (copy.of, copy.kind) == (one.id, CopyKind.WIRE)
    assert find_copies([replace(one, wire=""), replace(other, wire="")]) == {}
    assert find_copies([one, replace(other, wire="TT")]) == {}


def test_prints_of_one_agency_far_apart_in_time_or_in_numbers_are_two_texts() -> None:
    one = a_signal(CUT[0], wire="NTB")
    assert find_copies([one, a_signal(CUT[1], wire="NTB", minutes=49 * 60)]) == {}
    assert find_copies([a_signal(f"{CUT[0]} 3 syke", wire="NTB"), a_signal(f"{CUT[1]} 7 syke", wire="NTB")]) == {}


def test_an_agencys_text_in_two_papers_of_one_owner_is_a_wire_copy() -> None:
    one, other = a_signal(CUT[0], wire="NTB", family="Amedia"), a_signal(CUT[0], wire="NTB", family="Amedia")
    assert find_copies([one, other])[other.id].kind is CopyKind.WIRE


def test_whoever_prints_our_release_is_told_from_whoever_prints_anything_else() -> None:
    index = CopyIndex()
    ours, other = a_signal(RELEASE, release=Release.OURS), a_signal(CUT[0])
    assert index.add(ours) is None
    assert index.add(other) is None
    reprint, print_ = index.add(a_signal(RELEASE)), index.add(a_signal(CUT[0]))
    assert reprint
    assert reprint.of_ours
    assert print_
    assert not print_.of_ours


def test_a_paper_that_was_faster_than_our_own_feed_counts_as_a_print_from_then_on() -> None:
    index = CopyIndex()
    fast = a_signal(RELEASE)
    index.add(fast)
    ours = index.add(a_signal(RELEASE, release=Release.OURS))
    later = index.add(a_signal(RELEASE))
    assert ours
    assert ours.of == fast.id
    assert later
    assert later.of_ours
