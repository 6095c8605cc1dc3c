"""Scorecards: how well it goes, by watch, team and organisation; and how many false alarms are borne."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.false_alarms import MOST_A_MONTH
from app.records import Caller
from app.records.scorecards import (
    Card,
    CardKind,
    FalseAlarmBudget,
    Scorecard,
    Span,
    WatchFacts,
)
from app.services.checks import check_between
from app.services.periods import custom, period_before, period_of
from app.services.scoring import figures_of
from app.storage import coverage as hearing
from app.storage import false_alarms, overviews
from app.storage import scorecards as store
from app.storage.database import Database


class Scorecards:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def get(
        self,
        caller: Caller,
        now: datetime,
        span: Span = Span.MONTH,
        *,
        day: date | None = None,
        first: date | None = None,
        last: date | None = None,
    ) -> Scorecard:
        """The period that holds `day` (None: today), or of a custom one the days from `first` to `last`, in the
        organisation's time zone, beside the one before it."""
        async with self.database.transaction() as connection:
            organisation = await overviews.get_organisation(connection, caller.organisation_id)
            zone = ZoneInfo(organisation.time_zone)
            today = now.astimezone(zone).date()
            period = custom(first or today, last or today, zone) if span is Span.CUSTOM else None
            period = period or period_of(span, day or today, zone)
            before = period_before(period, span, zone)
            watches = await store.list_watches(connection, caller.organisation_id)
            audiences = await self._audiences(connection, caller, watches)
            of_now = await store.read_records(connection, caller.sight, period.begin, period.until)
            of_before = await store.read_records(connection, caller.sight, before.begin, before.until)

        def card(kind: CardKind, name: str, members: tuple[WatchFacts, ...], number: int | None = None) -> Card:
            heard = None if kind is CardKind.ORGANISATION else together(audiences[one.id] for one in members)
            pair = ((of_now, period), (of_before, before))
            now_then = [figures_of(records, members, heard, when, now, zone) for records, when in pair]
            return Card(kind, number, name, *now_then)

        teams = sorted({one.owner for one in watches}, key=lambda name: (not name, name.casefold()))
        return Scorecard(
            span=span,
            period=period,
            before=before,
            time_zone=organisation.time_zone,
            organisation=card(CardKind.ORGANISATION, organisation.name, watches),
            teams=tuple(
                card(CardKind.TEAM, name, tuple(one for one in watches if one.owner == name)) for name in teams
            ),
            watches=tuple(card(CardKind.WATCH, one.name, (one,), one.id) for one in watches),
        )

    async def _audiences(
        self, connection: AsyncConnection, caller: Caller, watches: Iterable[WatchFacts]
    ) -> Mapping[int, frozenset[int] | None]:
        """The sources that each watch listens to; None: all."""
        found: dict[int, frozenset[int] | None] = {}
        for one in watches:
            audience = await hearing.find_audience(connection, caller.organisation_id, one.id)
            ids = await hearing.audience_ids(connection, caller.organisation_id, audience) if audience else None
            found[one.id] = None if ids is None else frozenset(ids)
        return found

    async def false_alarms(self, caller: Caller, now: datetime) -> FalseAlarmBudget:
        """What is borne, and how much of it is spent."""
        async with self.database.transaction() as connection:
            return await self._false_alarms(connection, caller, now)

    async def bear(self, caller: Caller, number: int | None, now: datetime) -> FalseAlarmBudget:
        """Bear so many false alarms in 30 days; None: one for each active watch."""
        if number is not None:
            check_between(number, 0, MOST_A_MONTH, "a_month")
        async with self.database.transaction() as connection:
            await false_alarms.choose(connection, caller.organisation_id, number)
            return await self._false_alarms(connection, caller, now)

    async def _false_alarms(self, connection: AsyncConnection, caller: Caller, now: datetime) -> FalseAlarmBudget:
        chosen = await false_alarms.chosen(connection, caller.organisation_id)
        borne = await false_alarms.read_false_alarms(connection, caller.organisation_id, now)
        return FalseAlarmBudget(chosen, borne.a_month, borne.spent, borne.bar)


def together(audiences: Iterable[frozenset[int] | None]) -> frozenset[int] | None:
    """Whoever any of them listens to; None: all."""
    found: frozenset[int] = frozenset()
    for one in audiences:
        if one is None:
            return None
        found |= one
    return found
