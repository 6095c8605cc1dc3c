"""Which signals repeat what was said before: the same page, the same words, nearly the same words.

Theory of operation. A copy is marked, never dropped: copies show how far something spreads. Every copy points to the
signal that said it first, the root, as long as that was seen within the last seven days. We look, in this order, for

1. the same address: in another source the same page once more (SAME), in the same source a new version (EDIT);
2. the same words, by fingerprint;
3. the same headline in another family within two days, where one of the two came without text;
4. nearly the same words: sets of five-letter runs of which at least half are common (Jaccard), found by MinHash;
5. what is signed by the same agency within two days, of which so much is common that both are prints of one text, each
   cut by its paper.

What is copied within a publisher's family is SAME or NEAR; across families, or signed by the same agency, it is WIRE:
an agency's or a sender's text. Whoever prints a release of our own spreads it, whether before or after we heard of it.

Known special cases. Some feeds give all items one address, such as the front page or a live blog: an address counts
within a source only if the words have something in common. Column titles ("Leder", "Politilogg") are no copies of each
other: few words alone are never enough. "1 killed" and "3 killed" are different news: numbers that differ on both
sides forbid a near copy.
"""

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from itertools import islice
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from signals.publishers import publisher_of
from signals.text import normal_words
from signals.types import CopyKind, Signal

WINDOW = timedelta(days=7)
HEADLINE_WINDOW = timedelta(days=2)
CAPACITY = 100_000  # signals kept for comparison, about 3 kB each; beyond it the oldest go early
COMPARED_TEXT = 300  # characters of the text that are compared, beside the headline
WIRE_WINDOW = timedelta(days=2)
MOST_SIGNED = 500  # of an agency's latest texts are compared one by one; a feed that signs everything slows nobody
ENOUGH_ALIKE = 0.5  # Jaccard
ENOUGH_ALIKE_SIGNED = 0.25  # the same between two texts that one agency has signed
ENOUGH_IN_COMMON = 0.3  # share of the shorter one's words, for two versions of one page
FEWEST_WORDS = 3  # for a copy within a family
FEWEST_WORDS_ACROSS = 5  # and across families, where equal short headlines are chance
SHORTEST_NEAR = 20  # letters

