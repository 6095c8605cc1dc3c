"""A small corpus, the model trained on it in a second, and what people say of texts."""

import fcntl
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifiers.beside import tone_file
from classifiers.corpus import FOLDER, load_corpus
from classifiers.features import width
from classifiers.lessons import Judgement, is_held_out
from classifiers.tone import KINDS, TONES, ToneClassifier, ToneWeights, save_tone
from classifiers.topics import save_model
from classifiers.training import train
from tests.support.rows import NOON

NO_TONE = ToneWeights(
    np.zeros((width(), len(TONES)), np.float32),
    np.zeros((len(KINDS), len(TONES)), np.float32),
    np.zeros(len(TONES), np.float32),
)
EACH = 16  # examples of each topic, and of none twice as many for each of them


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Some Norwegian lines of the seed corpus."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "small-corpus"
    folder.mkdir(exist_ok=True)
    counts: dict[str, int] = {}
    lines = []
    for example in load_corpus(FOLDER):
        if example.language != "nb":
            continue
        named = sorted(example.topics) or ["none"]
        key = named[0]
        if counts.get(key, 0) < EACH * (6 if key == "none" else 1):
            counts[key] = counts.get(key, 0) + 1
            lines.append(f"{','.join(named)}\t{example.text}")
    beside = folder / f"nb.{worker_id}.part"
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    beside.replace(folder / "nb.tsv")
    return folder


@pytest.fixture(scope="session")
def small_model(small_corpus: Path) -> Path:
    """The model of the small corpus, as if it shipped."""
    path = small_corpus / "small.npz"
    with (small_corpus / "small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            save_tone(tone_file(path), ToneClassifier(NO_TONE, "none"))
            save_model(path, train(small_corpus))
    return path


def says(topic: str = "environment", *, is_right: bool = True, judge: str = "person 1", **given: Any) -> Judgement:
    """A word of somebody on the first day of lessons."""
    values: dict[str, Any] = {
        "at": NOON,
        "text": "Elva er full av skum nedenfor verket",
        "language": "nb",
        "family": "trained",
    } | given
    return Judgement(judge=judge, topic=topic, is_right=is_right, **values)


def family(name: str, *, held_out: bool = False) -> str:
    """A family that begins with a name, on the side that is asked for."""
    return next(one for one in (f"{name} {number}" for number in range(1_000)) if is_held_out(one) == held_out)


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)
