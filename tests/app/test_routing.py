"""Whom to tell of a change."""

from typing import Any

import pytest

from app.alerts.routing import Address, reason_not_to_tell, receivers_to_tell
from app.alerts.types import Level, Sensitivity, TransitionKind


def reason(receiver_kind: str = "slack", **given: Any) -> str | None:
    receiver = Address(1, receiver_kind, given.pop("min_level", Level.LOW), given.pop("is_active", True))
    about = {"kind": TransitionKind.RAISED, "level": Level.SERIOUS, "sensitivity": Sensitivity.INTERNAL} | given
    return reason_not_to_tell(receiver, **about)


def test_a_raised_alert_is_told() -> None:
    assert reason("slack") is None
    assert reason("webhook") is None


def test_a_receiver_that_is_switched_off_hears_nothing() -> None:
    assert reason(is_active=False) == "the receiver is switched off"


@pytest.mark.parametrize("level", list(Level))
def test_a_receiver_hears_of_its_own_level_and_above(level: Level) -> None:
    told = reason(min_level=Level.SERIOUS, level=level) is None
    assert told == (level in (Level.SERIOUS, Level.CRITICAL))


@pytest.mark.parametrize("change", list(TransitionKind))
def test_chat_hears_of_what_is_new_or_worse_and_programs_of_everything(change: TransitionKind) -> None:
    new_or_worse = change in (TransitionKind.RAISED, TransitionKind.ESCALATED, TransitionKind.REOPENED)
    assert (reason("slack", kind=change) is None) == new_or_worse
    assert reason("webhook", kind=change) is None


def test_restricted_watches_are_not_told_in_chat() -> None:
    assert "restricted" in str(reason("slack", sensitivity=Sensitivity.RESTRICTED))
    assert reason("webhook", sensitivity=Sensitivity.RESTRICTED) is None


def test_receivers_are_told_apart() -> None:
    receivers = [
        Address(1, "slack", Level.LOW),
        Address(2, "slack", Level.CRITICAL),
        Address(3, "webhook", Level.LOW),
        Address(4, "webhook", Level.LOW, is_active=False),
    ]
    assert receivers_to_tell(receivers, TransitionKind.RAISED, Level.SERIOUS, Sensitivity.OPEN) == (1, 3)
    assert receivers_to_tell(receivers, TransitionKind.UPDATED, Level.SERIOUS, Sensitivity.OPEN) == (3,)
