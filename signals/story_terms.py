"""The terms by which stories are told apart: words cut short, and numbers whole."""

import re

from signals.languages import LANGUAGES, bridge, tokens
from signals.text import without_publisher
from signals.types import Signal

TEXT_READ = 300  # characters of the text, beside the headline
PREFIX = 6  # letters of a word; the rest is mostly inflection, in all our languages

_YEAR = re.compile(r"(?:19|20)\d\d")


def terms_in(text: str, language: str) -> list[str]:
    """Words cut to six letters, and numbers whole; without stop words, and without years, which half of all stories
    of January name."""
    known = LANGUAGES.get(language)
    stop_words = known.stop_words if known else frozenset[str]()
    words = (bridge(word, language) for word in tokens(text) if word not in stop_words and not _YEAR.fullmatch(word))
    return [word if word.isdigit() else word[:PREFIX] for word in words]


def terms_of(signal: Signal) -> list[str]:
    """The terms of headline and beginning of the text."""
    read = f"{without_publisher(signal.title, signal.source_name)} {signal.text[:TEXT_READ]}"
    return terms_in(read, signal.language)
