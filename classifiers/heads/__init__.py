"""Heads: what a small network makes of sentence embeddings, and how much it counts beside the words.

The file `e5.npz` is made by us from the seed corpus (`forkant model train --embeddings`; some ten minutes of one
processor the first time) and is part of the repository, since that is too long for a set-up. It holds numbers, and the
examples of the corpus that explain a judgement. It tells from which corpus it was made; an older one still fits, since
a head says how meanings relate to topics and not which words the corpus has.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.embedding import PROBE, Embedder, EmbeddingsError, Vectors
from classifiers.errors import ModelError
from classifiers.heads.network import Network
from classifiers.model_file import ModelFile, read_model, write_model

SHIPPED = Path(__file__).parent / "e5.npz"
OWN = "heads.npz"  # in the folder of a model of one's own
KIND = "heads"
SAME = 0.98  # likeness of the probe from which on an embedder is the one that the heads were made for
AGAIN = "Make them again: forkant model train --embeddings"


@dataclass(frozen=True, slots=True)
class Anchors:
    """Typical examples of the corpus, with their topics: what a text reads like."""

    texts: tuple[str, ...]
    languages: tuple[str, ...]
    topics: tuple[frozenset[str], ...]
    vectors: NDArray[np.int8]

    def nearest(self, vector: Vectors, topic: str, language: str) -> str:
        """The text most like this one that carries the topic, of the same language where there is one; or ""."""
        likeness = self.vectors.astype(np.float32) @ vector
        fits = np.array([topic in topics for topics in self.topics], bool)
        same = fits & np.array([one == language for one in self.languages], bool)
        which = np.flatnonzero(same if same.any() else fits)
        return self.texts[which[likeness[which].argmax()]] if len(which) else ""


@dataclass(frozen=True, slots=True)
class Heads:
    """For each topic, and last for "any topic": blended logit = words' logit x `words` + what the network says."""

    version: str
    topics: tuple[str, ...]
    threshold: float
    words_threshold: float  # that of the classifier of words that they were fitted beside
    trained_from: str  # digest of the corpus
    words: NDArray[np.float32]
    center: NDArray[np.float32]  # of all vectors of the corpus: what they have in common says nothing
    network: Network
    probe: NDArray[np.float32]
    anchors: Anchors

    @property
    def by(self) -> str:
        return f"e5@{self.version}"

    def check(self, embedder: Embedder) -> None:
        """EmbeddingsError where the vectors are another model's."""
        vector = embedder.embed([PROBE])[0]
        if vector.shape != self.probe.shape or float(vector @ self.probe) < SAME:
            raise EmbeddingsError(f"The heads were made for another model of embeddings. {AGAIN}")

    def weigh(self, vectors: Vectors) -> NDArray[np.float32]:
        """What the meaning of each text adds to each blended logit."""
        return self.network.weigh(center(vectors, self.center))


def center(vectors: Vectors, middle: NDArray[np.float32]) -> Vectors:
    moved = vectors - middle
    length = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    scaled: Vectors = moved / length * np.float32(np.sqrt(vectors.shape[1]) / 4)
    return scaled


def to_int8(vectors: Vectors) -> NDArray[np.int8]:
    return np.round(vectors * 127 / max(float(np.abs(vectors).max(initial=0)), 1e-6)).astype(np.int8)


def save_heads(path: Path, heads: Heads) -> None:
    header = {
        "kind": KIND,
        "version": heads.version,
        "topics": list(heads.topics),
        "threshold": heads.threshold,
        "words_threshold": heads.words_threshold,
        "trained_from": heads.trained_from,
    }
    anchors = [
        [text, language, sorted(topics)]
        for text, language, topics in zip(
            heads.anchors.texts, heads.anchors.languages, heads.anchors.topics, strict=True
        )
    ]
    arrays: dict[str, NDArray[Any]] = {
        "words": heads.words,
        "center": heads.center,
        **heads.network.arrays(),
        "probe": heads.probe,
        "anchors": np.frombuffer(json.dumps(anchors, ensure_ascii=False).encode(), np.uint8),
        "anchor_vectors": heads.anchors.vectors,
    }
    write_model(path, ModelFile(header, arrays))


def load_heads(path: Path = SHIPPED) -> Heads:
    """ModelError for a file that was changed, or is none."""
    stored = read_model(path)
    try:
        return _to_heads(stored)
    except (KeyError, TypeError, ValueError) as reason:
        raise ModelError(f"The heads {path} do not fit this version of Forkant ({reason}). {AGAIN}") from None


def _to_heads(stored: ModelFile) -> Heads:
    header, arrays = stored.header, stored.arrays
    if header["kind"] != KIND:
        raise ValueError(f"it is of kind {header['kind']}")
    anchors = _to_anchors(json.loads(arrays["anchors"].tobytes()), arrays["anchor_vectors"])
    heads = Heads(
        version=str(header["version"]),
        topics=tuple(str(topic) for topic in header["topics"]),
        threshold=float(header["threshold"]),
        words_threshold=float(header["words_threshold"]),
        trained_from=str(header["trained_from"]),
        words=arrays["words"].astype(np.float32),
        center=arrays["center"].astype(np.float32),
        network=Network.of(arrays),
        probe=arrays["probe"].astype(np.float32),
        anchors=anchors,
    )
    columns, size = len(heads.topics) + 1, len(heads.probe)
    if heads.network.sizes != (size, columns) or heads.words.shape != (columns,):
        raise ValueError("its arrays have other sizes")
    if heads.center.shape != (size,) or heads.anchors.vectors.shape != (len(heads.anchors.texts), size):
        raise ValueError("its arrays have other sizes")
    if not all(np.isfinite(one).all() for one in (heads.words, heads.center, *heads.network.arrays().values())):
        raise ValueError("it holds numbers that are none")
    return heads


def _to_anchors(rows: Sequence[Any], vectors: NDArray[Any]) -> Anchors:
    return Anchors(
        tuple(str(row[0]) for row in rows),
        tuple(str(row[1]) for row in rows),
        tuple(frozenset(map(str, row[2])) for row in rows),
        vectors.astype(np.int8),
    )
