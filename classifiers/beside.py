"""What is judged of a signal beside its topics: its tone, and who speaks. One set of models, whoever's topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.stakeholders import StakeholderClassifier
from classifiers.tone import load_tone
from classifiers.types import Classifier, Label
from signals.types import Signal

BATCH = 1_000


@dataclass(frozen=True)
class Beside:
    """Classifiers that run after that of the topics."""

    classifiers: tuple[Classifier, ...]

    def label(self, topics: Classifier, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        """The topics first, strongest first, then the rest; in batches, so that each text is taken apart once."""
        labels: list[tuple[Label, ...]] = []
        for start in range(0, len(signals), BATCH):
            batch = signals[start : start + BATCH]
            found = [one.classify(batch) for one in (topics, *self.classifiers)]
            labels += [sum(each, ()) for each in zip(*found, strict=True)]
        return labels


def tone_file(topics: Path) -> Path:
    """The model of tone lies beside that of the topics."""
    return topics.with_name("tone.npz")


def load_beside(topics: Path) -> Beside:
    """ModelError where the model of tone is missing or cannot be used."""
    return Beside((load_tone(tone_file(topics)), StakeholderClassifier()))
