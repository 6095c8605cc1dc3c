"""Canaries: examples so plain that no model may get them wrong once one has got them right.

`canaries.tsv` holds ours, lines of `language<TAB>must<TAB>must not<TAB>text`: topics separated by commas, `-` for
none, and `any` for "no topic at all". Organisations add their own. A candidate that loses one is never promoted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from classifiers.corpus import CorpusError
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Label
from signals.languages import LANGUAGES

FILE = Path(__file__).parent / "canaries.tsv"
ANY = "any"
EMPTY = "-"


@dataclass(frozen=True, slots=True)
class Canary:
    text: str
    language: str
    must: frozenset[str]
    must_not: frozenset[str]  # may hold "any"

    def is_well(self, topics: frozenset[str]) -> bool:
        """Does a model that gives these topics get it right?"""
        silenced = topics if ANY in self.must_not else topics & self.must_not
        return self.must <= topics and not silenced


@dataclass(frozen=True, slots=True)
class Flip:
    """A canary that one model gets right and another wrong."""

    text: str
    language: str
    must: tuple[str, ...]
    must_not: tuple[str, ...]
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CanaryReport:
    sung: int  # how many there are
    well: int  # of these right by the candidate
    flips: tuple[Flip, ...]  # right by the model before, and wrong now
    ill: tuple[Flip, ...] = ()  # wrong by both: no reason to refuse, but worth knowing


@cache
def load_canaries(path: Path = FILE) -> tuple[Canary, ...]:
    """Ours. CorpusError names every line that cannot be used."""
    canaries, faults = read_canaries(path.read_text(encoding="utf-8").splitlines())
    if faults:
        raise CorpusError("\n".join(f"{path.name}:{fault}" for fault in faults))
    return canaries


def read_canaries(lines: Sequence[str]) -> tuple[tuple[Canary, ...], tuple[str, ...]]:
    """The canaries of a file, and what is wrong with its other lines, each with its number."""
    canaries, faults = [], []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            canaries.append(parse_line(line))
        except ValueError as fault:
            faults.append(f"{number}: {fault}")
    return tuple(canaries), tuple(faults)


def parse_line(line: str) -> Canary:
    """
    >>> parse_line("nb\\t-\\tany\\tSol i helgen").must_not
    frozenset({'any'})
    """
    parts = [part.strip() for part in line.split("\t")]
    if len(parts) != 4 or not parts[3]:
        raise ValueError("not language, must, must not and a text, with tabs between them")
    return make_canary(parts[3], parts[0], _topics(parts[1]), _topics(parts[2]))


def make_canary(text: str, language: str, must: Sequence[str], must_not: Sequence[str]) -> Canary:
    """ValueError says what is wrong with it."""
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language that we label: {', '.join(sorted(LANGUAGES))}")
    known = load_taxonomy().topics
    unknown = [one for one in (*must, *must_not) if one not in known and not (one == ANY and one in must_not)]
    if unknown:
        raise ValueError(f"no topic of the taxonomy: {', '.join(unknown)}")
    if not must and not must_not:
        raise ValueError("it says neither what must be there nor what must not")
    if set(must) & set(must_not) or (must and ANY in must_not):
        raise ValueError("the same topic must and must not be there")
    return Canary(text, language, frozenset(must), frozenset(must_not))


def _topics(named: str) -> list[str]:
    return [] if named == EMPTY else [one.strip() for one in named.split(",") if one.strip()]


def let_sing(
    canaries: Sequence[Canary], given: Sequence[frozenset[str]], before: Sequence[frozenset[str]]
) -> CanaryReport:
    """`given`: the topics that the candidate gives each; `before`: those of the model in use."""
    flips: list[Flip] = []
    ill: list[Flip] = []
    well = 0
    for canary, now, then in zip(canaries, given, before, strict=True):
        if canary.is_well(now):
            well += 1
            continue
        flip = Flip(
            canary.text, canary.language, tuple(sorted(canary.must)), tuple(sorted(canary.must_not)), tuple(sorted(now))
        )
        (flips if canary.is_well(then) else ill).append(flip)
    return CanaryReport(len(canaries), well, tuple(flips), tuple(ill))


def topics_given(labels: Sequence[Label]) -> frozenset[str]:
    return frozenset(label.name for label in labels if label.kind == "topic")
