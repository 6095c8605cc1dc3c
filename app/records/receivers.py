"""Receivers, without their secrets."""

from dataclasses import dataclass
from datetime import datetime

from app.alerts.types import Level


@dataclass(frozen=True, slots=True)
class ReceiverRow:
    """A receiver without its secrets: `shown_address` is the host and the last four characters."""

    id: int
    name: str
    kind: str
    shown_address: str
    has_secret: bool
    min_level: Level
    is_active: bool
    disabled_reason: str
    held_until: datetime | None
    created_at: datetime
    queued: int
    dead: int
    last_sent_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What came of a test message."""

    ok: bool
    status: int | None
    because: str


@dataclass(frozen=True, slots=True)
class ReceiverDraft:
    """What can be said of a receiver. Empty `address` or `secret` in a change: keep what is there."""

    name: str
    kind: str = "webhook"
    address: str = ""
    secret: str = ""  # for webhooks; empty when adding: one is made
    min_level: Level = Level.LOW
    is_active: bool = True
