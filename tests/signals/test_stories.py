"""Signals of one event become one story; those of other events do not."""

from datetime import timedelta

from signals.stories import Merge, StoryIndex
from signals.types import Membership, Signal
from tests.support.signals import SEEN_AT, a_signal

WATER = (
    "Vannverket i Lillevik stengt etter funn av tarmbakterier",
    "Tarmbakterier i drikkevannet i Lillevik: Må koke vannet",
    "Lillevik kommune deler ut vann etter funn av tarmbakterier",
)
FERRY = (
    "Fergen Havtind grunnstøtte ved Skarvøya",
    "Passasjerer evakuert fra fergen Havtind ved Skarvøya",
    "Rederiet om Havtind ved Skarvøya: Fergen tok inn vann",
)


def in_turn(*streams: tuple[str, ...]) -> list[Signal]:
    titles = [title for row in zip(*streams, strict=True) for title in row]
    return [a_signal(title, id=number, minutes=10 * number) for number, title in enumerate(titles, start=1)]


def grouped(index: StoryIndex, signals: list[Signal]) -> list[int]:
    return [index.add(signal).story_id for signal in signals]


def test_two_events_become_two_stories() -> None:
    index = StoryIndex()
    found = grouped(index, in_turn(WATER, FERRY))
    index.merges(SEEN_AT + timedelta(hours=2))
    assert [index.story_of(story) for story in found] == [1, 2, 1, 2, 1, 2]


def test_a_story_has_the_name_of_the_signal_that_opened_it() -> None:
    opening = StoryIndex().add(a_signal(id=41))
    assert opening == Membership(41, 41, 0.0, 1.0)
    assert opening.is_first


def test_bokmål_and_nynorsk_tell_the_same_story() -> None:
    index = StoryIndex()
    first = index.add(a_signal("Tarmbakterier funnet i drikkevannet på Lillevik", id=1))
    second = index.add(a_signal("Fann tarmbakteriar i drikkevatnet på Lillevik", id=2, language="nn", minutes=5))
    assert first.story_id == second.story_id == 1
    assert second.score >= 0.4
    assert second.novelty < 0.6


def test_days_later_the_same_words_open_a_new_story() -> None:
    index = StoryIndex()
    index.add(a_signal(WATER[0], id=1))
    assert index.add(a_signal(WATER[0], id=2, minutes=60 * 71)).story_id == 1
    assert index.add(a_signal(WATER[0], id=3, minutes=60 * 145)).story_id == 3


def test_a_theme_that_lasts_becomes_several_stories() -> None:
    index = StoryIndex()
    found = [index.add(a_signal(WATER[0], id=day + 1, minutes=day * 24 * 60)).story_id for day in range(10)]
    assert found == [1] * 8 + [9] * 2


def test_an_old_item_does_not_join_the_story_of_today() -> None:
    index = StoryIndex()
    index.add(a_signal(WATER[0], id=1))
    old = a_signal(WATER[0], id=2, said_at=SEEN_AT - timedelta(days=30), minutes=1)
    assert index.add(old).story_id == 2


def test_a_copy_stands_with_its_original_and_does_not_change_the_story() -> None:
    index, other = StoryIndex(), StoryIndex()
    for each in (index, other):
        each.add(a_signal(WATER[0], id=1))
    copy = a_signal("Helt andre ord om noe annet", id=2, copy_of=1, minutes=1)
    assert index.add(copy, 1).story_id == 1
    probe = a_signal(WATER[1], id=3, minutes=2)
    assert index.add(probe).story_id == other.add(probe).story_id == 1


def test_stories_that_grow_together_are_merged_into_the_older() -> None:
    index = StoryIndex()
    index.add(a_signal("Tarmbakterier i vannet i Lillevik", id=1))
    index.restore(a_signal("Må koke vannet i Lillevik: tarmbakterier", id=2, minutes=1), 2)
    assert index.merges(SEEN_AT + timedelta(minutes=2)) == (Merge(young=2, old=1),)
    assert index.story_of(2) == 1
    assert index.merges(SEEN_AT + timedelta(minutes=3)) == ()
    assert index.add(a_signal(WATER[1], id=3, minutes=4)).story_id == 1


# Every item that a search for its name brings holds the name of the organisation.
ORDINARY = (
    "Nordvarg inviterer til åpen dag i verkstedet",
    "Kaptein i Nordvarg går av etter førti år",
    "Loppemarked til inntekt for korpset, Nordvarg låner bort lageret",
    "Nordvarg prøver ut nye billettautomater",
    "Sponsoravtale mellom Nordvarg og håndballaget",
)
LEAK = (
    "Nordvarg: Telefonnumre og adresser til reisende lå åpent på nettet",
    "Dataangrep? Nei, Nordvarg glemte å låse databasen med telefonnumre og adresser",
)
DRIFT = (
    "Nordvarg: Reisende fortvilet, Havtind driver uten styring mot skjær ved Skarvøya",
    "Havtind slepes fra skjær ved Skarvøya, reisende i Nordvarg krever svar om styring",
)


