"""The value that describes a language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Language:
    """What we know of a language: one value, in one file beside its siblings."""

    code: str
    name: str  # in the language itself
    stemmer: str  # PyStemmer's name of the algorithm
    function_words: frozenset[str]  # short words that carry no subject
    stop_words: frozenset[str]  # the function words, and what every newspaper writes every day
    months: tuple[str, ...]  # January to December
    compound_heads: tuple[str, ...] = ()  # last parts of compounds worth knowing by themselves
    compound_links: tuple[str, ...] = ()  # what may stand between the parts
    head_endings: tuple[str, ...] = ()  # inflections that a head may carry
    bridges: Mapping[str, str] = field(default_factory=dict)  # beginnings of words -> as the neighbour writes them


def words(written: str) -> frozenset[str]:
    """The words of a text, each once: how the lists in the language files are written."""
    return frozenset(written.split())
