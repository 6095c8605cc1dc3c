"""What people judge becomes lessons whose influence is bounded: the poisoning guard."""

from hypothesis import given
from hypothesis import strategies as st

from classifiers.asking import Doubt, choose
from classifiers.canaries import FILE, load_canaries, read_canaries, topics_given
from classifiers.comparing import (
    CanaryReport,
    Comparison,
    Metrics,
    SeedFigures,
    as_signal,
    bins_of,
    chance_of,
    compare,
    figures_of,
)
from classifiers.learning import apart
from classifiers.lessons import GAIN, OF_CORPUS, PER_DAY, PER_PERSON, PER_TEXT, Lesson, to_lessons
from classifiers.promotion import Rule, Shadow, reason_to_wait
from classifiers.topics import TopicClassifier
from classifiers.types import Label, LabelKind
from signals.languages import LANGUAGES
from tests.support.lessons import family, later, says

CORPUS = 10_000


def test_a_correction_teaches_what_it_says_and_nothing_else() -> None:
    (lesson,) = to_lessons([says("environment"), says("misconduct", is_right=False)], CORPUS).trained
    assert lesson.carries == {"environment"}
    assert lesson.denies == {"misconduct"}
    assert lesson.knows("environment")
    assert not lesson.knows("recognition")
    assert lesson.weight == GAIN


def test_none_says_that_every_topic_is_absent() -> None:
    (lesson,) = to_lessons([says("none")], CORPUS).trained
    assert lesson.is_whole
    assert not lesson.carries
    assert lesson.knows("recognition")


def test_the_last_word_of_a_person_counts() -> None:
    changed = [says("environment"), says("none", at=later(1))]
    (lesson,) = to_lessons(changed, CORPUS).trained
    assert not lesson.carries
    (lesson,) = to_lessons([*changed, says("environment", at=later(2))], CORPUS).trained
    assert lesson.carries == {"environment"}


def test_opposite_judgements_cancel() -> None:
    said = [says(judge="person 1"), says(judge="person 2", is_right=False)]
    assert to_lessons(said, CORPUS).trained == ()
    (lesson,) = to_lessons([*said, says(judge="person 3")], CORPUS).trained
    assert lesson.carries == {"environment"}
    assert lesson.weight == GAIN


def test_those_who_say_none_and_those_who_name_a_topic_cancel_too() -> None:
    said = [says(judge="person 1"), says("none", judge="person 2"), says("none", judge="person 3")]
    (lesson,) = to_lessons(said, CORPUS).trained
    assert not lesson.carries
    assert lesson.weight == GAIN


def test_many_who_agree_on_one_text_weigh_no_more_than_two() -> None:
    said = [says(judge=f"person {number}") for number in range(50)]
    assert to_lessons(said, CORPUS).trained[0].weight == PER_TEXT * GAIN


def test_a_flood_in_one_day_weighs_no_more_than_a_days_work() -> None:
    flood = [says(text=f"Text {number}", family=family(f"flood {number}")) for number in range(1_000)]
    lessons = to_lessons(flood, 10 * CORPUS)
    assert abs(sum(one.weight for one in lessons.trained) - PER_DAY * GAIN) < 1e-6
    (influence,) = lessons.influence
    assert (influence.judgements, influence.given) == (1_000, 1_000)
    assert abs(influence.counted - PER_DAY) < 1e-6


def test_a_flood_measures_nothing() -> None:
    flood = [says(text=f"Text {number}", family=family(f"{number}", held_out=True)) for number in range(200)]
    assert to_lessons(flood, CORPUS).held_out == ()
    assert len(to_lessons(flood[:40], CORPUS).held_out) == 40


def test_one_person_is_bounded_however_long_they_go_on() -> None:
    patient = [
        says(text=f"Text {day} {number}", family=family(f"{day} {number}"), at=later(day))
        for day in range(30)
        for number in range(int(PER_DAY))
    ]
    (influence,) = to_lessons(patient, 10 * CORPUS).influence
    assert abs(influence.counted - PER_PERSON) < 1e-6


