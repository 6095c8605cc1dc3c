"""Learning: a candidate from the seed corpus and an organisation's lessons, measured against the model in use."""

import tempfile
from dataclasses import replace
from pathlib import Path

from classifiers.comparing import Metrics, measure, seed_figures
from classifiers.corpus import Example, find_twins, load_corpus
from classifiers.exercise import Exercise, Learned
from classifiers.lessons import Lesson, Lessons, to_lessons
from classifiers.topics import TopicClassifier, load_model, save_model
from classifiers.training import digest, train_with_lessons, train_with_report


def learn(exercise: Exercise) -> Learned:
    """The same exercise gives the same candidate."""
    before = load_model(exercise.before)
    lessons = apart(to_lessons(exercise.judgements, len(load_corpus(exercise.corpus))))
    candidate, report = train_with_lessons(exercise.corpus, lessons.trained)
    seed_before = exercise.seed_before or seed_figures(train_with_report(exercise.corpus)[1])
    held_out, bins, canaries, comparison = measure(candidate, before, lessons.held_out, exercise.canaries)
    return Learned(
        content=to_bytes(candidate),
        version=candidate.version,
        threshold=candidate.threshold,
        trained_from=candidate.trained_from,
        corpus=digest(exercise.corpus),
        metrics=Metrics(
            lessons=len(lessons.trained),
            people=len(lessons.influence),
            held_out=held_out,
            bins=bins,
            seed=seed_figures(report),
            seed_before=seed_before,
            canaries=canaries,
            comparison=comparison,
        ),
    )


def examine(path: Path, exercise: Exercise) -> Learned:
    """The same for a model that was trained elsewhere. ModelError for a file that is none."""
    candidate, before = load_model(path), load_model(exercise.before)
    lessons = to_lessons(exercise.judgements, len(load_corpus(exercise.corpus)))
    held_out, bins, canaries, comparison = measure(candidate, before, lessons.held_out, exercise.canaries)
    return Learned(
        content=path.read_bytes(),
        version=candidate.version,
        threshold=candidate.threshold,
        trained_from=candidate.trained_from,
        corpus="",
        metrics=Metrics(0, 0, held_out, bins, None, exercise.seed_before, canaries, comparison),
    )


def apart(lessons: Lessons) -> Lessons:
    """Without lessons that say the same as a text held out: what is measured must not have been taught."""
    held_out = [_as_example(one, f"held out {at}") for at, one in enumerate(lessons.held_out)]
    trained = [_as_example(one, str(at)) for at, one in enumerate(lessons.trained)]
    twins = [(twin.one.place, twin.other.place) for twin in find_twins([*held_out, *trained])]
    leaks = {other for one, other in twins if one.startswith("held out")}
    rest = tuple(one for at, one in enumerate(lessons.trained) if str(at) not in leaks)
    return replace(lessons, trained=rest)


def _as_example(lesson: Lesson, place: str) -> Example:
    return Example(lesson.text, lesson.language, lesson.carries, place)


def to_bytes(classifier: TopicClassifier) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.npz"
        save_model(path, classifier)
        return path.read_bytes()
