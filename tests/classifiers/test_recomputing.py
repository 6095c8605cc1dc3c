"""Every figure of a finding comes out again from the signals that it names and the figures that it stores."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from classifiers.detectors import DETECTORS
from classifiers.detectors.days import Stretch
from classifiers.detectors.from_zero import WEEK, chance_of
from classifiers.detectors.novel_story import USUAL_FOLLOWERS, at_least
from classifiers.detectors.report import CREDIBLE
from classifiers.detectors.slow_rise import judge
from classifiers.surprise import surprise, tail_of
from classifiers.taxonomy import load_taxonomy
from classifiers.terms import DISPERSION, PRIOR_COUNT, PRIOR_TITLES, rate_in_language, read_title
from classifiers.types import Emergence, EmergenceKind
from signals.publishers import independent_publishers
from signals.types import Signal
from tests.support.noticed import noisy_news, past_of

Figures = tuple[float, float, Any]  # observed, expected, tail
Facts = dict[str, Any]


def report(facts: Facts, signals: list[Signal], one: Emergence) -> Figures:
    weight = load_taxonomy().weight(one.topics[0])
    assert one.strength == round(weight * facts["score"] * CREDIBLE[signals[0].tier] / facts["enough"], 3)
    return len(signals), 0, round(1 - facts["score"], 4)


def novel_story(facts: Facts, signals: list[Signal], one: Emergence) -> Figures:
    voices = independent_publishers(signals)
    assert sorted(voices) == facts["voices"]
    return len(voices), 1 + USUAL_FOLLOWERS, round(at_least(len(voices) - 1, USUAL_FOLLOWERS), 6)


def slow_rise(facts: Facts, signals: list[Signal], one: Emergence) -> Figures:
    usual = Stretch(
        date.fromisoformat(facts["usual_from"]),
        date.fromisoformat(facts["usual_until"]),
        facts["usual_signals"],
        facts["usual_days"],
    )
    window = Stretch(
        date.fromisoformat(facts["from"]), date.fromisoformat(facts["until"]), one.observed, facts["heard_days"]
    )
    rise = judge(window, usual, busiest=0)
    assert rise is not None
    assert (round(rise.z, 1), round(rise.bar, 2)) == (round(facts["z"], 1), facts["bar"])
    return rise.window.signals, round(rise.expected, 2), pytest.approx(tail_of(rise.z), abs=1e-4)


def from_zero(facts: Facts, signals: list[Signal], one: Emergence) -> Figures:
    rate = (facts["past_signals"] + 0.5) / (facts["past_days"] + 1)
    tail = chance_of(len(signals), facts["past_signals"], facts["past_days"])
    return len(signals), round(rate * WEEK, 3), tail


def new_term(facts: Facts, signals: list[Signal], one: Emergence) -> Figures:
    read = [read_title(each.id, each.title, each.language, each.source_name) for each in signals]
    observed = sum(facts["key"] in document.terms for document in read)
    prior = max(PRIOR_TITLES * rate_in_language(facts["key"], facts["language"]), PRIOR_COUNT)
    expected = (facts["past_count"] + prior) / (facts["past_titles"] + PRIOR_TITLES) * facts["titles"]
    return observed, round(expected, 3), pytest.approx(tail_of(surprise(observed, expected, DISPERSION)), abs=1e-4)


RECOMPUTED: dict[EmergenceKind, Callable[[Facts, list[Signal], Emergence], Figures]] = {
    EmergenceKind.REPORT: report,
    EmergenceKind.NOVEL_STORY: novel_story,
    EmergenceKind.SLOW_RISE: slow_rise,
    EmergenceKind.FROM_ZERO: from_zero,
    EmergenceKind.NEW_TERM: new_term,
}


@pytest.mark.parametrize("kind", RECOMPUTED)
def test_the_figures_of_a_finding_come_out_again_from_what_is_stored(kind: EmergenceKind) -> None:
    detector = next(each for each in DETECTORS if each.kind is kind)
    news = noisy_news(detector)
    one = detector.detect(news, past_of(detector)).emergences[0]
    named = [hit.signal for hit in news.hits if hit.signal.id in one.signal_ids]
    facts = json.loads(json.dumps(dict(one.facts)))
    assert len(named) == len(one.signal_ids)
    assert RECOMPUTED[kind](facts, named, one) == (one.observed, one.expected, one.tail)


def test_a_surge_comes_out_again_from_the_counts_and_the_state_before() -> None:
    detector = next(each for each in DETECTORS if each.kind is EmergenceKind.SURGE)
    news = noisy_news(detector)
    before = json.loads(json.dumps(dict(detector.detect(news, {}).state)))
    assert detector.detect(news, {}) == detector.detect(news, {})
    assert json.loads(json.dumps(dict(detector.detect(news, {}).state))) == before
