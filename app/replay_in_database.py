"""Replaying an archive the slow way: the live pipeline on virtual time, over a database that can be kept.

Tells the same as app.replay, word for word; a test holds the two side by side.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from app.commands.archive import ArchiveItem, ArchiveSignals, given_item
from app.labelling import LabellerHere
from app.pipeline import Pipeline, run_in_order
from app.replay import Moment, steps
from app.replaying.heard import Telling
from app.stages.alert import AlertStage
from app.stages.archive import ArchiveStage, Saying
from app.stages.classify import ClassifyStage
from app.stages.dedupe import DedupeStage
from app.stages.desk import Desk
from app.stages.detect import BUCKET, DetectStage
from app.stages.group import GroupStage
from app.stages.match import MatchStage
from app.stages.normalise import NormaliseStage
from app.storage import archives, beginnings
from app.storage.archives import Told
from app.storage.database import Database
from classifiers.beside import Beside
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Classifier
from classifiers.watches.watchfile import WatchDraft


class StoredReplay:
    """An archive on its way through the pipeline."""

    def __init__(
        self, database: Database, model: Classifier, items: Sequence[ArchiveItem], beside: Beside | None = None
    ) -> None:
        self._database = database
        self._model, self._beside = model, beside
        self._items = items
        self._names: Mapping[int, str] = {}

    async def moments(self, watches: Iterable[WatchDraft], time_zone: str) -> AsyncIterator[Moment]:
        """Yields after each step. The database must be migrated and empty."""
        if not self._items:
            return
        begin = self._items[0].seen_at
        sayings = await self._prepare(watches, time_zone, begin)
        archive = ArchiveStage(self._database, sayings, BUCKET)
        self._names = archive.archive_ids
        desk = Desk(self._database)
        pipeline = self._pipeline(archive, desk)
        told_until = held_until = 0
        try:
            for at in steps([one.seen_at for one in sayings]):
                tallies = await run_in_order((archive,), at)
                await pipeline.understand(at)
                async with self._database.transaction() as connection:
                    told = await archives.transitions_after(connection, told_until)
                    held = await archives.held_after(connection, held_until)
                    seen = await archives.seen_at(connection, {key for one in (*told, *held) for key in one.signal_ids})
                told_until = told[-1].position if told else told_until
                held_until = held[-1].position if held else held_until
                yield Moment(at, tallies[0].taken, self._telling(told, seen, at), self._telling(held, seen, at))
        finally:
            await desk.leave()

    async def lead_times(self) -> dict[int, timedelta]:
        """Of each alert about a story: from the alert to the story's busiest hour; negative when it came late."""
        async with self._database.transaction() as connection:
            return await archives.lead_times(connection)

    def _telling(self, told: Sequence[Told], seen: Mapping[int, datetime], now: datetime) -> tuple[Telling, ...]:
        return tuple(
            Telling(
                at=one.at or now,
                alert=one.alert_id,
                change=one.change,
                state=one.state,
                watch_id=one.watch_id,
                watch=one.watch,
                kind=one.kind,
                severity=one.severity,
                level=one.level,
                title=one.title,
                topics=one.topics,
                story=None if one.story_id is None else self._names.get(one.story_id),
                items=tuple(self._names[key] for key in one.signal_ids if key in self._names),
                observed=one.observed,
                expected=one.expected,
                because=one.because,
                coverage=one.coverage,
                reason=one.reason,
                hold=one.hold,
                story_began_at=one.story_began_at
                or min((seen[key] for key in one.signal_ids if key in seen), default=None),
                facts=one.facts,
            )
            for one in told
        )

    async def _prepare(self, watches: Iterable[WatchDraft], time_zone: str, begin: datetime) -> list[Saying]:
        signals = ArchiveSignals()
        numbers: dict[int, int] = {}
        sayings = []
        async with self._database.transaction() as connection:
            organisation_id = await beginnings.add_organisation(connection, "Replay", time_zone, begin)
            for watch in watches:
                await archives.insert_watch(connection, organisation_id, watch, time_zone, begin)
            for item in self._items:
                source = signals.source_of(item)
                if source.id not in numbers:
                    numbers[source.id] = await archives.insert_source(connection, organisation_id, source, begin)
                sayings.append(Saying(item.id, numbers[source.id], given_item(item), item.seen_at))
        return sayings

    def _pipeline(self, archive: ArchiveStage, desk: Desk) -> Pipeline:
        return Pipeline(
            collect=archive,
            normalise=NormaliseStage(self._database),
            dedupe=DedupeStage(desk),
            classify=ClassifyStage(self._database, LabellerHere(self._model, self._beside)),
            group=GroupStage(desk),
            match=MatchStage(self._database),
            detect=DetectStage(self._database, DETECTORS),
            alert=AlertStage(self._database, load_taxonomy()),
            notify=archive,  # nobody is told in a replay
            ledger=archive,  # whoever kept the archive heard it
        )
