"""The seed corpus: headlines and sentences written by us, in six languages, with the topics that they carry.

A file holds one language: lines of `topics<TAB>text`, topics separated by commas or `none`, and # for comments.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from classifiers.taxonomy import load_taxonomy
from signals.languages import LANGUAGES, stems

Text = TypeVar("Text")

FOLDER = Path(__file__).parent
NONE = "none"
MOST_TOPICS = 3
ALIKE = 0.75  # share of words in common from which two texts are one and the same


class CorpusError(Exception):
    """Lines of the corpus that cannot be used: all of them, each with its place."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the topics that it carries; none at all is an answer too."""

    text: str
    language: str
    topics: frozenset[str]
    place: str  # file and line


@dataclass(frozen=True, slots=True)
class Twins:
    """Two examples that say the same in the same words."""

    one: Example
    other: Example
    likeness: float


def load_corpus(folder: Path = FOLDER) -> tuple[Example, ...]:
    """All examples of a folder. CorpusError names every line that cannot be used."""
    return read_lines(folder, parse_line)


def read_lines(folder: Path, parse: Callable[[str, str, str], Text]) -> tuple[Text, ...]:
    """The lines of a folder's files, one file a language, each parsed with its language and place; # begins a comment.

    `parse` raises ValueError for a line that cannot be used; CorpusError names all of them.
    """
    texts: list[Text] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.tsv")):
        if path.stem not in LANGUAGES:
            faults.append(f"{path.name}: {path.stem!r} is no language that we know")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    texts.append(parse(line, path.stem, f"{path.name}:{number}"))
                except ValueError as fault:
                    faults.append(f"{path.name}:{number}: {fault}")
    if not texts and not faults:
        faults.append(f"no examples in {folder}")
    if faults:
        raise CorpusError("\n".join(faults))
    return tuple(texts)


def parse_line(line: str, language: str, place: str = "") -> Example:
    """
    >>> sorted(parse_line("goodwill,recognition\\tTakk!", "nb").topics)
    ['goodwill', 'recognition']
    """
    named, tab, text = line.partition("\t")
    if not tab or not text.strip():
        raise ValueError("not topics, a tab and a text")
    topics = [topic.strip() for topic in named.split(",")]
    unknown = [topic for topic in topics if topic != NONE and load_taxonomy().find_topic(topic) is None]
    if unknown:
        raise ValueError(f"no topic of the taxonomy: {', '.join(unknown)}")
    if NONE in topics and len(topics) > 1:
        raise ValueError("none stands alone")
    if len(set(topics)) != len(topics) or len(topics) > MOST_TOPICS:
        raise ValueError("a topic named twice, or more than three")
    return Example(text.strip(), language, frozenset(topics) - {NONE}, place)


def find_twins(examples: Sequence[Example], alike: float = ALIKE) -> Iterator[Twins]:
    """Pairs of near-duplicates, within a language and between neighbours that share their words."""
    bags = [_bag(example.text, example.language) for example in examples]
    seen_with: defaultdict[str, list[int]] = defaultdict(list)
    for number, bag in enumerate(bags):
        shared: defaultdict[int, int] = defaultdict(int)
        for word in bag:
            for other in seen_with[word]:
                shared[other] += 1
            seen_with[word].append(number)
        for other, common in shared.items():
            likeness = common / (len(bag) + len(bags[other]) - common)
            if likeness >= alike:
                yield Twins(examples[other], examples[number], likeness)


@cache
def _bag(text: str, language: str) -> frozenset[str]:
    return frozenset(stems(text, language))
