"""The topic classifier: which risks and opportunities a signal touches, how sure we are, and by which words.

A topic's score is the probability that the signal carries any topic at all, times how well this one fits among those
that do. The first is learned from all examples together, and is the surer of the two: hence `BEST_COUNTS`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.errors import ModelError
from classifiers.features import (
    LONGEST,
    Feature,
    Word,
    features_of,
    features_version,
    scale_of,
    width,
    words_of,
)
from classifiers.glance import VOCABULARY, Glance, Pulls
from classifiers.model_file import AGAIN, ModelFile, read_model, write_model
from classifiers.types import Because, Label, LabelKind
from signals.languages import LANGUAGES
from signals.sections import Section
from signals.types import Signal

MOST_LABELS = 3
MOST_WORDS = 5
LEAST_SHARE = 0.15  # of the strongest word's pull: what pulls less is not shown
BATCH = 1_000
# How much doubt about which topic it is takes from the score of the likeliest: 1 all of it, 0 nothing. Real headlines
# that carry a topic in words new to us are often told from the rest with ease, and by topic only with doubt.
BEST_COUNTS = 0.25
# What the part of the paper adds to the logit of "any topic": on headlines that we had read (samples A and B), this
# much less, or more, was at stake than their words made of it. Rounded towards nothing.
SECTIONS: Mapping[str, float] = {
    Section.SPORT: -0.75,
    Section.CULTURE: -1.25,
    Section.OPINION: -1.0,
    Section.LEISURE: -1.5,
    Section.WEATHER: -1.0,
    Section.FOREIGN: -0.5,
    Section.TECHNOLOGY: 1.0,
}

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model with its calibration worked in: a column for each topic, and a last one for "any topic"."""

    topics: tuple[str, ...]
    matrix: NDArray[np.float32]  # feature x column
    bias: NDArray[np.float32]
    pulls: Pulls = field(init=False, compare=False, repr=False)  # the same, by words known so far

    def __post_init__(self) -> None:
        object.__setattr__(self, "pulls", Pulls(self.matrix))


@dataclass(frozen=True, slots=True)
class Reading:
    """A signal as the model sees it."""

    words: tuple[Word, ...]
    features: tuple[Feature, ...]
    plain: frozenset[int] = frozenset()  # places of the words that carry no subject: they explain nothing to people


