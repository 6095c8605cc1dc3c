"""Words and meaning together: the classifier of words, and heads on sentence embeddings beside it.

Words are quick, explain themselves and are always there. The embedding of a text costs some 25 milliseconds, so only
texts are embedded whose labels it could change: those that the words neither settle nor rule out. All others keep the
labels that the words gave, under the name of that model alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding import Embedder, EmbeddingsError, Vectors, find_embedder, wording
from classifiers.errors import ModelError
from classifiers.heads import OWN, SHIPPED, Heads, load_heads
from classifiers.topics import Scores, TopicClassifier, to_scores
from classifiers.types import Because, Label
from signals.types import Signal

LIKE = "reads like: "
# What meaning can add to the logit of "any topic", beyond which it is not asked: on real headlines (sample A) no label
# changed that lay further off, and half of them had to be embedded.
REACH = (-4.0, 1.5)
# What the words said stays where both together still reach this share of their threshold: on real headlines (C, D and
# E) that keeps .02 of what is found for .01 of what is right, and takes back fewer alerts.
KEPT = 0.7
SHOWN = 90  # characters of the example that a text reads like


@dataclass(frozen=True, slots=True)
class Meaning:
    """An embedder with the heads made for it."""

    embedder: Embedder
    heads: Heads


def find_meaning(folder: Path | None = None) -> Meaning | None:
    """None where the extra is not installed. EmbeddingsError where what is there cannot be used."""
    embedder = find_embedder(folder)
    if embedder is None:
        return None
    try:
        heads = load_heads(folder / OWN if folder and (folder / OWN).exists() else SHIPPED)
    except ModelError as reason:
        raise EmbeddingsError(str(reason)) from None
    heads.check(embedder)
    return Meaning(embedder, heads)


@dataclass(frozen=True)
class BlendedClassifier:
    """A classifier of words, refined. `name` and `version` name both."""

    plain: TopicClassifier
    meaning: Meaning

    @property
    def name(self) -> str:
        return self.plain.name

    @property
    def version(self) -> str:
        return f"{self.plain.version}+{self.meaning.heads.by}"

    @property
    def by(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def topics(self) -> tuple[str, ...]:
        return self.plain.topics

    @property
    def threshold(self) -> float:
        """As far from the heads' own as the words' is from that which the heads were fitted beside."""
        heads = self.meaning.heads
        return float(sigmoid(logit(heads.threshold) + logit(self.plain.threshold) - logit(heads.words_threshold)))

    def classify(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        labels = self.plain.classify(signals)
        open_ = self.nearest(signals)
        for at, found in zip(open_, self.refine([signals[at] for at in open_]), strict=True):
            labels[at] = found
        return labels

    def nearest(self, signals: Sequence[Signal], most: int | None = None) -> list[int]:
        """Places of the signals whose labels their meaning could change, those nearest to the threshold first."""
        if not signals:
            return []
        doubts = _distance(self.plain.logits(signals), self.meaning.heads, self.threshold, self.plain.threshold)
        return [int(at) for at in np.argsort(doubts, kind="stable") if np.isfinite(doubts[at])][:most]

    def refine(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        """Labels by words and meaning, of every signal."""
        if not signals:
            return []
        vectors = self._embed(signals)
        plain, blended = self.plain.score(signals), self._blend(signals, vectors)
        return [self._explained(*each) for each in zip(signals, vectors, plain, blended, strict=True)]

    def score(self, signals: Sequence[Signal]) -> Scores:
        """The blended probability of every topic for every signal."""
        return self._blend(signals, self._embed(signals))

    def at(self, threshold: float) -> "BlendedClassifier":
        """The same judgement, with another operating threshold for both."""
        heads = replace(self.meaning.heads, threshold=threshold, words_threshold=threshold)
        return BlendedClassifier(self.plain.at(threshold), Meaning(self.meaning.embedder, heads))

    def _embed(self, signals: Sequence[Signal]) -> Vectors:
        return self.meaning.embedder.embed([wording(signal) for signal in signals])

    def _blend(self, signals: Sequence[Signal], vectors: Vectors) -> Scores:
        logits = self.plain.logits(signals)
        scores = to_scores(logits * self.meaning.heads.words + self.meaning.heads.weigh(vectors))
        scores[np.isnan(logits).any(axis=1)] = 0
        return scores

    def _explained(self, signal: Signal, vector: Vectors, plain: Scores, blended: Scores) -> tuple[Label, ...]:
        """Where the words alone would not have said so, what the text reads like comes first."""
        is_told = plain >= self.plain.threshold
        told = {name for name, known in zip(self.plain.weights.topics, is_told, strict=True) if known}
        thresholds = np.where(is_told, KEPT * self.threshold, self.threshold)
        return tuple(
            label
            if label.name in told
            else replace(label, because=(*self._like(signal, vector, label), *label.because))
            for label in self.plain.label(signal, blended, thresholds, self.by)
        )

    def _like(self, signal: Signal, vector: Vectors, label: Label) -> tuple[Because, ...]:
        like = self.meaning.heads.anchors.nearest(vector, label.name, signal.language)
        shown = like if len(like) <= SHOWN else like[: SHOWN - 1].rsplit(" ", 1)[0] + "…"
        return (Because(f"{LIKE}“{shown}”", label.score),) if like else ()


def blend(plain: TopicClassifier, meaning: Meaning | None) -> "TopicClassifier | BlendedClassifier":
    """A model that tells other topics than the heads do stays as it is."""
    if meaning is None or meaning.heads.topics != plain.weights.topics:
        return plain
    return BlendedClassifier(plain, meaning)


def _distance(logits: NDArray[np.float64], heads: Heads, threshold: float, least: float) -> NDArray[np.float64]:
    """How far each text is from the threshold; infinite where its meaning cannot bring it to the other side."""
    any_topic = logits[:, -1] * heads.words[-1]
    scores = to_scores(logits).max(axis=1)
    low, high = (sigmoid(any_topic + most) for most in REACH)
    fits = np.minimum(scores / np.maximum(sigmoid(logits[:, -1]), 1e-6), 1.0)
    settled = np.where(scores >= least, low * fits >= threshold, high < threshold)
    middle = any_topic + sum(REACH) / 2
    distance: NDArray[np.float64] = np.where(settled | np.isnan(any_topic), np.inf, np.abs(middle - logit(threshold)))
    return distance


def sigmoid(value: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(value, -30, 30)))


def logit(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return log(chance / (1 - chance))
