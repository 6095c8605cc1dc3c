"""Lessons: what people judged of texts, made into training examples whose influence is bounded.

Theory of operation. Whoever can give feedback can teach, so whoever wants Forkant blind to something can try to teach
it that. Four bounds keep one person, or one bad day, from doing so; none of them needs to know who means harm:

- of one person only `PER_DAY` judgements a day weigh in full: more of them share that weight;
- all that one person ever said weighs at most `PER_PERSON`;
- opposite judgements of one text and topic cancel, and many equal ones weigh no more than `PER_TEXT`;
- all lessons of an organisation together weigh at most `OF_CORPUS` of the seed corpus.

One text in five is held out, by a hash of the text: it is never trained on, and tells how good a model is. There a
judgement counts only while it weighs at least half: a flood of them measures nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from classifiers.corpus import NONE

PER_DAY = 40.0  # judgements of a person and day that weigh in full; of own examples, which only admins give: EXAMPLES
EXAMPLES = 1_000.0
PER_PERSON = 400.0
PER_TEXT = 2.0
OF_CORPUS = 0.5
GAIN = 3.0  # a line of the corpus weighs 1; what people here said of texts from here tells more about what comes here
WEAK = 0.25  # what somebody did with an alert says a little about its label
HOLD_OUT = 5
LEAST_HELD_OUT = 0.5


@dataclass(frozen=True, slots=True)
class Judgement:
    """One person's word on one topic of one text."""

    judge: str  # "person 3" or "key 7f3k…"
    at: datetime
    text: str
    language: str
    family: str  # the same for texts that say the same, such as those of one story
    topic: str  # or "none"
    is_right: bool
    is_example: bool = False  # given with all its topics: those not named are known to be absent
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text with what is known of its topics."""

    text: str
    language: str
    family: str
    carries: frozenset[str]
    denies: frozenset[str]
    is_whole: bool  # topics neither carried nor denied are known to be absent
    weight: float

    def knows(self, topic: str) -> bool:
        return self.is_whole or topic in self.carries or topic in self.denies

    @property
    def knows_whether_any(self) -> bool:
        return self.is_whole or bool(self.carries)

    @property
    def is_held_out(self) -> bool:
        return is_held_out(self.family)

    def told(self) -> str:
        """What a digest of the training sees of it."""
        known = f"{sorted(self.carries)} {sorted(self.denies)} {self.is_whole}"
        return f"{self.language} {known} {self.weight:.3f} {self.text}\0"


@dataclass(frozen=True, slots=True)
class Influence:
    """How much of one person's judgements counts."""

    judge: str
    judgements: int
    given: float  # what they would weigh without bounds
    counted: float


@dataclass(frozen=True, slots=True)
class Lessons:
    trained: tuple[Lesson, ...]
    held_out: tuple[Lesson, ...]
    influence: tuple[Influence, ...]  # most first


def to_lessons(judgements: Iterable[Judgement], corpus_size: int) -> Lessons:
    """The bounded lessons of what an organisation's people judged. The order of what comes in does not matter."""
    weighed = _weigh(_latest(judgements))
    by_text: defaultdict[tuple[str, str], list[tuple[Judgement, float]]] = defaultdict(list)
    for one, weight in weighed:
        by_text[one.family, one.text].append((one, weight))
    lessons = [lesson for _, said in sorted(by_text.items()) if (lesson := _to_lesson(said))]
    taught = [one for one in lessons if not one.is_held_out]
    total = sum(one.weight for one in taught) * GAIN
    scale = GAIN * min(1.0, OF_CORPUS * corpus_size / total) if total else GAIN
    return Lessons(
        trained=tuple(replace(one, weight=one.weight * scale) for one in taught),
        held_out=tuple(one for one in lessons if one.is_held_out and one.weight >= LEAST_HELD_OUT),
        influence=_influence(weighed),
    )


def is_held_out(family: str) -> bool:
    return sha256(family.encode()).digest()[0] % HOLD_OUT == 0


