"""`forkant classify`: labels the items of an archive with the topics they touch, as live."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated, NotRequired, TypedDict

import typer

from app.commands.archive import Archive, ArchiveItem, ArchiveSignals
from app.commands.files import (
    STANDARD,
    UnusableArgumentError,
    created,
    refuse_the_same_file,
    usable_arguments,
    write_line,
)
from app.config import load_settings
from app.errors import ConfigurationError
from app.refining import meaning_of
from classifiers.beside import Beside, load_beside, tone_file
from classifiers.blend import BlendedClassifier, blend
from classifiers.errors import ModelError
from classifiers.taxonomy import load_taxonomy
from classifiers.tone_training import ensure_tone
from classifiers.topics import TopicClassifier, load_model
from classifiers.trained import MODEL
from classifiers.training import ensure_shipped
from classifiers.types import Label, LabelKind
from signals.types import Signal

BATCH = 1_000

Topics = TopicClassifier | BlendedClassifier


class TopicRow(TypedDict):
    """One label of an item."""

    topic: str
    score: float
    polarity: str
    because: list[str]


class Row(TypedDict):
    """One line of the output. `tone` is null for a text that we cannot read, `stakeholder` where no voice is heard."""

    id: str
    lang: str
    topics: list[TopicRow]
    tone: str | None
    stakeholder: str | None
    model: str
    scores: NotRequired[dict[str, float]]


def classify(
    archive: Annotated[Path, typer.Argument(help="Items as JSON Lines; - for standard input, .gz is unpacked.")],
    out: Annotated[Path, typer.Option(help="Where to write; - for standard output, .gz packs.")] = STANDARD,
    threshold: Annotated[
        float | None, typer.Option(help="Score from which a topic is named, 0 to 1; the model's own by default.")
    ] = None,
    all_scores: Annotated[bool, typer.Option("--all-scores", help="Add the score of every topic.")] = False,
    model: Annotated[Path | None, typer.Option(help="A model file; the one made at set-up by default.")] = None,
    embeddings: Annotated[
        bool, typer.Option(help="Read closely, by sentence embeddings, what the words leave open; where installed.")
    ] = True,
) -> None:
    """Say for each item of an archive which risks and opportunities it touches, and by which words."""
    with usable_arguments():
        refuse_the_same_file(archive, out)
        classifier, beside = _classifiers(model, threshold, embeddings)
        read = Archive(archive)
        with created(out) as target:
            for row in _rows(read, classifier, beside, all_scores):
                write_line(target, row)
    read.finish()


def _classifiers(model: Path | None, threshold: float | None, embeddings: bool) -> tuple[Topics, Beside]:
    if threshold is not None and not 0 <= threshold <= 1:
        raise UnusableArgumentError("--threshold is a number from 0 to 1.")
    try:
        if model is None:
            ensure_shipped(MODEL)
        classifier = load_model(model or MODEL)
        ensure_tone(tone_file(MODEL))
        beside = load_beside(MODEL)
        both = blend(classifier, meaning_of(load_settings()) if embeddings else None)
    except (ModelError, ConfigurationError) as reason:
        raise UnusableArgumentError(str(reason)) from None
    return both if threshold is None else both.at(threshold), beside


def _rows(items: Iterable[ArchiveItem], classifier: Topics, beside: Beside, all_scores: bool) -> Iterator[Row]:
    signals_of = ArchiveSignals()
    waiting = iter(items)
    while batch := list(islice(waiting, BATCH)):
        signals = [signals_of.to_signal(item) for item in batch]
        labels = beside.label(classifier, signals)
        scores = _all_scores(classifier, signals) if all_scores else None
        for place, (item, signal, found) in enumerate(zip(batch, signals, labels, strict=True)):
            row = _row(item, signal, found, classifier)
            if scores is not None:
                row["scores"] = scores[place]
            yield row


def _row(item: ArchiveItem, signal: Signal, labels: Sequence[Label], classifier: Topics) -> Row:
    topics = [
        TopicRow(
            topic=label.name,
            score=label.score,
            polarity=load_taxonomy().polarity(label.name).value,
            because=[word.word for word in label.because],
        )
        for label in labels
        if label.kind is LabelKind.TOPIC
    ]
    return Row(
        id=item.id,
        lang=signal.language,
        topics=topics,
        tone=_named(LabelKind.TONE, labels),
        stakeholder=_named(LabelKind.STAKEHOLDER, labels),
        model=classifier.by,
    )


def _named(kind: LabelKind, labels: Sequence[Label]) -> str | None:
    return next((label.name for label in labels if label.kind is kind), None)


def _all_scores(classifier: Topics, signals: Sequence[Signal]) -> list[dict[str, float]]:
    names = classifier.topics
    return [
        {name: round(float(score), 4) for name, score in zip(names, scores, strict=True)}
        for scores in classifier.score(signals)
    ]
