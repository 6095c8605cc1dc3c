"""Tone on labelled text that nobody tuned on, beside a plain model trained in-domain; and what it costs.

Run with `python benchmarks/bench_tone.py`. Reads ../shared/data (reviews, posts and comments by third parties, kept
out of this repository) and is skipped, saying so, where that is absent.
"""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_predict

from classifiers.beside import Beside, load_beside
from classifiers.comparing import as_signal
from classifiers.corpus import load_corpus
from classifiers.glance import VOCABULARY
from classifiers.tone import TONES, ToneClassifier
from classifiers.topics import load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped

DATA = Path(__file__).parents[2] / "shared" / "data"
SHORT = {"neg": "negative", "neu": "neutral", "pos": "positive"}
MOST = 4_000

Row = tuple[str, str]  # text, tone


def main() -> None:
    ensure_shipped(MODEL)
    beside = load_beside(MODEL)
    tone = beside.classifiers[0]
    assert isinstance(tone, ToneClassifier)
    if DATA.is_dir():
        print(f"{'':26}{'texts':>7}{'ours: accuracy':>16}{'macro-F1':>10}{'in-domain baseline':>20}{'macro-F1':>10}")
        for name, language, rows in datasets():
            compare(name, language, rows[:MOST], tone)
    else:
        print(f"Skipped: there is no {DATA}")
    speed(beside)


def datasets() -> Iterator[tuple[str, str, list[Row]]]:
    norec = json.loads((DATA / "norec_sentence/3class/dev.json").read_text(encoding="utf-8"))
    yield "reviews (nb)", "nb", [(row["text"], row["label"].lower()) for row in norec]
    with (DATA / "swe-sentiment/swe-sentiment-dataset.csv").open(encoding="utf-8") as file:
        yield "posts (sv)", "sv", [(r["text"], SHORT[r["label"]]) for r in csv.DictReader(file) if r["label"] in SHORT]
    lines = (DATA / "danish-social-sentiment/all_sentences.tsv").read_text(encoding="utf-8").splitlines()
    marks = [line.partition("\t") for line in lines]
    yield "comments (da)", "da", [(text, of_number(int(n))) for n, _, text in marks if n.lstrip("-").isdigit()]
    with (DATA / "pattern-polarity/test/corpora/polarity-nl-bol.com.csv").open(encoding="utf-8") as file:
        yield (
            "reviews (nl), two tones",
            "nl",
            [(r[1], of_number(round(float(r[0])))) for r in csv.reader(file) if r[1:]],
        )


def of_number(number: int) -> str:
    return "negative" if number < 0 else "positive" if number > 0 else "neutral"


def compare(name: str, language: str, rows: list[Row], tone: ToneClassifier) -> None:
    true = np.array([TONES.index(one) for _, one in rows])
    present = sorted(set(true.tolist()))
    scores = tone.score([as_signal(text, language, at) for at, (text, _) in enumerate(rows)])
    ours = np.array(present)[scores[:, present].argmax(axis=1)]
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit_transform([text for text, _ in rows])
    plain = cross_val_predict(LogisticRegression(class_weight="balanced", max_iter=500), words, true, cv=5)
    print(
        f"{name:26}{len(rows):7,}{accuracy_score(true, ours):16.3f}{f1_score(true, ours, average='macro'):10.3f}"
        f"{accuracy_score(true, plain):20.3f}{f1_score(true, plain, average='macro'):10.3f}"
    )


def speed(beside: Beside) -> None:
    topics = load_model(MODEL)
    texts = load_corpus()[:10_000]
    signals = [as_signal(one.text, one.language, at) for at, one in enumerate(texts)]
    for name, labeller in (("topics alone", Beside(())), ("with tone and stakeholder", beside)):
        labeller.label(topics, signals)
        VOCABULARY.make_room()
        start = process_time()
        labeller.label(topics, signals)
        print(f"{name:26}{len(signals) / (process_time() - start):10,.0f} texts per CPU-second")


if __name__ == "__main__":
    main()
