"""What every detector must do."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from classifiers.detectors import DETECTORS
from classifiers.types import Detector, WatchNews
from tests.support.noticed import A_WEEK, a_crisis, noisy_news, past_of
from tests.support.signals import a_signal
from tests.support.values import BUCKET, NOW, a_label, a_watch_news, counts_until, hits_of_one_story

EVERY = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.kind.value)


def a_bucket_later(news: WatchNews, count: int) -> WatchNews:
    now = news.now + BUCKET
    return replace(news, now=now, counts=counts_until(now, (count,)))


@EVERY
def test_a_crisis_is_found_and_said_in_one_sentence(detector: Detector) -> None:
    news = noisy_news(detector)
    found = detector.detect(news, past_of(detector)).emergences
    assert found
    known = {hit.signal.id for hit in (*news.hits, *news.told, *news.recent)}
    for one in found:
        assert one.kind is detector.kind
        assert one.by == f"{detector.kind.value}@{detector.version}"
        assert one.watch_id == news.watch_id
        assert one.at == news.now
        assert set(one.signal_ids) <= known
        assert one.because.endswith(".")
        assert one.because.strip() == one.because
        assert "\n" not in one.because
        assert ". " not in one.because
        assert 0 <= one.tail <= 1
        assert one.strength >= 1
        assert one.topics == ("health_safety",)
        json.dumps(dict(one.facts))


@EVERY
def test_the_same_news_and_state_give_the_same_finding_and_leave_both_as_they_were(detector: Detector) -> None:
    news = noisy_news(detector)
    state = detector.detect(news, past_of(detector)).state
    before = deepcopy(dict(state))
    later = a_bucket_later(news, 30)
    assert detector.detect(later, state) == detector.detect(later, state)
    assert state == before


@EVERY
def test_what_it_remembers_survives_being_stored(detector: Detector) -> None:
    state = detector.detect(noisy_news(detector), past_of(detector)).state
    stored = json.loads(json.dumps(dict(state)))
    later = a_bucket_later(noisy_news(detector), 30)
    assert detector.detect(later, stored) == detector.detect(later, state)


@EVERY
def test_no_news_is_no_finding(detector: Detector) -> None:
    assert detector.detect(a_watch_news(), {}).emergences == ()
    assert detector.detect(a_watch_news(counts=counts_until(NOW, (0,) * 100)), {}).emergences == ()


@EVERY
def test_the_same_again_is_not_found_again(detector: Detector) -> None:
    news = noisy_news(detector)
    first = detector.detect(news, past_of(detector))
    assert first.emergences
    assert detector.detect(a_bucket_later(news, 3), first.state).emergences == ()


@EVERY
def test_old_hits_raise_nothing(detector: Detector) -> None:
    old = a_crisis(is_fresh=False)
    past = past_of(detector)
    news = a_watch_news(old, counts=counts_until(NOW, (1,) if past else (*A_WEEK, 1)))
    assert detector.detect(news, past).emergences == ()


@EVERY
def test_topics_that_the_watch_does_not_want_are_not_named(detector: Detector) -> None:
    news = replace(noisy_news(detector), topics=frozenset({"recognition"}))
    found = detector.detect(news, past_of(detector)).emergences
    assert all(one.topics == () for one in found)


@EVERY
def test_a_topic_that_the_taxonomy_does_not_know_does_no_harm(detector: Detector) -> None:
    hits = hits_of_one_story([a_signal(seen_at=NOW) for _ in range(4)], a_label("somebody_elses_topic", 0.99))
    found = detector.detect(a_watch_news(hits, counts=counts_until(NOW, (*A_WEEK, 1))), {})
    assert all(one.kind is detector.kind for one in found.emergences)
