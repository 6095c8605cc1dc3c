"""The corpus of tones: headlines, posts, reviews, complaints and thanks written by us, in six languages.

A file in corpus_tone holds one language: lines of `tone<TAB>text`, and # for comments.
"""

from dataclasses import dataclass
from pathlib import Path

from classifiers.corpus import CorpusError
from classifiers.types import Tone
from signals.languages import LANGUAGES

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
    spoken: list[Spoken] = []
    faults: list[str] = []
    for path in sorted(folder.glob("*.tsv")):
        if path.stem not in LANGUAGES:
            faults.append(f"{path.name}: {path.stem!r} is no language that we know")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.strip() and not line.startswith("#"):
                try:
                    spoken.append(parse_line(line, path.stem, f"{path.name}:{number}"))
                except ValueError as fault:
                    faults.append(f"{path.name}:{number}: {fault}")
    if not spoken and not faults:
        faults.append(f"no texts in {folder}")
    if faults:
        raise CorpusError("\n".join(faults))
    return tuple(spoken)


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
