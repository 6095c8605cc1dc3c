"""Previews: what a watch that is not kept yet would have found and told."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.rehearsing import Material, Rehearsal, is_raised
from app.alerts.types import Watch
from app.errors import Invalid
from app.records import Caller, WatchDraft
from app.records.previews import (
    AlertEstimate,
    Change,
    DayOfHits,
    Example,
    Preview,
    Rehearsed,
    Share,
    heard_days,
)
from app.services.watches import Watches
from app.storage import labelling, noticing, previewing
from app.storage.database import Database
from app.storage.previewing import Passage, Reading, labels_of
from app.storage.watches import time_zone_of
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Hit
from classifiers.watches import WatchTerms
from classifiers.watches.noise import Sample, noise_of
from classifiers.watches.query import Word
from classifiers.watches.spotting import spans_of
from classifiers.watches.trial import DRAFT, LIVE, Trial
from signals.types import Signal

DAYS: Final = 90
EXAMPLES: Final = 10
CHANGED_EXAMPLES: Final = 5
MOST_REHEARSED: Final = 1_000  # hits; of a noisier watch the newest
MOST_READ: Final = 20_000  # signals that `explain` takes apart
FORMS_SHOWN: Final = 20
LONGEST_DAYS: Final = 366
BATCH: Final = 5_000  # signals that are loaded whole at once

METHOD = (
    "the hits of the last {days:.0f} days, one after another, through the same detectors and decisions as live; "
    "stories as they are grouped today, all sources heard, no alert taken by anybody"
)


@dataclass
class Tally:
    """What was found, as it is read."""

    days: Counter[date] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    words: Counter[Word] = field(default_factory=Counter)
    ids: list[int] = field(default_factory=list)  # the newest first
    counted: int = 0
    added: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    before: int = 0
    sample: Sample = field(default_factory=Sample)

    def take(self, passages: Iterable[Passage], trial: Trial) -> None:
        for one in passages:
            labels = labels_of(one)
            verdict = trial.look(one, labels)
            self.before += verdict.was_found
            if verdict.is_found:
                self._count(one, verdict.words)
                self.sample.add(one, labels)
            if verdict.is_found != verdict.was_found:
                (self.added if verdict.is_found else self.lost).append(one.id)

    def _count(self, one: Passage, words: Sequence[Word]) -> None:
        self.ids.append(one.id)
        self.days[one.day] += 1
        self.languages[one.language or "und"] += 1
        self.groups[one.stakeholder] += 1
        self.words.update(words)
        self.counted += one.is_counted


class Previews:
    """Everything that is asked of watches before they are kept."""

    def __init__(self, database: Database, watches: Watches) -> None:
        self.database = database
        self.watches = watches
        self._turn: asyncio.Semaphore | None = None  # one at a time: it fills a core, and pages are waiting too

    async def preview(
        self, caller: Caller, draft: WatchDraft, now: datetime, *, watch_id: int | None = None, days: int = DAYS
    ) -> Preview:
        """What the draft would have found; with `watch_id`, what it adds or loses against that watch."""
        if not 1 <= days <= LONGEST_DAYS:
            raise Invalid(f"`days` is a number from 1 to {LONGEST_DAYS}", "days")
        live = await self.watches.get(caller, watch_id, now) if watch_id is not None else None
        name = draft.name if draft.name.strip() else live.name if live else "New watch"
        draft = await self.watches.check_draft(caller, replace(draft, name=name), watch_id, now)
        kept = [one for one in await self.watches.list(caller, now) if one.id != watch_id and not one.is_own]
        others = [WatchTerms(one.id, one.name, one.query, one.languages) for one in kept]
        async with self._one_at_a_time(), self.database.transaction() as connection:
            terms = WatchTerms(DRAFT, draft.name, draft.query, draft.languages)
            live_terms = WatchTerms(LIVE, live.name, live.query, live.languages) if live else None
            trial = Trial(terms, others, live_terms)
            reading = await self._reading(connection, caller, now, days, trial)
            tally = Tally()
            async for passages in previewing.read_passages(connection, reading):
                await asyncio.to_thread(tally.take, passages, trial)
            return await self._told(connection, draft, trial, reading, tally, has_live=live is not None)

    def _one_at_a_time(self) -> asyncio.Semaphore:
        if self._turn is None:
            self._turn = asyncio.Semaphore(1)
        return self._turn

    async def _reading(
        self, connection: AsyncConnection, caller: Caller, now: datetime, days: int, trial: Trial
    ) -> Reading:
        zone = await time_zone_of(connection, caller.organisation_id)
        return Reading(
            caller.sight,
            midnight(now, zone, days - 1),
            now,
            zone,
            trial.languages,
            trial.passes,
            trial.reads_text,
            trial.reads_labels,
        )

    async def _told(
        self,
        connection: AsyncConnection,
        draft: WatchDraft,
        trial: Trial,
        reading: Reading,
        tally: Tally,
        has_live: bool,
    ) -> Preview:
        searched, heard_since = await previewing.count_searched(connection, reading)
        heard = heard_days(heard_since, reading.until)
        topics = await previewing.count_topics(connection, tally.ids) if tally.ids else {}
        days = _all_days(tally.days, reading)
        return Preview(
            query=draft.query,
            since=reading.since,
            heard_since=heard_since,
            until=reading.until,
            time_zone=reading.zone,
            searched=searched,
            total=len(tally.ids),
            counted=tally.counted,
            days=days,
            languages=_shares(tally.languages),
            groups=_shares(tally.groups),
            topics=_shares(topics),
            examples=await self._examples(connection, reading, trial, tally.ids, draft.topics),
            alerts=await self._estimate(connection, reading, draft, tally.ids, heard_since),
            noise=await asyncio.to_thread(noise_of, trial, tally.words, tally.sample, heard),
            hint=_hint(tally, draft, searched, len(days)),
            change=await self._change(connection, reading, trial, tally) if has_live and trial.has_live else None,
        )

    async def _examples(
        self, connection: AsyncConnection, reading: Reading, trial: Trial, ids: Sequence[int], topics: Sequence[str]
    ) -> tuple[Example, ...]:
        """The most telling, and the newest beside them."""
        if not ids:
            return ()
        telling = await previewing.most_telling(connection, ids[:MOST_READ], topics, EXAMPLES // 2)
        newest = [key for key in ids if key not in telling][: EXAMPLES - len(telling)]
        return await self._shown(connection, reading, trial, newest, telling)

    async def _shown(
        self,
        connection: AsyncConnection,
        reading: Reading,
        trial: Trial,
        newest: Sequence[int],
        telling: Sequence[int] = (),
        by: int = DRAFT,
    ) -> tuple[Example, ...]:
        keys = (*telling, *newest)
        rows = await previewing.show_signals(connection, reading.sight, keys)
        labels = await labelling.load_labels(connection, keys)
        found = []
        for key in keys:
            if row := rows.get(key):
                root = trial.root(by)
                sight = trial.book.sight_of(row, labels.get(key, ()))
                spans = spans_of(root, sight, row, trial.book.root_of) if root else ()
                found.append(Example(row, spans, key in telling))
        return tuple(found)

    async def _change(self, connection: AsyncConnection, reading: Reading, trial: Trial, tally: Tally) -> Change:
        return Change(
            before=tally.before,
            added=len(tally.added),
            lost=len(tally.lost),
            added_examples=await self._shown(connection, reading, trial, tally.added[:CHANGED_EXAMPLES]),
            lost_examples=await self._shown(connection, reading, trial, tally.lost[:CHANGED_EXAMPLES], by=LIVE),
        )

    async def _estimate(
        self,
        connection: AsyncConnection,
        reading: Reading,
        draft: WatchDraft,
        ids: Sequence[int],
        heard_since: datetime,
    ) -> AlertEstimate:
        newest = sorted(ids[:MOST_REHEARSED])
        if not newest:
            return AlertEstimate(heard_days(heard_since, reading.until), 0, 0, "", ())
        members = await previewing.members_of_stories(connection, newest, reading.sight)
        every = sorted({*newest, *members})
        hits: dict[int, Hit] = {}
        for begin in range(0, len(every), BATCH):
            hits |= await noticing.load_hits(connection, every[begin : begin + BATCH])
        watch = Watch(
            DRAFT, draft.name, draft.query, draft.languages, draft.topics, draft.owner, draft.sensitivity,
            draft.priority, draft.alerts_per_day, draft.time_zone or reading.zone,
        )  # fmt: skip
        since = heard_since if len(newest) == len(ids) else None
        return await asyncio.to_thread(_rehearse, watch, newest, hits, since, reading.until)


def midnight(now: datetime, zone: str, days: int) -> datetime:
    day = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=days)
    return datetime.combine(day, time(), ZoneInfo(zone))


def _all_days(hits: Counter[date], reading: Reading) -> tuple[DayOfHits, ...]:
    first = reading.since.astimezone(ZoneInfo(reading.zone)).date()
    last = reading.until.astimezone(ZoneInfo(reading.zone)).date()
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple(DayOfHits(day, hits[day]) for day in every)


def _shares(counts: Counter[str] | dict[str, int]) -> tuple[Share, ...]:
    return tuple(Share(name, hits) for name, hits in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _rehearse(
    watch: Watch, ids: Sequence[int], hits: dict[int, Hit], begin: datetime | None, end: datetime
) -> AlertEstimate:
    """`begin`: None: of the first of these hits, where there were too many before."""
    mine = sorted((hits[key] for key in ids if key in hits), key=lambda hit: (hit.signal.seen_at, hit.signal.id))
    stories: dict[int, list[Signal]] = {}
    for hit in sorted(hits.values(), key=lambda hit: (hit.signal.seen_at, hit.signal.id)):
        stories.setdefault(hit.story.id, []).append(hit.signal)
    counted = {
        hit.signal.id: labelling.counted_at(hit.signal, is_late=False) if labelling.is_counted(hit.signal) else None
        for hit in mine
    }
    if begin is None:
        begin = mine[0].signal.seen_at if mine else end
    told = Rehearsal(watch, Material(mine, counted, stories), DETECTORS, load_taxonomy()).run(begin, end)
    raised = [one for one in told if is_raised(one)]
    days = heard_days(begin, end)
    newest = tuple(
        Rehearsed(one.at, one.emergence.kind.value, one.severity.level.value, one.severity.score, one.title)
        for one in reversed(raised[-EXAMPLES:])
    )
    held = sum(1 for one in told if one.decision.hold is not None)
    return AlertEstimate(days, len(raised), held, METHOD.format(days=days), newest)


def _hint(tally: Tally, draft: WatchDraft, searched: int, days: int) -> str:
    """What to do where nothing was found."""
    if tally.ids:
        return ""
    if not searched:
        return f"Nothing has been heard in these {days} days that the watch could find: see whether sources are set up."
    if draft.languages:
        return "No hit: see whether the languages are those of your sources, or leave them empty."
    return f"No hit in {days} days: try fewer words, OR between alternatives, or a star: kommune*."
