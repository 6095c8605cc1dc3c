"""Training: from the seed corpus to a calibrated classifier, in seconds; and what cross-validation says of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import StratifiedGroupKFold

from classifiers import lexicon
from classifiers.beside import tone_file
from classifiers.corpus import FOLDER, Example, find_twins, load_corpus
from classifiers.errors import ModelError
from classifiers.features import features_of, features_version, to_matrix, to_row, width, words_of
from classifiers.lessons import Lesson
from classifiers.report import Report, make_report
from classifiers.taxonomy import load_taxonomy
from classifiers.tone_training import ensure_tone
from classifiers.topics import BEST_COUNTS, TopicClassifier, Weights, load_model, save_model, to_scores

EDITION = "2026-11-21"  # of the way we train; the digest in the version tells the corpus
FOLDS = 5
EPOCHS = 12
ALPHA = 1e-4  # regularisation of each topic; 3e-4 told the likeliest topic right in .56 of real cases, this in .58
ALPHA_ANY = 1e-4  # and of "any topic", which has more to learn from
ALIKE = 0.5  # texts with this share of words in common stay on one side of a fold

# Calibration weighs the examples as if half of them carried a topic; in the corpus seven in ten do. In the news it is
# one in four, but most of its other items are easier to tell than the hard ones that the corpus collects.
SHARE = 0.5
# What the held-out folds must show, so weighted, for the operating threshold. Chosen on real headlines read by hand,
# for about three flags in four to be right there: docs/classifier.md.
PRECISION = 0.94

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """A linear model before calibration: a column for each topic and one for "any topic"."""

    matrix: NDArray[np.float32]
    bias: Matrix

    def decide(self, features: Any) -> Matrix:
        decided: Matrix = np.asarray(features @ self.matrix) + self.bias
        return decided


@dataclass(frozen=True, slots=True)
class Truth:
    """What the examples carry: a column for each topic, the rest as in `Lines`.

    Of what people judged not every cell is known, and not every judgement weighs the same: see classifiers.lessons.
    """

    topics: tuple[str, ...]
    table: NDArray[np.bool_]
    known: NDArray[np.bool_]
    weights: Matrix  # of each example; those of the corpus weigh 1

    @property
    def any(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.table[:, -1]
        return found

    def of(self, rows: NDArray[Any]) -> "Truth":
        return Truth(self.topics, self.table[rows], self.known[rows], self.weights[rows])


def train(folder: Path = FOLDER) -> TopicClassifier:
    """A classifier from the corpus in a folder. The same corpus gives the same classifier."""
    return _trained(load_corpus(folder), folder)[0]


def train_with_report(folder: Path = FOLDER) -> tuple[TopicClassifier, Report]:
    """The same, with what cross-validation says of it."""
    examples = load_corpus(folder)
    classifier, held_out = _trained(examples, folder)
    return classifier, make_report(examples, held_out, classifier.weights.topics, classifier.threshold)


def train_with_lessons(folder: Path, lessons: Sequence[Lesson]) -> tuple[TopicClassifier, Report]:
    """A classifier from the corpus and what people taught, with what cross-validation says of it on the corpus."""
    examples = load_corpus(folder)
    classifier, held_out = _trained(examples, folder, lessons)
    return classifier, make_report(examples, held_out[: len(examples)], classifier.weights.topics, classifier.threshold)


def train_shipped(path: Path) -> None:
    """Train from the repository's corpus and write the model files, each whole or not at all."""
    save_model(path, train())
    ensure_tone(tone_file(path))


def ensure_shipped(path: Path) -> bool:
    """Train where there is no model, or one that is damaged or made from another corpus. True if it trained."""
    try:
        if load_model(path).trained_from == digest(FOLDER):
            return ensure_tone(tone_file(path))
    except ModelError:
        pass
    train_shipped(path)
    return True


def digest(folder: Path, lessons: Sequence[Lesson] = ()) -> str:
    """Of all that the training sees: corpus, lexicon, settings, and what people taught."""
    told = sha256(
        f"{EDITION} {features_version()} {EPOCHS} {ALPHA} {ALPHA_ANY} {SHARE} {PRECISION} {BEST_COUNTS}".encode()
    )
    for path in (*sorted(folder.glob("*.tsv")), *sorted(lexicon.FOLDER.glob("*.tsv"))):
        told.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for lesson in lessons:
        told.update(lesson.told().encode())
    return told.hexdigest()


