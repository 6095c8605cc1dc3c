"""What to ask people next: texts that the model is unsure of and that many say, of many kinds, and few a day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, log2

SAME_TOPIC = 0.6  # what a question is worth less for each one chosen before it about the same topic
SAME_LANGUAGE = 0.9
DISPUTED = 0.5  # added where somebody dismissed an alert about it: that speaks of the watch, perhaps of the label too


@dataclass(frozen=True, slots=True)
class Doubt:
    """A text with the topic that the model thinks likeliest, given or not."""

    signal_id: int
    family: str  # the same for texts that say the same
    language: str
    topic: str
    score: float
    threshold: float
    alike: int  # copies and signals of the same story, itself among them
    is_disputed: bool = False

    @property
    def worth(self) -> float:
        """How close the score is to the threshold, times how often such a text comes."""
        return self.closeness * (1 + log2(max(self.alike, 1))) + (DISPUTED if self.is_disputed else 0.0)

    @property
    def closeness(self) -> float:
        """1 at the threshold, and less the more evidence it would take to cross it."""
        return exp(-abs(_logit(self.score) - _logit(self.threshold)))


def choose(doubts: Sequence[Doubt], most: int) -> tuple[Doubt, ...]:
    """The best questions, best first: one about each story, and not all about one topic.

    >>> one = Doubt(1, "a", "nb", "environment", 0.5, 0.5, 4)
    >>> choose([one, Doubt(2, "a", "nb", "environment", 0.5, 0.5, 3)], 5) == (one,)
    True
    """
    chosen: list[Doubt] = []
    topics: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    left = sorted(doubts, key=lambda doubt: (-doubt.worth, doubt.signal_id))
    while left and len(chosen) < most:
        best = max(
            left,
            key=lambda doubt: (
                doubt.worth * SAME_TOPIC ** topics[doubt.topic] * SAME_LANGUAGE ** languages[doubt.language],
                -doubt.signal_id,
            ),
        )
        chosen.append(best)
        topics[best.topic] += 1
        languages[best.language] += 1
        left = [doubt for doubt in left if doubt.family != best.family]
    return tuple(chosen)


def _logit(score: float) -> float:
    score = min(max(score, 1e-6), 1 - 1e-6)
    return log(score / (1 - score))
