"""How serious: documented factors, each shown, that add up to at most 100 points.

| factor | most | what gives the points |
|---|---|---|
| topic | 40 | weight of the weightiest topic in the taxonomy x its strength, the classifier's certainty |
| voices | 20 | independent publishers: 2 give 7, 3 give 10, 5 give 13, 10 give 16 |
| reach | 10 | best tier among them: 1 gives 10, 2 gives 5, 3 gives 0 |
| pace | 10 | signals an hour over the story's life or the window: 1 gives 3, 4 give 7, 10 and more give 10 |
| corroboration | 10 | other kinds of emergence about the same: 5 for each |
| novelty | 5 | how unlike all earlier stories |
| priority | 5 | of the watch: 1 gives 5, 2 gives 3, 3 gives 0 |
| tone | 5 | how surely the signals are bad news for who they are about (of an opportunity: good news), on average |

75 and more is critical, 55 serious, 35 moderate, less is low. No factor can lower the sum by growing.
"""

import math
from dataclasses import dataclass

from app.alerts.types import Factor, Level, Severity

LEVELS = ((75, Level.CRITICAL), (55, Level.SERIOUS), (35, Level.MODERATE), (0, Level.LOW))
REACH = {1: 10.0, 2: 5.0, 3: 0.0}
PRIORITY = {1: 5.0, 2: 3.0, 3: 0.0}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a severity is made of."""

    topic: str  # the weightiest, or empty
    topic_weight: float  # 0 to 1, from the taxonomy
    topic_score: float  # 0 to 1, the classifier's certainty
    publishers: int
    best_tier: int  # 1 to 3
    signals_per_hour: float
    kinds: int  # different kinds of emergence so far, this one among them
    novelty: float  # 0 to 1
    priority: int  # of the watch, 1 to 3
    tone: float = 0.0  # 0 to 1: how surely the signals say it in the tone that the topic implies


def assess(evidence: Evidence) -> Severity:
    factors = (
        Factor("topic", _topic(evidence), 40 * _share(evidence.topic_weight * evidence.topic_score)),
        Factor("voices", str(evidence.publishers), 20 * (1 - 2 / (2 + max(evidence.publishers - 1, 0) ** 0.9))),
        Factor("reach", f"tier {evidence.best_tier}", REACH.get(evidence.best_tier, 0.0)),
        Factor("pace", f"{evidence.signals_per_hour:.1f} an hour", _pace(evidence.signals_per_hour)),
        Factor("corroboration", f"{evidence.kinds} kinds", 5.0 * min(max(evidence.kinds - 1, 0), 2)),
        Factor("novelty", f"{evidence.novelty:.2f}", 5 * _share(evidence.novelty)),
        Factor("priority", str(evidence.priority), PRIORITY.get(evidence.priority, 0.0)),
        Factor("tone", f"{evidence.tone:.2f}", 5 * _share(evidence.tone)),
    )
    rounded = tuple(Factor(one.name, one.value, round(one.points, 1)) for one in factors)
    score = min(100, round(sum(one.points for one in rounded)))
    return Severity(score, level_of(score), rounded)


def level_of(score: int) -> Level:
    return next(level for least, level in LEVELS if score >= least)


def _topic(evidence: Evidence) -> str:
    if not evidence.topic:
        return "none"
    return f"{evidence.topic} {evidence.topic_weight:.2f} x {evidence.topic_score:.2f}"


def _share(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _pace(per_hour: float) -> float:
    return min(10.0, 10 * math.log1p(max(per_hour, 0.0)) / math.log1p(10))
