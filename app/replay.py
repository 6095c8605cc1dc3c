"""Replaying the past: what would have been told, had these watches listened; the live stages on virtual time.

Everything is kept in memory (app.replaying) in the place of tables, so that months go by in a minute and nothing
touches live data; what decides are the live functions and stages. Why so:
docs/decisions/0014-a-replay-keeps-its-rows-in-memory.md.

    replay = Replay(heard_of(archive_items), watches, label_here(model, beside))  # heard_of: app.replaying.archived
    for moment in replay.moments():     # a plain iterator, for a child process or a thread of its own
        moment.at, moment.items         # virtual time, how many signals this step brought: for progress
        moment.told, moment.held        # changes of alerts; what woke nobody, and why

Two settings are compared by one replay with `each_apart`: else its watches share a budget of false alarms, as those
of an organisation do.
"""

from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import chain
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Sensitivity, Watch
from app.replaying.deciding import DecidingInMemory
from app.replaying.findings import Findings
from app.replaying.heard import Heard, Telling
from app.replaying.noticing import NoticingInMemory
from app.replaying.past import Past
from app.replaying.telling import Teller
from app.replaying.understanding import Desk, Labeller, Read, Reader
from app.stages.alert import AlertStage
from app.stages.detect import BUCKET, GRACE, LONGEST_LOOK_BACK, DetectStage, last_closed
from classifiers.beside import Beside
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Classifier
from classifiers.watches import WatchTerms
from classifiers.watches.watchfile import WatchDraft

STEP = timedelta(minutes=5)  # how long an item waits at most; live it is a second, which nobody's archive resolves
TIDY = timedelta(days=7)  # how often what is too old is forgotten

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a replay: how many items it brought, what was told, and what was held back."""

    at: datetime
    items: int
    told: tuple[Telling, ...]
    held: tuple[Telling, ...] = ()


class Replay:
    """Signals on their way through the pipeline once more.

    `heard` comes in order of `signal.seen_at`, and is read as it goes: an iterator of any length will do. `label` is
    asked in large batches, and only for what a watch may hit. `inside`: watches that others name in their query; they
    match nothing for themselves. `sources_since`: when sources were added, where that was later than the first signal.
    `each_apart`: each watch bears false alarms of its own, so that none has anything to do with another.
    """

    def __init__(
        self,
        heard: Iterable[Heard],
        watches: Sequence[Watch],
        label: Labeller,
        *,
        inside: Sequence[WatchTerms] = (),
        sources_since: Mapping[int, datetime] | None = None,
        false_alarms_a_month: int | None = None,
        each_apart: bool = False,
    ) -> None:
        self._heard = iter(heard)
        self._watches = tuple(watches)
        terms = [WatchTerms(one.id, one.name, one.query, one.languages) for one in watches]
        self._reader = Reader([*terms, *inside], label)
        self._sources_since = sources_since or {}
        self._false_alarms_a_month, self._each_apart = false_alarms_a_month, each_apart
        ids = [one.id for one in watches]
        self._past, self._findings = Past(ids), Findings(ids)
        self._teller = Teller(self._past, self._findings, {one.id: one.name for one in watches})

    def moments(self) -> Iterator[Moment]:
        """Yields after each step."""
        first = next(self._heard, None)
        if first is None:
            return
        begin = first.signal.seen_at
        noticing = NoticingInMemory(self._past, self._findings, self._watches, DETECTORS, begin, self._sources_since)
        deciding = DecidingInMemory(
            self._past, self._findings, self._watches, self._false_alarms_a_month, each_apart=self._each_apart
        )
        detect = DetectStage(Nowhere(), DETECTORS, noticing)
        alert = AlertStage(Nowhere(), load_taxonomy(), deciding)
        desk = Desk(self._past)
        is_first, tidied = True, begin
        for at, due in steps_with(self._reader.read(chain((first,), self._heard))):
            if due:
                self._teller.hear(due)
                desk.take(due, at)
            if is_first:
                self._begin(noticing, at)
                is_first = False
            now_or_never(detect.run(at))
            now_or_never(alert.run(at))
            told, held = self._teller.tell(at)
            yield Moment(at, len(due), told, held)
            if at - tidied >= TIDY:
                self._past.forget(at)
                self._findings.forget(at)
                tidied = at

    def lead_times(self) -> dict[int, timedelta]:
        """Of each alert about a story: from the alert to the story's busiest hour; negative when it came late."""
        leads = {}
        for key, row in sorted(self._findings.alerts.items()):
            hours = self._past.hours.get(row.alert.story_id) if row.alert.story_id is not None else None
            if hours:
                busiest = min(hours, key=lambda hour: (-hours[hour], hour))
                leads[key] = busiest - row.alert.raised_at
        return leads

    def _begin(self, noticing: NoticingInMemory, at: datetime) -> None:
        """As the match stage has it: a watch that hit something looks back, another begins here."""
        for watch_id, hits in self._past.hits.items():
            noticing.begin(watch_id, last_closed(at - LONGEST_LOOK_BACK if hits.counts_at else at))


def steps_with(read: Iterable[Read]) -> Iterator[tuple[datetime, list[Read]]]:
    """The moments at which anything can happen, soon after items came and when their bucket closes, each with the
    signals that came since the one before."""
    moments: list[datetime] = []
    due: list[Read] = []
    for one in read:
        seen_at = one.heard.signal.seen_at
        while moments and moments[0] < seen_at:
            yield _next(moments), due
            due = []
        for moment in (_up(seen_at, STEP), _up(seen_at, BUCKET) + GRACE):
            if moment not in moments:
                heappush(moments, moment)
        due.append(one)
    while moments:
        yield _next(moments), due
        due = []


def _next(moments: list[datetime]) -> datetime:
    return heappop(moments)


def steps(seen: Iterable[datetime]) -> list[datetime]:
    """The same for moments that are known beforehand."""
    return sorted({moment for at in seen for moment in (_up(at, STEP), _up(at, BUCKET) + GRACE)})


def _up(at: datetime, step: timedelta) -> datetime:
    """The next multiple of `step` at or after a moment."""
    over = (at - datetime.min.replace(tzinfo=at.tzinfo)) % step
    return at + (step - over) if over else at


class Nowhere:
    """Stands for the database: what is kept in memory has no connections."""

    def transaction(self) -> Self:
        return self

    async def __aenter__(self) -> AsyncConnection:
        return cast(AsyncConnection, None)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def now_or_never(work: Coroutine[Any, Any, Answer]) -> Answer:
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return cast(Answer, done.value)
    raise RuntimeError("a stage of a replay waits for something outside it")


def label_here(model: Classifier, beside: Beside | None = None) -> Labeller:
    """Labels in this process."""
    return model.classify if beside is None else lambda signals: beside.label(model, signals)


def watches_of(drafts: Iterable[WatchDraft], time_zone: str) -> tuple[Watch, ...]:
    """The watches of a file, numbered from 1."""
    return tuple(
        Watch(
            id=number,
            name=draft.name,
            query=draft.query,
            languages=draft.languages,
            topics=draft.topics,
            owner=draft.owner,
            sensitivity=Sensitivity(draft.sensitivity),
            alerts_per_day=draft.alerts_per_day,
            time_zone=time_zone,
        )
        for number, draft in enumerate(drafts, start=1)
    )
