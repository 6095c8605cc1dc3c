"""Ledger: when an hour is over, what was heard in it is written down against what usually is; deafness is told of."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import AlertState, Tally, TransitionKind
from app.records.coverage import hour_of, last_closed
from app.storage import coverage, deciding, ledger, noticing
from app.storage.database import Database
from app.storage.ledger import Place, Spoken
from app.storage.transitions import append_transition
from classifiers.detectors.hearing import find_loss, find_silence, is_well, tell_loss, window_of
from classifiers.types import Emergence
from signals.expectation import HOUR, Expectation, learn, silent_after, slot_of

NAP = timedelta(minutes=20)  # not looked at for so long: nobody was awake
CATCH_UP = timedelta(hours=72)  # what lies further back stays unwritten
LEARN_EVERY = timedelta(days=1)
LEARN_AT_ONCE = 50
WINDOW = timedelta(hours=25)


class LedgerStage:
    """Writes each hour once; whoever dies in between leaves it to be written by another."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            organisations = await ledger.organisations(connection)
        closed = told = 0
        for organisation_id in organisations:
            if await self._is_due(organisation_id, now):
                await self._learn(organisation_id, now)
            hours, found = await self._account(organisation_id, now)
            closed, told = closed + hours, told + found
        return Tally("ledger", closed, told)

    async def _is_due(self, organisation_id: int, now: datetime) -> bool:
        """Is there an hour to close? A ledger that has none yet begins."""
        async with self._database.transaction() as connection:
            place = await ledger.read(connection, organisation_id)
            if place is None:
                first = await ledger.first_poll_after(connection, organisation_id, now - CATCH_UP)
                await ledger.begin(connection, organisation_id, hour_of(min(first or now, now)), now)
                return first is not None
        return place.closed_until < last_closed(now)

    async def _learn(self, organisation_id: int, now: datetime) -> None:
        """Rhythms are learnt anew once a day, some sources at a time."""
        while True:
            async with self._database.transaction() as connection:
                place = await ledger.take(connection, organisation_id)
                if place is None:
                    return
                wanted = await ledger.sources_to_learn(connection, organisation_id, now - LEARN_EVERY, LEARN_AT_ONCE)
                spoken = await ledger.load_spoken(connection, wanted, now) if wanted else []
                found = await asyncio.to_thread(_learn_all, spoken, now, ZoneInfo(place.time_zone))
                for one, known in zip(spoken, found, strict=True):
                    await ledger.write_expectation(connection, one.source_id, known, now)
            if len(wanted) < LEARN_AT_ONCE:
                return

    async def _account(self, organisation_id: int, now: datetime) -> tuple[int, int]:
        """Close what is over, all in one transaction: the time nobody listened is known only here."""
        async with self._database.transaction() as connection:
            place = await ledger.take(connection, organisation_id)
            if place is None:
                return 0, 0
            hours = hours_to_close(place, now)
            for hour in hours:
                slot = slot_of(hour, ZoneInfo(place.time_zone))
                await ledger.close_hour(connection, organisation_id, hour, slot, was_missed(place, hour, now))
            after = woken(place, now)
            told = 0
            if hours:
                await self._foresee_silence(connection, after)
                after, told = await self._listen_to_ourselves(connection, after, now)
                await ledger.forget_old_hours(connection, now)
            await ledger.write_place(connection, after)
            return len(hours), told

    async def _foresee_silence(self, connection: AsyncConnection, place: Place) -> None:
        zone = ZoneInfo(place.time_zone)
        standings = await ledger.load_standings(connection, place.organisation_id)
        await ledger.write_silence(
            connection,
            [
                (
                    one.source_id,
                    one.heard_at,
                    silent_after(one.known, one.heard_at, zone, is_priority=one.is_priority)
                    if one.known and one.heard_at
                    else None,
                )
                for one in standings
            ],
        )

    async def _listen_to_ourselves(self, connection: AsyncConnection, place: Place, now: datetime) -> tuple[Place, int]:
        """Tell of priority sources that have fallen silent and of coverage that is lost; take back what is over."""
        found = []
        zone = ZoneInfo(place.time_zone)
        silent: set[int] = set()
        for one, told_at in await ledger.load_priority(connection, place.organisation_id):
            silence = find_silence(one, 0, now, zone)
            if silence:
                silent.add(one.source_id)
            if silence and told_at is None:
                found.append(silence)
                await ledger.note_told(connection, one.source_id, now)
            elif not silence and told_at is not None:
                await ledger.note_told(connection, one.source_id, None)
        place, lost = await self._judge_coverage(connection, place, now)
        if lost:
            found.append(lost)
        if found:
            share = await coverage.share(connection, place.organisation_id, now)
            watch_id = await ledger.own_watch(connection, place, now)
            await noticing.insert_emergences(
                connection,
                [replace(one, watch_id=watch_id, coverage=share if one.source_id else one.coverage) for one in found],
            )
        await _take_back(connection, place, silent, now)
        return place, len(found)

    async def _judge_coverage(
        self, connection: AsyncConnection, place: Place, now: datetime
    ) -> tuple[Place, Emergence | None]:
        until = place.closed_until
        rows = await coverage.heard_hours(connection, place.organisation_id, until - WINDOW, until)
        hours = [row.heard for row in rows]
        window = window_of(hours)
        houses = await ledger.lost_houses(connection, place.organisation_id, window[0].hour, until) if window else []
        loss = find_loss(window, houses)
        if place.lost_at is None and loss:
            return replace(place, lost_at=now), tell_loss(loss, 0, now)
        if place.lost_at is not None and is_well(hours, loss):
            return replace(place, lost_at=None), None
        return place, None


async def _take_back(connection: AsyncConnection, place: Place, silent: set[int], now: datetime) -> None:
    """Alerts about our hearing fade when we hear again, whoever has taken them."""
    for alert, source_id in await ledger.living_alerts(connection, place.organisation_id):
        if source_id in silent or (source_id is None and place.lost_at is not None):
            continue
        await deciding.close_alert(connection, alert.id, now)
        reason = "it is heard again" if source_id else "we hear again what is usually said"
        await append_transition(
            connection,
            alert.id,
            TransitionKind.FADED,
            AlertState.FADED,
            alert.severity.score,
            alert.severity.level,
            now,
            reason=reason,
        )


def _learn_all(spoken: list[Spoken], now: datetime, zone: ZoneInfo) -> list[Expectation | None]:
    return [learn(one.hours, one.since, now, zone) for one in spoken]


def hours_to_close(place: Place, now: datetime) -> list[datetime]:
    begin = max(place.closed_until, last_closed(now) - CATCH_UP)
    return [begin + number * HOUR for number in range(int((last_closed(now) - begin) / HOUR))]


def asleep(place: Place, begin: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of a time lies between the last sign of life and now, where that is long ago."""
    if now - place.awake_at <= NAP:
        return timedelta(0)
    return max(min(end, now) - max(begin, place.awake_at), timedelta(0))


def was_missed(place: Place, hour: datetime, now: datetime) -> bool:
    """Did nobody listen in most of an hour?"""
    before = place.missed if hour == place.closed_until else timedelta(0)
    return before + asleep(place, hour, hour + HOUR, now) > HOUR / 2


def woken(place: Place, now: datetime) -> Place:
    """The place after the hours that are over are closed."""
    closed_until = max(place.closed_until, last_closed(now))
    before = place.missed if closed_until == place.closed_until else timedelta(0)
    missed = before + asleep(place, closed_until, closed_until + HOUR, now)
    return replace(place, closed_until=closed_until, awake_at=max(now, place.awake_at), missed=missed)
