"""What cross-validation on the seed corpus says of a classifier: precision, recall and F1, per topic and language."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.corpus import Example

CAVEAT = (
    "Cross-validated on the seed corpus. Optimistic as to flags: seven in ten of these texts carry a topic, in the news"
    " one in four, and the texts held out are by the same hands as those trained on. For real headlines see"
    " docs/classifier.md."
)


@dataclass(frozen=True, slots=True)
class Score:
    name: str
    precision: float
    recall: float
    examples: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Report:
    threshold: float
    any_topic: Score
    all_topics: Score
    topics: tuple[Score, ...]
    languages: tuple[Score, ...]  # "any topic", in each language

    def to_text(self) -> str:
        lines = [CAVEAT, f"Operating threshold: {self.threshold}", ""]
        lines += _table("", [self.any_topic, self.all_topics])
        lines += _table("topic", self.topics)
        lines += _table("any topic, by language", self.languages)
        return "\n".join(lines)


def make_report(
    examples: Sequence[Example], scores: NDArray[Any], topics: Sequence[str], threshold: float, most: int = 3
) -> Report:
    """Of scores that no example had a hand in: a row for each example, a column for each topic."""
    true = np.array([[topic in example.topics for topic in topics] for example in examples])
    ranks = np.argsort(np.argsort(-scores, axis=1), axis=1)
    said = (scores >= threshold) & (ranks < most)
    flagged, carrying = np.asarray(said.any(axis=1)), np.asarray(true.any(axis=1))
    codes = np.array([example.language for example in examples])
    return Report(
        threshold=threshold,
        any_topic=_score("any topic", flagged, carrying),
        all_topics=_score("all topics", said, true),
        topics=tuple(_score(topic, said[:, at], true[:, at]) for at, topic in enumerate(topics)),
        languages=tuple(
            _score(str(code), flagged[codes == code], carrying[codes == code]) for code in np.unique(codes)
        ),
    )


def _score(name: str, said: NDArray[Any], true: NDArray[Any]) -> Score:
    right = float((said & true).sum())
    return Score(name, right / max(said.sum(), 1), right / max(true.sum(), 1), int(true.sum()))


def _table(title: str, scores: Sequence[Score]) -> list[str]:
    head = f"{title:26}{'precision':>10}{'recall':>8}{'F1':>6}{'examples':>10}"
    rows = [f"{one.name:26}{one.precision:10.2f}{one.recall:8.2f}{one.f1:6.2f}{one.examples:10}" for one in scores]
    return [head, *rows, ""]
