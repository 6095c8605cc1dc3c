"""Who speaks in a signal: customers, employees, regulators and others, told by the words and by rules.

A voice speaks where one of its names stands beside a verb of saying ("the union warns"), before a colon ("Police:"),
or where a text tells of an experience as only a customer or an employee would ("I ordered"). Where nobody is heard
there is no label: then the source speaks, whose group the signal carries, and that is mostly the medium itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from classifiers.cues import FOLDER, SAYS, find_cues
from classifiers.features import LONGEST, words_of
from classifiers.glance import VOCABULARY
from classifiers.lexicon import Found
from classifiers.tone import glance
from classifiers.types import Because, Label, LabelKind
from signals.languages import LANGUAGES
from signals.types import Signal

EDITION = "2026-11-21"  # of the rules below; the digest in the version tells the cues
VOICES = (
    "customers",
    "employees",
    "regulators",
    "politics",
    "activists",
    "experts",
    "owners",
    "competitors",
    "community",
)
BEFORE, AFTER = 2, 4  # words between a voice and its verb
# How often each rule was right, roughly, on headlines read by hand; see docs/classifier.md.
NAMED, SAID, TOLD, LATER = 0.8, 0.7, 0.75, 0.55  # before a colon; with a verb; an experience; not in the title
EXPERIENCED = ("customers", "employees")


@dataclass(frozen=True, slots=True)
class Heard:
    """A voice in a text, by which rule, and the words that tell."""

    voice: str
    score: float
    words: tuple[int, ...]


@cache
def version_of_rules() -> str:
    told = sha256()
    for path in sorted(FOLDER.glob("*.tsv")):
        told.update(path.read_bytes())
    return f"{EDITION}.{told.hexdigest()[:4]}"


@dataclass(frozen=True)
class StakeholderClassifier:
    """Names the voice that speaks, where one is heard."""

    version: str = field(default_factory=version_of_rules)
    name: str = "stakeholders"

    @property
    def by(self) -> str:
        return f"{self.name}@{self.version}"

    def classify(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
        VOCABULARY.make_room()
        return [self._label(signal) for signal in signals]

    def _label(self, signal: Signal) -> tuple[Label, ...]:
        if signal.language not in LANGUAGES:
            return ()
        found = find_cues(glance(signal).folded, signal.language)
        if not any(one.group in VOICES for one in found):
            return ()
        heard = max(_hear(signal, found), key=lambda one: (one.score, -one.words[0]), default=None)
        if heard is None:
            return ()
        words = words_of(signal.passage[:LONGEST])
        because = tuple(Because(words[at].text, 1.0, words[at].start, words[at].end) for at in sorted(set(heard.words)))
        return (Label(signal.id, LabelKind.STAKEHOLDER, heard.voice, heard.score, because, self.by),)


def _hear(signal: Signal, found: Sequence[Found]) -> Iterator[Heard]:
    passage = signal.passage[:LONGEST]
    words = words_of(passage)
    verbs = [one.words for one in found if one.group == SAYS]
    for one in found:
        if one.group not in VOICES:
            continue
        last = words[one.words[-1]]
        share = 1.0 if last.end <= len(signal.title) else LATER / SAID
        if passage[last.end : last.end + 1] == ":":
            yield Heard(one.group, round(NAMED * share, 2), one.words)
        elif near := _verb_near(one.words, verbs):
            yield Heard(one.group, round(SAID * share, 2), (*one.words, *near))
        elif one.group in EXPERIENCED and len(one.words) > 1:
            yield Heard(one.group, round(TOLD * share, 2), one.words)


def _verb_near(words: tuple[int, ...], verbs: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The nearest verb of saying; one word may not be both the voice and its verb."""
    near = [verb for verb in verbs if -BEFORE - 1 <= verb[0] - words[-1] <= AFTER + 1 and not set(verb) & set(words)]
    return min(near, key=lambda verb: abs(verb[0] - words[-1]), default=())
