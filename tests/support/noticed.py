"""A crisis after ordinary weeks, as each kind of detector meets it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from classifiers.detectors import DETECTORS
from classifiers.types import Detector, Emergence, EmergenceKind, Hit, WatchNews
from tests.support.signals import a_signal
from tests.support.values import NOW, a_label, a_watch_news, counts_until, hits_of_one_story

A_WEEK = (1, 0, 0, 2) * 24 * 7
A_LOUD_DAY = (*(1,) * 16, *(0,) * 80)
NEEDS_A_PAST = frozenset({EmergenceKind.SLOW_RISE, EmergenceKind.FROM_ZERO, EmergenceKind.NEW_TERM})


def a_crisis(**given: object) -> tuple[Hit, ...]:
    signals = [
        a_signal(
            f"Mange syke av drikkevannet i Lillevik, sier lege {number}", seen_at=NOW - timedelta(minutes=50 - number)
        )
        for number in range(40)
    ]
    return hits_of_one_story(signals, a_label("health_safety", 0.95), **given)


def noisy_news(detector: Detector) -> WatchNews:
    """News in which this kind has something to find, after `past_of` it."""
    counts = {EmergenceKind.SLOW_RISE: A_LOUD_DAY * 8, EmergenceKind.FROM_ZERO: (0, 0, 2)}
    return a_watch_news(a_crisis(), counts=counts_until(NOW, counts.get(detector.kind, (*A_WEEK, 10, 14, 16))))


def past_of(detector: Detector) -> Mapping[str, Any]:
    """What this kind remembers of four ordinary weeks, where it needs to know them."""
    state: Mapping[str, Any] = {}
    for day in range(35, 7, -1) if detector.kind in NEEDS_A_PAST else ():
        now = NOW - timedelta(days=day)
        is_quiet = detector.kind is EmergenceKind.FROM_ZERO
        said = [a_signal(f"Ordfører {number} åpner {day} nye benker", seen_at=now) for number in range(2)]
        counts = counts_until(now, (0,) * 96 if is_quiet else (1, 1, *(0,) * 94))
        finding = detector.detect(
            a_watch_news(() if is_quiet else hits_of_one_story(said), now=now, counts=counts), state
        )
        assert finding.emergences == ()
        state = finding.state
    return state


@cache
def noticed(kind: EmergenceKind) -> Emergence:
    """What the detector of this kind says of the crisis."""
    detector = next(one for one in DETECTORS if one.kind is kind)
    found = detector.detect(noisy_news(detector), past_of(detector)).emergences
    return replace(found[0])
