"""Training heads: from the seed corpus and its embeddings to heads beside the classifier of words.

Theory of operation. The classifier of words knows the wording of the corpus, and cross-validation on the corpus
flatters both it and the heads. How much the meaning counts beside the words (`SHARE`) and how sure a flag must be
(`PRECISION`) were therefore chosen on real headlines (sample A of docs/classifier.md) as well, and are stated here.
"""

import warnings
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from classifiers import training
from classifiers.corpus import FOLDER, Example, load_corpus
from classifiers.embedding import AT_ONCE, LONGEST, PROBE, Embedder, Vectors
from classifiers.heads import Anchors, Heads, center, to_int8
from classifiers.heads.network import Network, mean_of
from classifiers.topics import to_scores

EDITION = "2026-11-22"
SHARE = 0.6  # of the heads' decision beside that of the words
# Each network that we train sees the meaning a little differently; their mean is surer than any of them.
NETWORKS = 2
UNITS = 64
EPOCHS = 15
REGULAR = 0.1  # scikit-learn's alpha
RATE = 0.002
PRECISION = 0.96
ANCHORS = 8  # of each topic and language

Tell = Callable[[int, int], None]
Store = dict[str, NDArray[np.float16]]


def train_heads(
    embedder: Embedder, folder: Path = FOLDER, store: Store | None = None, tell: Tell | None = None
) -> Heads:
    """`store`: vectors of texts embedded before; it is added to. `tell` hears how many are done, of how many."""
    examples = load_corpus(folder)
    vectors = embed_all(embedder, [example.text for example in examples], {} if store is None else store, tell)
    middle = vectors.mean(axis=0)
    seen = center(vectors, middle)
    truth = training._truth(examples)
    words, meant = np.zeros(truth.table.shape), np.zeros(truth.table.shape)
    features = training._features(examples)
    for fold, rest in training._folds(examples, truth):
        words[rest] = training._fit(features[fold], truth.of(fold)).decide(features[rest])
        meant[rest] = _fit(seen[fold], truth.of(fold)).weigh(seen[rest])
    slopes, offsets = training._calibration(words, truth)
    words = words * slopes + offsets
    words_threshold = training._operating_threshold(to_scores(words), truth)
    slopes, offsets = training._calibration(words + SHARE * meant, truth)
    blended = (words + SHARE * meant) * slopes + offsets
    made_from = corpus_digest(examples)
    return Heads(
        version=f"{EDITION}.{made_from[:4]}",
        topics=truth.topics,
        threshold=_threshold(to_scores(blended), truth),
        words_threshold=words_threshold,
        trained_from=made_from,
        words=slopes.astype(np.float32),
        center=middle.astype(np.float32),
        network=_fit(seen, truth).scaled(SHARE * slopes, offsets),
        probe=embedder.embed([PROBE])[0],
        anchors=_anchors(examples, vectors),
    )


def embed_all(embedder: Embedder, texts: Sequence[str], store: Store, tell: Tell | None = None) -> Vectors:
    new = [text for text in dict.fromkeys(texts) if _name(text) not in store]
    for start in range(0, len(new), AT_ONCE):
        some = new[start : start + AT_ONCE]
        for text, vector in zip(some, embedder.embed(some), strict=True):
            store[_name(text)] = vector.astype(np.float16)
        if tell:
            tell(start + len(some), len(new))
    return np.stack([store[_name(text)] for text in texts]).astype(np.float32)


def load_store(path: Path) -> Store:
    if not path.exists():
        return {}
    with np.load(path, allow_pickle=False) as stored:
        return dict(zip(stored["names"].tolist(), stored["vectors"], strict=True))


def save_store(path: Path, store: Store) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, names=np.array(list(store)), vectors=np.stack(list(store.values())))


def corpus_digest(examples: Sequence[Example]) -> str:
    told = sha256(f"{EDITION} {SHARE} {NETWORKS} {UNITS} {EPOCHS} {REGULAR} {RATE} {PRECISION}".encode())
    for one in examples:
        told.update(f"{one.language}\t{','.join(sorted(one.topics))}\t{one.text}\n".encode())
    return told.hexdigest()


def _name(text: str) -> str:
    return sha256(text[:LONGEST].encode()).hexdigest()[:32]


def _fit(vectors: Vectors, truth: training.Truth) -> Network:
    """All topics and "any topic" at once: what tells one of them helps to tell the others."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # it is stopped early on purpose, before it knows the style
        return mean_of([_network(vectors, truth, seed) for seed in range(NETWORKS)])


def _network(vectors: Vectors, truth: training.Truth, seed: int) -> Network:
    model = MLPClassifier((UNITS,), alpha=REGULAR, learning_rate_init=RATE, max_iter=EPOCHS, random_state=seed)
    model.fit(vectors, truth.table.astype(int))
    (inner, outer), (inner_bias, outer_bias) = model.coefs_, model.intercepts_
    return Network(*(one.astype(np.float32) for one in (inner, inner_bias, outer, outer_bias)))


def _threshold(scores: NDArray[Any], truth: training.Truth) -> float:
    return training._operating_threshold(scores, truth, PRECISION)


def _anchors(examples: Sequence[Example], vectors: Vectors) -> Anchors:
    """The examples in the middle of the clusters that a topic has in a language."""
    chosen: dict[int, None] = {}
    groups: dict[tuple[str, str], list[int]] = {}
    for at, one in enumerate(examples):
        for topic in one.topics:
            groups.setdefault((topic, one.language), []).append(at)
    for _, members in sorted(groups.items()):
        clusters = KMeans(min(ANCHORS, len(members)), n_init=1, random_state=0).fit(vectors[members])
        for middle in clusters.cluster_centers_:
            chosen[members[int((vectors[members] @ middle).argmax())]] = None
    which = list(chosen)
    return Anchors(
        tuple(examples[at].text for at in which),
        tuple(examples[at].language for at in which),
        tuple(examples[at].topics for at in which),
        to_int8(vectors[which]),
    )