@dataclass(frozen=True)
class TopicClassifier:
    """Labels signals with topics. Languages that we do not know get no label."""

    weights: Weights
    version: str
    threshold: float
    trained_from: str = ""  # digest of corpus, lexicon and settings
    name: str = "topics"

    @property
    def by(self) -> str:
        return f"{self.name}@{self.version}"

    @property
    def topics(self) -> tuple[str, ...]:
        return self.weights.topics

    def at(self, threshold: float) -> "TopicClassifier":
        """The same judgement, with another operating threshold."""
        return replace(self, threshold=threshold)

    def classify(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        labels: list[tuple[Label, ...]] = []
        for start in range(0, len(signals), BATCH):
            batch = signals[start : start + BATCH]
            labels += [self.label(*each) for each in zip(batch, self.score(batch), strict=True)]
        return labels

    def score(self, signals: Sequence[Signal]) -> Scores:
        """The probability of every topic for every signal; the columns are those of `weights.topics`."""
        logits = self.logits(signals)
        scores = to_scores(logits)
        scores[np.isnan(logits).any(axis=1)] = 0
        return scores

    def logits(self, signals: Sequence[Signal]) -> NDArray[np.float64]:
        """Calibrated, "any topic" in the last column; not a number where there is nothing to read."""
        VOCABULARY.make_room()
        glances = [glance(signal) for signal in signals]
        logits = self.weights.pulls.add_up(glances) + self.weights.bias
        logits[[not (one.units or one.pairs) for one in glances]] = np.nan
        logits[:, -1] += [SECTIONS.get(signal.section, 0.0) for signal in signals]
        return logits

    def label(
        self, signal: Signal, scores: Scores, thresholds: Scores | None = None, by: str | None = None
    ) -> tuple[Label, ...]:
        """What scores amount to, in our words; those of another judge come with its thresholds and its name."""
        enough = scores >= (self.threshold if thresholds is None else thresholds)
        best = [at for at in np.argsort(-scores, kind="stable")[:MOST_LABELS] if enough[at]]
        reading = read(signal) if best else NOTHING
        return tuple(
            Label(
                signal_id=signal.id,
                kind=LabelKind.TOPIC,
                name=self.weights.topics[column],
                score=round(float(scores[column]), 4),
                because=(*self.because(reading, int(column)), *_because_of_section(signal)),
                by=by or self.by,
            )
            for column in best
        )

    def because(self, reading: Reading, column: int) -> tuple[Because, ...]:
        """The words that pulled hardest towards this topic; what two words did together is shared between them."""
        pulls = [0.0] * len(reading.words)
        for feature, pull in zip(reading.features, self._pulls(reading.features, column), strict=True):
            for place in feature.words:
                pulls[place] += float(pull) * float(scale_of(len(reading.words))) / len(feature.words)
        places = range(len(pulls))
        telling = [place for place in places if place not in reading.plain] or list(places)
        least = max((pulls[place] for place in telling), default=0.0) * LEAST_SHARE
        best = sorted(telling, key=lambda place: -pulls[place])[:MOST_WORDS]
        return tuple(
            Because(word=word.text, weight=round(pulls[place], 3), start=word.start, end=word.end)
            for place in best
            if pulls[place] > max(least, 0.0)
            for word in (reading.words[place],)
        )

    def _pulls(self, features: Sequence[Feature], column: int) -> NDArray[np.float32]:
        """Of each feature: towards a topic, and towards any."""
        if not features:
            return np.empty(0, np.float32)
        indices = np.concatenate([feature.indices for feature in features])
        values = np.concatenate([feature.values for feature in features])
        both = self.weights.matrix[indices, column] + self.weights.matrix[indices, -1]
        starts = np.cumsum([0, *(len(feature.indices) for feature in features[:-1])])
        pulls: NDArray[np.float32] = np.add.reduceat(both * values, starts)
        return pulls


NOTHING = Reading((), ())


def _because_of_section(signal: Signal) -> tuple[Because, ...]:
    pull = SECTIONS.get(signal.section, 0.0)
    return (Because(word=f"section: {signal.section}", weight=pull),) if pull > 0 else ()


def glance(signal: Signal) -> Glance:
    return VOCABULARY.glance(signal.passage, signal.language) if signal.language in LANGUAGES else Glance((), (), 0)


def read(signal: Signal) -> Reading:
    if signal.language not in LANGUAGES:
        return Reading((), ())
    words = tuple(words_of(signal.passage[:LONGEST]))
    stop_words = LANGUAGES[signal.language].stop_words
    plain = frozenset(place for place, word in enumerate(words) if word.text.lower() in stop_words)
    return Reading(words, tuple(features_of(words, signal.language)), plain)


def to_scores(logits: NDArray[Any]) -> Scores:
    """From calibrated logits, "any topic" in the last column, to a score for each topic."""
    chances = (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
    fits, any_topic = chances[:, :-1], chances[:, -1:]
    scores: Scores = any_topic * fits * fits.max(axis=1, keepdims=True) ** (BEST_COUNTS - 1)
    return scores


def save_model(path: Path, classifier: TopicClassifier) -> None:
    """Only rows that the training touched are kept, in half precision."""
    used = np.flatnonzero(classifier.weights.matrix.any(axis=1)).astype(np.int32)
    header = {
        "kind": classifier.name,
        "version": classifier.version,
        "threshold": classifier.threshold,
        "topics": list(classifier.weights.topics),
        "features": features_version(),
        "trained_from": classifier.trained_from,
    }
    arrays: dict[str, NDArray[Any]] = {
        "places": used,
        "weights": classifier.weights.matrix[used].astype(np.float16),
        "bias": classifier.weights.bias,
    }
    write_model(path, ModelFile(header, arrays))


def load_model(path: Path) -> TopicClassifier:
    """The classifier of a model file. ModelError for a file that was changed, or made for other features."""
    stored = read_model(path)
    try:
        return _to_classifier(stored)
    except (KeyError, TypeError, ValueError, IndexError) as reason:
        raise ModelError(f"The model {path} does not fit this version of Forkant ({reason}). {AGAIN}") from None


def _to_classifier(stored: ModelFile) -> TopicClassifier:
    header, arrays = stored.header, stored.arrays
    if header["kind"] != TopicClassifier.name:
        raise ValueError(f"it is of kind {header['kind']}")
    if header["features"] != features_version():
        raise ValueError("its features are others")
    topics = tuple(str(topic) for topic in header["topics"])
    places, weights, bias = arrays["places"], arrays["weights"], arrays["bias"]
    if weights.shape != (len(places), len(topics) + 1) or bias.shape != (len(topics) + 1,):
        raise ValueError("its arrays have other sizes")
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ValueError("it holds numbers that are none")
    matrix = np.zeros((width(), len(topics) + 1), np.float32)
    matrix[places] = weights
    return TopicClassifier(
        weights=Weights(topics, matrix, bias.astype(np.float32)),
        version=str(header["version"]),
        threshold=float(header["threshold"]),
        trained_from=str(header["trained_from"]),
    )
