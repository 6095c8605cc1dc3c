"""The corpus of tones: headlines, posts, reviews, complaints and thanks written by us, in six languages.

A file in corpus_tone holds one language: lines of `tone<TAB>text`, and # for comments.
"""

from dataclasses import dataclass
from pathlib import Path

from classifiers.corpus import read_lines
from classifiers.types import Tone

FOLDER = Path(__file__).parent / "corpus_tone"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A text with its tone toward the one that it is about."""

    text: str
    language: str
    tone: Tone
    place: str = ""  # file and line


def load_spoken(folder: Path = FOLDER) -> tuple[Spoken, ...]:
    """All texts of a folder. CorpusError names every line that cannot be used."""
    return read_lines(folder, parse_line)


def parse_line(line: str, language: str, place: str = "") -> Spoken:
    """
    >>> parse_line("positive\\tTakk for god hjelp!", "nb").tone.value
    'positive'
    """
    named, tab, text = line.partition("\t")
    if not tab or not text.strip():
        raise ValueError("not a tone, a tab and a text")
    if named not in tuple(Tone):
        raise ValueError(f"no tone of ours: {named!r}; they are {', '.join(Tone)}")
    return Spoken(text.strip(), language, Tone(named), place)
