"""How alike two texts in different languages are by their marks, and whether that names one event."""

from collections.abc import Iterable, Mapping
from math import sqrt

from signals.languages.background import Frequencies
from signals.marks import Kind, Mark
from signals.story_terms import terms_in

LIKE_ENOUGH = 0.5  # cosine of the marks
SPELLED_ALIKE = 0.6  # cosine of the runs from which a name or place and one mark more in common are enough
FEWEST_SPELLED = 2  # marks in common
MARKS_SHARE = 0.4  # of how alike two stories are; the rest is that of the runs
FEWEST = 3  # marks in common
FEWEST_OF_KNOWN = 4  # where the only names in common are those of many stories
ENOUGH_WITHOUT_EVENT = 5  # and where they share no happening that we know by name
TELLING = 4.0  # weight from which a name or place tells who or where
LONG_NUMBER = 3  # digits from which a number tells what
CAPPED = 6.0  # of concepts, whose rarity is that of their words in one language

_FACTORS = {
    Kind.RELATED: 0.5,
    Kind.THING: 0.6,
    Kind.HAPPENING: 0.8,
    Kind.NUMBER: 0.8,
    Kind.PLACE: 0.8,
    Kind.NAME: 1.0,
}


def weigh(marks: Mapping[Mark, str], language: str, frequencies: Frequencies) -> dict[Mark, float]:
    """How much each mark says: the rarity of its word in its language, and its kind."""
    weights = {}
    for mark, word in marks.items():
        kind, value = mark
        rarity = max((frequencies.rarity(term, language) for term in terms_in(word, language)), default=0.0)
        if kind is Kind.NUMBER:
            rarity = max(1.0, min(rarity, 1.5 + 1.5 * len(value.replace(".", ""))))
        elif kind in (Kind.THING, Kind.HAPPENING):
            rarity = min(rarity, CAPPED)
        if rarity:
            weights[mark] = rarity * _FACTORS[kind]
    return weights


def likeness(one: Mapping[Mark, float], other: Mapping[Mark, float]) -> float:
    """Cosine of weighted marks; what both have counts with the mean of its two weights."""
    lengths = sqrt(sum(w * w for w in one.values())) * sqrt(sum(w * w for w in other.values()))
    shared = sum(sqrt(weight * other[mark]) ** 2 for mark, weight in one.items() if mark in other)
    return min(1.0, shared / lengths) if lengths else 0.0


def alike(marks: float, runs: float) -> float:
    """How alike two texts in different languages are, by the likeness of their marks and of their runs of letters."""
    return MARKS_SHARE * marks + (1.0 - MARKS_SHARE) * runs


def is_one_event(shared: Mapping[Mark, float], like: float, known: Iterable[Mark] = ()) -> bool:
    """Whether what two headlines share names one event; `known`: names that many living stories have."""
    if len(shared) < FEWEST or like < LIKE_ENOUGH:
        return False
    who = who_in(shared)
    what = [mark for mark in shared if mark[0] in (Kind.RELATED, Kind.HAPPENING) or is_long_number(mark)]
    if not who or not (what or len(shared) >= ENOUGH_WITHOUT_EVENT):
        return False
    return bool(set(who) - set(known)) or (len(shared) >= FEWEST_OF_KNOWN and len(what) > 1)


def who_in(shared: Mapping[Mark, float]) -> list[Mark]:
    """Names and places that tell who or where."""
    return [mark for mark, weight in shared.items() if mark[0] >= Kind.PLACE and weight >= TELLING]


def disagree(one: Mapping[Mark, float], other: Mapping[Mark, float]) -> bool:
    """Both say what happened, and nothing of it is the same."""
    left, right = ({mark for mark in marks if mark[0] is Kind.HAPPENING} for marks in (one, other))
    return bool(left and right) and not left & right


def is_long_number(mark: Mark) -> bool:
    """A count or a reference, not a round sum: "12.5 million" is paid for many things."""
    return mark[0] is Kind.NUMBER and mark[1].isdigit() and len(mark[1]) >= LONG_NUMBER
