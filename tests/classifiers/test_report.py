"""report: one credible item that says something grave."""

from dataclasses import replace
from datetime import timedelta

import pytest

from classifiers.detectors.report import MEMORY, ReportDetector
from classifiers.types import Finding, Hit
from signals.types import CopyKind
from tests.support.signals import a_signal
from tests.support.values import NOW, TAXONOMY, a_hit, a_label, a_story, a_watch_news

detector = ReportDetector(TAXONOMY)


def found_in(*hits: Hit, **given: object) -> Finding:
    return detector.detect(a_watch_news(hits, **given), {})


def test_a_grave_and_certain_label_is_reported_with_its_words() -> None:
    signal = a_signal("Mange syke av vannet", source_name="Lilleviks Blad", tier=1)
    (one,) = found_in(a_hit(a_label("health_safety", 0.9), signal=signal)).emergences
    assert one.because == "Lilleviks Blad reports health safety: “Mange syke av vannet” (because of syke)."
    assert (one.story_id, one.signal_ids, one.topics) == (signal.id, (signal.id,), ("health_safety",))
    assert (one.observed, one.expected, one.strength) == (1, 0, 2.0)


def test_weight_times_certainty_decides() -> None:
    assert found_in(a_hit(a_label("health_safety", 0.5))).emergences
    assert not found_in(a_hit(a_label("public_pressure", 0.5))).emergences
    assert found_in(a_hit(a_label("public_pressure", 0.95))).emergences


def test_a_small_source_needs_a_surer_label() -> None:
    barely = a_label("health_safety", 0.47)
    assert found_in(a_hit(barely, signal=a_signal(tier=1))).emergences
    assert not found_in(a_hit(barely, signal=a_signal(tier=3))).emergences


def test_opportunities_and_other_topics_than_the_watch_s_are_left_to_others() -> None:
    assert not found_in(a_hit(a_label("recognition", 0.99))).emergences
    assert not found_in(a_hit(a_label("health_safety", 0.99)), topics=frozenset({"service_disruption"})).emergences


@pytest.mark.parametrize("kind", CopyKind)
def test_copies_report_nothing_that_was_said(kind: CopyKind) -> None:
    first = a_hit(a_label("health_safety", 0.4))
    copy = a_hit(
        a_label("health_safety", 0.99), signal=a_signal(copy_of=first.signal.id, copy_kind=kind), story=first.story
    )
    assert not found_in(copy, told=(first, copy)).emergences


@pytest.mark.parametrize(("kind", "is_news"), [("edit", True), ("near", True), ("wire", False), ("same", False)])
def test_a_corrected_headline_reports_what_the_first_one_did_not_say(kind: str, is_news: bool) -> None:
    """A paper wrote "i konstruktion", and then "i rekonstruktion"; or named the firm only the second time."""
    misprint = a_hit()
    corrected = a_signal(copy_of=misprint.signal.id, copy_kind=CopyKind(kind))
    hit = a_hit(a_label("health_safety", 0.99), signal=corrected, story=misprint.story)
    assert bool(found_in(hit, told=(misprint, hit)).emergences) is is_news
    assert bool(found_in(hit, told=(hit,)).emergences) is is_news  # the first headline did not hit the watch


def test_the_weightiest_threat_comes_first() -> None:
    hit = a_hit(a_label("service_disruption", 0.9), a_label("health_safety", 0.8), a_label("recognition", 0.95))
    (one,) = found_in(hit).emergences
    assert one.topics == ("health_safety", "service_disruption")


def test_a_story_is_reported_again_only_when_something_a_quarter_stronger_is_said() -> None:
    signals = [a_signal() for _ in range(3)]
    story = a_story(signals)
    first, same, stronger = (
        a_hit(a_label("health_safety", score), signal=signal, story=story)
        for signal, score in zip(signals, (0.6, 0.7, 0.76), strict=True)
    )
    told = found_in(first)
    assert len(told.emergences) == 1
    assert detector.detect(a_watch_news([same]), told.state).emergences == ()
    assert len(detector.detect(a_watch_news([stronger]), told.state).emergences) == 1


def test_two_items_of_one_story_in_one_look_are_one_report() -> None:
    signals = [a_signal(), a_signal()]
    story = a_story(signals)
    hits = [a_hit(a_label("health_safety", 0.8), signal=signal, story=story) for signal in signals]
    assert len(found_in(*hits).emergences) == 1


def test_stories_are_forgotten_after_a_while() -> None:
    told = found_in(a_hit(a_label("health_safety", 0.8)))
    later = replace(a_watch_news([a_hit()]), now=NOW + MEMORY + timedelta(minutes=1))
    assert told.state["stories"]
    assert detector.detect(later, told.state).state == {"stories": {}}
