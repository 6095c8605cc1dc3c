"""Outlook: what is likely to come of each living story is predicted as it grows, and judged when its time has come."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.storage import outlooks
from app.storage.database import Database
from signals.outlook import HORIZONS, features_of, outlook, what_came

PAUSE = timedelta(minutes=10)  # between two predictions of one story
FRESH = timedelta(hours=6)  # nothing is predicted of what has been silent for longer
GRACE = timedelta(minutes=2)  # what came within the horizon may still be on its way to its story
KEPT = timedelta(days=180)
AT_ONCE = 200


class OutlookStage:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept_at: datetime | None = None

    async def run(self, now: datetime) -> Tally:
        judged = await self._judge(now)
        made = 0
        while True:
            async with self._database.transaction() as connection:
                if not await outlooks.take_turn(connection):
                    return Tally("outlook", judged, made, (("another worker does it", 1),))
                taken = await self._predict(connection, now)
            made += taken
            if taken < AT_ONCE:
                await self._sweep(now)
                return Tally("outlook", judged, made)

    async def _predict(self, connection: AsyncConnection, now: datetime) -> int:
        due = await outlooks.due_stories(connection, now, now - FRESH, PAUSE, AT_ONCE)
        told = await outlooks.told_of(connection, [one.story_id for one in due])
        given = []
        for one in due:
            if not any(said.at <= now for said in told.get(one.story_id, ())):
                continue
            features = features_of(told[one.story_id], now, one.novelty)
            given += [(one.story_id, features.signals, outlook(features, horizon)) for horizon in HORIZONS]
        await outlooks.insert_predictions(connection, given, now)
        return len(due)

    async def _judge(self, now: datetime) -> int:
        """Compare what was predicted with what came."""
        judged = 0
        while True:
            async with self._database.transaction() as connection:
                due = await outlooks.take_judgeable(connection, now - GRACE, AT_ONCE)
                told = await outlooks.told_of(connection, {one.story_id for one in due})
                outcomes = {}
                for one in due:
                    heard = told.get(one.story_id, [])
                    until = one.made_at + one.horizon
                    came = what_came(heard, one.made_at, one.horizon).value if one.was_heard else outlooks.UNHEARD
                    outcomes[one.id] = came, sum(one.made_at < said.at <= until for said in heard)
                await outlooks.judge(connection, outcomes)
            judged += len(due)
            if len(due) < AT_ONCE:
                return judged

    async def _sweep(self, now: datetime) -> None:
        """Once a day, what is too old to tell of today's stories goes."""
        if self._swept_at is None or now - self._swept_at >= timedelta(days=1):
            async with self._database.transaction() as connection:
                await outlooks.forget(connection, now - KEPT)
            self._swept_at = now
