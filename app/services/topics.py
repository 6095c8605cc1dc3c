"""Topics: the risks and opportunities that we know by name, in six languages."""

from collections.abc import Mapping

from app.records import TopicRow
from classifiers.taxonomy import Taxonomy, Topic, load_taxonomy
from classifiers.types import Polarity


class Topics:
    """The taxonomy as people read it; no database."""

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self.taxonomy = taxonomy or load_taxonomy()

    def list(self, language: str = "en") -> tuple[TopicRow, ...]:
        """All topics, threats first, labelled in `language` (English where it has none)."""
        rows = [to_row(topic, language) for topic in self.taxonomy.topics.values()]
        return tuple(sorted(rows, key=lambda row: row.polarity != Polarity.THREAT))

    def label(self, topic_id: str, language: str = "en") -> str:
        """How people call it; the id itself for a topic that the taxonomy no longer has."""
        topic = self.taxonomy.topics.get(topic_id)
        return to_row(topic, language).label if topic else topic_id

    def is_threat(self, topic_id: str) -> bool:
        topic = self.taxonomy.topics.get(topic_id)
        return topic is not None and topic.polarity is Polarity.THREAT


def to_row(topic: Topic, language: str) -> TopicRow:
    labels: Mapping[str, str] = getattr(topic, "labels", {})
    english = labels.get("en") or topic.id.replace("_", " ").capitalize()
    return TopicRow(topic.id, topic.polarity.value, labels.get(language, english), labels)
