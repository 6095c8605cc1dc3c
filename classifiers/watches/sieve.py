"""What a database can ask of a text before a watch looks at it exactly: letters that must stand in it.

For each set of words that a watch requires (classifiers.watches.plan) one sieve. What does not pass is not matched;
what passes may be (classifiers.watches.probes).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from classifiers.watches.probes import probes_of, spellings
from classifiers.watches.query import Attribute, Both, Form, Node, Word
from signals.languages import LANGUAGES

UNKNOWN, OTHER = "und", "other"  # any other code: a language that we do not stem
KINDS = (*LANGUAGES, UNKNOWN, OTHER)
MOST_SIEVES = 3
MOST_LETTERS = 400  # spellings in one sieve: with more, asking costs more than it saves
SEEN_IN_ALL = 1.0

# Beside the letters and signs of plain texts: who knows how others fold.
ODD = r"[^\x01-\x7fÆØÅÄÖæøåäö«»–—‘’“”„…•·°§€£‐‑−\u00a0]"


@dataclass(frozen=True, slots=True)
class Sieve:
    """One of `letters` must stand in the text in lower case, or one of `capitals` as it is; by kind of language.

    A kind that is not in `letters` passes whole.
    """

    letters: Mapping[str, tuple[str, ...]]
    capitals: tuple[str, ...]

    @property
    def share(self) -> float:
        """A guess at how much passes, to find the finest."""
        if not self.letters:
            return SEEN_IN_ALL
        sought = max(sum(8.0 ** -min(len(one), 6) for one in found) for found in self.letters.values())
        return sought + sum(16.0 ** -min(len(one), 4) for one in self.capitals)


@dataclass(frozen=True, slots=True)
class Pass:
    """A signal goes on to be looked at if it passes all sieves and has all these labels (kind and name)."""

    sieves: tuple[Sieve, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Everything goes on."""
        return not self.sieves and not self.labels


def labels_in(root: Node | None) -> tuple[tuple[str, str], ...]:
    """The labels that a signal cannot do without."""
    match root:
        case Attribute(name, value) if name in ("topic", "tone"):
            return ((name, value),)
        case Both(parts):
            return tuple(one for part in parts for one in labels_in(part))
        case _:
            return ()


def sieves_of(required: Sequence[Collection[Word]]) -> tuple[Sieve, ...]:
    """The finest of them; none: every text must be looked at."""
    found = [_sieve(words) for words in required]
    useful = sorted((one for one in found if one.share < SEEN_IN_ALL), key=lambda one: one.share)
    return tuple(useful[:MOST_SIEVES])


def _sieve(words: Collection[Word]) -> Sieve:
    cased = [word.text for word in words if word.form is Form.CASED]
    others = [word for word in words if word.form is not Form.CASED]
    letters = {kind: found for kind in KINDS if (found := _letters(others, kind)) is not None}
    capitals = tuple(sorted({form for text in cased for form in (text, text.upper())}))
    return Sieve(letters, capitals)


def _letters(words: Sequence[Word], kind: str) -> tuple[str, ...] | None:
    """None: a word of theirs can be written in too many ways."""
    every = [probes_of(word, kind) for word in words]
    if not all(every):
        return None
    letters = sorted({spelt for probes in every for probe in probes for spelt in spellings(probe)})
    return tuple(letters) if len(letters) <= MOST_LETTERS else None
