"""Topics: the risks and opportunities that we know by name, in six languages."""

from app.errors import NotFound
from app.records import TopicRow

LANGUAGES = ("nb", "nn", "sv", "da", "nl", "en")


class Topics:
    """The taxonomy as people read it; no database."""

    def list(self, language: str = "en") -> tuple[TopicRow, ...]:
        """All topics, threats first, labelled in `language` (English where it has none)."""
        raise NotImplementedError

    def label(self, topic_id: str, language: str = "en") -> str:
        """How people call it; the id itself for a topic that the taxonomy no longer has."""
        raise NotImplementedError

    def is_threat(self, topic_id: str) -> bool:
        raise NotImplementedError
