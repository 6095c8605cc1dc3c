"""What has been said so far in a replay: signals, their stories, and which watches they hit."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.storage.labelling import counted_at, is_counted
from app.storage.noticing import FRESH
from classifiers.story_facts import facts_of
from classifiers.types import Hit, Label, StoryFacts
from signals.dedupe import Copy
from signals.links import Link
from signals.types import CopyKind, Membership, Release, Sensitivity, Signal

KEPT = timedelta(days=36)  # no detector looks further back; the days that they remember are in their states


@dataclass(slots=True)
class WatchHits:
    """Which signals hit a watch."""

    counts_at: dict[int, datetime] = field(default_factory=dict)  # by signal
    unseen: list[int] = field(default_factory=list)  # by the detectors
    counted: list[tuple[datetime, int]] = field(default_factory=list)  # the series, in order of time
    times: list[datetime] = field(default_factory=list)  # when they were said and when seen, in order

    def add(self, signal: Signal, *, is_late: bool, is_undated: bool) -> None:
        at = counted_at(signal, is_late=is_late)
        self.counts_at[signal.id] = at
        self.unseen.append(signal.id)
        insort(self.times, signal.at)
        insort(self.times, signal.seen_at)
        if is_counted(signal) and not is_undated:
            insort(self.counted, (at, signal.id))

    def since(self, moment: datetime) -> int:
        """The place in the series of the first that counts at or after a moment."""
        return bisect_left(self.counted, (moment, 0))

    def is_any_between(self, begin: datetime, end: datetime) -> bool:
        """Whether anything was said or seen then."""
        return bisect_left(self.times, begin) < bisect_left(self.times, end)

    def forget(self, before: datetime) -> None:
        del self.times[: bisect_left(self.times, before)]
        del self.counted[: self.since(before)]
        self.counts_at = {key: at for key, at in self.counts_at.items() if at >= before}


class Past:
    """The place of the tables of signals, labels, stories and hits."""

    def __init__(self, watch_ids: Iterable[int]) -> None:
        self.signals: dict[int, Signal] = {}
        self.stories: dict[int, StoryFacts] = {}
        self.merged_into: dict[int, int] = {}
        self.absorbed: defaultdict[int, list[int]] = defaultdict(list)  # the other way round
        self.newly_merged: set[int] = set()
        self.linked: dict[int, set[int]] = {}  # stories of one event in different languages
        self.hits = {key: WatchHits() for key in watch_ids}
        self.hours: defaultdict[int, Counter[datetime]] = defaultdict(Counter)  # of each story: signals an hour
        self._labels: dict[int, tuple[Label, ...]] = {}
        self._novelty: dict[int, float] = {}
        self._backlog: set[int] = set()
        self._story_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._copies: defaultdict[int, list[int]] = defaultdict(list)
        self._as_hits: dict[int, Hit] = {}

    # --- writing -------------------------------------------------------------------------------------------

    def put(self, signal: Signal, *, is_backlog: bool) -> None:
        self.signals[signal.id] = signal
        if is_backlog:
            self._backlog.add(signal.id)

    def mark_copies(self, copies: Mapping[int, Copy], printed_before: Sequence[int]) -> None:
        for key, copy in copies.items():
            one = self.signals[key]
            is_reprint = copy.of_ours and copy.kind is not CopyKind.EDIT and one.release is None
            release = Release.REPRINT if is_reprint else one.release
            self.signals[key] = replace(one, copy_of=copy.of, copy_kind=copy.kind, release=release)
            self._copies[copy.of].append(key)
        for original in printed_before:
            for key in (original, *self._copies[original]):
                found = self.signals.get(key)
                if found and found.release is None and (key == original or found.copy_kind is not CopyKind.EDIT):
                    self.signals[key] = replace(found, release=Release.REPRINT)
                    self._as_hits.pop(key, None)

    def put_labels(self, signal_id: int, labels: Sequence[Label]) -> None:
        """In the order in which the table gives them back."""
        named = sorted(labels, key=lambda one: (one.kind, one.name))
        self._labels[signal_id] = tuple(sorted(named, key=lambda one: -one.score))

    def stories_of(self, signal_ids: Iterable[int | None]) -> dict[int, int]:
        return {key: self._story_of[key] for key in signal_ids if key is not None and key in self._story_of}

    def tell(self, memberships: Sequence[tuple[Signal, Membership]], merges: Sequence[tuple[int, int]]) -> None:
        """Who stands in which story, then which stories became one; and what can be said of them now."""
        touched = set()
        for signal, one in memberships:
            self._story_of[signal.id] = one.story_id
            self._novelty[signal.id] = one.novelty
            self._members.setdefault(one.story_id, []).append(signal.id)
            self.hours[one.story_id][signal.seen_at.replace(minute=0, second=0, microsecond=0)] += 1
            touched.add(one.story_id)
        for young, old in merges:
            self._merge(young, old)
            touched.add(old)
        for story_id in touched - {young for young, _ in merges}:
            self._state_facts(story_id)

    def _merge(self, young: int, old: int) -> None:
        moved = self._members.pop(young, [])
        self._story_of.update(dict.fromkeys(moved, old))
        self._members[old] = sorted([*self._members.get(old, ()), *moved])
        self.hours[old].update(self.hours.pop(young, Counter()))
        followers = [young, *self.absorbed.pop(young, ())]
        self.merged_into.update(dict.fromkeys(followers, old))
        self.absorbed[old] += followers
        self.newly_merged.update(followers)
        self._follow_merge(young, old)

    def link(self, links: Iterable[Link]) -> None:
        for one in links:
            self.linked.setdefault(one.one, set()).add(one.other)
            self.linked.setdefault(one.other, set()).add(one.one)

    def _follow_merge(self, young: int, old: int) -> None:
        for other in self.linked.pop(young, ()):
            self.linked[other].discard(young)
            if other != old:
                self.linked[other].add(old)
                self.linked.setdefault(old, set()).add(other)

    def _state_facts(self, story_id: int) -> None:
        for key in self._members.get(story_id, ()):
            self._as_hits.pop(key, None)  # it tells of the story as it was
        if members := [self.signals[key] for key in self._members.get(story_id, ()) if key in self.signals]:
            opened = self.stories.get(story_id)
            facts = facts_of(story_id, members, opened.novelty if opened else self._novelty[story_id])
            self.stories[story_id] = (
                replace(facts, title=opened.title, first_seen_at=opened.first_seen_at) if opened else facts
            )

    def forget(self, now: datetime) -> None:
        """What is too old for any question."""
        before = now - KEPT
        gone = [key for key, one in self.signals.items() if one.seen_at < before]
        for key in gone:
            story_id = self._story_of.pop(key, None)
            if story_id is not None and self._members.get(story_id):
                self._members[story_id].remove(key)
        for by_signal in (self.signals, self._labels, self._novelty, self._copies, self._as_hits):
            for key in gone:
                by_signal.pop(key, None)
        self._backlog.difference_update(gone)
        for story_id in [key for key, members in self._members.items() if not members]:
            del self._members[story_id]
            self.stories.pop(story_id, None)
        for hits in self.hits.values():
            hits.forget(before)

    # --- reading -------------------------------------------------------------------------------------------

    def root_of(self, story_id: int | None) -> int | None:
        return None if story_id is None else self.merged_into.get(story_id, story_id)

    def is_apart(self, story_id: int | None) -> bool:
        """A story of a restricted tip."""
        one = self.signals.get(story_id) if story_id is not None else None
        return one is not None and one.sensitivity is Sensitivity.RESTRICTED

    def hits_of_stories(self, watch_id: int, signal_ids: Iterable[int], since: datetime) -> list[int]:
        counts_at = self.hits[watch_id].counts_at
        stories = {self._story_of[key] for key in signal_ids}
        told = (key for story_id in stories for key in self._members[story_id])
        return [key for key in told if key in counts_at and counts_at[key] >= since]

    def load_hits(self, signal_ids: Iterable[int]) -> dict[int, Hit]:
        found = {}
        for key in sorted(set(signal_ids)):
            hit = self._as_hits.get(key)
            if hit is None and key in self._story_of:
                hit = self._as_hits[key] = self._to_hit(key, self.stories[self._story_of[key]])
            if hit is not None:
                found[key] = hit
        return found

    def _to_hit(self, key: int, story: StoryFacts) -> Hit:
        one = self.signals[key]
        age_known = one.said_at is not None or key not in self._backlog
        is_fresh = age_known and one.seen_at - one.at <= FRESH
        return Hit(one, self._labels.get(key, ()), story, self._novelty[key], is_fresh)
