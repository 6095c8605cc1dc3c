"""Suggestions of the radar as people read and answer them, and what their answers teach."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Sight, SignalRow
from app.records.radar import Kind, LookRow, NotWanted, SuggestionRow, SuggestionState, WeightRow
from app.schema.radar import radar_look, radar_weight, suggestion
from app.schema.signal import signal
from app.storage.seeing import is_seen
from app.storage.signals_search import select_signals, to_signal_row
from classifiers.radar_saying import weight_of
from classifiers.radar_values import PassedOver
from signals.item_text import ERASED

WAITS = timedelta(days=28)  # a suggestion that nobody answers
RESTS = timedelta(days=90)  # what was answered is not asked again


async def latest_look(connection: AsyncConnection, organisation_id: int) -> LookRow | None:
    mine = radar_look.c.organisation_id == organisation_id
    row = (await connection.execute(select(radar_look).where(mine).order_by(radar_look.c.week.desc()).limit(1))).first()
    if row is None:
        return None
    passed = {PassedOver(name): number for name, number in row.passed_over.items() if name in set(PassedOver)}
    return LookRow(row.week, row.looked_at, row.heard, row.rising, passed, row.error)


def _waiting(organisation_id: int, now: datetime) -> tuple[Any, ...]:
    return (
        suggestion.c.organisation_id == organisation_id,
        suggestion.c.state == SuggestionState.OPEN,
        suggestion.c.made_at > now - WAITS,
        suggestion.c.term != "",
    )


async def list_open(connection: AsyncConnection, organisation_id: int, now: datetime) -> tuple[SuggestionRow, ...]:
    """What waits for an answer, latest week first, heaviest first."""
    query = select(suggestion).where(*_waiting(organisation_id, now))
    return tuple(map(_to_row, await connection.execute(query.order_by(suggestion.c.week.desc(), suggestion.c.rank))))


async def count_open(connection: AsyncConnection, organisation_id: int, now: datetime) -> int:
    query = select(func.count()).select_from(suggestion).where(*_waiting(organisation_id, now))
    return await connection.scalar(query) or 0


async def list_answered(connection: AsyncConnection, organisation_id: int, now: datetime) -> tuple[SuggestionRow, ...]:
    """Latest first."""
    rows = await connection.execute(
        select(suggestion)
        .where(suggestion.c.organisation_id == organisation_id, suggestion.c.answered_at > now - RESTS)
        .order_by(suggestion.c.answered_at.desc(), suggestion.c.id.desc())
    )
    return tuple(map(_to_row, rows))


async def list_weights(connection: AsyncConnection, organisation_id: int) -> tuple[WeightRow, ...]:
    """Topics first, the weightiest first."""
    rows = await connection.execute(
        select(radar_weight)
        .where(radar_weight.c.organisation_id == organisation_id)
        .order_by(radar_weight.c.kind.desc(), radar_weight.c.weight.desc(), radar_weight.c.name)
    )
    return tuple(WeightRow(Kind(row.kind), row.name, row.accepted, row.dismissed, row.weight) for row in rows)


async def find(
    connection: AsyncConnection, organisation_id: int, suggestion_id: int, *, to_answer: bool = False
) -> SuggestionRow | None:
    """`to_answer`: nobody else answers it until the transaction ends."""
    asked = select(suggestion).where(
        suggestion.c.organisation_id == organisation_id, suggestion.c.id == suggestion_id, suggestion.c.term != ""
    )
    row = (await connection.execute(asked.with_for_update() if to_answer else asked)).first()
    return _to_row(row) if row else None


async def examples_of(
    connection: AsyncConnection, sight: Sight, rows: Sequence[SuggestionRow]
) -> dict[int, tuple[SignalRow, ...]]:
    """The example signals of each, oldest first, without those whose words are gone."""
    asked = select(suggestion.c.id, suggestion.c.example_ids).where(suggestion.c.id.in_([row.id for row in rows]))
    numbers = {row.id: row.example_ids for row in await connection.execute(asked)}
    wanted = sorted({number for one in numbers.values() for number in one})
    found = await connection.execute(
        select_signals().where(signal.c.id.in_(wanted), signal.c.title != ERASED, is_seen(sight, signal.c.id))
    )
    signals = {row.id: to_signal_row(row) for row in found}
    return {key: tuple(signals[number] for number in one if number in signals) for key, one in numbers.items()}


async def answer(
    connection: AsyncConnection,
    row: SuggestionRow,
    state: SuggestionState,
    actor: str,
    now: datetime,
    *,
    reason: NotWanted | None = None,
    note: str = "",
    watch_id: int | None = None,
) -> None:
    values = {
        "state": state,
        "answered_at": now,
        "answered_by": actor,
        "reason": reason or "",
        "note": note,
        "watch_id": watch_id,
    }
    await connection.execute(update(suggestion).where(suggestion.c.id == row.id).values(values))


async def teach(connection: AsyncConnection, organisation_id: int, row: SuggestionRow, *, is_accepted: bool) -> None:
    """Its topics and the groups that speak of it weigh more, or less, from now on."""
    column = radar_weight.c.accepted if is_accepted else radar_weight.c.dismissed
    named = sorted([*((Kind.TOPIC, name) for name in row.topics), *((Kind.GROUP, name) for name in row.groups)])
    for kind, name in named:  # in one order everywhere, or two who answer at once would wait for each other
        mine = {"organisation_id": organisation_id, "kind": kind, "name": name}
        counted = await connection.execute(
            upsert(radar_weight)
            .values(mine | {column.name: 1})
            .on_conflict_do_update(index_elements=list(mine), set_={column.name: column + 1})
            .returning(radar_weight.c.accepted, radar_weight.c.dismissed)
        )
        counts = counted.one()
        await connection.execute(
            update(radar_weight)
            .where(*(radar_weight.c[key] == value for key, value in mine.items()))
            .values(weight=weight_of(counts.accepted, counts.dismissed))
        )


def _to_row(row: Row[Any]) -> SuggestionRow:
    return SuggestionRow(
        id=row.id,
        week=row.week,
        rank=row.rank,
        term=row.term,
        query=row.query,
        languages=tuple(row.languages),
        companions=tuple(row.companions),
        topics=tuple(row.topics),
        groups=tuple(row.groups),
        spoken_in=tuple(row.spoken_in),
        signals=len(row.signal_ids),
        titles=row.titles,
        expected=row.expected,
        voices=row.voices,
        at_risk=row.at_risk,
        days=row.days,
        week_hits=row.week_hits,
        score=row.score,
        because=row.because,
        made_at=row.made_at,
        state=SuggestionState(row.state),
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        reason=NotWanted(row.reason) if row.reason else None,
        note=row.note,
        watch_id=row.watch_id,
    )
