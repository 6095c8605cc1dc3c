"""The topic classifier against a plain one (TF-IDF words, naive Bayes): quality by cross-validation, and speed.

Run with `python benchmarks/bench_topics.py`. Needs the repository only. The figures of quality are optimistic, and
say more of the difference between the two than of real headlines: those are in docs/classifier.md.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import perf_counter, process_time
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import average_precision_score, f1_score
from sklearn.naive_bayes import MultinomialNB

from app.gathering import Gatherer
from classifiers.corpus import Example, load_corpus
from classifiers.glance import VOCABULARY
from classifiers.topics import TopicClassifier
from classifiers.training import _features, _fit, _folds, _truth, train
from classifiers.types import Label
from signals.types import Signal, Stakeholder

ASKERS = 100


def main() -> None:
    examples = load_corpus()
    truth = _truth(examples)
    ours, plain = np.zeros(truth.table.shape), np.zeros(truth.table.shape)
    features = _features(examples)
    texts = np.array([example.text for example in examples], dtype=object)
    for seen, unseen in _folds(examples, truth):
        ours[unseen] = _fit(features[seen], truth.of(seen)).decide(features[unseen])
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
    half = len(signals) // 2
    shuffled = [signals[at] for at in np.random.default_rng(0).permutation(len(signals))]
    start = process_time()
    classifier.classify(shuffled[:half])
    classifier.classify(shuffled[half:])
    print(f"{'ours, nothing known yet':28}{len(signals) / (process_time() - start):10,.0f} texts per CPU-second")
    runs: dict[str, Callable[[], object]] = {
        "words + naive Bayes": lambda: simple(texts),
        "ours, words known": lambda: classifier.classify(signals),
        "ours, one at a time": lambda: [classifier.classify([signal]) for signal in signals[:1_000]],
    }
    for name, run in runs.items():
        VOCABULARY._recent.clear()
        count = 1_000 if name.endswith("time") else len(signals)
        start = process_time()
        run()
        print(f"{name:28}{count / (process_time() - start):10,.0f} texts per CPU-second")
    together(classifier, signals[:5_000])


def together(classifier: TopicClassifier, signals: Sequence[Signal]) -> None:
    """Single requests of a hundred askers at once, as `POST /api/v1/classify` gathers them; by the clock."""

    async def label(some: Sequence[Signal]) -> list[tuple[Label, ...]]:
        return classifier.classify(some)

    async def ask_all() -> None:
        gather: Gatherer[Signal, tuple[Label, ...]] = Gatherer(label)
        waiting = iter(signals)

        async def ask() -> None:
            for signal in waiting:
                await gather(signal)

        await asyncio.gather(*(ask() for _ in range(ASKERS)))

    start = perf_counter()
    asyncio.run(ask_all())
    print(f"{'ours, gathered requests':28}{len(signals) / (perf_counter() - start):10,.0f} requests per second")


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
