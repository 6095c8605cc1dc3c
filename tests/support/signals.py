"""Signals and items with sensible defaults: a test names what matters to it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from signals.text import fingerprint
from signals.types import Item, Signal, Source, Stakeholder

SEEN_AT = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
_numbers = count(1)


def a_signal(title: str = "Vannverket i Lillevik er stengt", **given: Any) -> Signal:
    """A signal of its own source and family. `minutes`: how long after the first moment it was seen."""
    number = given.pop("id", None) or next(_numbers)
    seen_at = given.pop("seen_at", SEEN_AT + timedelta(minutes=given.pop("minutes", 0)))
    values = {
        "id": number,
        "source_id": number,
        "title": title,
        "text": "",
        "language": "nb",
        "url": "",
        "said_at": None,
        "seen_at": seen_at,
        "source_name": f"Avis {number}",
        "family": f"avis{number}.example",
        "stakeholder": Stakeholder.MEDIA,
        "tier": 2,
    } | given
    values.setdefault("fingerprint", fingerprint(values["title"], values["text"], values["source_name"]))
    return Signal(**values)


def an_item(title: str = "Vannverket i Lillevik er stengt", **given: Any) -> Item:
    return Item(**({"guid": "1", "title": title} | given))


def a_source(**given: Any) -> Source:
    return Source(**({"id": 1, "kind": "feed", "address": "https://www.avis.example/rss", "name": "Avisen"} | given))
