"""Replaying an archive: the live pipeline on virtual time, over a database of its own."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.commands.archive import ArchiveItem, ArchiveSignals, given_item
from app.labelling import LabellerHere
from app.pipeline import Pipeline, run_in_order
from app.stages.alert import AlertStage
from app.stages.archive import ArchiveStage, Saying
from app.stages.classify import ClassifyStage
from app.stages.dedupe import DedupeStage
from app.stages.desk import Desk
from app.stages.detect import BUCKET, GRACE, DetectStage
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

STEP = timedelta(minutes=5)  # how long an item waits at most; live it is a second, which nobody's archive resolves


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a replay: how many items it brought, and what was told."""

    at: datetime
    items: int
    told: Sequence[Told]


class Replay:
    """An archive on its way through the pipeline. `archive_ids` gives the archive's own name of each signal."""

    def __init__(
        self, database: Database, model: Classifier, items: Sequence[ArchiveItem], beside: Beside | None = None
    ) -> None:
        self._database = database
        self._model, self._beside = model, beside
        self._items = items
        self.archive_ids: dict[int, str] = {}

    async def run(self, watches: Iterable[WatchDraft], time_zone: str) -> AsyncIterator[Moment]:
        """Yields after each step. The database must be migrated and empty."""
        if not self._items:
            return
        begin = self._items[0].seen_at
        sayings = await self._prepare(watches, time_zone, begin)
        archive = ArchiveStage(self._database, sayings, BUCKET)
        self.archive_ids = archive.archive_ids
        desk = Desk(self._database)
        pipeline = self._pipeline(archive, desk)
        position = 0
        try:
            for at in steps([one.seen_at for one in sayings]):
                tallies = await run_in_order((archive,), at)
                await pipeline.understand(at)
                async with self._database.transaction() as connection:
                    told = await archives.transitions_after(connection, position)
                position = told[-1].position if told else position
                yield Moment(at, tallies[0].taken, told)
        finally:
            await desk.leave()

    async def lead_times(self) -> dict[int, timedelta]:
        """Of each alert about a story: from the alert to the story's busiest hour; negative when it came late."""
        async with self._database.transaction() as connection:
            return await archives.lead_times(connection)

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


def steps(seen: Iterable[datetime]) -> list[datetime]:
    """The moments at which anything can happen: soon after items came, and when their bucket closes."""
    moments = set()
    for at in seen:
        moments.add(_up(at, STEP))
        moments.add(_up(at, BUCKET) + GRACE)
    return sorted(moments)


def _up(at: datetime, step: timedelta) -> datetime:
    """The next multiple of `step` at or after a moment."""
    over = (at - datetime.min.replace(tzinfo=at.tzinfo)) % step
    return at + (step - over) if over else at
