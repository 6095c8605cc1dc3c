"""What the page of a story tells of it: voices apart from copies and wires, where it began, what is to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.records import OutlookBin, OutlookRecord, OutlookRow, SignalRow, StageRow, StoryFull
from signals.publishers import agencies_among
from signals.types import Release

ENOUGH: Final = 20  # outlooks that must have been judged before we say how often such ones come true


@dataclass(frozen=True, slots=True)
class Tellers:
    """Who tells a story: in words of their own, copied, from an agency, printed from our own release."""

    first: SignalRow | None
    own_words: int
    copies: int
    wires: tuple[tuple[str, int], ...]  # agency, how many print it; the most printed first
    reprints: int


def tellers_of(members: Sequence[SignalRow]) -> Tellers:
    """Each signal is in one of the four: ours or a reprint, an agency's, a copy, or in words of its own."""
    prints = [one for one in members if one.release is not None]
    others = [one for one in members if one.release is None]
    copies = sum(one.copy_of is not None for one in others if not one.wire)
    return Tellers(
        first=members[0] if members else None,
        own_words=sum(not (one.wire or one.copy_of) for one in others),
        copies=copies,
        wires=agencies_among(others),
        reprints=sum(one.release is Release.REPRINT for one in prints),
    )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """An outlook with what became of earlier ones like it; none: too few to say."""

    outlook: OutlookRow
    track: OutlookBin | None
    judged: int  # earlier ones like it


def foreseen(found: StoryFull, record: OutlookRecord) -> tuple[Foreseen, ...]:
    """The latest outlooks of a story, one for each time ahead, the shorter first."""
    if not found.outlooks:
        return ()
    latest = [one for one in found.outlooks if one.made_at == found.outlooks[0].made_at]
    shown = []
    for one in sorted(latest, key=lambda outlook: outlook.horizon):
        like_it = record.bin_of(one)
        judged = like_it.predictions if like_it else 0
        shown.append(Foreseen(one, like_it if judged >= ENOUGH else None, judged))
    return tuple(shown)


def stage_for(found: StoryFull | None, watch_id: int) -> StageRow | None:
    """Where a story stands for one watch."""
    return next((one for one in found.stages if one.watch_id == watch_id), None) if found else None
