"""Who speaks with a voice of their own: the one place that counts independent publishers."""

from collections.abc import Iterable, Sequence

from signals.types import Signal


def voice_of(signal: Signal) -> str:
    """The owner family behind a signal; papers of one family are one voice."""
    return (signal.family or signal.source_name).strip().casefold()


def _own_words(signals: Sequence[Signal]) -> Iterable[Signal]:
    """All but copies. Where a copy's original is not among them, the first copy speaks for it."""
    present = {signal.id for signal in signals}
    for signal in signals:
        if signal.copy_of is None or signal.copy_of not in present:
            yield signal
            if signal.copy_of is not None:
                present.add(signal.copy_of)


def independent_publishers(signals: Iterable[Signal]) -> frozenset[str]:
    """The families that say something in words of their own: copies, edits and wire texts add nobody."""
    names: dict[str, str] = {}
    for signal in _own_words(sorted(signals, key=lambda signal: signal.id)):
        names.setdefault(voice_of(signal), signal.family or signal.source_name)
    return frozenset(names.values())
