"""Training of the tone classifier: from its own corpus, and from what the topics of the seed corpus imply."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedGroupKFold

from classifiers import corpus, cues
from classifiers.errors import ModelError
from classifiers.features import features_of, to_matrix, to_row, width, words_of
from classifiers.glance import VOCABULARY
from classifiers.taxonomy import load_taxonomy
from classifiers.tone import (
    KINDS,
    TONES,
    ToneClassifier,
    ToneWeights,
    cue_values,
    load_tone,
    save_tone,
    to_chances,
    tone_features_version,
)
from classifiers.tone_corpus import FOLDER, Spoken, load_spoken
from classifiers.types import Polarity, Tone

EDITION = "2026-11-21"  # of the way we train; the digest in the version tells the corpus
FOLDS = 5
EPOCHS = 8
ALPHA = 3e-4
# What an example weighs of which we know the topics only, or only that it has none.
IMPLIED = {Tone.NEGATIVE: 0.2, Tone.NEUTRAL: 0.06, Tone.POSITIVE: 0.2}
EVERY = 2  # of them is seen: the others say the same, and set-up should be quick
# The tones of ordinary headlines, for calibration: most are neutral or bad news.
SHARES = {Tone.NEGATIVE: 0.4, Tone.NEUTRAL: 0.4, Tone.POSITIVE: 0.2}

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """A linear model before calibration."""

    matrix: Matrix
    bias: Matrix

    def decide(self, features: Any) -> Matrix:
        decided: Matrix = np.asarray(features @ self.matrix) + self.bias
        return decided


def train_tone(folder: Path = FOLDER) -> ToneClassifier:
    """The same corpus gives the same classifier."""
    return train_with_held_out(folder)[0]


def train_with_held_out(folder: Path = FOLDER) -> tuple[ToneClassifier, tuple[Spoken, ...], Matrix]:
    """The same, with the chances that each text of the tone corpus got from a model that had not seen it."""
    spoken = load_spoken(folder)
    implied = tuple(imply(corpus.load_corpus()[::EVERY]))
    texts = (*spoken, *implied)
    features = _features(texts)
    truth = np.array([TONES.index(one.tone) for one in texts])
    weights = np.array([1.0] * len(spoken) + [IMPLIED[one.tone] for one in implied])
    decisions = np.zeros((len(spoken), len(TONES)))
    others = np.arange(len(spoken), len(texts))
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    own = truth[: len(spoken)]
    for seen, unseen in splitter.split(own, own, groups=[one.text for one in spoken]):
        rows = np.concatenate([seen, others])
        decisions[unseen] = _fit(features[rows], truth[rows], weights[rows]).decide(features[unseen])
    turn, shift = _calibration(decisions, own)
    lines = _fit(features, truth, weights)
    matrix = (lines.matrix @ turn).astype(np.float32)
    made_from = digest(folder)
    classifier = ToneClassifier(
        ToneWeights(
            # Rounded as the file rounds them: a model just trained and the same one loaded answer alike.
            matrix[: width()].astype(np.float16).astype(np.float32),
            matrix[width() :],
            (lines.bias @ turn + shift).astype(np.float32),
        ),
        version=f"{EDITION}.{made_from[:4]}",
        trained_from=made_from,
    )
    return classifier, spoken, to_chances(decisions @ turn + shift)


def ensure_tone(path: Path) -> bool:
    """Train where there is no model, or one that is damaged or made from another corpus. True if it trained."""
    try:
        if load_tone(path).trained_from == digest(FOLDER):
            return False
    except ModelError:
        pass
    save_tone(path, train_tone())
    return True


def imply(examples: Sequence[corpus.Example]) -> Iterator[Spoken]:
    """What topics say of tone: a threat is bad news and an opportunity good, whatever the words. A text without
    either is taken for neutral where no cue speaks against it: news of crime or sport has no topic, but a tone."""
    taxonomy = load_taxonomy()
    for example in examples:
        polarities = {taxonomy.polarity(topic) for topic in example.topics}
        if len(polarities) == 1:
            tone = Tone.NEGATIVE if polarities == {Polarity.THREAT} else Tone.POSITIVE
            yield Spoken(example.text, example.language, tone, example.place)
        elif not polarities and not any(_cues(example.text, example.language)):
            yield Spoken(example.text, example.language, Tone.NEUTRAL, example.place)


def digest(folder: Path) -> str:
    """Of all that the training sees."""
    told = sha256(f"{EDITION} {tone_features_version()} {EPOCHS} {ALPHA} {IMPLIED} {EVERY} {SHARES}".encode())
    for place in (folder, corpus.FOLDER, cues.FOLDER, corpus.FOLDER.parent / "lexicon"):
        for path in sorted(place.glob("*.tsv")):
            told.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()


def _features(texts: Sequence[Spoken]) -> Any:
    rows = []
    for one in texts:
        words = words_of(one.text)
        rows.append(to_row(list(features_of(words, one.language)), len(words)))
    counts = csr_matrix(np.array([_cues(one.text, one.language) for one in texts]).reshape(-1, len(KINDS)))
    return hstack([to_matrix(rows), counts]).tocsr()


def _cues(text: str, language: str) -> list[float]:
    VOCABULARY.make_room()
    return cue_values(VOCABULARY.glance(text, language), language)


def _fit(features: Any, truth: NDArray[Any], weights: Matrix) -> Lines:
    matrix, bias = np.zeros((features.shape[1], len(TONES))), np.zeros(len(TONES))
    balance = weights / np.array([weights[truth == tone].sum() for tone in range(len(TONES))])[truth]
    balance *= len(truth) / balance.sum()
    for tone in range(len(TONES)):
        model = SGDClassifier(loss="log_loss", alpha=ALPHA, max_iter=EPOCHS, tol=None, average=True, random_state=0)
        model.fit(features, truth == tone, sample_weight=balance)
        matrix[:, tone], bias[tone] = model.coef_[0], model.intercept_[0]
    return Lines(matrix, bias)


def _calibration(decisions: Matrix, truth: NDArray[Any]) -> tuple[Matrix, Matrix]:
    """A linear map from held-out decisions to chances, under which the tones come as often as in the news."""
    weights = np.array([SHARES[tone] for tone in TONES])[truth] / np.bincount(truth, minlength=len(TONES))[truth]
    model = LogisticRegression().fit(decisions, truth, sample_weight=weights * len(truth))
    return model.coef_.T, model.intercept_
