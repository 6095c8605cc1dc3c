"""Reading a text that somebody gives us: what Forkant would say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from app.errors import Conflict, OutOfOrder
from app.gathering import Gatherer
from app.services.checks import check_words
from classifiers.types import Label
from signals.language_guess import guess_language
from signals.types import Signal, Stakeholder

LONGEST: Final = 16_000
ABSENT: Final = "This process cannot label: it holds no classifier"


class Labels(Protocol):
    async def __call__(self, signals: Sequence[Signal]) -> list[tuple[Label, ...]]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    language: str  # empty: none that we could tell
    labels: tuple[Label, ...]


class Readings:
    """By the classifier that ships; nothing is kept. Requests that come together are answered together."""

    def __init__(self, label: Labels | None = None) -> None:
        self._gatherer = Gatherer(label) if label else None

    async def read(self, title: str, text: str, language: str) -> Reading:
        """Invalid for an empty text or one too long. Conflict where there is no classifier."""
        title = check_words(title, "title", 500, least=1)
        text = check_words(text, "text", LONGEST)
        if self._gatherer is None:
            raise Conflict(ABSENT)
        known = guess_language(f"{title} {text}"[:1_000], language)
        try:
            return Reading(known, await self._gatherer(_signal(title, text, known)))
        except OutOfOrder as reason:
            raise Conflict(str(reason)) from None


def _signal(title: str, text: str, language: str) -> Signal:
    return Signal(
        id=0,
        source_id=0,
        title=title,
        text=text,
        language=language,
        url="",
        said_at=None,
        seen_at=datetime(1970, 1, 1, tzinfo=UTC),  # the classifiers know no time
        source_name="",
        family="",
        stakeholder=Stakeholder.MEDIA,
        tier=3,
        fingerprint="",
    )
