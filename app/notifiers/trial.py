"""A test message, sent at once, so that people see whether a receiver works before they need it."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from app.alerts.types import Level, TransitionKind
from app.notifiers.types import Message, Notifier, Outcome, Result, Target
from app.records import TestOutcome
from signals.fetch import Outbound


class Trial:
    """Sends test messages through the very notifiers that will send the real ones."""

    def __init__(self, outbound: Outbound, notifiers: Mapping[str, Notifier], link: str = "") -> None:
        self._outbound = outbound
        self._notifiers = notifiers
        self._link = link

    async def __call__(self, kind: str, address: str, secret: str, now: datetime) -> TestOutcome:
        notifier = self._notifiers.get(kind)
        if notifier is None:
            return TestOutcome(False, None, f"there is no notifier of the kind {kind!r}")
        outcome = await notifier.send(test_message(self._link, now), Target(address, secret), self._outbound, now)
        return _told(outcome)


def _told(outcome: Outcome) -> TestOutcome:
    return TestOutcome(outcome.result is Result.SENT, outcome.status, outcome.error)


def test_message(link: str, now: datetime) -> Message:
    """A message that nobody can take for an alert."""
    return Message(
        id=f"msg_{secrets.token_hex(12)}",
        kind=TransitionKind.UPDATED,
        at=now,
        actor="forkant",
        reason="somebody pressed the test button",
        update=0,
        alert_id=0,
        title="This is a test from Forkant",
        watch="none",
        owner="",
        level=Level.LOW,
        severity=0,
        state="test",
        because="Nothing has happened: somebody wanted to know whether messages arrive here. They do.",
        topics=(),
        signal_count=0,
        publisher_count=0,
        observed=None,
        expected=None,
        raised_at=now,
        quotes=(),
        link=link,
    )
