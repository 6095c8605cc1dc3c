"""Life cycle: which stage is proposed from which facts, with what reasons, and when a declined one comes back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from classifiers import lifecycle
from classifiers.lifecycle import CHARGES, RULES, Stage, StageFacts, facts_from, is_worth_repeating, propose
from signals.types import CopyKind, Stakeholder
from tests.support.signals import a_signal
from tests.support.values import NOW, TAXONOMY, a_label, hits_of_one_story

HOUR = timedelta(hours=1)
QUIET = StageFacts()
WIDE = StageFacts(voices=6, voices_lately=5, media_lately=5, tier=1, severity=78, topic="health_safety", threat=0.7)
OUTCRY = StageFacts(
    voices=3, voices_lately=3, media_lately=1, tier=3, topic="public_pressure", threat=0.3, public=4, public_share=0.8
)

CASES = [
    ("one voice", QUIET, Stage.POTENTIAL, "voices_lately"),
    ("a second voice", replace(QUIET, voices=2, voices_lately=2), Stage.EMERGING, "voices_lately"),
    ("one grave report", replace(QUIET, severity=57), Stage.EMERGING, "severity"),
    ("likely to grow", replace(QUIET, growing=0.62), Stage.EMERGING, "growing"),
    ("three voices", replace(QUIET, voices=3, voices_lately=3), Stage.CURRENT, "voices_lately"),
    ("two, one of them large", replace(QUIET, voices=2, voices_lately=2, tier=1), Stage.CURRENT, "voices_lately"),
    ("grave and told everywhere", WIDE, Stage.CRISIS, "severity"),
    ("as wide, but small", replace(WIDE, severity=60), Stage.CURRENT, "voices_lately"),
    ("as wide, no threat", replace(WIDE, threat=0.1), Stage.CURRENT, "voices_lately"),
    ("very grave, three voices", replace(WIDE, severity=88, voices_lately=3, tier=2), Stage.CRISIS, "severity"),
    ("neighbours and activists", OUTCRY, Stage.PARACRISIS, "public"),
    ("the media have taken it up", replace(OUTCRY, voices_lately=5, media_lately=3), Stage.CURRENT, "voices_lately"),
    ("no charge", replace(OUTCRY, topic="service_disruption"), Stage.CURRENT, "voices_lately"),
    ("good news", replace(WIDE, opportunity=0.4, threat=0.1), Stage.OPPORTUNITY, "opportunity"),
    ("more bad than good", replace(WIDE, opportunity=0.4), Stage.CRISIS, "severity"),
    ("silent for two days", replace(WIDE, hours_silent=48.5, voices_lately=0), Stage.DORMANT, "silent"),
    ("old news", replace(WIDE, hours_silent=30.0, voices_lately=0, severity=50), Stage.POTENTIAL, "voices_lately"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "stage", "reason"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_stage_that_the_facts_speak_for_is_proposed_with_its_reason(
    facts: StageFacts, stage: Stage, reason: str
) -> None:
    found = propose(facts)
    assert (found.stage, found.because[0].name) == (stage, reason)
    assert found.because[0].value == getattr(facts, {"silent": "hours_silent"}.get(reason, reason))


def test_staying_takes_a_little_less_than_getting_there() -> None:
    for held, facts in (
        (Stage.CRISIS, replace(WIDE, severity=70, voices_lately=3)),
        (Stage.CURRENT, replace(QUIET, voices=3, voices_lately=2)),
        (Stage.EMERGING, replace(QUIET, severity=47)),
    ):
        assert propose(facts, held).stage is held
        assert propose(facts).stage is not held


def test_a_declined_proposal_comes_back_only_when_much_has_changed() -> None:
    then = replace(WIDE, voices=3, severity=70, tier=2)
    assert not is_worth_repeating(Stage.CRISIS, then, replace(then, voices=5, severity=80, threat=0.8))
    for now in (
        replace(then, voices=6),
        replace(then, severity=85),
        replace(then, tier=1),
        replace(then, threat=0.95),
        replace(then, opportunity=0.3),
    ):
        assert is_worth_repeating(Stage.CRISIS, then, now)
    silent = replace(QUIET, hours_silent=50.0)
    assert not is_worth_repeating(Stage.DORMANT, silent, replace(silent, hours_silent=90.0))
    assert is_worth_repeating(Stage.DORMANT, silent, replace(silent, hours_silent=100.0))
    assert is_worth_repeating(Stage.DORMANT, silent, replace(silent, hours_silent=48.0))


def test_the_facts_of_a_story_count_voices_lately_and_weigh_its_topics() -> None:
    said = [
        a_signal("Avisen skriver", source_name="Avisen", seen_at=NOW - 30 * HOUR, tier=1),
        a_signal("Naboene klager", source_name="Nabolaget", stakeholder=Stakeholder.COMMUNITY, seen_at=NOW - 2 * HOUR),
        a_signal("Foreldre klager", source_name="Forum", stakeholder=Stakeholder.CUSTOMERS, seen_at=NOW - HOUR),
    ]
    said.append(replace(said[2], id=said[2].id + 1, copy_of=said[2].id, copy_kind=CopyKind.WIRE))
    hits = hits_of_one_story(said, a_label("public_pressure", 0.8), a_label("recognition", 0.5))
    facts = facts_from(hits, NOW, TAXONOMY, severity=41, growing=0.3)
    assert (facts.voices, facts.voices_lately, facts.media_lately, facts.tier) == (3, 2, 0, 1)
    assert (facts.topic, facts.threat, facts.opportunity) == ("public_pressure", 0.4, 0.25)
    assert (facts.public, facts.public_share, facts.signals_lately) == (2, 0.667, 3)
    assert (facts.hours_silent, facts.severity, facts.growing) == (1.0, 41, 0.3)
    assert StageFacts.from_state(facts.to_state() | {"of another version": 1}) == facts


def test_the_rules_that_are_documented_are_those_that_are_used() -> None:
    rows = [line for line in (lifecycle.__doc__ or "").splitlines() if line.startswith("|")]
    page = (Path(__file__).parents[2] / "docs/how-forkant-decides.md").read_text("utf-8")
    assert "\n".join(rows) in page
    assert [row.split(" | ")[0].strip("| ") for row in rows[2:]] == [*(stage for stage, _ in RULES), Stage.POTENTIAL]
    assert all(f"`{charge}`" in page for charge in CHARGES)
