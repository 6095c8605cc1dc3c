"""What may leave the house of a tip: of an internal one that it is there, of a restricted one that and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from app.alerts.types import Level
from app.notifiers.types import Message, Quote
from signals.types import Sensitivity

FORKANT: Final = "forkant"  # the actor of what no person did; what people write of it is their own
INTERNAL_TITLE: Final = "An internal tip, open in Forkant"
RESTRICTED_TITLE: Final = "A restricted tip, open in Forkant"
INTERNAL_QUOTE: Final = "An internal tip"


@dataclass(frozen=True, slots=True)
class Behind:
    """What is behind an alert: how sensitive, and a title that anybody may read, if there is one."""

    sensitivities: Collection[Sensitivity] = ()
    open_title: str = ""


def discreet(message: Message, behind: Behind) -> Message:
    """The message, without what may not be told. Detectors quote titles in their sentences: these go too."""
    if Sensitivity.RESTRICTED in behind.sensitivities:
        return bare(message)
    if Sensitivity.INTERNAL not in behind.sensitivities:
        return message
    quotes = tuple(_unnamed(quote) if quote.sensitivity is not Sensitivity.OPEN else quote for quote in message.quotes)
    is_all = not behind.open_title and all(quote.sensitivity is not Sensitivity.OPEN for quote in message.quotes)
    return replace(
        message,
        title=behind.open_title or INTERNAL_TITLE,
        because="It rests on an internal tip: Forkant shows what was said.",
        reason=message.reason if message.actor != FORKANT else "",
        topics=() if is_all else message.topics,
        quotes=quotes,
    )


def _unnamed(quote: Quote) -> Quote:
    return replace(quote, title=INTERNAL_TITLE, source=INTERNAL_QUOTE, url="", language="")


def bare(message: Message) -> Message:
    """Nothing but that there is something, and where."""
    return replace(
        message,
        title=RESTRICTED_TITLE,
        because="",
        reason="",
        actor="",
        watch="",
        owner="",
        stage="",
        proposed="",
        level=Level.LOW,
        severity=0,
        topics=(),
        signal_count=0,
        publisher_count=0,
        observed=None,
        expected=None,
        quotes=(),
        is_restricted=True,
        is_bare=True,
    )
