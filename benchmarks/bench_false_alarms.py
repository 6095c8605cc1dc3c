"""Thirty watches on which nothing happens, for three months: what the detectors of numbers say, and what is told of it.

Run with `python -m benchmarks.bench_false_alarms` (a few minutes). The watches hear 0.3 to 40 signals a day, negative
binomial with the shape of a day and a week, from made-up papers with made-up words; a fifth of the signals touch a
topic. All four detectors look each hour, as they do live. Known for five weeks before; then every alarm is a false one.
Budgets are a month's; "plain" is what would be told without one. Severities are those of the alert stage's rules.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from app.alerts.decide import Budget, decide
from app.alerts.false_alarms import MONTH, STATISTICAL, Candidate, standing
from app.alerts.severity import Evidence, assess
from app.alerts.types import Severity, Verdict, Watch
from benchmarks.bench_surge import Goal, report
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Count, Emergence, Hit, Label, LabelKind, StoryFacts, WatchNews
from signals.publishers import independent_publishers
from signals.text import fingerprint
from signals.types import Signal, Stakeholder

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
KNOWN, PLAYED = timedelta(days=35), timedelta(days=90)
RATES = np.geomspace(0.3, 40, 30)  # signals a day
SWING = 0.2  # a day's variance is mean + 0.2 mean²
DAY_SHAPE = np.array([1] * 6 + [6] * 12 + [3] * 6) / (6 + 72 + 18) * 24
WEEK_SHAPE = (1.1, 1.15, 1.15, 1.1, 1.05, 0.7, 0.75)
TOUCHED = 0.2  # share of the signals with a topic
PAPERS, WORDS = 40, 3000
BUCKET, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
BUDGETS = (30, 10, 3)
TAXONOMY = load_taxonomy()
TOPICS = tuple(TAXONOMY.topics)


@dataclass(frozen=True, slots=True)
class Found:
    watch: int
    emergence: Emergence
    severity: Severity


class Noise:
    """One watch: what it hears in each hour, and what its detectors make of it."""

    def __init__(self, number: int, rate: float) -> None:
        self.number, self.rate = number, rate
        self.random = np.random.default_rng([16, number])
        self.detectors = [one for one in DETECTORS if one.kind in STATISTICAL]
        self.states: dict[str, Mapping[str, Any]] = {one.kind.value: {} for one in self.detectors}
        self.told: list[Hit] = []
        self.swing = 1.0

    def hear(self, hour: datetime) -> list[Found]:
        if hour.hour == 0:
            self.swing = float(self.random.gamma(1 / SWING, SWING))
        mean = self.rate * self.swing * WEEK_SHAPE[hour.weekday()] * DAY_SHAPE[hour.hour] / 24
        hits = [self._hit(hour + float(part) * HOUR) for part in sorted(self.random.random(self.random.poisson(mean)))]
        self.told = [one for one in self.told if one.signal.seen_at >= hour - 12 * HOUR] + hits
        return [found for kind in self.detectors for found in self._look(kind, hour + HOUR, hits)]

    def _look(self, detector: Any, now: datetime, hits: Sequence[Hit]) -> list[Found]:
        starts = [now - HOUR + part * BUCKET for part in range(4)]
        counts = [Count(at, sum(at <= one.signal.seen_at < at + BUCKET for one in hits)) for at in starts]
        news = WatchNews(
            self.number, now, "UTC", frozenset(), tuple(hits), tuple(hits), tuple(self.told), tuple(counts), BUCKET,
            self.rate, 1.0,
        )  # fmt: skip
        finding = detector.detect(news, self.states[detector.kind.value])
        self.states[detector.kind.value] = finding.state
        return [Found(self.number, one, self._weigh(one)) for one in finding.emergences]

    def _hit(self, at: datetime) -> Hit:
        number = int(self.random.integers(1, 2**40))
        paper = int(self.random.integers(PAPERS))
        title = " ".join(f"ord{int(word)}" for word in np.minimum(self.random.zipf(1.3, 7), WORDS))
        source = f"Avis {paper}"
        signal = Signal(
            number, paper, title, "", "nb", "", at, at, source, source, Stakeholder.MEDIA, 1 + paper % 3,
            fingerprint(title, "", source),
        )  # fmt: skip
        story = StoryFacts(number, title, at, at, 1, 1, (source,), ("nb",), signal.tier, 0.9)
        score = float(self.random.uniform(0.5, 1.0))
        labels = (Label(number, LabelKind.TOPIC, str(self.random.choice(TOPICS)), score, (), "topics@made"),)
        return Hit(signal, labels if self.random.random() < TOUCHED else (), story, 0.9)

    def _weigh(self, one: Emergence) -> Severity:
        moved = [hit for hit in self.told if hit.signal.id in one.signal_ids]
        topic = one.topics[0] if one.topics else ""
        scores = [label.score for hit in moved for label in hit.labels if label.name == topic]
        return assess(
            Evidence(
                topic=topic,
                topic_weight=TAXONOMY.weight(topic) if topic else 0.0,
                topic_score=max(scores, default=0.7),
                publishers=len(independent_publishers([hit.signal for hit in moved])) or 2,
                best_tier=min((hit.signal.tier for hit in moved), default=2),
                signals_per_hour=one.observed / max(one.window / HOUR, 0.25),
                kinds=1,
                novelty=0.9,
                priority=1 + self.number % 3,
                tone=float(self.random.random()),
            )
        )


def simulate() -> list[Found]:
    """All that is found once the watches are known, in order, where it touches a topic."""
    watches = [Noise(number, float(rate)) for number, rate in enumerate(RATES, 1)]
    hours = (KNOWN + PLAYED) // HOUR
    found = [one for hour in range(hours) for watch in watches for one in watch.hear(BEGIN + hour * HOUR)]
    return [one for one in found if one.emergence.at > BEGIN + KNOWN]


def told(found: Sequence[Found], a_month: int | None) -> list[datetime]:
    """When alarms are raised. None: without a budget of false alarms."""
    candidates: list[Candidate] = []
    raised: list[datetime] = []
    by_watch: dict[int, list[datetime]] = {}
    for one in found:
        at = one.emergence.at
        mine = by_watch.setdefault(one.watch, [])
        watch = Watch(one.watch, "noise", "")
        budget = Budget(watch.alerts_per_day, sum(when > at - DAY for when in mine), (), 14.0)
        borne = None if a_month is None else standing(a_month, candidates, BEGIN + KNOWN, at)
        decision = decide(one.emergence, one.severity, watch, None, budget, borne)
        if decision.verdict is Verdict.RAISE:
            raised.append(at)
            mine.append(at)
        if decision.verdict is Verdict.RAISE or (decision.hold and decision.hold.value in ("budget", "false_alarms")):
            candidates.append(Candidate(one.severity.score, at if decision.verdict is Verdict.RAISE else None))
    return raised


def main() -> int:
    found = simulate()
    months = PLAYED / MONTH
    print(f"found in {months:g} months:", dict(Counter(one.emergence.kind.value for one in found)))
    plain = told(found, None)
    print(f"told without a budget: {len(plain) / months:.1f} a month")
    goals = []
    for a_month in BUDGETS:
        raised = told(found, a_month)
        share = len(raised) / months / a_month
        most = max(sum(at - MONTH < one <= at for one in raised) for at in raised)
        print(f"budget {a_month:>3}: told {len(raised) / months:5.1f} a month ({share:.0%}), most in 30 days {most}")
        goals.append(Goal(f"budget {a_month}: share spent", share, 1.25, at_least=False))
        goals.append(Goal(f"budget {a_month}: most in 30 days, of the budget", most / a_month, 1.0, at_least=False))
    return report(goals)


if __name__ == "__main__":
    sys.exit(main())
