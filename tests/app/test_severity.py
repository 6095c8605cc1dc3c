"""How serious: each factor counts, each is shown, and none can lower the sum by growing."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.alerts.severity import Evidence, assess, level_of
from app.alerts.types import Level
from app.alerts.weighing import leaning
from app.dashboard import wording
from classifiers.taxonomy import load_taxonomy
from classifiers.types import LabelKind
from tests.support.values import a_hit, a_label, some_evidence

MOST = {"topic": 40, "voices": 20, "reach": 10, "pace": 10, "corroboration": 10, "novelty": 5, "priority": 5, "tone": 5}

shares = st.floats(0, 1)
EVIDENCE = st.builds(
    Evidence,
    topic=st.just("health_safety"),
    topic_weight=shares,
    topic_score=shares,
    publishers=st.integers(0, 500),
    best_tier=st.integers(1, 3),
    signals_per_hour=st.floats(0, 1000),
    kinds=st.integers(0, 8),
    novelty=shares,
    priority=st.integers(1, 3),
    tone=shares,
)
WORSE: dict[str, st.SearchStrategy[Any]] = {
    "topic_weight": shares,
    "topic_score": shares,
    "publishers": st.integers(0, 500),
    "best_tier": st.integers(1, 3),
    "signals_per_hour": st.floats(0, 1000),
    "kinds": st.integers(0, 8),
    "novelty": shares,
    "priority": st.integers(1, 3),
    "tone": shares,
}
FALLING = {"best_tier", "priority"}  # 1 weighs most


@pytest.mark.parametrize("factor", WORSE)
def test_no_factor_lowers_the_severity_by_growing(factor: str) -> None:
    @given(EVIDENCE, WORSE[factor])
    def check(evidence: Evidence, other: Any) -> None:
        low, high = sorted((getattr(evidence, factor), other), reverse=factor in FALLING)
        less, more = (assess(replace(evidence, **{factor: value})) for value in (low, high))
        assert less.score <= more.score
        assert less.level.rank <= more.level.rank
        assert all(one.points <= other.points for one, other in zip(less.factors, more.factors, strict=True))

    check()


@given(EVIDENCE)
def test_the_factors_shown_add_up_to_the_score(evidence: Evidence) -> None:
    severity = assess(evidence)
    assert severity.score == min(100, round(sum(one.points for one in severity.factors)))
    assert severity.level is level_of(severity.score)
    assert {one.name: one for one in severity.factors}.keys() == MOST.keys()
    assert all(0 <= one.points <= MOST[one.name] for one in severity.factors)


def test_every_factor_is_shown_with_its_words_and_its_most() -> None:
    assert all(name in wording.FACTORS and wording.MOST_POINTS[name] == most for name, most in MOST.items())
    (topic, *_) = assess(some_evidence(topic_weight=0.95, topic_score=0.8)).factors
    assert (topic.value, topic.points) == ("health_safety 0.95 x 0.80", 30.4)


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0, Level.LOW),
        (34, Level.LOW),
        (35, Level.MODERATE),
        (54, Level.MODERATE),
        (55, Level.SERIOUS),
        (74, Level.SERIOUS),
        (75, Level.CRITICAL),
        (100, Level.CRITICAL),
    ],
)
def test_levels_begin_where_the_table_says(score: int, level: Level) -> None:
    assert level_of(score) is level


@pytest.mark.parametrize(("publishers", "points"), [(1, 0), (2, 7), (3, 10), (5, 13), (10, 16)])
def test_voices_give_the_points_of_the_table(publishers: int, points: int) -> None:
    factors = {one.name: one.points for one in assess(some_evidence(publishers=publishers)).factors}
    assert round(factors["voices"]) == points


@pytest.mark.parametrize(("pace", "points"), [(0, 0), (1, 3), (4, 7), (10, 10), (500, 10)])
def test_pace_gives_the_points_of_the_table(pace: float, points: int) -> None:
    factors = {one.name: one.points for one in assess(some_evidence(signals_per_hour=pace)).factors}
    assert round(factors["pace"]) == points


def test_all_at_their_most_is_a_hundred_and_nothing_is_nothing() -> None:
    most = Evidence("health_safety", 1.0, 1.0, 10**9, 1, 1e6, 9, 1.0, 1)
    assert assess(most).score == 100
    assert assess(Evidence("", 0.0, 0.0, 0, 3, 0.0, 0, 0.0, 3)).score == 0


@pytest.mark.parametrize(
    ("topic", "tone", "share"),
    [
        ("product_safety", "negative", 0.8),
        ("product_safety", "positive", 0.0),
        ("recognition", "positive", 0.8),
        ("recognition", "negative", 0.0),
        ("", "negative", 0.0),
    ],
)
def test_tone_counts_where_it_is_that_which_the_topic_implies(topic: str, tone: str, share: float) -> None:
    hit = a_hit(a_label(tone, kind=LabelKind.TONE, score=0.8))
    assert leaning(topic, [hit], load_taxonomy()) == share
