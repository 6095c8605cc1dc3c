"""The shipped classifier, trained once for a whole run of tests."""

import fcntl
from pathlib import Path

import pytest

from classifiers.beside import tone_file
from classifiers.tone import ToneClassifier, load_tone
from classifiers.topics import TopicClassifier, load_model
from classifiers.training import train_shipped


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The trained model's file, shared by all test processes: the first one trains, the others wait."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    path = folder / "topics.npz"
    with (folder / "topics.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            train_shipped(path)
    return path


@pytest.fixture(scope="session")
def tone(model_file: Path) -> ToneClassifier:
    return load_tone(tone_file(model_file))


@pytest.fixture(scope="session")
def model(model_file: Path) -> TopicClassifier:
    return load_model(model_file)
