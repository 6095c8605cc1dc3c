"""Overviews: the briefing, and the readings that pages with many rows need at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from app.alerts.types import AlertState, HoldReason
from app.overviews import Briefing, BriefingLine, Organisation, SourceDays
from app.records import AlertFilter, AlertRow, Caller, Coverage
from app.services.alerts import Alerts
from app.services.coverage import Coverages
from app.services.topics import Topics
from app.storage import overviews as store
from app.storage.database import Database
from classifiers.types import Label, Polarity

DAY: Final = timedelta(days=1)
SHOWN_DAYS: Final = 14
USUAL_DAYS: Final = 28
WEEK: Final = 7
LIVING: Final = frozenset({AlertState.RAISED, AlertState.ACKNOWLEDGED})


class Overviews:
    """Readings over everything that an organisation has."""

    def __init__(self, database: Database, alerts: Alerts, coverage: Coverages, topics: Topics) -> None:
        self.database = database
        self.alerts = alerts
        self.coverage = coverage
        self.topics = topics

    async def organisation(self, caller: Caller) -> Organisation:
        async with self.database.transaction() as connection:
            return await store.get_organisation(connection, caller.organisation_id)

    async def briefing(self, caller: Caller, now: datetime) -> Briefing:
        """The state of things, in order of severity."""
        living = (await self.alerts.list(caller, AlertFilter(states=LIVING), limit=200)).rows
        pairs = [(alert.watch_id, topic_of(alert)) for alert in living]
        async with self.database.transaction() as connection:
            days = await store.count_days(connection, pairs, USUAL_DAYS + 1, now)
            begun = await store.find_beginnings(connection, [one.story_id for one in living if one.story_id])
            takers = await store.find_takers(connection, [alert.id for alert in living])
            held = await store.count_held(connection, caller.sight, now - DAY)
        lines = [
            BriefingLine(
                alert=alert,
                topic=topic_of(alert),
                first_seen_at=begun.get(alert.story_id or 0, alert.raised_at),
                taken_by=takers.get(alert.id, ""),
                days=days[pair][-SHOWN_DAYS:],
                usual=float(median(days[pair][:-1])),
            )
            for alert, pair in zip(living, pairs, strict=True)
        ]
        return to_briefing(lines, self._is_opportunity, await self.coverage.get(caller, now), held, now)

    def _is_opportunity(self, topic: str) -> bool:
        return topic in {row.id for row in self.topics.list() if row.polarity == Polarity.OPPORTUNITY}

    async def source_days(
        self, caller: Caller, now: datetime, source_id: int | None = None
    ) -> Mapping[int, SourceDays]:
        """The last seven days of each source; those without a visit are missing."""
        async with self.database.transaction() as connection:
            found = await store.list_source_days(connection, caller.organisation_id, WEEK, now, source_id)
        return {one.source_id: one for one in found}

    async def labels(self, signal_ids: Sequence[int]) -> Mapping[int, tuple[Label, ...]]:
        """The topic labels, with the words that carried them, of signals that the caller has been given."""
        async with self.database.transaction() as connection:
            return await store.find_labels(connection, signal_ids)


def topic_of(alert: AlertRow) -> str:
    return alert.topics[0] if alert.topics else ""


def to_briefing(
    lines: Sequence[BriefingLine],
    is_opportunity: Callable[[str], bool],
    coverage: Coverage,
    held: Mapping[HoldReason, int],
    now: datetime,
) -> Briefing:
    """Each line in one place: an opportunity, else new for a day, else rising or settling."""
    ordered = sorted(lines, key=lambda line: (-line.alert.severity, -line.alert.raised_at.timestamp(), line.alert.id))
    won = [line for line in ordered if is_opportunity(line.topic)]
    threats = [line for line in ordered if not is_opportunity(line.topic)]
    new = [line for line in threats if now - line.alert.raised_at < DAY]
    older = [line for line in threats if now - line.alert.raised_at >= DAY]
    return Briefing(
        at=now,
        coverage=coverage,
        new=tuple(new),
        rising=tuple(line for line in older if is_rising(line)),
        settling=tuple(line for line in older if not is_rising(line)),
        opportunities=tuple(won),
        living=len(lines),
        held=held.get(HoldReason.BUDGET, 0),
        held_as_false=held.get(HoldReason.FALSE_ALARMS, 0),
    )


def is_rising(line: BriefingLine) -> bool:
    """More than the day before, and more than usual."""
    return line.today > line.yesterday and line.today > line.usual
