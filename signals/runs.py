"""How alike two texts are spelled: by runs of three and four letters, those of rarer words heavier.

Words of one origin share runs where they share no beginning ("dataintrång", "datainnbrudd"), and names do under any
ending. All languages are put into one spelling first. Runs tell well which text is the translation of another, and less
well whether two texts tell of one event: what an organisation is called fills much of both.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from math import sqrt

from signals.languages import LANGUAGES, fold
from signals.languages.background import Frequencies
from signals.marks import spelled
from signals.story_terms import terms_in

LENGTHS = (3, 4)
_WORD = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_][\w-]*")


def runs_of(text: str, language: str, frequencies: Frequencies) -> dict[str, float]:
    """The runs of a text, each as heavy as the rarest word that holds it; together of length one."""
    known = LANGUAGES.get(language)
    stop_words = known.stop_words if known else frozenset[str]()
    weights: dict[str, float] = {}
    for word in _WORD.findall(text):
        if word.lower() in stop_words:
            continue
        rarity = max((frequencies.rarity(term, language) for term in terms_in(word, language)), default=0.0)
        if rarity:
            for run in runs_in(word):
                weights[run] = max(rarity, weights.get(run, 0.0))
    length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {run: weight / length for run, weight in weights.items()}


@lru_cache(maxsize=20_000)
def runs_in(word: str) -> tuple[str, ...]:
    """The runs of one word, its borders among them.

    >>> runs_in("Vik")
    (' vi', 'vik', 'ik ', ' vik', 'vik ')
    """
    bordered = f" {spelled(fold(word))} "
    return tuple(bordered[start : start + many] for many in LENGTHS for start in range(len(bordered) - many + 1))


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Of two vectors of length one."""
    return min(1.0, sum(weight * other[run] for run, weight in one.items() if run in other))
