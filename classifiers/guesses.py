"""What a model thinks of texts however unsure it is, and what its file says of itself; loads nothing that trains."""

from collections.abc import Sequence
from pathlib import Path

from classifiers.comparing import as_signal
from classifiers.exercise import Shipped, hash_of
from classifiers.topics import TopicClassifier, load_model


def best_guesses(model: TopicClassifier, texts: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
    """The likeliest topic of each text (text, language) with its score."""
    if not texts:
        return []
    scores = model.score([as_signal(text, language, at) for at, (text, language) in enumerate(texts)])
    best = scores.argmax(axis=1)
    return [(model.weights.topics[column], float(row[column])) for row, column in zip(scores, best, strict=True)]


def describe(path: Path) -> Shipped:
    """What a model file says of itself. ModelError for a file that is none."""
    model = load_model(path)
    return Shipped(model.version, hash_of(path.read_bytes()), model.threshold, model.trained_from)
