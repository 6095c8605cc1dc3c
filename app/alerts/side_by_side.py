"""Two settings side by side: what only one of them would have told, and how each would have done."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from app.alerts.types import Level
from app.records.replays import Outcome, ReplayResult, ResultRow, Side


class Place(StrEnum):
    BOTH = "both"
    ONLY_LIVE = "only_live"
    ONLY_DRAFT = "only_draft"


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with its place; `beside` is what the other settings made of the same: raised, or held and why."""

    row: ResultRow
    place: Place
    beside: ReplayResult | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What was told of one story, or of some of the same signals, on each side in the order of time. Where one side
    told nothing, what it held back of it."""

    live: tuple[ResultRow, ...]
    draft: tuple[ResultRow, ...]
    held: ReplayResult | None

    @property
    def first(self) -> ResultRow:
        return min((*self.draft, *self.live), key=lambda row: (row.told.at, row.told.side, row.id))

    @property
    def place(self) -> Place:
        if self.live and self.draft:
            return Place.BOTH
        return Place.ONLY_LIVE if self.live else Place.ONLY_DRAFT


@dataclass(frozen=True, slots=True)
class SideSummary:
    """How one side would have done."""

    alerts: int
    a_day: float
    by_kind: tuple[tuple[str, int], ...]  # most frequent first
    by_level: tuple[tuple[str, int], ...]  # most serious first
    held: tuple[tuple[str, int], ...]  # by reason
    median_delay: timedelta | None  # from the first item to the alert
    judged: int  # alerts of which people have said live whether they were useful
    useful: int

    @property
    def precision(self) -> float | None:
        return self.useful / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Comparison:
    days: float
    live: SideSummary | None
    draft: SideSummary | None
    both: int  # matters that both tell
    only_live: int
    only_draft: int


def compare(rows: Sequence[ResultRow], sides: Iterable[Side], begins_at: datetime, ends_at: datetime) -> Comparison:
    days = max((ends_at - begins_at) / timedelta(days=1), 1 / 24)
    summaries = {side: summarise([row for row in rows if row.told.side is side], days) for side in sides}
    places = Counter(one.place for one in matters_of(rows))
    return Comparison(
        days=days,
        live=summaries.get(Side.LIVE),
        draft=summaries.get(Side.DRAFT),
        both=places[Place.BOTH],
        only_live=places[Place.ONLY_LIVE],
        only_draft=places[Place.ONLY_DRAFT],
    )


def summarise(rows: Sequence[ResultRow], days: float) -> SideSummary:
    raised = [row for row in rows if row.told.outcome is Outcome.RAISED]
    held = Counter(row.told.hold.value for row in rows if row.told.hold)
    levels = Counter(row.told.level for row in raised)
    delays = [row.told.delay.total_seconds() for row in raised if row.told.delay is not None]
    judged = [row.is_useful for row in raised if row.is_useful is not None]
    return SideSummary(
        alerts=len(raised),
        a_day=len(raised) / days,
        by_kind=tuple(Counter(row.told.kind.value for row in raised).most_common()),
        by_level=tuple((level.value, levels[level]) for level in reversed(Level) if levels[level]),
        held=tuple(held.most_common()),
        median_delay=timedelta(seconds=median(delays)) if delays else None,
        judged=len(judged),
        useful=sum(judged),
    )


def place(rows: Sequence[ResultRow]) -> tuple[Placed, ...]:
    """Each row with what the other side made of the same story, or of some of the same signals.

    Where the other side both raised and held it, it counts as raised.
    """
    known = _Known(rows)
    return tuple(_placed(row, known.beside(row.told)) for row in rows)


def _placed(row: ResultRow, beside: ReplayResult | None) -> Placed:
    if beside is not None and beside.outcome is row.told.outcome:
        return Placed(row, Place.BOTH, beside)
    return Placed(row, Place.ONLY_LIVE if row.told.side is Side.LIVE else Place.ONLY_DRAFT, beside)


def matters_of(rows: Sequence[ResultRow]) -> tuple[Matter, ...]:
    """What was told, alerts about the same together, oldest first.

    Alerts about one story belong together. Those about none, such as of a surge, belong to others about none with
    some of the same signals; else to what the other side alone told of these. They never make one of two stories.
    """
    raised = sorted((row for row in rows if row.told.outcome is Outcome.RAISED), key=lambda row: (row.told.at, row.id))
    groups = list(_by_story(raised).values())
    for row in raised:
        if row.told.story_id is None:
            _join(row, groups)
    held = _Known([row for row in rows if row.told.outcome is Outcome.HELD])
    matters = (_to_matter(group, held) for group in groups)
    return tuple(sorted(matters, key=lambda one: (one.first.told.at, one.first.id)))


def _by_story(raised: Sequence[ResultRow]) -> dict[int, list[ResultRow]]:
    groups: dict[int, list[ResultRow]] = {}
    for row in raised:
        if row.told.story_id is not None:
            groups.setdefault(row.told.story_id, []).append(row)
    return groups


def _join(row: ResultRow, groups: list[list[ResultRow]]) -> None:
    mine = set(row.told.signal_ids)
    common = [group for group in groups if any(mine.intersection(one.told.signal_ids) for one in group)]
    of_numbers = [group for group in common if any(one.told.story_id is None for one in group)]
    of_others = [group for group in common if all(one.told.side is not row.told.side for one in group)]
    found = next(iter(of_numbers or of_others), None)
    if found is None:
        groups.append([row])
    else:
        found.append(row)


def _to_matter(group: Sequence[ResultRow], held: "_Known") -> Matter:
    live = tuple(row for row in group if row.told.side is Side.LIVE)
    draft = tuple(row for row in group if row.told.side is Side.DRAFT)
    beside = [found for row in group if (found := held.beside(row.told))] if not (live and draft) else []
    return Matter(live, draft, max(beside, key=lambda one: one.severity, default=None))


class _Known:
    """Results by what they are about."""

    def __init__(self, rows: Sequence[ResultRow]) -> None:
        self._of_story: defaultdict[int, list[ReplayResult]] = defaultdict(list)
        self._of_signal: defaultdict[int, list[ReplayResult]] = defaultdict(list)
        for row in rows:
            if row.told.story_id is not None:
                self._of_story[row.told.story_id].append(row.told)
            for number in row.told.signal_ids:
                self._of_signal[number].append(row.told)

    def beside(self, told: ReplayResult) -> ReplayResult | None:
        found = self._other(told, self._of_story, (told.story_id,) if told.story_id is not None else ())
        return found or self._other(told, self._of_signal, told.signal_ids)

    @staticmethod
    def _other(
        told: ReplayResult, known: Mapping[int, Sequence[ReplayResult]], keys: Iterable[int]
    ) -> ReplayResult | None:
        others = [one for key in keys for one in known.get(key, ()) if one.side is not told.side]
        return min(others, key=lambda one: (one.outcome is Outcome.HELD, one.at), default=None)
