"""The ledger stage on a real database: hours close once, silence is told once, sleep is nobody's silence."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from app.alerts.types import AlertState
from app.schema.alert import alert, transition
from app.schema.coverage import coverage_hour, expectation, listening
from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.source import poll, source, source_status
from app.schema.watch import watch
from app.stages.alert import AlertStage
from app.stages.ledger import LedgerStage
from app.storage import ledger
from app.storage.database import Database
from classifiers.taxonomy import load_taxonomy
from tests.support.rows import NOON, add_source

HOUR = timedelta(hours=1)
SINCE = NOON - timedelta(weeks=4)
CLOSING = timedelta(minutes=7)  # past the hour: late enough for it to close


async def visit(database: Database, source_id: int, at: datetime, items: int = 0, *, fails: bool = False) -> None:
    """One visit as the collect stage leaves it."""
    async with database.transaction() as connection:
        row = {"source_id": source_id, "at": at, "outcome": "failed" if fails else "unchanged", "took_ms": 1}
        await connection.execute(insert(poll).values(row))
        for number in range(items):
            guid = f"{at.isoformat()}-{number}"
            await connection.execute(
                insert(item).values(source_id=source_id, guid=guid, seen_at=at, said_at=at, content_hash=guid)
            )
        values: dict[str, Any] = {"last_polled_at": at, "next_poll_at": at + HOUR / 4}
        if fails:
            values |= {"health": "failing", "failures": source_status.c.failures + 1, "last_error": "No answer."}
        else:
            values |= {"last_success_at": at, "health": "heard", "failures": 0}
        if items:
            values["last_new_at"] = at
        await connection.execute(update(source_status).where(source_status.c.source_id == source_id).values(values))


async def a_paper(database: Database, hours: Sequence[int] = range(6, 23), **given: Any) -> int:
    """A source with four weeks of history: two items in each of these hours of every day."""
    async with database.transaction() as connection:
        source_id = await add_source(
            connection, created_at=SINCE, status_every=HOUR / 4, status_last_new_at=None, **given
        )
        rows = []
        at = SINCE
        while at < NOON:
            if at.hour in hours:
                for number in range(2):
                    guid = f"{at.isoformat()}-{number}"
                    rows.append(
                        {"source_id": source_id, "guid": guid, "seen_at": at, "said_at": at, "content_hash": guid}
                    )
            at += HOUR
        await connection.execute(insert(item), rows)
        last = rows[-1]["seen_at"]
        await connection.execute(
            update(source_status).where(source_status.c.source_id == source_id).values(last_new_at=last)
        )
    return source_id


async def run(database: Database, now: datetime) -> None:
    await LedgerStage(database).run(now)
    await AlertStage(database, load_taxonomy()).run(now)


async def live(database: Database, begin: datetime, end: datetime, *speaking: int, quiet: Sequence[int] = ()) -> None:
    """The service is awake from one hour to another, and hears two items an hour of each source that speaks."""
    at = begin
    while at < end:
        for minutes in range(0, 60, 5):
            await LedgerStage(database).run(at + timedelta(minutes=minutes))
            if minutes in (10, 25, 40, 55):
                for source_id in speaking:
                    await visit(database, source_id, at + timedelta(minutes=minutes), 1 if minutes in (10, 40) else 0)
                for source_id in quiet:
                    await visit(database, source_id, at + timedelta(minutes=minutes))
        at += HOUR
        await run(database, at + CLOSING)


async def states(database: Database, source_id: int) -> dict[int, str]:
    """Hours from noon on, and how it was in each."""
    async with database.transaction() as connection:
        rows = await connection.execute(
            select(coverage_hour).where(coverage_hour.c.source_id == source_id).order_by(coverage_hour.c.hour)
        )
        return {round((row.hour - NOON) / HOUR): row.state for row in rows}


async def alerts(database: Database) -> list[Any]:
    async with database.transaction() as connection:
        return list((await connection.execute(select(alert).order_by(alert.c.id))).all())


async def test_an_hour_is_closed_once_with_what_was_expected_and_seen(database: Database) -> None:
    paper = await a_paper(database)
    await run(database, NOON)
    await live(database, NOON, NOON + 2 * HOUR, paper)
    await run(database, NOON + 2 * HOUR + timedelta(minutes=9))
    async with database.transaction() as connection:
        rows = (await connection.execute(select(coverage_hour).order_by(coverage_hour.c.hour))).all()
    assert [(row.hour, row.seen, row.polls, row.failed, row.state) for row in rows] == [
        (NOON, 2, 4, 0, "seen"),
        (NOON + HOUR, 2, 4, 0, "seen"),
    ]
    assert [row.expected for row in rows] == [pytest.approx(2.0, rel=0.1)] * 2


async def test_a_closing_that_is_broken_off_is_done_again_and_two_nodes_close_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = await a_paper(database)
    await run(database, NOON)
    await visit(database, paper, NOON + HOUR / 2, 2)
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "write_place", lambda *_: (_ for _ in ()).throw(RuntimeError("killed")))
        with pytest.raises(RuntimeError):
            await LedgerStage(database).run(NOON + HOUR + CLOSING)
    assert await states(database, paper) == {}
    nodes = [LedgerStage(database).run(NOON + HOUR + CLOSING) for _ in range(2)]
    assert sum(tally.taken for tally in await asyncio.gather(*nodes)) == 1
    assert await states(database, paper) == {0: "seen"}


async def test_a_priority_source_that_falls_silent_is_told_of_once_and_fades_when_it_speaks(database: Database) -> None:
    paper = await a_paper(database, is_priority=True, tier=1, name="Kystposten")
    others = [await a_paper(database) for _ in range(6)]
    await run(database, NOON)
    await live(database, NOON, NOON + 9 * HOUR, *others, quiet=(paper,))
    (raised,) = await alerts(database)
    assert (raised.source_id, raised.state, raised.level) == (paper, AlertState.RAISED, "serious")
    assert raised.title.startswith("Kystposten has said nothing for ")
    assert "would have been usual" in raised.because
    assert (await states(database, paper))[0] == "quiet"
    assert (await states(database, paper))[8] == "silent"
    await live(database, NOON + 9 * HOUR, NOON + 11 * HOUR, paper, *others)
    (faded,) = await alerts(database)
    assert faded.state == AlertState.FADED
    async with database.transaction() as connection:
        kinds = (await connection.scalars(select(transition.c.kind).where(transition.c.alert_id == faded.id))).all()
        own = (await connection.execute(select(watch).where(watch.c.is_own))).one()
    assert kinds == ["raised", "faded"]
    assert not own.is_active  # it matches no signals


async def test_a_paper_that_sleeps_at_night_is_not_silent(database: Database) -> None:
    paper = await a_paper(database, is_priority=True)
    evening = NOON + 10 * HOUR
    async with database.transaction() as connection:
        await connection.execute(insert(listening).values(organisation_id=1, closed_until=evening, awake_at=evening))
        await connection.execute(
            update(source_status).where(source_status.c.source_id == paper).values(last_new_at=evening)
        )
    await live(database, evening, evening + 8 * HOUR, quiet=(paper,))
    assert set((await states(database, paper)).values()) == {"quiet"}
    assert await alerts(database) == []


async def test_six_hours_of_sleep_are_not_asked_and_alarm_nobody(database: Database) -> None:
    paper = await a_paper(database, is_priority=True)
    await run(database, NOON)
    await live(database, NOON, NOON + HOUR, paper)
    await run(database, NOON + 7 * HOUR + CLOSING)  # the lid was shut
    found = await states(database, paper)
    assert found[0] == "seen"
    assert [found[hour] for hour in range(2, 7)] == ["not_asked"] * 5
    assert await alerts(database) == []
    await visit(database, paper, NOON + 7 * HOUR + timedelta(minutes=8), 12)  # what was said meanwhile
    await live(database, NOON + 7 * HOUR, NOON + 9 * HOUR, paper)
    assert (await states(database, paper))[8] == "seen"
    assert await alerts(database) == []


async def test_a_source_that_nobody_visits_is_late_and_not_silent(database: Database) -> None:
    paper = await a_paper(database, is_priority=True)
    other = await a_paper(database)
    await run(database, NOON)
    await live(database, NOON, NOON + 6 * HOUR, other)
    assert (await states(database, paper))[5] == "late"
    assert [one.source_id for one in await alerts(database)] in ([], [None])


async def test_coverage_that_is_lost_is_told_of_once_and_taken_back(database: Database) -> None:
    papers = [await a_paper(database) for _ in range(4)]
    await run(database, NOON - 4 * HOUR)
    await live(database, NOON - 4 * HOUR, NOON, *papers)
    for hour in range(5):
        for minutes in range(0, 60, 10):
            for paper in papers[1:]:
                await visit(database, paper, NOON + hour * HOUR + timedelta(minutes=minutes), fails=True)
            await visit(database, papers[0], NOON + hour * HOUR + timedelta(minutes=minutes), 1)
            await run(database, NOON + hour * HOUR + timedelta(minutes=minutes + 8))
    (lost,) = await alerts(database)
    assert lost.source_id is None
    assert lost.title.startswith("We hear ")
    async with database.transaction() as connection:
        found = (await connection.execute(select(emergence))).one()
    assert found.kind == "coverage_lost"
    assert found.coverage < 0.7
    await live(database, NOON + 5 * HOUR, NOON + 8 * HOUR, *papers)
    (back,) = await alerts(database)
    assert back.state == AlertState.FADED


async def test_a_rhythm_is_learnt_from_the_items(database: Database) -> None:
    paper = await a_paper(database)
    await visit(database, paper, NOON - timedelta(minutes=30), 1)
    await run(database, NOON)
    await run(database, NOON + HOUR + CLOSING)
    async with database.transaction() as connection:
        row = (await connection.execute(select(expectation))).one()
    assert row.per_day == pytest.approx(34, rel=0.05)
    assert row.silent_after is not None
    assert row.silent_after > NOON


async def test_of_a_new_source_with_priority_silence_is_expected_sooner(database: Database) -> None:
    papers = [await a_paper(database, hours=range(24), is_priority=is_priority) for is_priority in (False, True)]
    known_since = NOON - timedelta(days=3)
    async with database.transaction() as connection:
        await connection.execute(delete(item).where(item.c.seen_at < known_since))
        await connection.execute(update(source).values(created_at=known_since))
    await visit(database, papers[0], NOON - timedelta(minutes=30))
    await run(database, NOON)
    await run(database, NOON + HOUR + CLOSING)
    async with database.transaction() as connection:
        rows = await connection.execute(select(expectation.c.silent_after).order_by(expectation.c.source_id))
        usual, hurried = (after - NOON for after in rows.scalars())
    assert usual > timedelta(days=3)
    assert hurried < timedelta(days=2)
