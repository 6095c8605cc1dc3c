"""Words and phrases that tell of tone and of who speaks, in each language, and what turns them around.

A file holds lines of `group<TAB>patterns`, as in classifiers.lexicon. The groups are `negative`, `positive`, `turns`
(what turns the words after it around: "not", "cleared of"), the voices of classifiers.stakeholders, and `says` (the
verbs by which somebody speaks).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from classifiers.lexicon import FILES, Found, Lexicon, read_phrases

FOLDER = Path(__file__).parent
NEGATIVE, POSITIVE, TURNS, SAYS = "negative", "positive", "turns", "says"
REACH = 3  # words over which a word turns others


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase of a text that tells of its tone."""

    group: str
    is_turned: bool
    words: tuple[int, ...]  # with the word that turns it


@cache
def load_cues(language: str) -> Lexicon:
    """The cues of a language; none for one that we do not know."""
    name = FILES.get(language)
    return Lexicon(list(read_phrases(FOLDER / f"{name}.tsv")) if name else [])


@lru_cache(maxsize=2_000)  # tone and stakeholder ask for the same
def find_cues(words: tuple[str, ...], language: str) -> tuple[Found, ...]:
    """All cues in folded words; one that stands within a longer one of its group counts once."""
    found: dict[tuple[str, int], Found] = {}
    for one in load_cues(language).find(words):
        key = (one.group, one.words[0])
        if key not in found or len(found[key].words) < len(one.words):
            found[key] = one
    return tuple(found.values())


def tone_cues(found: Iterable[Found]) -> tuple[Cue, ...]:
    """The cues of tone among them, each with the nearest word before it that turns it around."""
    found = tuple(found)
    turns = sorted(one.words[-1] for one in found if one.group == TURNS)
    cues = []
    for one in found:
        if one.group in (NEGATIVE, POSITIVE):
            before = [place for place in turns if 0 < one.words[0] - place <= REACH]
            cues.append(Cue(one.group, bool(before), (*before[-1:], *one.words)))
    return tuple(cues)
