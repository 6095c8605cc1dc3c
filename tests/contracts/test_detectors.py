"""What every detector must do."""

import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.detectors import DETECTORS
from classifiers.types import Detector, Hit, WatchNews
from tests.support.signals import a_signal
from tests.support.values import BUCKET, NOW, a_label, a_watch_news, counts_until, hits_of_one_story

EVERY = pytest.mark.parametrize("detector", DETECTORS, ids=lambda detector: detector.kind.value)
A_WEEK = (1, 0, 0, 2) * 24 * 7


def a_crisis(**given: object) -> tuple[Hit, ...]:
    signals = [
        a_signal(
            f"Mange syke av drikkevannet i Lillevik, sier lege {number}", seen_at=NOW - timedelta(minutes=50 - number)
        )
        for number in range(40)
    ]
    return hits_of_one_story(signals, a_label("health_safety", 0.95), **given)


def noisy_news(hits: Sequence[Hit] | None = None) -> WatchNews:
    """News in which every kind that looks at stories or volume has something to find."""
    return a_watch_news(a_crisis() if hits is None else hits, counts=counts_until(NOW, (*A_WEEK, 10, 14, 16)))


def a_bucket_later(news: WatchNews, count: int) -> WatchNews:
    now = news.now + BUCKET
    return replace(news, now=now, counts=counts_until(now, (count,)))


@EVERY
def test_a_crisis_is_found_and_said_in_one_sentence(detector: Detector) -> None:
    news = noisy_news()
    found = detector.detect(news, {}).emergences
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
    news = noisy_news()
    state = detector.detect(news, {}).state
    before = deepcopy(dict(state))
    later = a_bucket_later(news, 30)
    assert detector.detect(later, state) == detector.detect(later, state)
    assert state == before


@EVERY
def test_what_it_remembers_survives_being_stored(detector: Detector) -> None:
    state = detector.detect(noisy_news(), {}).state
    stored = json.loads(json.dumps(dict(state)))
    later = a_bucket_later(noisy_news(), 30)
    assert detector.detect(later, stored) == detector.detect(later, state)


@EVERY
def test_no_news_is_no_finding(detector: Detector) -> None:
    assert detector.detect(a_watch_news(), {}).emergences == ()
    assert detector.detect(a_watch_news(counts=counts_until(NOW, (0,) * 100)), {}).emergences == ()


@EVERY
def test_the_same_again_is_not_found_again(detector: Detector) -> None:
    news = noisy_news()
    first = detector.detect(news, {})
    assert first.emergences
    assert detector.detect(a_bucket_later(news, 3), first.state).emergences == ()


@EVERY
def test_old_hits_raise_nothing(detector: Detector) -> None:
    old = a_crisis(is_fresh=False)
    assert detector.detect(a_watch_news(old, counts=counts_until(NOW, (*A_WEEK, 1))), {}).emergences == ()


@EVERY
def test_topics_that_the_watch_does_not_want_are_not_named(detector: Detector) -> None:
    found = detector.detect(replace(noisy_news(), topics=frozenset({"recognition"})), {}).emergences
    assert all(one.topics == () for one in found)


@EVERY
def test_a_topic_that_the_taxonomy_does_not_know_does_no_harm(detector: Detector) -> None:
    hits = hits_of_one_story([a_signal(seen_at=NOW) for _ in range(4)], a_label("somebody_elses_topic", 0.99))
    detector.detect(a_watch_news(hits, counts=counts_until(NOW, (*A_WEEK, 1))), {})
