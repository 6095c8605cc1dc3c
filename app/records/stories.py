"""What people do with stories, where a story stands for a watch, and what its outlook was worth."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.records.paging import Named
from app.records.signals import SignalRow, StoryRow
from classifiers.lifecycle import Reason, Stage
from signals.outlook import Outlook
from signals.outlook import Reason as OutlookReason


class StoryChangeKind(StrEnum):
    MERGE = "merge"
    SPLIT = "split"


@dataclass(frozen=True, slots=True)
class StoryChange:
    """A merge or split that people decided on."""

    id: int
    kind: StoryChangeKind
    story_id: int  # kept its number
    other_id: int  # became part of it, or was split off
    signal_ids: tuple[int, ...]  # that moved
    kept_ids: tuple[int, ...]
    actor: str
    reason: str
    at: datetime
    undoes: int | None = None
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What came of a merge or split: the story that kept its number, and, of a split, the other part."""

    change: StoryChange
    story: StoryRow
    other: StoryRow | None


@dataclass(frozen=True, slots=True)
class LinkedStory:
    """Another story that tells of the same event."""

    story: StoryRow
    score: float
    because: tuple[str, ...]  # names, numbers and words that both hold


class StageChangeKind(StrEnum):
    OPENED = "opened"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"  # a proposal that no longer holds
    ACCEPTED = "accepted"
    SET = "set"  # people chose another than was proposed
    DECLINED = "declined"  # people left it where it stands


@dataclass(frozen=True, slots=True)
class StageRow:
    """Where a story stands for a watch, and what Forkant proposes."""

    story_id: int
    watch_id: int
    watch_name: str
    stage: Stage
    set_at: datetime
    set_by: str
    reason: str
    proposed: Stage | None
    proposed_at: datetime | None
    because: tuple[Reason, ...]  # of the proposal


@dataclass(frozen=True, slots=True)
class StageChange:
    """One change of where a story stands, or one proposal."""

    id: int
    story_id: int
    watch_id: int
    watch_name: str
    kind: StageChangeKind
    before: Stage | None
    after: Stage
    at: datetime
    actor: str
    reason: str
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class OutlookRow:
    """A prediction of what a story does, and what it did."""

    made_at: datetime
    horizon: timedelta
    signals: int  # that it had
    fading: float
    holding: float
    growing: float
    because: tuple[OutlookReason, ...]
    by: str
    came: str  # fading, holding, growing; unheard: nobody listened; empty: not yet judged
    came_signals: int | None

    @property
    def likeliest(self) -> Outlook:
        return max(Outlook, key=self.chance_of)

    def chance_of(self, outcome: Outlook) -> float:
        return {Outlook.FADING: self.fading, Outlook.HOLDING: self.holding, Outlook.GROWING: self.growing}[outcome]


@dataclass(frozen=True, slots=True)
class OutlookBin:
    """Predictions that gave an outcome about the same chance, and how often it came."""

    horizon: timedelta
    outcome: Outlook
    tenth: int  # 0: up to 10 %, 9: 90 % and more
    predictions: int
    stories: int
    predicted: float  # on average
    came: float  # share
    squares: float  # sum of the squared distances of chance and outcome


@dataclass(frozen=True, slots=True)
class OutlookRecord:
    """What the predictions of a time were worth."""

    since: datetime
    bins: tuple[OutlookBin, ...]

    def bin_of(self, given: OutlookRow) -> OutlookBin | None:
        """Earlier predictions like this one: of the same outcome over the same time, given about the same chance."""
        tenth = min(int(given.chance_of(given.likeliest) * 10), 9)
        same = (
            one for one in self.bins if (one.horizon, one.outcome, one.tenth) == (given.horizon, given.likeliest, tenth)
        )
        return next(same, None)

    def of(self, horizon: timedelta) -> tuple[OutlookBin, ...]:
        return tuple(one for one in self.bins if one.horizon == horizon)

    def predictions(self, horizon: timedelta) -> int:
        return sum(one.predictions for one in self.of(horizon)) // len(Outlook)

    def brier(self, horizon: timedelta) -> float | None:
        """Mean squared distance of the three chances and what came, summed: 0 is a seer; None: nothing to judge by."""
        count = self.predictions(horizon)
        return sum(one.squares for one in self.of(horizon)) / count if count else None

    def brier_of_usual(self, horizon: timedelta) -> float | None:
        """The same for somebody who always says how often each outcome comes."""
        count = self.predictions(horizon)
        if not count:
            return None
        shares = [
            sum(one.came * one.predictions for one in self.of(horizon) if one.outcome is outcome) / count
            for outcome in Outlook
        ]
        return sum(share * (1 - share) for share in shares)


@dataclass(frozen=True, slots=True)
class StoryFull:
    story: StoryRow
    members: tuple[SignalRow, ...]  # in the order they were said
    alert_ids: tuple[int, ...]
    changes: tuple[StoryChange, ...] = ()  # by people, newest first
    stages: tuple[StageRow, ...] = ()  # for each watch
    stage_changes: tuple[StageChange, ...] = ()  # newest first
    outlooks: tuple[OutlookRow, ...] = ()  # newest first
    watches: tuple[Named, ...] = ()  # that its signals hit
    linked: tuple[LinkedStory, ...] = ()  # that tell of the same in other words, mostly in other languages
