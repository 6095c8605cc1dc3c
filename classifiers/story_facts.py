"""What can be said of a story from its signals: one function, for the desk that groups and for people who regroup."""

from collections.abc import Sequence

from classifiers.types import StoryFacts
from signals.publishers import independent_publishers, reprinters
from signals.types import Signal


def facts_of(story_id: int, signals: Sequence[Signal], novelty: float = 1.0) -> StoryFacts:
    """What can be said of a story from its signals, in order."""
    publishers = independent_publishers(signals)
    return StoryFacts(
        id=story_id,
        title=signals[0].title,
        first_seen_at=signals[0].seen_at,
        last_seen_at=max(signal.seen_at for signal in signals),
        signals=len(signals),
        independent=len(publishers),
        publishers=tuple(sorted(publishers)),
        reprinters=tuple(sorted(reprinters(signals))),
        languages=tuple(sorted({signal.language for signal in signals})),
        best_tier=min(signal.tier for signal in signals),
        novelty=novelty,
    )
