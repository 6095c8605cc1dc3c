"""What nobody reads again goes by itself, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from app.records.replays import Played
from app.schema.radar import radar_look, radar_weight, suggestion
from app.schema.replay import replay, replay_result
from app.stages import radar, replays
from app.storage.database import Database
from app.storage.suggestions import RESTS
from tests.support.rows import NOON

LONG_AGO = NOON - timedelta(days=181)
HOUR = timedelta(hours=1)


async def add(database: Database, table: Table, **values: Any) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(table).values(organisation_id=1, **values))


async def column(database: Database, table: Table, name: str) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.scalars(select(table.c[name]).order_by(table.c[name]))).all())


async def never(*_: object) -> Played:
    raise AssertionError("nothing waits")


async def add_replay(database: Database, state: str, asked_at: datetime, ended_at: datetime | None) -> None:
    period = {"begins_at": asked_at - HOUR, "ends_at": asked_at}
    await add(database, replay, asked_by=state, asked_at=asked_at, state=state, ended_at=ended_at, **period)


async def test_replays_go_half_a_year_after_their_end_with_what_they_told(database: Database) -> None:
    for state in ("done", "failed", "cancelled"):
        await add_replay(database, state, LONG_AGO - HOUR, LONG_AGO)
    await add_replay(database, "running", LONG_AGO, None)
    await add_replay(database, "done", LONG_AGO, NOON - HOUR)
    told = {"side": "live", "outcome": "raised", "kind": "report", "level": "low", "state": "raised", "title": "x"}
    told |= {"because": "x", "hold": "", "decided": "", "severity": 1, "peak": 1, "at": LONG_AGO, "topics": []}
    async with database.transaction() as connection:
        await connection.execute(insert(replay_result), [told | {"replay_id": number} for number in (1, 5)])
        await connection.execute(replay.update().where(replay.c.id == 4).values(lease_until=NOON + 9 * HOUR))
    stage = replays.ReplaysStage(database, "a", never)
    await stage.run(NOON)
    assert await column(database, replay, "id") == [4, 5]
    assert await column(database, replay_result, "replay_id") == [5]
    await stage.run(NOON + timedelta(days=180))
    assert await column(database, replay, "id") == [4], "a worker sweeps every day"


async def test_suggestions_go_after_half_a_year_but_what_they_taught_stays(database: Database) -> None:
    assert radar.KEPT > RESTS
    for made_at in (LONG_AGO, NOON - RESTS):
        await add(database, radar_look, week=made_at.date(), looked_at=made_at)
        given = {"keys": ["x"], "signal_ids": [1], "example_ids": [1], "expected": 0.1, "score": 1.0, "rank": 1}
        await add(database, suggestion, week=made_at.date(), made_at=made_at, term="x", **given)
    await add(database, radar_weight, kind="topic", name="innovation", accepted=1, weight=1.3)
    await radar.RadarStage(database, "a").run(NOON)
    assert await column(database, suggestion, "made_at") == [NOON - RESTS]
    assert await column(database, radar_look, "week") == [(NOON - RESTS).date()]
    assert await column(database, radar_weight, "name") == ["innovation"]
