"""surge: unusually many signals on a watch, against its own past; a burst that touches no topic stays quiet."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from classifiers.detectors.evidence import agreed_topics, as_words, common_terms, span_in_words
from classifiers.detectors.remembering import kept, recalled
from classifiers.detectors.volume import Reading, VolumeDetector
from classifiers.detectors.volume_settings import VolumeSettings
from classifiers.types import Count, Emergence, EmergenceKind, Finding, Hit, WatchNews

STALE = timedelta(hours=2)  # catching up after a sleep, what surged long ago wakes nobody now
MAIN_STORY = 0.5  # share of the movers in one story that makes the surge that story's


class SurgeDetector:
    kind = EmergenceKind.SURGE
    version = "1"

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        if not news.counts:
            return Finding((), state)
        settings = _settings(int(news.bucket / timedelta(minutes=1)))
        volume = recalled(
            state, lambda stored: VolumeDetector.from_state(settings, stored) if stored else VolumeDetector(settings)
        )
        zone = ZoneInfo(news.time_zone)
        found = []
        for count in news.counts:
            reading = _observe(volume, count, zone)
            end = count.start + news.bucket
            if reading is not None and reading.is_alert and count.signals and news.now - end <= STALE:
                found.append(self._emergence(reading, end, news))
        return Finding(tuple(found), kept(state, volume, VolumeDetector.to_state))

    def _emergence(self, reading: Reading, end: datetime, news: WatchNews) -> Emergence:
        movers = movers_of(news.recent, end - reading.window, end)
        topics = agreed_topics(movers, news.topics)
        story_id = main_story(movers)
        terms = common_terms(movers)
        about = f", most of it {as_words(topics)}" if topics else ", none of it touching a topic"
        words = f"; words they share: {', '.join(terms)}" if terms else ""
        return Emergence(
            kind=self.kind,
            watch_id=news.watch_id,
            story_id=story_id,
            at=news.now,
            observed=reading.observed,
            expected=round(reading.expected, 2),
            window=reading.window,
            tail=min(1.0, reading.bucket / max(reading.once_every, reading.bucket)),
            strength=round(reading.score / 0.72, 3),
            signal_ids=tuple(hit.signal.id for hit in movers),
            topics=topics,
            terms=terms,
            because=(
                f"{reading.observed:.0f} signals in {span_in_words(reading.window)} where {reading.expected:.1f} are "
                f"usual (seen about once every {span_in_words(reading.once_every)}){about}{words}."
            ),
            by=f"{self.kind.value}@{self.version}",
            coverage=news.coverage,
            facts={
                "z": round(reading.z, 2),
                "rarity": round(reading.rarity, 2),
                "record": round(reading.record, 2),
                "score": round(reading.score, 3),
                "until": end.isoformat(),
                "once_every": round(reading.once_every.total_seconds()),
            },
        )


@cache
def _settings(minutes: int) -> VolumeSettings:
    return VolumeSettings.for_bucket(minutes)


def _observe(volume: VolumeDetector, count: Count, zone: ZoneInfo) -> Reading | None:
    """One bucket, in the hour of the audience; a bucket without listening teaches nothing."""
    if not count.listened and not count.signals:
        volume.skip()
        return None
    hour = count.start.astimezone(zone).hour
    if not count.signals and volume.is_still:
        volume.rest(hour)
        return None
    return volume.observe(count.signals, hour)


def movers_of(recent: Sequence[Hit], begin: datetime, end: datetime) -> list[Hit]:
    """The signals in words of their own, said or first seen in the window."""
    return [
        hit
        for hit in recent
        if hit.signal.copy_of is None and (begin <= hit.signal.seen_at < end or begin <= hit.signal.at < end)
    ]


def main_story(movers: Sequence[Hit]) -> int | None:
    """The story in which most movers stand; None where they stand in many."""
    stories = Counter(hit.story.id for hit in movers)
    if not stories:
        return None
    story_id, count = max(stories.items(), key=lambda one: (one[1], -one[0]))
    return story_id if count >= MAIN_STORY * len(movers) else None
