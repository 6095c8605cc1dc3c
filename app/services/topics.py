"""Topics: the risks and opportunities that we know by name, in six languages."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from app.records import TopicRow
from classifiers.types import Polarity

if TYPE_CHECKING:
    from classifiers.taxonomy import Taxonomy


class Topics:
    """The taxonomy as people read it; no database."""

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self._given = taxonomy

    @cached_property
    def taxonomy(self) -> Taxonomy:
        from classifiers.taxonomy import load_taxonomy

        return self._given or load_taxonomy()

    def list(self, language: str = "en") -> tuple[TopicRow, ...]:
        """All topics, threats first, labelled in `language` (English where it has none)."""
        raise NotImplementedError

    def label(self, topic_id: str, language: str = "en") -> str:
        """How people call it; the id itself for a topic that the taxonomy no longer has."""
        return next((topic.label for topic in self.list(language) if topic.id == topic_id), topic_id)

    def is_threat(self, topic_id: str) -> bool:
        return any(topic.id == topic_id and topic.polarity == Polarity.THREAT for topic in self.list())
