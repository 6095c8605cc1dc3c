"""The topic classifier against a plain one (TF-IDF words, naive Bayes): quality by cross-validation, and speed.

Run with `python benchmarks/bench_topics.py`. Needs the repository only. The figures of quality are optimistic, and
say more of the difference between the two than of real headlines: those are in docs/classifier.md.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import process_time
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score, f1_score
from sklearn.naive_bayes import MultinomialNB

from classifiers.corpus import Example, load_corpus
from classifiers.training import _features, _fit, _folds, _truth, train
from signals.types import Signal, Stakeholder

ROUNDS = 3


def main() -> None:
    examples = load_corpus()
    truth = _truth(examples)
    ours, plain = np.zeros(truth.table.shape), np.zeros(truth.table.shape)
    features = _features(examples)
    texts = np.array([example.text for example in examples], dtype=object)
    for seen, unseen in _folds(examples, truth):
        ours[unseen] = _fit(features[seen], truth.table[seen]).decide(features[unseen])
        plain[unseen] = naive_bayes(texts[seen], truth.table[seen])(texts[unseen])
    print(
        f"{len(examples)} examples, {truth.table.shape[1] - 1} topics; cross-validated on the seed corpus: optimistic"
    )
    print(f"{'':28}{'any topic AP':>14}{'topics mAP':>12}{'best topic F1':>15}")
    for name, scores in (("words + naive Bayes", plain), ("ours", ours)):
        print(f"{name:28}{quality(scores, truth.table)}")
    print()
    speed(examples, texts, truth.table)


def naive_bayes(texts: Sequence[str], table: Any) -> Callable[[Sequence[str]], Any]:
    words = TfidfVectorizer(sublinear_tf=True)
    known = words.fit_transform(texts)
    models = [MultinomialNB(alpha=0.1).fit(known, table[:, column]) for column in range(table.shape[1])]

    def decide(unknown: Sequence[str]) -> Any:
        rows = words.transform(unknown)
        both = [model.predict_log_proba(rows) for model in models]
        return np.array([one[:, 1] - one[:, 0] for one in both]).T

    return decide


def quality(scores: Any, table: Any) -> str:
    any_topic = average_precision_score(table[:, -1], scores[:, -1])
    topics = average_precision_score(table[:, :-1], scores[:, :-1], average="macro")
    f1 = max(
        f1_score(table[:, :-1], scores[:, :-1] >= np.quantile(scores[:, :-1], share), average="micro")
        for share in np.linspace(0.9, 0.99, 10)
    )
    return f"{any_topic:14.3f}{topics:12.3f}{f1:15.3f}"


def speed(examples: Sequence[Example], texts: Any, table: Any) -> None:
    start = process_time()
    classifier = train()
    print(f"training with calibration: {process_time() - start:.1f} CPU-seconds")
    signals = [to_signal(number, example) for number, example in enumerate(examples, start=1)]
    simple = naive_bayes(texts, table)
    runs: dict[str, Callable[[], object]] = {
        "words + naive Bayes": lambda: simple(texts),
        "ours, first sight": lambda: classifier.classify(signals),
        "ours, batches": lambda: classifier.classify(signals),
        "ours, one at a time": lambda: [classifier.classify([signal]) for signal in signals[:1_000]],
    }
    for name, run in runs.items():
        rounds = 1 if name.endswith("sight") else ROUNDS
        count = 1_000 if name.endswith("time") else len(signals)
        start = process_time()
        for _ in range(rounds):
            run()
        print(f"{name:28}{rounds * count / (process_time() - start):10,.0f} texts per CPU-second")


def to_signal(number: int, example: Example) -> Signal:
    return Signal(
        id=number,
        source_id=1,
        title=example.text,
        text="",
        language=example.language,
        url="",
        said_at=None,
        seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        source_name="",
        family="",
        stakeholder=Stakeholder.MEDIA,
        tier=2,
        fingerprint="",
    )


if __name__ == "__main__":
    main()
