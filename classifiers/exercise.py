"""What a training is given, and what it gives: values that travel between processes, and load no model."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from classifiers.canaries import Canary
from classifiers.comparing import Metrics, SeedFigures
from classifiers.corpus import FOLDER
from classifiers.lessons import Judgement


@dataclass(frozen=True, slots=True)
class Exercise:
    """All that a training needs."""

    judgements: tuple[Judgement, ...]
    canaries: tuple[Canary, ...]
    before: Path  # the model in use
    corpus: Path = FOLDER
    seed_before: SeedFigures | None = None  # of the model in use; None: not known yet


@dataclass(frozen=True, slots=True)
class Learned:
    """A candidate: its file's content, and its scorecard."""

    content: bytes
    version: str
    threshold: float
    trained_from: str
    corpus: str  # digest of the corpus alone
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class Shipped:
    """The model that ships with Forkant, as its file says."""

    version: str
    hash: str
    threshold: float
    trained_from: str


def hash_of(content: bytes) -> str:
    """What a model file is known by in the registry."""
    return sha256(content).hexdigest()