def test_all_lessons_together_are_bounded_by_the_corpus() -> None:
    said = [says(text=f"Text {one}", family=family(f"{one}"), judge=f"person {one}") for one in range(200)]
    assert abs(sum(one.weight for one in to_lessons(said, 100).trained) - OF_CORPUS * 100) < 1e-6


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=200))
def test_nobodys_judgements_ever_weigh_more_than_the_bounds(rows: list[tuple[int, int, bool, int]]) -> None:
    said = [
        says(judge=f"person {who}", text=f"Text {text}", family=f"{text}", is_right=right, at=later(day))
        for who, text, right, day in rows
    ]
    lessons = to_lessons(said, CORPUS)
    assert all(one.counted <= min(PER_PERSON, 4 * PER_DAY) + 1e-9 for one in lessons.influence)
    assert all(0 < one.weight <= PER_TEXT * GAIN for one in lessons.trained)
    assert to_lessons(reversed(said), CORPUS) == lessons


def test_what_somebody_did_with_an_alert_weighs_a_quarter() -> None:
    (lesson,) = to_lessons([says(is_weak=True)], CORPUS).trained
    assert lesson.weight == GAIN / 4
    assert to_lessons([says(is_weak=True, family=family("x", held_out=True))], CORPUS).held_out == ()


def test_held_out_texts_are_never_trained_on() -> None:
    said = [says(text=f"Text {one}", family=f"story {one}", judge=f"person {one}") for one in range(100)]
    lessons = to_lessons(said, CORPUS)
    assert len(lessons.trained) + len(lessons.held_out) == 100
    assert 8 < len(lessons.held_out) < 32
    assert not {one.text for one in lessons.trained} & {one.text for one in lessons.held_out}


def test_a_lesson_that_says_the_same_as_a_text_held_out_is_not_taught() -> None:
    said = [
        says(text="Giftig utslipp i elva ved Verket i natt", family=family("a", held_out=True)),
        says(text="Giftig utslipp i elva ved Verket i natt!", family=family("b"), judge="person 2"),
        says(text="Skolen får ny rektor til høsten", family=family("c"), judge="person 3"),
    ]
    lessons = to_lessons(said, CORPUS)
    assert len(lessons.trained) == 2
    assert [one.text for one in apart(lessons).trained] == ["Skolen får ny rektor til høsten"]


def a_label(name: str, score: float = 0.8) -> Label:
    return Label(1, LabelKind.TOPIC, name, score, (), "topics@1")


def a_lesson(*carries: str, denies: tuple[str, ...] = (), whole: bool = True, language: str = "nb") -> Lesson:
    return Lesson("Text", language, "x", frozenset(carries), frozenset(denies), whole, 1.0)


def test_figures_count_only_what_is_known() -> None:
    lessons = [
        a_lesson("environment"),
        a_lesson(),
        a_lesson(denies=("misconduct",), whole=False, language="sv"),
        a_lesson("recognition"),
    ]
    given_ = [(a_label("environment"),), (a_label("misconduct"),), (a_label("recognition"),), ()]
    everything, nb, sv = figures_of(lessons, given_)
    assert (everything.texts, everything.right) == (4, 2)
    assert (everything.precision, everything.recall) == (0.5, 0.5)
    assert everything.topic_f1 == 0.5
    assert (nb.name, nb.texts, sv.name, sv.right) == ("nb", 3, "sv", 1)


def test_calibration_is_told_in_bins() -> None:
    lessons = [a_lesson("environment"), a_lesson(), a_lesson("environment")]
    labels = [(a_label("environment", 0.92),), (a_label("environment", 0.98),), (a_label("environment", 0.61),)]
    low, high = bins_of(lessons, labels)
    assert (low.low, low.labels, low.right) == (0.6, 1, 1.0)
    assert (high.low, high.labels, high.right) == (0.9, 2, 0.5)


