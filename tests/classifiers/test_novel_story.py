"""novel_story: a new story that several independent publishers tell."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from classifiers.detectors.novel_story import NEW, NovelStoryDetector, enough_voices
from classifiers.types import Emergence, Label
from signals.types import CopyKind, Signal
from tests.support.signals import a_signal
from tests.support.values import NOW, a_label, a_watch_news, hits_of_one_story

detector = NovelStoryDetector()
GRAVE = a_label("health_safety", 0.9)


def some_signals(count: int, **given: Any) -> list[Signal]:
    return [a_signal(seen_at=NOW - timedelta(hours=1), **given) for _ in range(count)]


def found_in(
    signals: list[Signal], *labels: Label, state: Mapping[str, Any] | None = None, **given: Any
) -> tuple[Emergence, ...]:
    news = a_watch_news(hits_of_one_story(signals, *(labels or (GRAVE,))), **given)
    return detector.detect(news, state or {}).emergences


def test_two_independent_publishers_make_a_story_stand_out_on_a_quiet_watch() -> None:
    assert found_in(some_signals(1)) == ()
    (one,) = found_in(some_signals(2))
    assert one.observed == 2
    assert one.topics == ("health_safety",)
    assert "is told by 2 independent publishers within 60 min" in one.because


@pytest.mark.parametrize(("usual_a_day", "needed"), [(0, 2), (49, 2), (50, 3), (499, 3), (500, 4), (10_000, 4)])
def test_busier_watches_need_more_voices(usual_a_day: float, needed: int) -> None:
    assert enough_voices(usual_a_day) == needed
    assert found_in(some_signals(needed - 1), usual_a_day=usual_a_day) == ()
    assert len(found_in(some_signals(needed), usual_a_day=usual_a_day)) == 1


def test_copies_and_papers_of_one_family_add_no_voice() -> None:
    first = a_signal(seen_at=NOW)
    copies = some_signals(3, copy_of=first.id, copy_kind=CopyKind.WIRE)
    assert found_in([first, *copies]) == ()
    assert found_in(some_signals(3, family="ett-konsern")) == ()


def test_a_story_without_a_topic_or_with_few_labels_stays_quiet() -> None:
    signals = some_signals(4)
    assert detector.detect(a_watch_news(hits_of_one_story(signals)), {}).emergences == ()
    labelled, bare = hits_of_one_story(signals[:1], GRAVE), hits_of_one_story(signals)[1:]
    assert detector.detect(a_watch_news([*labelled, *bare]), {}).emergences == ()


def test_a_story_is_told_once_until_its_voices_double() -> None:
    signals = some_signals(4)
    state: Mapping[str, Any] = {}
    told = []
    for count in (2, 2, 3, 4):
        finding = detector.detect(a_watch_news(hits_of_one_story(signals[:count], GRAVE)), state)
        state = finding.state
        told.append(len(finding.emergences))
    assert told == [1, 0, 0, 1]


def test_a_story_of_days_ago_is_no_news() -> None:
    old = a_signal(seen_at=NOW - NEW - timedelta(hours=1))
    assert found_in([old, *some_signals(3)]) == ()


def test_stories_that_nothing_new_was_said_of_are_left_alone() -> None:
    hits = hits_of_one_story(some_signals(4), GRAVE)
    assert detector.detect(a_watch_news([], told=hits), {}).emergences == ()


def test_languages_are_told_where_there_are_several() -> None:
    (one,) = found_in([a_signal(language="nb", seen_at=NOW), a_signal(language="sv", seen_at=NOW)])
    assert "publishers in 2 languages" in one.because