def _trained(
    examples: Sequence[Example], folder: Path, lessons: Sequence[Lesson] = ()
) -> tuple[TopicClassifier, NDArray[Any]]:
    """The classifier, and the scores that each example got from a model that had not seen it; lessons come last."""
    truth = _truth(examples, lessons)
    examples = [*examples, *_as_examples(lessons)]
    features = _features(examples)
    decisions = np.zeros(truth.table.shape)
    for seen, unseen in _folds(examples, truth):
        decisions[unseen] = _fit(features[seen], truth.of(seen)).decide(features[unseen])
    slopes, offsets = _calibration(decisions, truth)
    held_out = to_scores(decisions * slopes + offsets)
    lines = _fit(features, truth)
    made_from = digest(folder, lessons)
    classifier = TopicClassifier(
        weights=Weights(
            truth.topics,
            # Rounded as the file rounds them: a model just trained and the same one loaded answer alike.
            (lines.matrix * slopes).astype(np.float16).astype(np.float32),
            (lines.bias * slopes + offsets).astype(np.float32),
        ),
        version=f"{EDITION}.{made_from[: 8 if lessons else 4]}",
        threshold=_operating_threshold(held_out, truth),
        trained_from=made_from,
    )
    return classifier, held_out


def _as_examples(lessons: Sequence[Lesson]) -> list[Example]:
    return [Example(one.text, one.language, one.carries, f"lesson:{at}") for at, one in enumerate(lessons)]


def _features(examples: Sequence[Example]) -> Any:
    rows = []
    for example in examples:
        words = words_of(example.text)
        rows.append(to_row(list(features_of(words, example.language)), len(words)))
    return to_matrix(rows)


def _truth(examples: Sequence[Example], lessons: Sequence[Lesson] = ()) -> Truth:
    topics = tuple(load_taxonomy().topics)
    table = [[*(topic in example.topics for topic in topics), bool(example.topics)] for example in examples]
    known = [[True] * (len(topics) + 1) for _ in examples]
    for lesson in lessons:
        table.append([*(topic in lesson.carries for topic in topics), bool(lesson.carries)])
        known.append([*(lesson.knows(topic) for topic in topics), lesson.knows_whether_any])
    weights = [1.0] * len(examples) + [lesson.weight for lesson in lessons]
    return Truth(topics, np.array(table, bool), np.array(known, bool), np.array(weights))


def _folds(examples: Sequence[Example], truth: Truth) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Near-duplicates fall on the same side, so that no text judges itself."""
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    yield from splitter.split(truth.table, truth.any, groups=_families(examples))


def _families(examples: Sequence[Example]) -> list[int]:
    number = {example.place: place for place, example in enumerate(examples)}
    head = list(range(len(examples)))
    for twins in find_twins(examples, ALIKE):
        one, other = (_head(head, number[twin.place]) for twin in (twins.one, twins.other))
        head[max(one, other)] = min(one, other)
    return [_head(head, place) for place in range(len(head))]


def _head(head: list[int], place: int) -> int:
    while head[place] != place:
        place = head[place]
    return place


def _fit(features: Any, truth: Truth) -> Lines:
    columns = truth.table.shape[1]
    matrix, bias = np.zeros((width(), columns), np.float32), np.zeros(columns)
    for column in range(columns):
        alpha = ALPHA_ANY if column == columns - 1 else ALPHA
        model = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=EPOCHS, tol=None, average=True, random_state=0)
        rows = truth.known[:, column]
        seen = features if rows.all() else features[np.flatnonzero(rows)]
        model.fit(seen, truth.table[rows, column], sample_weight=truth.weights[rows])
        matrix[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return Lines(matrix, bias)


def _news_weights(truth: Truth) -> Matrix:
    """Weights under which the share of texts with a topic is that of the news; none where that is not known."""
    given = truth.weights * truth.known[:, -1]
    carrying = float(given @ truth.any) / float(given.sum())
    weights: Matrix = given * np.where(truth.any, SHARE / carrying, (1 - SHARE) / (1 - carrying))
    return weights


def _calibration(decisions: Matrix, truth: Truth) -> tuple[Matrix, Matrix]:
    """Platt scaling on held-out decisions: each topic among texts that carry one, "any topic" as in the news."""
    slopes, offsets = np.ones(decisions.shape[1]), np.zeros(decisions.shape[1])
    weights = _news_weights(truth)
    for column in range(decisions.shape[1]):
        rows = (weights > 0) & truth.known[:, column]
        if column < decisions.shape[1] - 1:
            rows &= truth.any
        model = LogisticRegression().fit(
            decisions[rows, column : column + 1], truth.table[rows, column], sample_weight=weights[rows]
        )
        slopes[column], offsets[column] = model.coef_[0, 0], model.intercept_[0]
    return slopes, offsets


def _operating_threshold(scores: NDArray[Any], truth: Truth, precision: float = PRECISION) -> float:
    """The lowest score from which flags are right as often as we want them to be."""
    weights = _news_weights(truth)
    best, weights, truth = scores.max(axis=1)[weights > 0], weights[weights > 0], truth.of(weights > 0)
    order = np.argsort(-best)
    right = np.cumsum(weights[order] * truth.any[order]) / np.cumsum(weights[order])
    enough = np.flatnonzero(right >= precision)
    return round(float(best[order[enough[-1]]]) if len(enough) else 0.5, 3)
