"""report: one credible item whose threat label is strong and weighty. Many real issues begin, and stay, as one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from classifiers.detectors.evidence import as_words, quoted, still_remembered, wanted
from classifiers.taxonomy import Taxonomy, load_taxonomy
from classifiers.types import Emergence, EmergenceKind, Finding, Hit, Label, Polarity, WatchNews
from signals.types import CopyKind

ENOUGH = 0.45  # weight of the topic x certainty of the label
ENOUGH_WHERE_QUIET = 0.36  # on a watch that hears little, and so of one organisation: half-sure is worth a look there
QUIET = 2.0  # signals a day
STRONGER = 1.25  # a story is reported again when something so much stronger is said of it
MEMORY = timedelta(days=7)
REWORDED = frozenset({CopyKind.EDIT, CopyKind.NEAR})
CREDIBLE = {1: 1.0, 2: 0.95, 3: 0.85}  # by tier: a small source needs a surer label


class ReportDetector:
    kind = EmergenceKind.REPORT
    version = "1"

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self._taxonomy = taxonomy or load_taxonomy()

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        if not news.hits:
            return Finding((), state)
        told = still_remembered(dict(state.get("stories", {})), news.now, MEMORY)
        enough = ENOUGH_WHERE_QUIET if news.usual_a_day < QUIET else ENOUGH
        found = []
        for hit in news.hits:
            threats = self._threats(hit, news)
            if not threats or not hit.is_fresh or hit.signal.release is not None or _repeats(hit, threats[0], news):
                continue
            strength = self._strength(hit, threats[0], enough)
            key = str(hit.story.id)
            if strength >= 1 and strength >= STRONGER * told.get(key, [0.0])[0]:
                told[key] = [strength, news.now.timestamp()]
                found.append(self._emergence(hit, threats, strength, enough, news))
        return Finding(tuple(found), {"stories": told})

    def _threats(self, hit: Hit, news: WatchNews) -> list[Label]:
        labels = [label for label in wanted(hit, news.topics) if self._is_threat(label.name)]
        return sorted(labels, key=lambda label: (-self._weighed(label), label.name))

    def _is_threat(self, topic_id: str) -> bool:
        """A classifier from outside may know topics that the taxonomy does not: nobody has weighed those."""
        topic = self._taxonomy.find_topic(topic_id)
        return topic is not None and topic.polarity is Polarity.THREAT

    def _weighed(self, label: Label) -> float:
        return self._taxonomy.weight(label.name) * label.score

    def _strength(self, hit: Hit, label: Label, enough: float) -> float:
        return self._weighed(label) * CREDIBLE.get(hit.signal.tier, 0.85) / enough

    def _emergence(self, hit: Hit, threats: list[Label], strength: float, enough: float, news: WatchNews) -> Emergence:
        words = tuple(because.word for because in threats[0].because[:3])
        topics = tuple(label.name for label in threats)
        carried = f" (because of {', '.join(words)})" if words else ""
        return Emergence(
            kind=self.kind,
            watch_id=news.watch_id,
            story_id=hit.story.id,
            at=news.now,
            observed=1,
            expected=0,
            window=timedelta(0),
            tail=round(1 - threats[0].score, 4),
            strength=round(strength, 3),
            signal_ids=(hit.signal.id,),
            topics=topics,
            terms=words,
            because=f"{hit.signal.source_name} reports {as_words(topics)}: {quoted(hit.signal.title)}{carried}.",
            by=f"{self.kind.value}@{self.version}",
            coverage=news.coverage,
            facts={"label": threats[0].by, "score": threats[0].score, "enough": enough, "tier": hit.signal.tier},
        )


def _repeats(hit: Hit, threat: Label, news: WatchNews) -> bool:
    """A copy says nothing new, unless few words make the difference: what its original did not say to this watch, a
    corrected or completed headline may."""
    if hit.signal.copy_of is None:
        return False
    originals = [one for one in news.told if one.signal.id == hit.signal.copy_of]
    return hit.signal.copy_kind not in REWORDED or any(
        label.name == threat.name for one in originals for label in one.topics()
    )