def _latest(judgements: Iterable[Judgement]) -> list[Judgement]:
    """A person's last word on each topic of a text; "none" takes back the topics they named before, and these it."""
    last: dict[tuple[str, str, str], Judgement] = {}
    for one in sorted(judgements, key=lambda one: (one.at, one.judge, one.family, one.topic, one.is_right)):
        last[one.judge, one.text, one.topic] = one
    kept = []
    for (judge, text, topic), one in last.items():
        none = last.get((judge, text, NONE))
        if topic != NONE and one.is_right and none and none.is_right and none.at > one.at:
            continue
        if topic == NONE and any(
            other.is_right and other.at > one.at
            for (its_judge, its_text, its_topic), other in last.items()
            if (its_judge, its_text) == (judge, text) and its_topic != NONE
        ):
            continue
        kept.append(one)
    return kept


def _weigh(judgements: Sequence[Judgement]) -> list[tuple[Judgement, float]]:
    """Each with what it weighs within the bounds of its day and its person."""
    days: defaultdict[tuple[str, date, bool], float] = defaultdict(float)
    for one in judgements:
        days[_day(one)] += _plain(one)
    most = {day: EXAMPLES if day[2] else PER_DAY for day in days}
    daily = [(one, _plain(one) * min(1.0, most[_day(one)] / days[_day(one)])) for one in judgements]
    people: defaultdict[tuple[str, bool], float] = defaultdict(float)
    for one, weight in daily:
        people[one.judge, one.is_example] += weight
    bounds = {False: PER_PERSON, True: PER_PERSON * EXAMPLES / PER_DAY}
    return [
        (one, weight * min(1.0, bounds[one.is_example] / people[one.judge, one.is_example])) for one, weight in daily
    ]


def _day(one: Judgement) -> tuple[str, date, bool]:
    return one.judge, one.at.date(), one.is_example


def _plain(one: Judgement) -> float:
    return WEAK if one.is_weak else 1.0


def _to_lesson(said: Sequence[tuple[Judgement, float]]) -> Lesson | None:
    """What is left of all judgements of one text when opposite ones have cancelled; None: nothing."""
    net: defaultdict[str, float] = defaultdict(float)
    for one, weight in said:
        net[one.topic] += weight if one.is_right else -weight
    none = net.pop(NONE, 0.0)
    carries = {topic for topic, sum_ in net.items() if sum_ > 0}
    strongest = max((net[topic] for topic in carries), default=0.0)
    if (
        none > 0 and strongest > 0
    ):  # some say it carries a topic, others that it carries none: the stronger party's rest
        none, strongest = none - strongest, strongest - none
        carries = carries if strongest > 0 else set()
    is_none = none > 0
    denies = {topic for topic, sum_ in net.items() if sum_ < 0}
    weight = min(PER_TEXT, max(none if is_none else strongest, max((-net[one] for one in denies), default=0.0)))
    if weight < 1e-9 or not (carries or denies or is_none):
        return None
    first = said[0][0]
    is_whole = is_none or (bool(carries) and any(one.is_example and one.is_right for one, _ in said))
    return Lesson(first.text, first.language, first.family, frozenset(carries), frozenset(denies), is_whole, weight)


def _influence(weighed: Sequence[tuple[Judgement, float]]) -> tuple[Influence, ...]:
    by_judge: defaultdict[str, list[tuple[Judgement, float]]] = defaultdict(list)
    for one, weight in weighed:
        by_judge[one.judge].append((one, weight))
    rows = [
        Influence(judge, len(said), sum(_plain(one) for one, _ in said), sum(weight for _, weight in said))
        for judge, said in by_judge.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.counted, row.judge)))


def count_by_topic(lessons: Iterable[Lesson]) -> Mapping[str, int]:
    """How many lessons say that a topic is there."""
    counts: defaultdict[str, int] = defaultdict(int)
    for lesson in lessons:
        for topic in lesson.carries or {NONE}:
            counts[topic] += 1
    return counts
