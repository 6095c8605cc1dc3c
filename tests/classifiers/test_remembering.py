"""A memory that is kept alive tells the same as one that is written down and read back at every look."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from classifiers.detectors import DETECTORS
from classifiers.detectors.remembering import Living
from classifiers.types import Detector, Emergence, WatchNews
from tests.support.noticed import a_crisis
from tests.support.signals import a_signal
from tests.support.values import NOW, a_label, a_watch_news, counts_until, hits_of_one_story

DAYS = 80  # more than any detector remembers


def ten_weeks() -> list[WatchNews]:
    """Ordinary days with a name now and then, some without a word, and a crisis in the end."""
    news = []
    for day in range(DAYS, 0, -1):
        now = NOW - timedelta(days=day)
        titles = [f"Ordfører {number} åpner {day} nye benker" for number in range(day % 4)]
        said = [a_signal(title, seen_at=now, source_id=number + 1) for number, title in enumerate(titles)]
        counts = counts_until(now, (*(0,) * 95, len(said)))
        hits = hits_of_one_story(said, a_label("health_safety", 0.31 + day / 300)) if said else ()
        news.append(a_watch_news(hits, now=now, counts=counts))
    return [*news, a_watch_news(a_crisis(), counts=counts_until(NOW, (*(0,) * 90, 0, 0, 3, 10, 14, 16)))]


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda one: one.kind.value)
def test_a_living_memory_finds_what_a_stored_one_finds(detector: Detector) -> None:
    living: Mapping[str, Any] = Living()
    stored: Mapping[str, Any] = {}
    found: list[Emergence] = []
    for news in ten_weeks():
        alive, written = detector.detect(news, living), detector.detect(news, stored)
        assert alive.emergences == written.emergences
        living, stored = alive.state, json.loads(json.dumps(written.state, sort_keys=True))
        found += written.emergences
    assert len(stored) > 0


def test_a_living_memory_is_equal_to_none_but_itself() -> None:
    state = Living()
    assert state != {}
    assert state == state
    assert dict(state) == {}
