"""A replay links what two languages tell of one event, with the functions of the live stages."""

from collections.abc import Sequence

from app.replay import Replay, watches_of
from app.replaying.heard import Heard
from app.replaying.past import Past
from app.replaying.understanding import Desk, Read
from classifiers.types import Because, Label, LabelKind
from classifiers.watches.watchfile import WatchDraft
from signals.types import Signal
from tests.support.signals import a_signal

SWEDISH = "Bombhot mot skola i Nyköping, elever utrymda"
ENGLISH = "Pupils evacuated after bomb threat at school in Nykoping"


def heard(*said: tuple[str, str]) -> list[Heard]:
    """Headlines with their languages, an hour apart, each in a paper of its own."""
    return [
        Heard(a_signal(title, language=language, id=number, minutes=60 * number, family=f"paper {number}"), str(number))
        for number, (language, title) in enumerate(said, start=1)
    ]


def label_all(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    because = (Because("bomb", 1.0),)
    return [(Label(one.id, LabelKind.TOPIC, "product_safety", 0.9, because, "words@1"),) for one in signals]


def linked(*said: tuple[str, str]) -> dict[int, set[int]]:
    past = Past([])
    desk = Desk(past)
    for one in heard(*said):
        desk.take([Read(one, (), ())], one.signal.seen_at)
    return past.linked


def test_two_languages_are_linked_in_a_replay_and_one_is_linked_with_nothing() -> None:
    assert linked(("sv", SWEDISH), ("en", ENGLISH)) == {1: {2}, 2: {1}}
    assert linked(("sv", SWEDISH), ("sv", "Ny rektor på skolan i Nyköping")) == {}


def test_a_replay_in_two_languages_raises_one_alert_and_is_the_same_each_time() -> None:
    said = (("sv", SWEDISH), ("en", ENGLISH), ("en", ENGLISH + ", police say"))

    def raised() -> list[str]:
        watches = watches_of([WatchDraft("School", query="Nyköping OR Nykoping")], "Europe/Stockholm")
        replay = Replay(heard(*said), watches, label_all)
        return [told.change for moment in replay.moments() for told in moment.told]

    told = raised()
    assert told.count("raised") == 1
    assert told == raised()
