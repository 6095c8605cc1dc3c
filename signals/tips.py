"""Tips: what colleagues and other systems tell us. They come to us: nothing is collected, only put in words.

A source of this kind is a door, not a place to visit: it is never due and never silent. Alertmanager's webhook body,
version 4, is described at <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>; each of its
alerts is one tip. An alert that is resolved has the same name as when it fired, and other words: an edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Final

from signals.text import safe_link
from signals.types import Item, Sensitivity

KIND: Final = "inbound"
MOST_TITLE: Final = 300  # characters
MOST_TEXT: Final = 20_000
MOST_REFERENCE: Final = 200
SHOWN_FIRST: Final = ("summary", "description", "message", "runbook_url")


@dataclass(frozen=True, slots=True)
class Tip:
    """Something told to us. Title or text is there; all else may be missing."""

    title: str = ""
    text: str = ""
    url: str = ""
    said_at: datetime | None = None
    author: str = ""  # empty: anonymous
    language: str = ""
    stakeholder: str = ""  # empty: as its source
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    reference: str = ""  # the sender's own name for it; empty: it gets one
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """One of the alerts of an Alertmanager notification."""

    is_resolved: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime | None
    generator: str
    fingerprint: str


def to_item(tip: Tip, reference: str) -> Item:
    return Item(
        guid=reference,
        title=tip.title,
        summary=tip.text,
        url=tip.url,
        author=tip.author,
        categories=tip.categories,
        said_at=tip.said_at,
        language=tip.language,
    )


def from_alert(alert: FiredAlert, sensitivity: Sensitivity = Sensitivity.INTERNAL) -> Tip:
    """An alert in words. Fingerprint and start make its name, so that its end is told of the same tip."""
    name = alert.labels.get("alertname", "")
    title = alert.annotations.get("summary") or " ".join(filter(None, (name, alert.labels.get("instance", ""))))
    state = "Resolved: " if alert.is_resolved else ""
    return Tip(
        title=f"{state}{title or 'An alert without a name'}"[:MOST_TITLE],
        text="\n".join(_lines(alert))[:MOST_TEXT],
        url=safe_link(alert.generator),
        said_at=alert.starts_at,
        author="Alertmanager",
        sensitivity=sensitivity,
        reference=f"{(alert.fingerprint or _print_of(alert.labels))[:100]}@{alert.starts_at.isoformat()}",
        categories=tuple(filter(None, (name, alert.labels.get("severity", "")))),
    )


def _lines(alert: FiredAlert) -> list[str]:
    said = [alert.annotations[name] for name in SHOWN_FIRST[1:] if alert.annotations.get(name)]
    more = [
        f"{name}: {words}" for name, words in sorted(alert.annotations.items()) if name not in SHOWN_FIRST and words
    ]
    labels = ", ".join(f"{name} {value}" for name, value in sorted(alert.labels.items()))
    ended = f" at {alert.ends_at:%Y-%m-%d %H:%M} UTC" if alert.ends_at and alert.ends_at.year > 1 else ""
    end = [f"This was resolved{ended}."] if alert.is_resolved else []
    return [*end, *said, *more, *([f"Labels: {labels}."] if labels else [])]


def _print_of(labels: Mapping[str, str]) -> str:
    words = "\n".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()