def restored(*stories: tuple[str, ...]) -> StoryIndex:
    """An index in which each of these is a story, named by the number of its first signal."""
    index = StoryIndex()
    number = 0
    for titles in stories:
        story_id = number + 1
        for title in titles:
            number += 1
            index.restore(a_signal(title, id=number, minutes=number), story_id)
    return index


def test_a_name_that_stands_in_many_stories_does_not_glue_two_events() -> None:
    alone = restored(LEAK, DRIFT)
    assert alone.merges(SEEN_AT + timedelta(hours=1)) == (Merge(young=3, old=1),)
    among_others = restored(LEAK, DRIFT, *((title,) for title in ORDINARY))
    assert among_others.merges(SEEN_AT + timedelta(hours=1)) == ()


def test_two_reports_of_one_event_that_share_the_name_and_other_words_still_join() -> None:
    index = restored(*((title,) for title in ORDINARY))
    found = [index.add(a_signal(title, id=number, minutes=30)).story_id for number, title in enumerate(DRIFT, start=10)]
    assert found == [10, 10]


def test_two_stories_of_one_event_that_share_the_name_and_other_words_still_merge() -> None:
    index = restored(*((title,) for title in ORDINARY), DRIFT[:1], DRIFT[1:])
    assert index.merges(SEEN_AT + timedelta(hours=1)) == (Merge(young=7, old=6),)


def test_a_name_alone_joins_nothing_across_languages() -> None:
    index = StoryIndex()
    found = grouped(
        index,
        [
            a_signal("Velora Bank ramt af hackerangreb", id=1, language="da"),
            a_signal("Velora Bank raises mortgage rates", id=2, minutes=1, language="en"),
            a_signal("Velora Bank hacked, Jens Mortensen of Velora Bank says", id=3, minutes=2, language="en"),
            a_signal("Jens Mortensen: Velora Bank hacket", id=4, minutes=3, language="da"),
        ],
    )
    assert found[1] == 2
    assert found[3] in found[:3]


def test_words_of_every_day_do_not_make_a_story() -> None:
    index = StoryIndex()
    found = grouped(
        index,
        [
            a_signal("Dette sier kommunen om saken i dag", id=1),
            a_signal("Dette sier politiet om den nye saken", id=2, minutes=1),
            a_signal("Slik blir det nye året, sier de", id=3, minutes=2),
        ],
    )
    index.merges(SEEN_AT + timedelta(minutes=3))
    assert [index.story_of(story) for story in found] == [1, 2, 3]


def test_signals_without_words_stand_alone() -> None:
    index = StoryIndex()
    assert grouped(index, [a_signal("", id=1), a_signal("", id=2), a_signal("🚨", id=3)]) == [1, 2, 3]
    assert index.merges(SEEN_AT) == ()


def test_the_same_signals_always_give_the_same_stories() -> None:
    signals = in_turn(WATER, FERRY)
    assert grouped(StoryIndex(), signals) == grouped(StoryIndex(), signals)


def test_an_index_restored_from_its_members_goes_on_as_if_nothing_had_happened() -> None:
    signals = in_turn(WATER, FERRY)
    lived, restored = StoryIndex(), StoryIndex()
    for signal, story_id in zip(signals[:4], grouped(lived, signals[:4]), strict=True):
        restored.restore(signal, story_id)
    assert [lived.add(signal) for signal in signals[4:]] == [restored.add(signal) for signal in signals[4:]]


def test_forgotten_stories_leave_nothing_behind() -> None:
    index = StoryIndex()
    grouped(index, in_turn(WATER, FERRY))
    index.forget(SEEN_AT + timedelta(days=4))
    assert len(index) == 0
    assert index.add(a_signal(WATER[0], id=99, minutes=100)).story_id == 99


def test_an_item_from_the_last_century_does_no_harm() -> None:
    index = StoryIndex()
    index.add(a_signal(WATER[0], id=1))
    index.add(a_signal(WATER[0], id=2, said_at=SEEN_AT.replace(year=1990)))
    assert index.merges(SEEN_AT) == ()
    assert index.add(a_signal(WATER[1], id=3, minutes=5)).story_id == 1
    beginning = StoryIndex()
    beginning.add(a_signal(WATER[0], id=1, said_at=SEEN_AT.replace(year=1990)))
    assert grouped(beginning, [a_signal(WATER[0], id=2), a_signal(WATER[1], id=3)]) == [2, 2]


def test_years_of_listening_do_not_wear_the_scale_out() -> None:
    index = StoryIndex()
    for week in range(100):
        day = timedelta(days=7 * week)
        first = index.add(a_signal(WATER[0], id=2 * week + 1, seen_at=SEEN_AT + day))
        second = index.add(a_signal(WATER[1], id=2 * week + 2, seen_at=SEEN_AT + day + timedelta(hours=1)))
        assert (first.story_id, second.story_id) == (first.signal_id, first.signal_id)
        index.forget(SEEN_AT + day)
