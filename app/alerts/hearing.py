"""How serious it is to be deaf: the severity of what concerns listening itself.

| factor | most | what gives the points |
|---|---|---|
| silence | 40 | a priority source that is not heard: 40 |
| tier | 15 | of that source: 1 gives 15, 2 gives 8, 3 gives 0 |
| loss | 100 | coverage lost: 40, and 6 for each tenth of what is usual that is not heard |
"""

from app.alerts.severity import level_of
from app.alerts.types import Factor, Severity
from classifiers.types import Emergence, EmergenceKind

KINDS = frozenset({EmergenceKind.SOURCE_SILENT, EmergenceKind.COVERAGE_LOST})
REACH = {1: 15.0, 2: 8.0, 3: 0.0}


def assess_hearing(given: Emergence) -> Severity:
    factors: tuple[Factor, ...]
    if given.kind is EmergenceKind.SOURCE_SILENT:
        tier = int(given.facts.get("tier", 2))
        state = str(given.facts.get("state", "silent"))
        factors = (Factor("silence", state, 40.0), Factor("tier", str(tier), REACH.get(tier, 0.0)))
    else:
        factors = (Factor("loss", f"{given.coverage:.0%} heard", round(40 + 60 * (1 - given.coverage), 1)),)
    score = min(100, round(sum(one.points for one in factors)))
    return Severity(score, level_of(score), factors)
