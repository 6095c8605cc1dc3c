"""What every classifier must do, run over all that we have."""

import re
from collections.abc import Sequence

import pytest

from classifiers.stakeholders import StakeholderClassifier
from classifiers.tone import ToneClassifier
from classifiers.topics import TopicClassifier
from classifiers.types import Classifier, Label
from tests.support.signals import a_signal

TEXTS = [
    ("nb", "Streik ved sykehuset: Ansatte demonstrerer mot kutt", "Fagforbundet krever flere folk på vakt."),
    ("sv", "Mejeri återkallar gräddfil efter fynd av plastbitar", ""),
    ("en", "England win the cup final", "Late goal settles it."),
    ("nl", "Datalek bij gemeente: gegevens van inwoners op straat", "De gemeente heeft melding gedaan."),
    ("fi", "Sairaalan henkilökunta lakkoilee", ""),
    ("und", "12345", ""),
    ("nb", "", ""),
    ("nb", "🙂", "\u0000\ud7ff\ufffd"),
    ("en", "Strike", "strike hospital recall breach fraud " * 1_900),  # 64 kB
]


@pytest.fixture(params=["topics", "tone", "stakeholders"])
def classifier(request: pytest.FixtureRequest, model: TopicClassifier, tone: ToneClassifier) -> Classifier:
    known: dict[str, Classifier] = {"topics": model, "tone": tone, "stakeholders": StakeholderClassifier()}
    return known[request.param]


@pytest.fixture
def labels(classifier: Classifier) -> list[tuple[Label, ...]]:
    return classifier.classify(signals())


def signals() -> Sequence:  # type: ignore[type-arg]
    return [
        a_signal(title, text=text, language=language, id=number, fingerprint="")
        for number, (language, title, text) in enumerate(TEXTS, start=1)
    ]


def test_there_is_one_answer_for_each_signal_in_order(labels: list[tuple[Label, ...]]) -> None:
    assert len(labels) == len(TEXTS)
    for number, found in enumerate(labels, start=1):
        assert all(label.signal_id == number for label in found)


def test_some_texts_are_labelled_and_some_are_not(labels: list[tuple[Label, ...]]) -> None:
    assert labels[0]
    assert not labels[4]


def test_topics_are_named_where_they_are(model: TopicClassifier) -> None:
    labels = model.classify(signals())
    assert labels[0]
    assert labels[1]
    assert not labels[2]


def test_words_stand_where_their_spans_say(labels: list[tuple[Label, ...]]) -> None:
    for signal, found in zip(signals(), labels, strict=True):
        for word in (word for label in found for word in label.because):
            assert signal.passage[word.start : word.end] == word.word
            assert not re.match(r"\w", signal.passage[word.end : word.end + 1])


def test_every_label_says_why_and_by_whom(labels: list[tuple[Label, ...]], classifier: Classifier) -> None:
    for label in (label for found in labels for label in found):
        assert label.because or label.name == "neutral"  # nothing pulled it either way
        assert 0 <= label.score <= 1
        assert label.by == f"{classifier.name}@{classifier.version}"
        assert re.fullmatch(r"[a-z]+@\d{4}-\d\d-\d\d\.[0-9a-f]{4}", label.by)


def test_the_same_signals_get_the_same_labels(labels: list[tuple[Label, ...]], classifier: Classifier) -> None:
    assert classifier.classify(signals()) == labels


def test_one_at_a_time_gives_the_same_as_a_batch(labels: list[tuple[Label, ...]], classifier: Classifier) -> None:
    assert [classifier.classify([signal])[0] for signal in signals()] == labels


def test_no_signals_give_no_answers(classifier: Classifier) -> None:
    assert classifier.classify([]) == []


def test_empty_and_foreign_texts_get_no_label(labels: list[tuple[Label, ...]]) -> None:
    assert labels[4:8] == [(), (), (), ()]
