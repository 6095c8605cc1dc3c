"""What detectors and decisions are handed, with sensible defaults: a test names what matters to it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from app.alerts.decide import Budget
from app.alerts.severity import Evidence, level_of
from app.alerts.types import Alert, AlertState, Severity, Watch
from classifiers.taxonomy import Playbook, Taxonomy, Topic
from classifiers.types import (
    Because,
    Count,
    Emergence,
    EmergenceKind,
    Hit,
    Label,
    LabelKind,
    Polarity,
    StoryFacts,
    WatchNews,
)
from signals.publishers import independent_publishers
from signals.types import Signal
from tests.support.signals import a_signal

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)  # a Monday
BUCKET = timedelta(minutes=15)


def a_topic(topic_id: str, weight: float, polarity: Polarity = Polarity.THREAT) -> Topic:
    return Topic(
        topic_id, polarity, "products and services", weight, {"en": topic_id}, {"en": ""}, Playbook("", (), ())
    )


# A taxonomy whose weights a test can reckon with.
TAXONOMY = Taxonomy(
    {
        "health_safety": a_topic("health_safety", 1.0),
        "service_disruption": a_topic("service_disruption", 0.75),
        "public_pressure": a_topic("public_pressure", 0.5),
        "recognition": a_topic("recognition", 0.5, Polarity.OPPORTUNITY),
    }
)


def a_label(name: str = "health_safety", score: float = 0.9, **given: Any) -> Label:
    values = {
        "signal_id": 0,
        "kind": LabelKind.TOPIC,
        "because": (Because("syke", 1.0),),
        "by": "topics@test",
    } | given
    return Label(name=name, score=score, **values)


def a_story(signals: Sequence[Signal], **given: Any) -> StoryFacts:
    """The facts of a story with these signals, as the group stage would state them."""
    first = min(signals, key=lambda signal: signal.id)
    voices = independent_publishers(signals)
    values = {
        "id": first.id,
        "title": first.title,
        "first_seen_at": min(signal.seen_at for signal in signals),
        "last_seen_at": max(signal.seen_at for signal in signals),
        "signals": len(signals),
        "independent": len(voices),
        "publishers": tuple(sorted(voices)),
        "languages": tuple(sorted({signal.language for signal in signals})),
        "best_tier": min(signal.tier for signal in signals),
        "novelty": 0.9,
    } | given
    return StoryFacts(**values)


def a_hit(*labels: Label, signal: Signal | None = None, story: StoryFacts | None = None, **given: Any) -> Hit:
    signal = signal or a_signal()
    return Hit(signal, labels, story or a_story([signal]), **given)


def hits_of_one_story(signals: Sequence[Signal], *labels: Label, **given: Any) -> tuple[Hit, ...]:
    """All signals in one story, each with these labels."""
    story = a_story(signals)
    return tuple(Hit(signal, labels, story, **given) for signal in signals)


def a_watch_news(hits: Sequence[Hit] = (), **given: Any) -> WatchNews:
    """News of these hits: they are all that was told of their stories, and all that is recent."""
    values = {
        "watch_id": 1,
        "now": NOW,
        "time_zone": "Europe/Oslo",
        "topics": frozenset[str](),
        "hits": tuple(hits),
        "told": tuple(hits),
        "recent": tuple(hits),
        "counts": (),
        "bucket": BUCKET,
        "usual_a_day": 5.0,
        "coverage": 1.0,
    } | given
    return WatchNews(**values)


def counts_until(end: datetime, signals: Sequence[int]) -> tuple[Count, ...]:
    """Closed buckets with these counts, the last of which ends at `end`."""
    begin = end - BUCKET * len(signals)
    return tuple(Count(begin + BUCKET * number, count) for number, count in enumerate(signals))


def an_emergence(**given: Any) -> Emergence:
    values = {
        "kind": EmergenceKind.REPORT,
        "watch_id": 1,
        "story_id": 1,
        "at": NOW,
        "observed": 1.0,
        "expected": 0.0,
        "window": timedelta(0),
        "tail": 0.1,
        "strength": 1.0,
        "signal_ids": (1,),
        "topics": ("health_safety",),
        "terms": (),
        "because": "Avisen reports health safety.",
        "by": "report@1",
    } | given
    return Emergence(**values)


def a_severity(score: int = 50) -> Severity:
    return Severity(score, level_of(score), ())


def some_evidence(**given: Any) -> Evidence:
    values = {
        "topic": "health_safety",
        "topic_weight": 1.0,
        "topic_score": 0.8,
        "publishers": 2,
        "best_tier": 2,
        "signals_per_hour": 1.0,
        "kinds": 1,
        "novelty": 0.5,
        "priority": 2,
    } | given
    return Evidence(**values)


def a_watch(**given: Any) -> Watch:
    return Watch(**({"id": 1, "name": "Vann og avløp", "query": ""} | given))


def an_alert(score: int = 50, state: AlertState = AlertState.RAISED, **given: Any) -> Alert:
    values = {
        "id": 1,
        "watch_id": 1,
        "story_id": 1,
        "title": "Vannverket i Lillevik er stengt",
        "severity": a_severity(score),
        "topics": ("health_safety",),
        "because": "Avisen reports health safety.",
        "raised_at": NOW - timedelta(hours=2),
        "changed_at": NOW - timedelta(hours=1),
    } | given
    return Alert(state=state, **values)


def a_budget(**given: Any) -> Budget:
    return Budget(**({"per_day": 3, "raised_today": 0, "peaks": (), "days": 14.0} | given))
