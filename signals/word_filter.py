"""Which posts of a stream are meant: some words, all of a group or any of the groups, in some languages."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass

SHORTEST = 2  # letters of a word that narrows a stream
SHORTEST_BEGINNING = 3  # the same where only the beginning is given
NORWEGIAN = frozenset({"no", "nb", "nn"})

_PART = re.compile(r'"([^"]+)"|(\S+)')
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Words that must all be there."""

    passages: tuple[str, ...] = ()  # each with blanks around it: ` brunt vann `, or ` kommun` for a beginning
    tags: tuple[str, ...] = ()

    def is_in(self, text: str, tags: Collection[str]) -> bool:
        return all(passage in text for passage in self.passages) and all(tag in tags for tag in self.tags)


@dataclass(frozen=True, slots=True)
class WordFilter:
    """Any group will do. Without groups everything passes; so it does without languages."""

    groups: tuple[Group, ...] = ()
    languages: frozenset[str] = frozenset()

    def has_words(self, text: str, tags: Sequence[str] = ()) -> bool:
        if not self.groups:
            return True
        spread = _spread(text)
        folded = {_fold(tag) for tag in tags}
        return any(group.is_in(spread, folded) for group in self.groups)

    def has_language(self, languages: Sequence[str]) -> bool:
        """A text that does not say its language passes: each signal's language is judged later, by its words."""
        said = {language.partition("-")[0].lower() for language in languages}
        if said & NORWEGIAN:
            said |= NORWEGIAN
        return not self.languages or not said or not said.isdisjoint(self.languages)


def to_filter(questions: Sequence[str], languages: Sequence[str]) -> WordFilter:
    """Words with blanks between them must all be there; each question is one way to be meant.

    >>> wanted = to_filter(['brunt vann', '"ute av drift" kommun*', '#drikkevann'], ["no"])
    >>> [wanted.has_words(text) for text in ("Vannet er brunt", "Brunt, brunt vann!", "Kommunen: UTE av drift")]
    [False, True, True]
    """
    groups = tuple(group for question in questions if (group := _to_group(question)))
    return WordFilter(groups, frozenset(language.partition("-")[0].lower() for language in languages if language))


def _to_group(question: str) -> Group | None:
    """None for a question that would let nearly everything through."""
    passages, tags = [], []
    for phrase, word in _PART.findall(question):
        if word.startswith("#") and len(word) > SHORTEST:
            tags.append(_fold(word[1:]))
        elif passage := _to_passage(phrase or word):
            passages.append(passage)
    return Group(tuple(passages), tuple(tags)) if passages or tags else None


def _to_passage(words: str) -> str:
    spread, is_beginning = _spread(words), words.endswith("*")
    least = SHORTEST_BEGINNING if is_beginning else SHORTEST
    if len(spread.strip()) < least:
        return ""
    return spread.rstrip() if is_beginning else spread


def _spread(text: str) -> str:
    """The words of a text in small letters, a blank around each."""
    return f" {' '.join(_WORD.findall(_fold(text)))} "


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