def test_a_difference_that_luck_explains_makes_no_model_worse() -> None:
    before = [True] * 6 + [False] * 4
    assert not compare([False] * 3 + [True] * 7, before, "a").is_worse
    lost = compare([False] * 6 + [False] * 4, before, "a")
    assert (lost.only_before, lost.only_now) == (6, 0)
    assert lost.is_worse
    assert abs(chance_of(6, 0) - 1 / 64) < 1e-12


def passing(**changes: object) -> Metrics:
    values: dict[str, object] = {
        "lessons": 100,
        "people": 3,
        "held_out": (),
        "bins": (),
        "seed": SeedFigures(0.9, 0.7, 0.79, 0.6),
        "seed_before": SeedFigures(0.9, 0.7, 0.8, 0.6),
        "canaries": CanaryReport(60, 60, ()),
        "comparison": Comparison("topics@1", 60, 4, 9, 0.9),
    } | changes
    return Metrics(**values)  # type: ignore[arg-type]


def test_the_rule_promotes_only_what_passes_all_of_it() -> None:
    shadow = Shadow(signals=900, flags_before=200, flags_now=230)
    assert reason_to_wait(passing(), shadow, Rule()) == ""
    flipped = read_canaries(["nb\tenvironment\t-\tGiftig utslipp"])[0]
    assert flipped
    for metrics, seen, why in (
        (passing(comparison=Comparison("a", 49, 0, 0, 1.0)), shadow, "50 are needed"),
        (passing(comparison=Comparison("a", 60, 9, 1, 0.01)), shadow, "worse on held-out"),
        (passing(seed=SeedFigures(0.9, 0.6, 0.7, 0.6)), shadow, "seed corpus"),
        (passing(), Shadow(signals=499, flags_before=100, flags_now=100), "500 are needed"),
        (passing(), Shadow(signals=900, flags_before=100, flags_now=190), "a person must look"),
        (passing(), Shadow(signals=900, flags_before=100, flags_now=30), "a person must look"),
    ):
        assert why in reason_to_wait(metrics, seen, Rule())


def test_questions_are_uncertain_frequent_and_of_many_kinds() -> None:
    def doubt(number: int, score: float, alike: int = 1, topic: str = "environment", **more: bool) -> Doubt:
        return Doubt(number, f"story {number}", "nb", topic, score, 0.5, alike, **more)

    sure, unsure, frequent = doubt(1, 0.99), doubt(2, 0.5), doubt(3, 0.5, alike=16)
    assert choose([sure, unsure, frequent], 2) == (frequent, unsure)
    same = [doubt(number, 0.5) for number in range(5)]
    other = doubt(9, 0.45, topic="recognition")
    assert other in choose([*same, other], 2)
    assert choose([doubt(1, 0.3), doubt(2, 0.3, is_disputed=True)], 1)[0].signal_id == 2


def test_bad_canaries_are_told_with_their_line() -> None:
    good, faults = read_canaries(["# ours", "nb\t-\tany\tSol i helgen", "xx\t-\tany\tHm", "nb\tsun\t-\tSol", "nb Sol"])
    assert len(good) == 1
    assert [fault.partition(":")[0] for fault in faults] == ["3", "4", "5"]


def test_there_are_canaries_in_every_language_and_the_shipped_model_gets_all_right(model: TopicClassifier) -> None:
    canaries = load_canaries()
    for language in LANGUAGES:
        mine = [one for one in canaries if one.language == language]
        assert len(mine) >= 9, f"{FILE.name}: {language}"
        assert sum(bool(one.must) for one in mine) >= 5
    given_ = model.classify([as_signal(one.text, one.language, at) for at, one in enumerate(canaries)])
    ill = [
        (one.text, sorted(topics_given(labels)))
        for one, labels in zip(canaries, given_, strict=True)
        if not one.is_well(topics_given(labels))
    ]
    assert ill == []
