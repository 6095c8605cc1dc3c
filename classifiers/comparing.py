"""Two models side by side on texts that neither was trained on: how good each is, and whether they differ by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import comb
from typing import TYPE_CHECKING

from classifiers.canaries import Canary, CanaryReport, let_sing, topics_given
from classifiers.lessons import Lesson
from classifiers.types import Classifier, Label
from signals.types import Signal, Stakeholder

if TYPE_CHECKING:  # pages show the figures; the web process loads no numpy
    from classifiers.report import Report

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Labels of about the same score: how often were they right?"""

    low: float
    labels: int
    score: float  # their mean
    right: float  # share


@dataclass(frozen=True, slots=True)
class Figures:
    """How a model did on judged texts. A text is right where all that is known of it agrees with the labels given."""

    name: str  # "all", or a language
    texts: int
    right: int
    precision: float  # of flags: texts that got any topic
    recall: float
    topic_f1: float


@dataclass(frozen=True, slots=True)
class SeedFigures:
    """What cross-validation says on the seed corpus."""

    precision: float
    recall: float
    f1: float
    topic_f1: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate beside the model in use, on the same held-out texts (McNemar's test on where they differ)."""

    against: str
    texts: int
    only_before: int  # right by the model in use only
    only_now: int  # right by the candidate only
    chance: float  # of the candidate losing at least so many more by luck alone; small: it is worse

    @property
    def is_worse(self) -> bool:
        return self.only_before > self.only_now and self.chance < 0.05


@dataclass(frozen=True, slots=True)
class Metrics:
    """The scorecard of a model, as it was when it was made."""

    lessons: int
    people: int
    held_out: tuple[Figures, ...]  # all, then each language
    bins: tuple[Bin, ...]
    seed: SeedFigures | None
    seed_before: SeedFigures | None
    canaries: CanaryReport
    comparison: Comparison | None

    @property
    def blocked(self) -> str:
        """Why it may not be promoted at all; empty: it may."""
        flips = self.canaries.flips
        if not flips:
            return ""
        return f"{len(flips)} canar{'y flips' if len(flips) == 1 else 'ies flip'}: “{flips[0].text}”"


def measure(
    candidate: Classifier,
    before: Classifier,
    held_out: Sequence[Lesson],
    canaries: Sequence[Canary],
) -> tuple[tuple[Figures, ...], tuple[Bin, ...], CanaryReport, Comparison]:
    """The candidate's figures, and both models on the same texts."""
    now, then = given_to(candidate, held_out), given_to(before, held_out)
    right_now = [is_right(lesson, labels) for lesson, labels in zip(held_out, now, strict=True)]
    right_then = [is_right(lesson, labels) for lesson, labels in zip(held_out, then, strict=True)]
    report = let_sing(
        canaries,
        [topics_given(labels) for labels in _label(candidate, [(one.text, one.language) for one in canaries])],
        [topics_given(labels) for labels in _label(before, [(one.text, one.language) for one in canaries])],
    )
    return (
        figures_of(held_out, now),
        bins_of(held_out, now),
        report,
        compare(right_now, right_then, f"{before.name}@{before.version}"),
    )


def given_to(model: Classifier, lessons: Sequence[Lesson]) -> list[tuple[Label, ...]]:
    return _label(model, [(one.text, one.language) for one in lessons])


def _label(model: Classifier, texts: Sequence[tuple[str, str]]) -> list[tuple[Label, ...]]:
    return model.classify([as_signal(text, language, number) for number, (text, language) in enumerate(texts)])


def as_signal(text: str, language: str, number: int = 0) -> Signal:
    """A text as classifiers take them: nobody said it, at no time."""
    never = datetime(1970, 1, 1, tzinfo=UTC)
    return Signal(number, 0, text, "", language, "", None, never, "", "", Stakeholder.MEDIA, 2, "")


def is_right(lesson: Lesson, labels: Sequence[Label]) -> bool:
    """Nothing that is known of the text contradicts the labels."""
    given = topics_given(labels)
    wrongly = {topic for topic in given if lesson.knows(topic) and topic not in lesson.carries}
    return lesson.carries <= given and not wrongly


def compare(now: Sequence[bool], before: Sequence[bool], against: str) -> Comparison:
    lost = sum(then and not here for here, then in zip(now, before, strict=True))
    won = sum(here and not then for here, then in zip(now, before, strict=True))
    return Comparison(against, len(now), lost, won, chance_of(lost, won))


def chance_of(lost: int, won: int) -> float:
    """The exact one-sided McNemar test: of `lost + won` throws of a coin, at least `lost` heads.

    >>> round(chance_of(9, 1), 4), chance_of(0, 0)
    (0.0107, 1.0)
    """
    throws = lost + won
    ways: int = sum(comb(throws, heads) for heads in range(lost, throws + 1))
    return ways / int(2**throws)


def figures_of(lessons: Sequence[Lesson], given: Sequence[Sequence[Label]]) -> tuple[Figures, ...]:
    pairs = list(zip(lessons, given, strict=True))
    codes = sorted({lesson.language for lesson in lessons})
    return (
        _figures("all", pairs),
        *(_figures(code, [pair for pair in pairs if pair[0].language == code]) for code in codes),
    )


def _figures(name: str, pairs: Sequence[tuple[Lesson, Sequence[Label]]]) -> Figures:
    known = [(bool(lesson.carries), bool(topics_given(labels))) for lesson, labels in pairs if lesson.knows_whether_any]
    hits = sum(carries and flagged for carries, flagged in known)
    topics_right = topics_wrong = topics_missed = 0
    for lesson, labels in pairs:
        said = {topic for topic in topics_given(labels) if lesson.knows(topic)}
        topics_right += len(said & lesson.carries)
        topics_wrong += len(said - lesson.carries)
        topics_missed += len(lesson.carries - said)
    return Figures(
        name,
        texts=len(pairs),
        right=sum(is_right(lesson, labels) for lesson, labels in pairs),
        precision=_share(hits, sum(flagged for _, flagged in known)),
        recall=_share(hits, sum(carries for carries, _ in known)),
        topic_f1=_share(2 * topics_right, 2 * topics_right + topics_wrong + topics_missed),
    )


def bins_of(lessons: Sequence[Lesson], given: Sequence[Sequence[Label]]) -> tuple[Bin, ...]:
    """Calibration: labels by their score, and how often each was right; bins without labels are left out."""
    judged = [
        (label.score, label.name in lesson.carries)
        for lesson, labels in zip(lessons, given, strict=True)
        for label in labels
        if label.kind == "topic" and lesson.knows(label.name)
    ]
    found = []
    for number in range(BINS):
        inside = [one for one in judged if min(int(one[0] * BINS), BINS - 1) == number]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            found.append(Bin(number / BINS, len(inside), mean, sum(right for _, right in inside) / len(inside)))
    return tuple(found)


def seed_figures(report: "Report") -> SeedFigures:
    flags, topics = report.any_topic, report.all_topics
    return SeedFigures(flags.precision, flags.recall, flags.f1, topics.f1)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
