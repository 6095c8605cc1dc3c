"""Who speaks with a voice of their own: the one place that counts independent publishers.

The rules. One owner's papers are one voice. A copy adds nobody; its original speaks, or the first copy where the
original is not at hand. All that is signed by one agency is that agency's one voice, also where the papers have cut or
rewritten it so far that no copy was found. A paper that tells in words of its own what an agency has said is a voice
of its own. Our own releases are nobody's voice, and neither are those who print them: they show how far we reach.
Tips are told to us, not published.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from signals.types import Release, Signal


@dataclass(frozen=True, slots=True)
class Print:
    """What tells a voice: a signal holds it too, and so does a row of figures that were summed up over signals."""

    family: str
    source_name: str
    wire: str = ""


class Signed(Protocol):
    @property
    def wire(self) -> str: ...


def publisher_of(one: Signal | Print) -> str:
    """The owner family in whose paper it stands."""
    return (one.family or one.source_name).strip().casefold()


def voice_of(one: Signal | Print) -> str:
    """Whose words it holds: the agency that it is signed by, else the owner family; its papers are one voice."""
    return one.wire.casefold() or publisher_of(one)


def voices_among(prints: Iterable[Signal | Print]) -> frozenset[str]:
    """The voices behind what is known to be no copy, each by the name that it has first."""
    names: dict[str, str] = {}
    for one in prints:
        names.setdefault(voice_of(one), one.wire or one.family or one.source_name)
    return frozenset(names.values())


def _own_words(signals: Sequence[Signal]) -> Iterable[Signal]:
    """All but copies, tips and our own releases. Where a copy's original is not among them, the first copy speaks."""
    present = {signal.id for signal in signals}
    for signal in signals:
        if signal.is_tip or signal.release is not None:
            continue
        if signal.copy_of is None or signal.copy_of not in present:
            yield signal
            if signal.copy_of is not None:
                present.add(signal.copy_of)


def independent_publishers(signals: Iterable[Signal]) -> frozenset[str]:
    """The voices that say something in words of their own: copies, edits and wire texts add nobody."""
    return voices_among(_own_words(sorted(signals, key=lambda signal: signal.id)))


def reprinters(signals: Iterable[Signal]) -> frozenset[str]:
    """The papers that print a release of our own: how far it spread."""
    return frozenset(signal.source_name for signal in signals if signal.release is Release.REPRINT)


def agencies_among(prints: Iterable[Signed]) -> tuple[tuple[str, int], ...]:
    """Each agency, and how many print it; the most printed first."""
    times = Counter(one.wire for one in prints if one.wire)
    return tuple(sorted(times.items(), key=lambda pair: (-pair[1], pair[0])))
