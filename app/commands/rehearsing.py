"""What a watch would have told of its hits in an archive: labelled, grouped and weighed in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.alerts.rehearsing import Material, Rehearsal, Told
from app.alerts.types import Watch
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Hit, Label, StoryFacts
from signals.dedupe import CopyIndex
from signals.publishers import independent_publishers
from signals.stories import StoryIndex
from signals.types import Signal

DAY = timedelta(days=1)


def rehearse(hits: Sequence[Signal], watch: Watch, begin: datetime, end: datetime) -> tuple[Told, ...]:
    """`hits` in order of their coming. Stories are those that the hits make among themselves."""
    grouped = _grouped(hits)
    labels = _labels(hits)
    stories: dict[int, list[Signal]] = {}
    for signal, story_id, _ in grouped:
        stories.setdefault(story_id, []).append(signal)
    facts = {story_id: _facts(story_id, signals) for story_id, signals in stories.items()}
    found = [
        Hit(signal, tuple(labels[signal.id]), facts[story_id], novelty, signal.seen_at - signal.at <= DAY)
        for signal, story_id, novelty in grouped
    ]
    counted = {signal.id: None if signal.copy_of else signal.seen_at for signal, _, _ in grouped}
    return Rehearsal(watch, Material(found, counted, stories), DETECTORS, load_taxonomy()).run(begin, end)


def _grouped(hits: Sequence[Signal]) -> list[tuple[Signal, int, float]]:
    """Each with its copy marked, its story, and how new it is."""
    copies, stories = CopyIndex(), StoryIndex()
    story_of: dict[int, int] = {}
    found = []
    for signal in hits:
        copy = copies.add(signal, None)
        if copy:
            signal = replace(signal, copy_of=copy.of, copy_kind=copy.kind)
        member = stories.add(signal, story_of.get(copy.of) if copy else None)
        story_of[signal.id] = member.story_id
        found.append((signal, member.story_id, member.novelty))
    return found


def _labels(hits: Sequence[Signal]) -> dict[int, tuple[Label, ...]]:
    from classifiers.beside import load_beside
    from classifiers.topics import load_model
    from classifiers.trained import MODEL
    from classifiers.training import ensure_shipped

    ensure_shipped(MODEL)
    found = load_beside(MODEL).label(load_model(MODEL), hits)
    return {signal.id: labels for signal, labels in zip(hits, found, strict=True)}


def _facts(story_id: int, signals: Sequence[Signal]) -> StoryFacts:
    voices = independent_publishers(signals)
    return StoryFacts(
        id=story_id,
        title=signals[0].title,
        first_seen_at=signals[0].seen_at,
        last_seen_at=signals[-1].seen_at,
        signals=len(signals),
        independent=len(voices),
        publishers=tuple(sorted(voices)),
        languages=tuple(sorted({one.language for one in signals})),
        best_tier=min(one.tier for one in signals),
        novelty=1.0,
    )
