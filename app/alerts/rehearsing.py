"""What a watch would have told of its hits: the detectors and decisions that are used live, over hits in memory.

Where it differs from the live run, and from `forkant replay`: stories are as they are grouped today, though no larger
than they were at the time; it looks once a quarter of an hour in which something was found, and every day; all sources
count as heard; nobody takes an alert, so each fades three days after its last news; and the other watches of the
organisation are left out: what they tell in its place, and the budget of false alarms that all share.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.alerts.decide import SLOW, Budget, decide, midnight, share_of_day
from app.alerts.severity import Evidence, assess
from app.alerts.types import Alert, AlertState, Decision, Severity, Verdict, Watch
from app.alerts.weighing import headline, leaning, share_told, weightiest
from classifiers.taxonomy import Taxonomy
from classifiers.types import Count, Detector, Emergence, EmergenceKind, Hit, Polarity, StoryFacts, WatchNews
from signals.publishers import independent_publishers, reprinters
from signals.types import Signal

BUCKET = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
DAY = timedelta(days=1)
RECENT = timedelta(hours=12)
STORY_LIFE = timedelta(days=7)
USUAL = timedelta(days=28)
BUDGET_DAYS = 14
QUIET_UNTIL_FADED = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Told:
    """An emergence, and what was decided of it."""

    at: datetime
    emergence: Emergence
    severity: Severity
    decision: Decision
    title: str


@dataclass(frozen=True, slots=True)
class Material:
    """Hits in order of their coming, `counted_at`: when each counts in the series, None: not; and the whole stories
    that they stand in, in order too."""

    hits: Sequence[Hit]
    counted_at: Mapping[int, datetime | None]
    stories: Mapping[int, Sequence[Signal]]


@dataclass
class _Ledger:
    """What was decided so far."""

    taxonomy: Taxonomy
    watch: Watch
    alerts: dict[int | None, Alert] = field(default_factory=dict)  # the latest, by story
    raised: list[tuple[datetime, bool]] = field(default_factory=list)  # whether good news
    peaks: dict[int, tuple[datetime, int]] = field(default_factory=dict)  # highest severity, by story
    kinds: defaultdict[int | None, set[EmergenceKind]] = field(default_factory=lambda: defaultdict(set))
    begun: datetime | None = None
    lone: int = 0

    def weigh(self, one: Emergence, hits: Sequence[Hit], now: datetime) -> Severity:
        self.begun = self.begun or now
        severity = self._severity(one, hits)
        self._remember_peak(one, severity, now)
        return severity

    def decide(self, one: Emergence, severity: Severity, hits: Sequence[Hit], now: datetime) -> Told:
        latest = self._latest(one.story_id, now)
        since = now - BUDGET_DAYS * DAY
        stories = {key for key, alert in self.alerts.items() if key is not None and alert.changed_at >= since}
        told = share_told(hits, stories) if one.kind in SLOW else 0.0
        decision = decide(one, severity, self.watch, latest, self._budget(one, now), told=told)
        self._carry_out(one, severity, decision, latest, now)
        return Told(now, one, severity, decision, headline(one, hits))

    def _severity(self, one: Emergence, hits: Sequence[Hit]) -> Severity:
        self.kinds[one.story_id].add(one.kind)
        topic, weight, score = weightiest(one.topics, hits, self.taxonomy)
        of_story = one.story_id is not None and bool(hits)
        voices = independent_publishers([hit.signal for hit in hits])
        evidence = Evidence(
            topic=topic,
            topic_weight=weight,
            topic_score=score,
            publishers=hits[0].story.independent if of_story else len(voices),
            best_tier=min((hit.signal.tier for hit in hits), default=3),
            signals_per_hour=_pace(one, hits),
            kinds=len(self.kinds[one.story_id]) if one.story_id else 1,
            novelty=hits[0].story.novelty if hits else 0.0,
            priority=self.watch.priority,
            tone=leaning(topic, hits, self.taxonomy),
        )
        return assess(evidence)

    def _remember_peak(self, one: Emergence, severity: Severity, now: datetime) -> None:
        self.lone -= one.story_id is None  # what is about no story counts for itself
        key = self.lone if one.story_id is None else one.story_id
        _, before = self.peaks.get(key, (now, 0))
        self.peaks[key] = (now, max(before, severity.score))

    def _latest(self, story_id: int | None, now: datetime) -> Alert | None:
        found = self.alerts.get(story_id)
        if found and found.state.is_living and now - found.changed_at >= QUIET_UNTIL_FADED:
            return replace(found, state=AlertState.FADED)
        return found

    def _budget(self, one: Emergence, now: datetime) -> Budget:
        since = now - BUDGET_DAYS * DAY
        peaks = [score for at, score in self.peaks.values() if at >= since]
        is_good = self._is_good(one)
        today = midnight(now, self.watch.time_zone)
        raised = sum(1 for at, good in self.raised if at >= today and good == is_good)
        lately = sum(1 for at, _ in self.raised if at >= since)
        days = min(float(BUDGET_DAYS), (now - (self.begun or now)) / DAY)
        elapsed = share_of_day(now, self.watch.time_zone)
        return Budget(self.watch.alerts_per_day, raised, peaks, days, lately, elapsed)

    def _is_good(self, one: Emergence) -> bool:
        topic = self.taxonomy.find_topic(one.topics[0]) if one.topics else None
        return topic is not None and topic.polarity is Polarity.OPPORTUNITY

    def _carry_out(
        self, one: Emergence, severity: Severity, decision: Decision, latest: Alert | None, now: datetime
    ) -> None:
        if decision.verdict is Verdict.RAISE:
            self.raised.append((now, self._is_good(one)))
            self.alerts[one.story_id] = Alert(
                len(self.raised), self.watch.id, one.story_id, AlertState.RAISED, "", severity, one.topics,
                one.because, now, now,
            )  # fmt: skip
        elif latest is not None and decision.verdict is not Verdict.HOLD:
            worst = max(severity, latest.severity, key=lambda given: given.score)
            self.alerts[one.story_id] = replace(latest, severity=worst, changed_at=now)


class Rehearsal:
    """One watch over the hits that it would have had from `begin` to `end`."""

    def __init__(self, watch: Watch, material: Material, detectors: Sequence[Detector], taxonomy: Taxonomy) -> None:
        self._watch, self._material, self._detectors = watch, material, detectors
        self._ledger = _Ledger(taxonomy, watch)
        self._by_id = {hit.signal.id: hit for hit in material.hits}
        self._arrivals = [hit.signal.seen_at for hit in material.hits]
        self._series = sorted(at for hit in material.hits if (at := material.counted_at.get(hit.signal.id)))
        self._of_story: defaultdict[int, list[Hit]] = defaultdict(list)
        for hit in material.hits:
            self._of_story[hit.story.id].append(hit)
        self._facts: dict[tuple[int, int], StoryFacts] = {}

    def run(self, begin: datetime, end: datetime) -> tuple[Told, ...]:
        """All that was found, told or held, in order."""
        states: dict[EmergenceKind, Mapping[str, Any]] = {}
        told: list[Told] = []
        before, counted = begin - timedelta(microseconds=1), _floor(begin)
        for now in self._steps(begin, end):
            until = _floor(now - GRACE)
            news = self._news(before, now, counted, until, begin)
            found: list[Emergence] = []
            for detector in self._detectors:
                finding = detector.detect(news, states.get(detector.kind, {}))
                states[detector.kind] = finding.state
                found += finding.emergences
            if found:
                known = {hit.signal.id: hit for hit in (*news.told, *news.recent)}
                told += self._decide(found, known, now)
            before, counted = now, until
        return tuple(told)

    def _decide(self, found: Sequence[Emergence], known: Mapping[int, Hit], now: datetime) -> Iterator[Told]:
        """The most serious first: it has the first call on the budget."""
        weighed = []
        for one in found:
            hits = [hit for key in one.signal_ids if (hit := self._hit(key, known, now)) is not None]
            weighed.append((self._ledger.weigh(one, hits, now), one, hits))
        for severity, one, hits in sorted(weighed, key=lambda case: -case[0].score):
            yield self._ledger.decide(one, severity, hits, now)

    def _hit(self, key: int, known: Mapping[int, Hit], now: datetime) -> Hit | None:
        if key in known:
            return known[key]
        found = self._by_id.get(key)
        return self._as_of(found, now) if found else None

    def _steps(self, begin: datetime, end: datetime) -> list[datetime]:
        """After each quarter in which a hit came, and each day: some detectors look at whole days."""
        moments = {_floor(at) + BUCKET + GRACE for at in self._arrivals if begin <= at < end}
        day = begin + DAY
        while day < end:
            moments.add(_floor(day) + BUCKET + GRACE)
            day += DAY
        return sorted(moment for moment in moments if moment <= end)

    def _news(self, before: datetime, now: datetime, counted: datetime, until: datetime, begin: datetime) -> WatchNews:
        material = self._material
        new = material.hits[bisect_right(self._arrivals, before) : bisect_right(self._arrivals, now)]
        counts = tuple(self._counts(counted, until))
        stories = {hit.story.id for hit in new}
        told = [
            hit
            for story_id in stories
            for hit in self._of_story[story_id]
            if hit.signal.seen_at <= now and hit.signal.at >= now - STORY_LIFE
        ]
        busy = any(count.signals for count in counts)
        recent = self._since(until - RECENT, now) if busy else []
        days = min(USUAL, now - begin)
        usual = self._counted(now - days, now) / (days / DAY) if new and days >= DAY else 0.0
        as_of = {hit.signal.id: self._as_of(hit, now) for hit in (*new, *told, *recent)}
        return WatchNews(
            watch_id=self._watch.id,
            now=now,
            time_zone=self._watch.time_zone,
            topics=frozenset(self._watch.topics),
            hits=tuple(as_of[hit.signal.id] for hit in new),
            told=tuple(as_of[key] for key in sorted({hit.signal.id for hit in (*told, *new)})),
            recent=tuple(as_of[hit.signal.id] for hit in recent),
            counts=counts,
            bucket=BUCKET,
            usual_a_day=usual,
            coverage=1.0,
        )

    def _counts(self, begin: datetime, until: datetime) -> Iterator[Count]:
        while begin < until:
            yield Count(begin, self._counted(begin, begin + BUCKET))
            begin += BUCKET

    def _counted(self, begin: datetime, until: datetime) -> int:
        return bisect_left(self._series, until) - bisect_left(self._series, begin)

    def _since(self, since: datetime, now: datetime) -> list[Hit]:
        came = self._material.hits[bisect_left(self._arrivals, since) : bisect_right(self._arrivals, now)]
        return [hit for hit in came if (at := self._material.counted_at.get(hit.signal.id)) and at >= since]

    def _as_of(self, hit: Hit, now: datetime) -> Hit:
        """The hit with its story as it was."""
        signals = self._material.stories.get(hit.story.id, ())
        grown = bisect_right(signals, now, key=lambda one: one.seen_at)
        if grown == len(signals) == hit.story.signals or not grown:
            return hit
        key = (hit.story.id, grown)
        if key not in self._facts:
            self._facts[key] = _facts(hit.story, signals[:grown])
        return replace(hit, story=self._facts[key])


def _facts(story: StoryFacts, signals: Sequence[Signal]) -> StoryFacts:
    voices = independent_publishers(signals)
    return replace(
        story,
        last_seen_at=signals[-1].seen_at,
        signals=len(signals),
        independent=len(voices),
        publishers=tuple(sorted(voices)),
        languages=tuple(sorted({one.language for one in signals})),
        best_tier=min(one.tier for one in signals),
        reprinters=tuple(sorted(reprinters(signals))),
    )


def _pace(one: Emergence, hits: Sequence[Hit]) -> float:
    if not hits:
        return 0.0
    if one.story_id is None:
        return one.observed / max(one.window / timedelta(hours=1), 0.25)
    story = hits[0].story
    return (story.signals - 1) / max((story.last_seen_at - story.first_seen_at) / timedelta(hours=1), 1.0)


def _floor(at: datetime) -> datetime:
    return at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % BUCKET


def is_raised(told: Told) -> bool:
    return told.decision.verdict is Verdict.RAISE
