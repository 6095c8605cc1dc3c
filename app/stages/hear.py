"""Hear: keeps the lines open of sources that speak in a stream, a bounded number, apart from those that are visited."""

import asyncio
from collections import Counter
from contextlib import suppress
from datetime import datetime

from app.alerts.types import Tally
from app.errors import DatabaseUnavailable
from app.stages.collect import LEASE, CollectStage, to_tally
from app.storage import sources
from app.storage.database import Database
from signals.rhythm import LISTENED_TO


class HearStage:
    """Opens sessions of listening and lets them run on: `run` takes what has ended and fills the places.

    A session stores what it heard by itself when it ends, long before its lease does; its source is due again at once.
    Who is stopped in the middle has stored nothing and moved no cursor: the next session hears the same once more.
    """

    def __init__(self, database: Database, collect: CollectStage, node_id: str, places: int) -> None:
        self._database = database
        self._collect = collect
        self._node_id = f"{node_id}/streams"  # visits that are turned back must not give up our leases
        self._places = places
        self._sessions: set[asyncio.Task[Counter[str]]] = set()

    async def run(self, now: datetime) -> Tally:
        ended = {session for session in self._sessions if session.done()}
        self._sessions -= ended
        if free := self._places - len(self._sessions):
            async with self._database.transaction() as connection:
                claims = await sources.claim(
                    connection, self._node_id, now, lease=LEASE, most=free, per_host=free, kinds=LISTENED_TO
                )
            self._sessions |= {asyncio.create_task(self._collect.attend(taken, now)) for taken in claims}
        return to_tally("hear", sum((session.result() for session in ended), Counter[str]()))

    async def wait(self) -> None:
        """Until the sessions under way have ended."""
        if self._sessions:
            await asyncio.wait(self._sessions)

    async def hang_up(self) -> None:
        """We are told to stop: end all sessions now and leave no source leased for nothing."""
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        with suppress(DatabaseUnavailable):
            async with self._database.transaction() as connection:
                await sources.release(connection, self._node_id)