_BANDS, _ROWS = 16, 3
_GRAM = 5
_DIGITS = re.compile(r"\d+")
_HASHES = NDArray[np.uint64]
_Entry = TypeVar("_Entry", str, int)
_random = np.random.default_rng(20_260_120)  # fixed: an index rebuilt tomorrow must find the same
_FACTORS = _random.integers(1, 2**63, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _random.integers(0, 2**63, _BANDS * _ROWS, dtype=np.uint64)
_BAND_FACTORS = _random.integers(1, 2**63, (_BANDS, _ROWS), dtype=np.uint64) | np.uint64(1)
_POWERS = np.array([1_099_511_628_211**power % 2**64 for power in range(_GRAM)], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a signal repeats or replaces, and how; `of_ours`: it stands among the prints of a release of our own."""

    of: int
    kind: CopyKind
    of_ours: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of a signal."""

    signal: Signal
    root: int
    words: str  # all that are compared, joined by blanks
    address: str
    headline: str  # empty where it is too short to say anything
    bands: tuple[int, ...]


def _runs(words: str) -> _HASHES:
    """Hashes of all runs of five letters, in order."""
    letters = np.frombuffer(f" {words} ".encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    count = max(len(letters) - _GRAM + 1, 0)
    hashes: _HASHES = letters[:count] * _POWERS[0]
    for place in range(1, _GRAM):
        hashes += letters[place : place + count] * _POWERS[place]
    hashes ^= hashes >> np.uint64(29)
    hashes *= np.uint64(0xBF58_476D_1CE4_E5B9)
    return hashes


@lru_cache(maxsize=8)  # a new text is compared with several
def _grams(words: str) -> _HASHES:
    """The same, each once."""
    return np.unique(_runs(words))


@lru_cache(maxsize=2)  # looked up, then remembered
def _bands(words: str) -> tuple[int, ...]:
    """Sixteen keys; texts whose runs agree by half share one of them in nine of ten cases, equal ones all."""
    mixed = _runs(words)[:, None] * _FACTORS + _OFFSETS
    signature = (mixed >> np.uint64(32)).min(axis=0).reshape(_BANDS, _ROWS)
    keys = (signature * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) & np.uint64(0xFFFF_FFFF_FFFF_FFF0)
    return tuple((keys | np.arange(_BANDS, dtype=np.uint64)).tolist())


def likeness(first: str, second: str) -> float:
    """Jaccard index of the two texts' runs of five letters: 1 for equal texts, 0 for nothing in common."""
    one, other = _grams(first), _grams(second)
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


def numbers_disagree(first: str, second: str) -> bool:
    """Both say a number that the other does not."""
    one, other = Counter(_DIGITS.findall(first)), Counter(_DIGITS.findall(second))
    return bool(one - other) and bool(other - one)


def is_near(first: str, second: str) -> bool:
    """Whether two texts, long enough to tell, differ in a few words only."""
    if min(len(first), len(second)) < SHORTEST_NEAR:
        return False
    return likeness(first, second) >= ENOUGH_ALIKE and not numbers_disagree(first, second)


def compared_words(signal: Signal) -> str:
    """Headline and beginning of the text, as they are compared."""
    return " ".join(normal_words(signal.title, signal.text[:COMPARED_TEXT], signal.source_name))


class CopyIndex:
    """The signals of the last seven days, to compare the next one with. Rebuilt by adding them again in order."""

    def __init__(self, window: timedelta = WINDOW, capacity: int = CAPACITY) -> None:
        self._window = window
        self._capacity = capacity
        self._known: dict[int, _Known] = {}
        self._order: deque[int] = deque()
        self._by_address: dict[str, int] = {}
        self._by_fingerprint: dict[str, int] = {}
        self._by_headline: dict[str, int] = {}
        self._by_band: dict[int, int] = {}
        self._by_wire: dict[str, dict[int, frozenset[str]]] = {}  # agency -> its texts and their words, no copies
        self._ours: set[int] = set()  # roots of our own releases

    def add(self, signal: Signal, edit_of: int | None = None) -> Copy | None:
        """Compare a signal with those before it, and remember it. What is known already (an edit by the source's own
        name for the item, a signal read back with its `copy_of`) is taken as a fact."""
        self._forget(signal)
        words = compared_words(signal)
        address = _telling_address(signal.url)
        headline = _telling_headline(signal)
        fact = _fact(signal, edit_of)
        found = fact or self._find(signal, words, address, headline)
        # What says something new in part (an edit) can be copied itself; a plain copy is reached through its root.
        is_new = found is None or found.kind is CopyKind.EDIT
        bands = _bands(words) if is_new and len(words) >= SHORTEST_NEAR else ()
        root = self._root_of(found.of) if found else signal.id
        self._remember(_Known(signal, root, words, address, headline, bands))
        if signal.wire and found is None:
            self._by_wire.setdefault(signal.wire, {})[signal.id] = frozenset(words.split())
        if signal.release is not None:
            self._ours.add(root)
        return replace(found, of_ours=True) if found and root in self._ours else found

    def _root_of(self, signal_id: int) -> int:
        known = self._known.get(signal_id)
        return known.root if known else signal_id

    def _find(self, signal: Signal, words: str, address: str, headline: str) -> Copy | None:
        return (
            self._same_address(signal, words, address)
            or self._same_words(signal, words)
            or self._same_headline(signal, headline)
            or self._near(signal, words)
            or self._same_wire(signal, words)
        )

    def _same_address(self, signal: Signal, words: str, address: str) -> Copy | None:
        known = self._known.get(self._by_address.get(address, -1)) if address else None
        if known is None:
            return None
        if known.signal.source_id != signal.source_id:
            return Copy(known.root, CopyKind.SAME)
        if known.words == words:
            return Copy(known.root, CopyKind.SAME)
        return Copy(known.signal.id, CopyKind.EDIT) if _share_words(known.words, words) else None

    def _same_words(self, signal: Signal, words: str) -> Copy | None:
        known = self._known.get(self._by_fingerprint.get(signal.fingerprint, -1))
        if known is None:
            return None
        root = self._known.get(known.root, known)
        is_wire = _is_wire(root.signal, signal)
        if words.count(" ") + 1 < (FEWEST_WORDS_ACROSS if is_wire else FEWEST_WORDS):
            return None
        return Copy(known.root, CopyKind.WIRE if is_wire else CopyKind.SAME)

    def _same_headline(self, signal: Signal, headline: str) -> Copy | None:
        known = self._known.get(self._by_headline.get(headline, -1)) if headline else None
        if known is None or signal.seen_at - known.signal.seen_at > HEADLINE_WINDOW:
            return None
        if (known.signal.text and signal.text) or publisher_of(known.signal) == publisher_of(signal):
            return None
        return Copy(known.root, CopyKind.WIRE)

    def _near(self, signal: Signal, words: str) -> Copy | None:
        if len(words) < SHORTEST_NEAR:
            return None
        found = {self._by_band[key] for key in _bands(words) if key in self._by_band}
        alike = [known for key in sorted(found) if is_near((known := self._known[key]).words, words)]
        if not alike:
            return None
        best = max(alike, key=lambda known: (likeness(known.words, words), -known.signal.id))
        root = self._known.get(best.root, best)
        return Copy(best.root, CopyKind.WIRE if _is_wire(root.signal, signal) else CopyKind.NEAR)

    def _same_wire(self, signal: Signal, words: str) -> Copy | None:
        """Texts of one agency are few, so each is compared; shared words come first, being cheap."""
        if not signal.wire or len(words) < SHORTEST_NEAR:
            return None
        own, since = frozenset(words.split()), signal.seen_at - WIRE_WINDOW
        best, best_alike = None, ENOUGH_ALIKE_SIGNED
        for key, theirs in islice(reversed(self._by_wire.get(signal.wire, {}).items()), MOST_SIGNED):
            known = self._known[key]
            if known.signal.seen_at < since or len(own & theirs) < ENOUGH_IN_COMMON * min(len(own), len(theirs)):
                continue
            alike = likeness(known.words, words)
            if alike >= best_alike and not numbers_disagree(known.words, words):
                best, best_alike = known, alike
        return Copy(best.root, CopyKind.WIRE) if best else None

    def _remember(self, known: _Known) -> None:
        key = known.signal.id
        self._known[key] = known
        self._order.append(key)
        if known.address:
            self._by_address.setdefault(known.address, key)
        if known.words:
            self._by_fingerprint.setdefault(known.signal.fingerprint, key)
        if known.headline:
            self._by_headline.setdefault(known.headline, key)
        for band in known.bands:
            self._by_band[band] = key  # the latest: what is copied is mostly copied soon

    def _forget(self, newest: Signal) -> None:
        """Those that fell out of the window, and the oldest where there are too many."""
        before = newest.seen_at - self._window
        while self._order and (
            len(self._order) >= self._capacity or self._known[self._order[0]].signal.seen_at < before
        ):
            key = self._order.popleft()
            known = self._known.pop(key)
            _drop(self._by_address, known.address, key)
            _drop(self._by_fingerprint, known.signal.fingerprint, key)
            _drop(self._by_headline, known.headline, key)
            for band in known.bands:
                _drop(self._by_band, band, key)
            self._by_wire.get(known.signal.wire, {}).pop(key, None)
            self._ours.discard(key)


def find_copies(signals: Iterable[Signal], known: Iterable[Signal] = ()) -> dict[int, Copy]:
    """Which of the signals, in order, repeat one before them or one of those already known."""
    index = CopyIndex()
    for signal in known:
        index.add(signal)
    found = ((signal.id, index.add(signal)) for signal in signals)
    return {signal_id: copy for signal_id, copy in found if copy}


def _is_wire(original: Signal, copy: Signal) -> bool:
    """Two owners print the same, or one agency has signed both."""
    return publisher_of(original) != publisher_of(copy) or (bool(copy.wire) and copy.wire == original.wire)


def _fact(signal: Signal, edit_of: int | None) -> Copy | None:
    if edit_of is not None:
        return Copy(edit_of, CopyKind.EDIT)
    if signal.copy_of is not None:
        return Copy(signal.copy_of, signal.copy_kind or CopyKind.SAME)
    return None


def _telling_address(address: str) -> str:
    """Empty for a site's front page, which many broken feeds give as the address of all their items."""
    parts = urlsplit(address)
    return address if parts.path.strip("/") or parts.query else ""


def _telling_headline(signal: Signal) -> str:
    words = normal_words(signal.title, "", signal.source_name)
    headline = " ".join(words)
    return headline if len(words) >= FEWEST_WORDS_ACROSS and len(headline) >= SHORTEST_NEAR else ""


def _share_words(first: str, second: str) -> bool:
    one, other = set(first.split()), set(second.split())
    return len(one & other) >= ENOUGH_IN_COMMON * min(len(one), len(other))


def _drop(index: dict[_Entry, int], entry: _Entry, key: int) -> None:
    if index.get(entry) == key:
        del index[entry]
