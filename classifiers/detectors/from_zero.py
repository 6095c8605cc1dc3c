"""from_zero: a quiet watch that is not quiet any more.

All days that we listened to before the last seven give a rate (a gamma distribution: what is quiet is never surely
nothing), and that the chance of so many signals within a week. A watch that is used to more than three signals in two
weeks is not quiet; surge and slow_rise look after it. One voice may be one paper's series: two must speak, three where
something is said now and then, or one paper must say very much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp, lgamma, log
from typing import Any

from classifiers.detectors.days import Diary, is_evidence, said_on
from classifiers.detectors.evidence import about, agreed_scores, wanted
from classifiers.detectors.remembering import kept, recalled
from classifiers.types import Emergence, EmergenceKind, Finding, Hit, WatchNews
from signals.publishers import voice_of

WEEK = 7
QUIET = 1.5  # signals expected a week
LEAST_HISTORY = 14.0  # days listened to, before the week
UNLIKELY = 0.02
PRIOR_SIGNALS, PRIOR_DAYS = 0.5, 1.0
OFTEN = 0.5  # signals expected a week from which three voices are asked for
ALONE = 3  # how many more signals than voices are asked for, if one voice says them all
SETTLED = timedelta(days=28)  # a source added later tells of its own past, not of ours
COOL_DOWN = timedelta(days=14)
MOST = 20  # signals remembered


@dataclass(frozen=True, slots=True)
class Heard:
    """A hit of the last week, as it is remembered."""

    signal_id: int
    at: float  # unix time
    voice: str
    story_id: int
    topics: dict[str, float]

    @classmethod
    def of(cls, hit: Hit) -> "Heard":
        topics = {label.name: round(label.score, 3) for label in wanted(hit, frozenset())}
        return cls(hit.signal.id, said_on(hit).timestamp(), voice_of(hit.signal), hit.story.id, topics)

    def to_state(self) -> list[Any]:
        return [self.signal_id, self.at, self.voice, self.story_id, self.topics]


@dataclass(slots=True)
class _Memory:
    diary: Diary
    heard: list[Heard]
    told: float | None  # unix time

    def to_state(self) -> dict[str, Any]:
        return self.diary.to_state() | {"heard": [one.to_state() for one in self.heard], "told": self.told}

    @classmethod
    def from_state(cls, state: Mapping[str, Any], news: WatchNews) -> "_Memory":
        heard = [Heard(*one) for one in state.get("heard", ())]
        return cls(Diary(news, state, with_hits=False), heard, state.get("told"))


class FromZeroDetector:
    kind = EmergenceKind.FROM_ZERO
    version = "1"

    def detect(self, news: WatchNews, state: Mapping[str, Any]) -> Finding:
        memory = recalled(state, lambda stored: _Memory.from_state(stored, news))
        diary = memory.diary
        diary.take(news)
        oldest = (news.now - timedelta(days=WEEK)).timestamp()
        fresh = [Heard.of(hit) for hit in news.hits if is_evidence(hit) and _is_settled(hit, diary, news)]
        before = [one for one in memory.heard if one.at >= oldest]
        heard = [*before, *(one for one in fresh if one.at >= oldest)]
        told = memory.told
        is_cool = told is None or news.now - datetime.fromtimestamp(told, news.now.tzinfo) >= COOL_DOWN
        found: tuple[Emergence, ...] = ()
        if fresh and is_cool and len(before) < MOST:  # with so many in a week it was not quiet before
            found = self._look(heard, diary, news)
        memory.heard, memory.told = heard[-MOST:], news.now.timestamp() if found else told
        return Finding(found, kept(state, memory, _Memory.to_state))

    def _look(self, heard: Sequence[Heard], diary: Diary, news: WatchNews) -> tuple[Emergence, ...]:
        first, last = diary.first, diary.number_of(news.now) - WEEK
        if first is None or last < first:
            return ()
        past = diary.stretch(first, last, max(first, diary.number_of(news.now - SETTLED)))
        rate = (past.signals + PRIOR_SIGNALS) / (past.days + PRIOR_DAYS)
        voices = sorted({one.voice for one in heard})
        needed = voices_needed(rate * WEEK)
        tail = chance_of(len(heard), past.signals, past.days)
        is_spoken = len(voices) >= needed or len(heard) >= needed + ALONE
        if past.days < LEAST_HISTORY or rate * WEEK > QUIET or not is_spoken or tail > UNLIKELY:
            return ()
        topics = agreed_scores([one.topics for one in heard], news.topics)
        stories = {one.story_id for one in heard}
        publishers = "one publisher" if len(voices) == 1 else f"{len(voices)} publishers"
        return (
            Emergence(
                kind=self.kind,
                watch_id=news.watch_id,
                story_id=stories.pop() if len(stories) == 1 else None,
                at=news.now,
                observed=len(heard),
                expected=round(rate * WEEK, 3),
                window=timedelta(days=WEEK),
                tail=tail,
                strength=round(log(max(tail, 1e-9)) / log(UNLIKELY), 3),
                signal_ids=tuple(sorted(one.signal_id for one in heard)),
                topics=topics,
                terms=(),
                because=(
                    f"{len(heard)} signals from {publishers} in {WEEK} days on a watch that had {past.signals:.0f} in "
                    f"the {past.days:.0f} days before{about(topics)}."
                ),
                by=f"{self.kind.value}@{self.version}",
                coverage=news.coverage,
                facts={
                    "voices": voices,
                    "needed": needed,
                    "past_signals": past.signals,
                    "past_days": round(past.days, 2),
                    "past_from": past.first.isoformat(),
                    "past_until": past.last.isoformat(),
                },
            ),
        )


def voices_needed(expected_a_week: float) -> int:
    return 3 if expected_a_week > OFTEN else 2


def chance_of(count: int, signals: float, days: float, window: float = WEEK) -> float:
    """Probability of `count` or more in `window` days after so many signals in so many days (negative binomial).

    >>> round(chance_of(2, signals=0, days=28), 3), round(chance_of(2, signals=4, days=28), 2)
    (0.015, 0.28)
    """
    shape, scale = signals + PRIOR_SIGNALS, days + PRIOR_DAYS
    stays, leaves = log(scale / (scale + window)), log(window / (scale + window))
    below = sum(
        exp(lgamma(shape + n) - lgamma(shape) - lgamma(n + 1) + shape * stays + n * leaves) for n in range(count)
    )
    return round(min(1.0, max(0.0, 1 - below)), 6)


def _is_settled(hit: Hit, diary: Diary, news: WatchNews) -> bool:
    added = news.newcomers.get(hit.signal.source_id)
    if added is None or news.now - added >= SETTLED:
        return True
    return diary.first is not None and diary.number_of(added) <= diary.first
