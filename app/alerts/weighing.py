"""What an emergence weighs: the topic that counts, and how surely it is meant."""

from collections.abc import Collection, Sequence

from classifiers.taxonomy import Taxonomy
from classifiers.types import Emergence, Hit, LabelKind, Polarity, Tone


def weightiest(topics: Sequence[str], hits: Sequence[Hit], taxonomy: Taxonomy) -> tuple[str, float, float]:
    """The topic that weighs most, its weight, and the best score any signal gave it; ("", 0, 0) where there is none."""
    best = {
        label.name: max(label.score, 0.0)
        for hit in hits
        for label in sorted(hit.topics(), key=lambda one: one.score)
        if label.name in topics and taxonomy.find_topic(label.name)  # a model of another taxonomy may know more
    }
    found = [(taxonomy.weight(name) * score, name, score) for name, score in best.items()]
    if not found:
        return "", 0.0, 0.0
    _, name, score = max(found)
    return name, taxonomy.weight(name), score


def leaning(topic: str, hits: Sequence[Hit], taxonomy: Taxonomy) -> float:
    """How surely the signals are said in the tone that the topic implies, on average; 0 without a topic."""
    known = taxonomy.find_topic(topic)
    if known is None or not hits:
        return 0.0
    wanted = Tone.POSITIVE if known.polarity is Polarity.OPPORTUNITY else Tone.NEGATIVE
    sure = [
        label.score for hit in hits for label in hit.labels if label.kind is LabelKind.TONE and label.name == wanted
    ]
    return sum(sure) / len(hits)


def headline(emergence: Emergence, hits: Sequence[Hit]) -> str:
    """The story's own title where the watch hit the signal that opened it; else that of the signal that says most
    surely what is at stake, the first of equals. A story's opener may speak of somebody else."""
    if not hits:
        return emergence.because
    if emergence.story_id is not None and any(hit.signal.id == hit.story.id for hit in hits):
        return hits[0].story.title
    wanted = frozenset(emergence.topics)
    return max(hits, key=lambda hit: (_surest(hit, wanted), -hit.signal.id)).signal.title


def _surest(hit: Hit, wanted: frozenset[str]) -> float:
    return max((label.score for label in hit.topics() if label.name in wanted), default=0.0)


def share_told(hits: Sequence[Hit], stories: Collection[int]) -> float:
    """Of the signals behind a finding, how many stand in these stories."""
    return sum(hit.story.id in stories for hit in hits) / len(hits) if hits else 0.0
