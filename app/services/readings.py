"""Reading a text that somebody gives us: what Forkant would say of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from app.errors import Conflict, OutOfOrder
from app.gathering import Gatherer
from app.records import Caller
from app.services.checks import check_words
from app.storage.database import Database
from classifiers.types import Label
from signals.language_guess import guess_language
from signals.types import Signal, Stakeholder

LONGEST: Final = 16_000
ABSENT: Final = "This process cannot label: it holds no classifier"


class Labels(Protocol):
    """Labels by the model that an organisation uses: see app.live_models."""

    async def label_for(
        self, connection: AsyncConnection, organisation_id: int, texts: Sequence[Signal]
    ) -> list[tuple[Label, ...]]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    language: str  # empty: none that we could tell
    labels: tuple[Label, ...]


class Readings:
    """By the organisation's own classifier where it promoted one. Nothing is kept. Requests of an organisation that
    come together are answered together."""

    def __init__(self, database: Database, labels: Labels | None = None) -> None:
        self._database = database
        self._labels = labels
        self._gatherers: dict[int, Gatherer[Signal, tuple[Label, ...]]] = {}

    async def read(self, caller: Caller, title: str, text: str, language: str) -> Reading:
        """Invalid for an empty text or one too long. Conflict where there is no classifier."""
        title = check_words(title, "title", 500, least=1)
        text = check_words(text, "text", LONGEST)
        if self._labels is None:
            raise Conflict(ABSENT)
        known = guess_language(f"{title} {text}"[:1_000], language)
        try:
            read = self._gatherer_of(caller.organisation_id, self._labels)
            return Reading(known, await read(_signal(title, text, known)))
        except OutOfOrder as reason:
            raise Conflict(str(reason)) from None

    def _gatherer_of(self, organisation_id: int, labels: Labels) -> Gatherer[Signal, tuple[Label, ...]]:
        async def ask(texts: Sequence[Signal]) -> list[tuple[Label, ...]]:
            async with self._database.transaction() as connection:
                return await labels.label_for(connection, organisation_id, texts)

        return self._gatherers.setdefault(organisation_id, Gatherer(ask))


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
