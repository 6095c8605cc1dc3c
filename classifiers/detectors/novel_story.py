"""novel_story: a new story at risk, or an opportunity, that several independent publishers tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import exp, factorial
from typing import Any

from classifiers.detectors.evidence import agreed_topics, as_words, quoted, span_in_words, still_remembered
from classifiers.types import Emergence, EmergenceKind, Finding, Hit, WatchNews
from signals.publishers import independent_publishers

NEW = timedelta(hours=48)  # after that a story is no news any more; surges may still find it
MEMORY = timedelta(days=7)
USUAL_FOLLOWERS = 0.5  # publishers who follow an ordinary story, besides its first; most stories have none
STEPS = ((500.0, 4), (50.0, 3), (0.0, 2))  # usual hits a day on the watch -> publishers that make a story stand out


class NovelStoryDetector:
    kind = EmergenceKind.NOVEL_STORY
    version = "1"

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        if not news.hits:
            return Finding((), state)
        told = still_remembered(dict(state.get("stories", {})), news.now, MEMORY)
        touched = {hit.story.id for hit in news.hits if hit.is_fresh}
        stories: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in news.told:
            stories[hit.story.id].append(hit)
        found = []
        for story_id in sorted(touched & stories.keys()):
            hits = stories[story_id]
            voices = independent_publishers([hit.signal for hit in hits])
            needed = max(enough_voices(news.usual_a_day), 2 * int(told.get(str(story_id), [0.0])[0]))
            if len(voices) < needed or news.now - hits[0].story.first_seen_at > NEW:
                continue
            topics = agreed_topics(hits, news.topics)
            if topics:
                told[str(story_id)] = [float(len(voices)), news.now.timestamp()]
                found.append(self._emergence(hits, sorted(voices), needed, topics, news))
        return Finding(tuple(found), {"stories": told})

    def _emergence(
        self, hits: Sequence[Hit], voices: Sequence[str], needed: int, topics: tuple[str, ...], news: WatchNews
    ) -> Emergence:
        story = hits[0].story
        span = max(news.now - story.first_seen_at, timedelta(minutes=1))
        languages = sorted({hit.signal.language for hit in hits})
        in_languages = f" in {len(languages)} languages" if len(languages) > 1 else ""
        return Emergence(
            kind=self.kind,
            watch_id=news.watch_id,
            story_id=story.id,
            at=news.now,
            observed=len(voices),
            expected=1 + USUAL_FOLLOWERS,
            window=span,
            tail=round(at_least(len(voices) - 1, USUAL_FOLLOWERS), 6),
            strength=round(len(voices) / needed, 3),
            signal_ids=tuple(hit.signal.id for hit in hits),
            topics=topics,
            terms=(),
            because=(
                f"A new story of {as_words(topics)}, {quoted(story.title)}, is told by {len(voices)} independent "
                f"publishers{in_languages} within {span_in_words(span)}; most stories have one."
            ),
            by=f"{self.kind.value}@{self.version}",
            coverage=news.coverage,
            facts={"voices": list(voices), "needed": needed, "languages": languages},
        )


def enough_voices(usual_a_day: float) -> int:
    """How many independent publishers make a story stand out on a watch of that volume."""
    return next(voices for least, voices in STEPS if usual_a_day >= least)


def at_least(count: int, mean: float) -> float:
    """Poisson tail: the probability of `count` or more where `mean` are usual.

    >>> at_least(0, 0.5), round(at_least(1, 0.5), 4)
    (1.0, 0.3935)
    """
    return max(0.0, 1.0 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count)))
