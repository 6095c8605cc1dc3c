"""The words of a signal with their places and sentences, worked out once for all watches."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from signals.languages.types import words

GAP = 1_000  # places between title and text, so that no phrase or NEAR reaches across
LEAD_SENTENCES = 2

_WORD = re.compile(r"[^\W_]+")
_END_OF_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*\s|\n")
_SHORTENED = words(
    """adm bl ca co dir dr el etc evt ev f feks fork jf jfr kap kl kr m mag maks med mill min mr mrs ms mv nr o obs
    osv pga pr prof ref resp s st str tlf vs"""
)


class Written(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Wording:
    """`words` stand at `places`; each sentence begins at one of `begins`. The title comes first."""

    words: tuple[str, ...]
    places: tuple[int, ...]
    begins: tuple[int, ...]
    text_begins: int  # the first place of the text

    @classmethod
    def of(cls, signal: Written) -> "Wording":
        title, text = (unicodedata.normalize("NFC", one) for one in (signal.title, signal.text))
        title_words, title_begins = _read(title, 0)
        text_begins = len(title_words) + GAP
        text_words, begins = _read(text, text_begins)
        places = (*range(len(title_words)), *range(text_begins, text_begins + len(text_words)))
        return cls((*title_words, *text_words), places, (*title_begins, *begins), text_begins)

    @property
    def whole(self) -> range:
        return range(self.places[-1] + 1 if self.places else 0)

    @property
    def title(self) -> range:
        return range(self.text_begins)

    @cached_property
    def lead(self) -> range:
        first = bisect_right(self.begins, self.text_begins - 1)
        after = first + LEAD_SENTENCES
        return range(self.begins[after]) if after < len(self.begins) else self.whole

    def sentence_at(self, place: int) -> range:
        number = bisect_right(self.begins, place)
        end = self.begins[number] if number < len(self.begins) else self.whole.stop
        return range(self.begins[number - 1], end)


def _read(text: str, place: int) -> tuple[list[str], list[int]]:
    """Words, and the places where sentences begin. The genitive 's is no word of its own."""
    words: list[str] = []
    begins: list[int] = []
    end = 0
    for found in _WORD.finditer(text):
        if found[0] in ("s", "S") and words and text[end : found.start()] in ("'", "’", "`", "´"):
            end = found.end()
            continue
        if not words or _is_new_sentence(words[-1], text[end : found.start()], found[0]):
            begins.append(place + len(words))
        words.append(found[0])
        end = found.end()
    return words, begins


def _is_new_sentence(before: str, between: str, word: str) -> bool:
    if "\n" in between:
        return True
    if not _END_OF_SENTENCE.search(between) or not (word[0].isupper() or word[0].isdigit()):
        return False
    is_shortened = between[0] == "." and (len(before) == 1 or before.lower() in _SHORTENED)
    return not is_shortened and not (before.isdecimal() and between[0] == "." and word[0].isdigit())


def letters_of(said: Written) -> dict[int, tuple[int, int]]:
    """Of each place: from which letter to which, in title, line break, text; empty where letters are not composed."""
    if any(unicodedata.normalize("NFC", one) != one for one in (said.title, said.text)):
        return {}
    title = list(_spans(said.title))
    shift = len(said.title) + 1
    spans = dict(enumerate(title))
    first = len(title) + GAP
    return spans | {first + number: (a + shift, b + shift) for number, (a, b) in enumerate(_spans(said.text))}


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Of the words that `_read` finds."""
    end = -1
    for found in _WORD.finditer(text):
        is_genitive = end >= 0 and found[0] in ("s", "S") and text[end : found.start()] in ("'", "’", "`", "´")
        end = found.end()
        if not is_genitive:
            yield found.span()
