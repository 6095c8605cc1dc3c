"""What people have split or moved, as the index of stories keeps to it."""

from datetime import timedelta

from signals.stories import StoryIndex
from signals.types import Signal
from tests.signals.test_stories import WATER
from tests.support.signals import SEEN_AT, a_signal

NOW = SEEN_AT + timedelta(hours=2)


def three_that_tell_of_water() -> tuple[StoryIndex, list[Signal]]:
    signals = [a_signal(title, id=number, minutes=10 * number) for number, title in enumerate(WATER, start=1)]
    index = StoryIndex()
    for signal in signals:
        index.restore(signal, signal.id)
    return index, signals


def test_stories_that_people_have_split_are_not_merged_nor_what_they_become_part_of() -> None:
    index, _ = three_that_tell_of_water()
    assert len({index.story_of(story) for story in (1, 2, 3)}) == 3
    index.keep_apart([(1, 2)])
    merges = index.merges(NOW)
    assert index.story_of(1) != index.story_of(2)
    assert len(merges) == 1, "the third joins one of them"
    index.keep_apart([])
    other, _ = three_that_tell_of_water()
    other.merges(NOW)
    assert len({other.story_of(story) for story in (1, 2, 3)}) == 1, "nobody had split these"


def test_a_story_that_lost_signals_is_built_anew_from_those_that_are_left() -> None:
    index, signals = three_that_tell_of_water()
    index.merges(NOW)
    index.recast([1, 3], [(signals[0], 1), (signals[1], 1), (signals[2], 3)])
    index.keep_apart([(1, 3)])
    assert index.merges(NOW) == ()
    assert (index.story_of(2), index.story_of(3), len(index)) == (1, 3, 2)
    near = index.add(a_signal(WATER[2] + " fredag", id=4, minutes=40))
    assert near.story_id == 3
