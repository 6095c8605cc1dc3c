"""Messages as notifiers get them, with sensible defaults."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.alerts.types import Level, TransitionKind
from app.notifiers.types import Message, Quote

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)

QUOTE = Quote(
    title="Møllestua trekker tilbake brød",
    source="Fjordposten",
    at=NOON - timedelta(minutes=40),
    url="https://fjordposten.example/brod",
    language="nb",
)

MESSAGE = Message(
    id="msg_0123456789abcdef",
    kind=TransitionKind.RAISED,
    at=NOON,
    actor="forkant",
    reason="severity 62 reaches the watch's bar, 0",
    update=0,
    alert_id=7,
    title="Møllestua trekker tilbake brød",
    watch="Møllestua",
    owner="Spokesperson",
    level=Level.SERIOUS,
    severity=62,
    state="raised",
    because="A new story of product safety is told by 3 independent publishers; most stories have one.",
    topics=("product_safety",),
    signal_count=4,
    publisher_count=3,
    observed=3.0,
    expected=1.5,
    raised_at=NOON,
    quotes=(QUOTE,),
    link="https://forkant.example/alerts/7",
)


def make_message(**given: Any) -> Message:
    return replace(MESSAGE, **given)


def make_quote(**given: Any) -> Quote:
    return replace(QUOTE, **given)
