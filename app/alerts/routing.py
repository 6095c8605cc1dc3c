"""Whom to tell of a change: one decision per receiver, with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.alerts.types import Level, Sensitivity, TransitionKind

# Chat is for what is new or worse; a program that follows the alerts wants every change.
TOLD_IN_CHAT = frozenset({TransitionKind.RAISED, TransitionKind.ESCALATED, TransitionKind.REOPENED})
PROGRAMS = frozenset({"webhook"})


@dataclass(frozen=True, slots=True)
class Address:
    """What routing knows of a receiver."""

    id: int
    kind: str
    min_level: Level
    is_active: bool = True


def reason_not_to_tell(receiver: Address, kind: TransitionKind, level: Level, sensitivity: Sensitivity) -> str | None:
    """Why this receiver is not told of this change; None: it is."""
    if not receiver.is_active:
        return "the receiver is switched off"
    if level.rank < receiver.min_level.rank:
        return f"{level.value} is below the receiver's level, {receiver.min_level.value}"
    if receiver.kind not in PROGRAMS and kind not in TOLD_IN_CHAT:
        return f"{kind.value} is not told in chat"
    if receiver.kind not in PROGRAMS and sensitivity is Sensitivity.RESTRICTED:
        return "restricted watches are not told in chat"
    return None


def receivers_to_tell(
    receivers: Sequence[Address], kind: TransitionKind, level: Level, sensitivity: Sensitivity
) -> tuple[int, ...]:
    return tuple(one.id for one in receivers if reason_not_to_tell(one, kind, level, sensitivity) is None)
