"""The tone classifier: is what a signal says good or bad for the one it is about, or neither, and by which words.

It judges what is said to happen to the subject, or is said of it, and not the mood of the words: "the recall went
smoothly" is bad news of a maker. It sees what the topic classifier sees, and the cues of tone beside.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.cues import NEGATIVE, POSITIVE, find_cues, tone_cues
from classifiers.errors import ModelError
from classifiers.features import features_version, scale_of, width
from classifiers.glance import VOCABULARY, Glance, Pulls, Trace
from classifiers.model_file import AGAIN, ModelFile, read_model, write_model
from classifiers.types import Because, Label, LabelKind, Tone
from signals.languages import LANGUAGES
from signals.types import Signal

MOST_WORDS = 5
LEAST_SHARE = 0.15  # of the strongest word's pull: what pulls less is not shown
MOST_ALIKE = 4  # cues of a kind that count
BATCH = 1_000
CUE = 4.0  # what a cue weighs beside words
EDITION = 1  # raise it when the code below changes what a text looks like


TONES = tuple(Tone)
KINDS = ((NEGATIVE, False), (POSITIVE, False), (NEGATIVE, True), (POSITIVE, True))
NOTHING = Glance((), (), 0)


@dataclass(frozen=True, slots=True)
class ToneWeights:
    """A linear model with its calibration worked in: a column for each tone."""

    hashed: NDArray[np.float32]  # feature x tone
    cues: NDArray[np.float32]  # kind of cue x tone
    bias: NDArray[np.float32]
    pulls: Pulls = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pulls", Pulls(self.hashed))


@dataclass(frozen=True)
class ToneClassifier:
    """Gives every signal of a language that we know its likeliest tone."""

    weights: ToneWeights
    version: str
    trained_from: str = ""  # digest of corpus, cues and settings
    name: str = "tone"

    @property
    def by(self) -> str:
        return f"{self.name}@{self.version}"

    def classify(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        labels: list[tuple[Label, ...]] = []
        for start in range(0, len(signals), BATCH):
            batch = signals[start : start + BATCH]
            labels += [self._label(*each) for each in zip(batch, self.score(batch), strict=True)]
        return labels

    def score(self, signals: Sequence[Signal]) -> NDArray[np.float64]:
        """The probability of each tone for every signal, in the order of `TONES`; zeros where there is nothing to
        read."""
        VOCABULARY.make_room()
        glances = [glance(signal) for signal in signals]
        logits = self.weights.pulls.add_up(glances) + self.weights.bias
        counts = [cue_values(one, signal.language) for one, signal in zip(glances, signals, strict=True)]
        logits += np.array(counts).reshape(len(glances), len(KINDS)) @ self.weights.cues
        scores = to_chances(logits)
        scores[[not one.units for one in glances]] = 0
        return scores

    def _label(self, signal: Signal, scores: NDArray[np.float64]) -> tuple[Label, ...]:
        column = int(scores.argmax())
        if not scores[column]:
            return ()
        # Nothing explains a neutral text: its words pulled neither way.
        because = () if TONES[column] is Tone.NEUTRAL else self.because(signal, column)
        score = round(float(scores[column]), 4)
        return (Label(signal.id, LabelKind.TONE, TONES[column].value, score, because, self.by),)

    def because(self, signal: Signal, column: int) -> tuple[Because, ...]:
        """The words that pulled hardest towards a tone and away from the others."""
        trace = VOCABULARY.trace(signal.passage, signal.language)
        pulls = self._pulls(trace, signal, column)
        least = max(pulls, default=0.0) * LEAST_SHARE
        best = sorted(range(len(pulls)), key=lambda place: -pulls[place])[:MOST_WORDS]
        return tuple(
            Because(signal.passage[start:end], round(pulls[place], 3), start, end)
            for place in best
            if pulls[place] > max(least, 0.0)
            for start, end in (trace.spans[place],)
        )

    def _pulls(self, trace: Trace, signal: Signal, column: int) -> list[float]:
        """Of each word; what some words did together is shared between them."""
        towards = np.full(len(TONES), -1 / (len(TONES) - 1))
        towards[column] = 1.0
        scale = float(scale_of(len(trace.spans)))
        pulls = [0.0] * len(trace.spans)
        parts = self.weights.pulls.of_trace(trace, towards)
        cue_pulls = CUE * (self.weights.cues @ towards)
        for cue in tone_cues(find_cues(glance(signal).folded, signal.language)):
            parts.append((cue.words, float(cue_pulls[KINDS.index((cue.group, cue.is_turned))])))
        for places, pull in parts:
            for place in places:
                pulls[place] += pull * scale / len(places)
        return pulls


def glance(signal: Signal) -> Glance:
    return VOCABULARY.glance(signal.passage, signal.language) if signal.language in LANGUAGES else NOTHING


def cue_values(one: Glance, language: str) -> list[float]:
    """How many cues of each kind a text holds, scaled as its other features are."""
    counts = [0.0] * len(KINDS)
    for cue in tone_cues(find_cues(one.folded, language)):
        counts[KINDS.index((cue.group, cue.is_turned))] += 1
    scale = float(scale_of(one.words))
    return [CUE * min(count, MOST_ALIKE) * scale for count in counts]


def to_chances(logits: NDArray[Any]) -> NDArray[np.float64]:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-1e9))
    chances: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return chances


def save_tone(path: Path, classifier: ToneClassifier) -> None:
    """Only rows that the training touched are kept, in half precision."""
    weights = classifier.weights
    used = np.flatnonzero(weights.hashed.any(axis=1)).astype(np.int32)
    header = {
        "kind": classifier.name,
        "version": classifier.version,
        "features": tone_features_version(),
        "trained_from": classifier.trained_from,
    }
    arrays: dict[str, NDArray[Any]] = {
        "places": used,
        "weights": weights.hashed[used].astype(np.float16),
        "cues": weights.cues,
        "bias": weights.bias,
    }
    write_model(path, ModelFile(header, arrays))


def load_tone(path: Path) -> ToneClassifier:
    """The classifier of a model file. ModelError for a file that was changed, or made for other features."""
    stored = read_model(path)
    try:
        return _to_classifier(stored)
    except (KeyError, TypeError, ValueError, IndexError) as reason:
        raise ModelError(f"The model {path} does not fit this version of Forkant ({reason}). {AGAIN}") from None


def _to_classifier(stored: ModelFile) -> ToneClassifier:
    header, arrays = stored.header, stored.arrays
    if header["kind"] != ToneClassifier.name or header["features"] != tone_features_version():
        raise ValueError("it is of another kind, or its features are others")
    places, weights, cues, bias = arrays["places"], arrays["weights"], arrays["cues"], arrays["bias"]
    if weights.shape != (len(places), len(TONES)) or cues.shape != (len(KINDS), len(TONES)):
        raise ValueError("its arrays have other sizes")
    if bias.shape != (len(TONES),) or not all(np.isfinite(one).all() for one in (weights, cues, bias)):
        raise ValueError("it holds numbers that are none")
    hashed = np.zeros((width(), len(TONES)), np.float32)
    hashed[places] = weights
    return ToneClassifier(
        ToneWeights(hashed, cues.astype(np.float32), bias.astype(np.float32)),
        version=str(header["version"]),
        trained_from=str(header["trained_from"]),
    )


def tone_features_version() -> str:
    return f"{EDITION}.{CUE}.{features_version()}"
