"""What Forkant would like to know: where to look for questions, those asked today, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Caller
from app.records.learning import QuestionRow
from app.schema.learning import question
from app.schema.signal import signal
from app.schema.source import source
from app.storage.judgements import passage
from app.storage.queries import query
from app.storage.seeing import is_seen
from app.storage.signals_search import select_signals, to_signal_row
from classifiers.asking import Doubt
from signals.languages import LANGUAGES
from signals.types import Sensitivity

RECENT = timedelta(days=2)
LOOKED_AT = 2_000
GOOD_FOR = timedelta(days=7)  # what was asked longer ago and not answered is not asked any more


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A recent text that might be asked about."""

    signal_id: int
    text: str
    language: str
    family: str
    alike: int
    is_disputed: bool


async def list_unjudged(connection: AsyncConnection, organisation_id: int, now: datetime) -> tuple[Unjudged, ...]:
    given = {
        "organisation": organisation_id,
        "since": now - RECENT,
        "languages": sorted(LANGUAGES),
        "most": LOOKED_AT,
    }
    return tuple(
        Unjudged(row.id, passage(row.title, row.text), row.language, row.family, row.alike, row.is_disputed)
        for row in await connection.execute(query("questions.candidates"), given)
    )


async def store(connection: AsyncConnection, organisation_id: int, doubts: Sequence[Doubt], now: datetime) -> None:
    rows = [
        {
            "organisation_id": organisation_id,
            "signal_id": one.signal_id,
            "topic": one.topic,
            "score": one.score,
            "threshold": one.threshold,
            "alike": one.alike,
            "worth": one.worth,
            "asked_at": now,
        }
        for one in doubts
    ]
    if rows:
        await connection.execute(insert(question).values(rows).on_conflict_do_nothing())


async def list_open(connection: AsyncConnection, caller: Caller, now: datetime) -> tuple[QuestionRow, ...]:
    """Those that wait for an answer, best first. Whoever may not see a signal is not asked about it."""
    asked = {
        row.signal_id: row
        for row in await connection.execute(
            select(question)
            .join(signal, signal.c.id == question.c.signal_id)
            .where(
                question.c.organisation_id == caller.organisation_id,
                question.c.answered_at.is_(None),
                question.c.asked_at > now - GOOD_FOR,
                signal.c.sensitivity != Sensitivity.RESTRICTED,
                is_seen(caller.sight, signal.c.id),
            )
            .order_by(question.c.worth.desc(), question.c.signal_id)
        )
    }
    found = await connection.execute(
        select_signals().where(signal.c.id.in_(list(asked)), source.c.organisation_id == caller.organisation_id)
    )
    rows = {row.id: to_signal_row(row) for row in found}
    return tuple(
        QuestionRow(rows[number], one.topic, one.score, one.threshold, one.alike, one.asked_at)
        for number, one in asked.items()
        if number in rows
    )


async def close(connection: AsyncConnection, caller: Caller, signal_id: int, now: datetime) -> bool:
    """Answered, or passed over; False: it was not open."""
    done = await connection.execute(
        update(question)
        .where(
            question.c.organisation_id == caller.organisation_id,
            question.c.signal_id == signal_id,
            question.c.answered_at.is_(None),
        )
        .values(answered_at=now, answered_by=caller.name)
        .returning(question.c.signal_id)
    )
    return done.first() is not None


async def count_asked_since(connection: AsyncConnection, organisation_id: int, since: datetime) -> int:
    found = await connection.scalar(
        select(func.count()).where(question.c.organisation_id == organisation_id, question.c.asked_at > since)
    )
    return found or 0
