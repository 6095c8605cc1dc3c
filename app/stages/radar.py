"""Radar: once a week, what rises outside every watch of an organisation is suggested to it as watches."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from app.alerts.types import Tally
from app.children import in_a_child
from app.errors import DatabaseUnavailable
from app.storage import radar as store
from app.storage.database import Database
from classifiers.radar import suggest
from classifiers.radar_values import Guard, Heard, PastTitle, Radar, Taught

log = structlog.get_logger()

WEEK = timedelta(days=7)
PAST = 12 * WEEK
LEAST_PAST = timedelta(days=14)  # before that nobody can say what is usual
KEPT = timedelta(days=180)  # suggestions; longer than what was answered rests
HOUR = time(6)  # on Mondays, where the organisation is; after that, whenever somebody is awake


@dataclass(frozen=True, slots=True)
class Sky:
    """What a look is given."""

    week: Sequence[Heard]
    past: Sequence[PastTitle]
    guards: Sequence[Guard]
    taught: Taught


Look = Callable[[Sky], Awaitable[Radar]]


async def look_in_a_child(sky: Sky) -> Radar:
    return await in_a_child(suggest, sky.week, sky.past, sky.guards, sky.taught)


class RadarStage:
    """One look a week for each organisation. Whoever dies meanwhile leaves a lease that ends."""

    def __init__(self, database: Database, worker: str, look: Look = look_in_a_child) -> None:
        self._database = database
        self._worker = worker
        self._look = look

    async def run(self, now: datetime) -> Tally:
        async with self._database.transaction() as connection:
            await store.forget(connection, now - KEPT)
            due = [
                (organisation_id, week)
                for organisation_id, zone in await store.organisations(connection)
                if (week := week_due(now, zone)) and not await store.is_done(connection, organisation_id, week)
            ]
        taken = made = 0
        for organisation_id, week in due:
            found = await self._look_for(organisation_id, week, now)
            taken += found is not None
            made += found or 0
        return Tally("radar", taken, made)

    async def _look_for(self, organisation_id: int, week: date, now: datetime) -> int | None:
        """How many watches were suggested; None: nobody looked."""
        span = store.Span(now - WEEK - PAST, now - WEEK, now)
        async with self._database.transaction() as connection:
            amount = await store.count(connection, organisation_id, span)
            if amount.begun is None or now - amount.begun < LEAST_PAST or not amount.week:
                return None
            if not await store.take(connection, organisation_id, week, self._worker, now):
                return None
        try:
            return await self._keep(
                organisation_id, week, await self._look(await self._sky(organisation_id, span)), now
            )
        except DatabaseUnavailable:
            raise  # the lease ends by itself
        except Exception as error:  # noqa: BLE001 - a job: the reason is stored on the look's row
            log.warning("a look of the radar failed", organisation=organisation_id, error=str(error))
            async with self._database.transaction() as connection:
                await store.give_back(connection, organisation_id, week, self._worker, str(error)[:500])
            return None

    async def _sky(self, organisation_id: int, span: store.Span) -> Sky:
        async with self._database.transaction() as connection:
            amount = await store.count(connection, organisation_id, span)
            return Sky(
                week=await store.load_week(connection, organisation_id, span, amount),
                past=await store.load_past(connection, organisation_id, span, amount),
                guards=await store.load_guards(connection, organisation_id),
                taught=await store.load_taught(connection, organisation_id, span.until),
            )

    async def _keep(self, organisation_id: int, week: date, found: Radar, now: datetime) -> int:
        async with self._database.transaction() as connection:
            is_ours = await store.keep(connection, organisation_id, week, self._worker, found, now)
        return len(found.suggestions) if is_ours else 0


def week_due(now: datetime, zone: str) -> date | None:
    """The Monday of the week, from six in the morning of it on.

    >>> from datetime import UTC
    >>> week_due(datetime(2026, 3, 9, 4, 59, tzinfo=UTC), "Europe/Oslo")
    >>> week_due(datetime(2026, 3, 9, 5, 0, tzinfo=UTC), "Europe/Oslo")
    datetime.date(2026, 3, 9)
    """
    here = now.astimezone(ZoneInfo(zone))
    monday = here.date() - timedelta(days=here.weekday())
    return monday if here >= datetime.combine(monday, HOUR, here.tzinfo) else None
