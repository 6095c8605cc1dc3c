"""Tips as they come in: the doors they come to, their versions, and answers kept for repeated requests."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import RefusedTip, Repeat, TakenTip, TipOutcome, TipReport
from app.schema.item import item, progress
from app.schema.source import source, source_status
from app.schema.tip import answered_request
from signals.item_text import content_hash, storable_item
from signals.tips import KIND, Tip, to_item
from signals.types import Sensitivity, Stakeholder

FIRST_DOOR = "Tips from colleagues"
FIRST_ADDRESS = f"{KIND}:tips"
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Door:
    """A source that tips come to."""

    id: int
    name: str
    address: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a tip; `sensitivity` is the one that its first version has."""

    outcome: TipOutcome
    item_id: int
    sensitivity: Sensitivity


async def list_doors(connection: AsyncConnection, organisation_id: int) -> list[Door]:
    rows = await connection.execute(
        select(source.c.id, source.c.name, source.c.address, source.c.is_active)
        .where(source.c.organisation_id == organisation_id, source.c.kind == KIND)
        .order_by(source.c.id)
    )
    return [Door(row.id, row.name, row.address, row.is_active) for row in rows]


async def open_first_door(connection: AsyncConnection, organisation_id: int, now: datetime) -> None:
    """Tips from colleagues, unless it is there; nobody visits it, so it is heard from the beginning."""
    values = {
        "organisation_id": organisation_id,
        "kind": KIND,
        "address": FIRST_ADDRESS,
        "name": FIRST_DOOR,
        "stakeholder": Stakeholder.EMPLOYEES,
        "created_at": now,
    }
    made = upsert(source).values(values).on_conflict_do_nothing().returning(source.c.id)
    number = (await connection.execute(made)).scalar_one_or_none()
    if number is not None:
        await connection.execute(insert(source_status).values(source_id=number, next_poll_at=now, health="heard"))


async def take_turn(connection: AsyncConnection, organisation_id: int) -> None:
    """Whoever gives tips waits for the others: the same reference may come twice at once."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext('forkant.tips'), cast(:of as integer))"), {"of": organisation_id}
    )


async def store_tip(connection: AsyncConnection, door: Door, tip: Tip, reference: str, now: datetime) -> Stored:
    """Keep a tip and send it on its way; other words under the same reference are its next version."""
    given = storable_item(to_item(tip, reference))
    versions = (
        await connection.execute(
            select(item.c.id, item.c.version, item.c.content_hash, item.c.sensitivity)
            .where(item.c.source_id == door.id, item.c.guid == given.guid)
            .order_by(item.c.version.desc())
        )
    ).all()
    words = content_hash(given)
    kept = Sensitivity(versions[0].sensitivity) if versions else tip.sensitivity
    if versions and (kept is not tip.sensitivity or _is_there(words, [row.content_hash for row in versions])):
        return Stored(TipOutcome.KNOWN, versions[0].id, kept)
    values = asdict(given) | {
        "source_id": door.id,
        "version": versions[0].version + 1 if versions else 1,
        "categories": list(given.categories),
        "stakeholder": tip.stakeholder,
        "sensitivity": tip.sensitivity,
        "seen_at": now,
        "content_hash": words,
    }
    item_id: int = (await connection.execute(insert(item).values(values).returning(item.c.id))).scalar_one()
    await connection.execute(insert(progress).values(item_id=item_id))
    return Stored(TipOutcome.EDITED if versions else TipOutcome.NEW, item_id, kept)


def _is_there(words: str, versions: Sequence[str]) -> bool:
    """Said before in one of the versions; one without a hash was taken back, whatever is said now."""
    return words in versions or "" in versions


async def note_heard(connection: AsyncConnection, source_id: int, now: datetime) -> None:
    """Not for restricted tips: everybody sees when a source was heard last."""
    await connection.execute(
        update(source_status)
        .where(source_status.c.source_id == source_id)
        .values(health="heard", last_success_at=now, last_new_at=now)
    )


async def find_answer(
    connection: AsyncConnection, organisation_id: int, caller: str, repeat: Repeat, now: datetime
) -> tuple[str, TipReport] | None:
    """The hash and the answer kept under this name, in its turn: whoever asks at the same time waits."""
    await connection.execute(
        select(func.pg_advisory_xact_lock(func.hashtext(f"forkant.answer {organisation_id} {caller} {repeat.name}")))
    )
    await connection.execute(delete(answered_request).where(answered_request.c.at <= now - KEPT))
    row = (
        await connection.execute(
            select(answered_request.c.body_hash, answered_request.c.answer).where(
                answered_request.c.organisation_id == organisation_id,
                answered_request.c.caller == caller,
                answered_request.c.name == repeat.name,
            )
        )
    ).first()
    return (row.body_hash, to_report(row.answer)) if row else None


async def keep_answer(
    connection: AsyncConnection, organisation_id: int, caller: str, repeat: Repeat, report: TipReport, now: datetime
) -> None:
    row = {
        "organisation_id": organisation_id,
        "caller": caller,
        "name": repeat.name,
        "body_hash": repeat.body_hash,
        "answer": asdict(report),
        "at": now,
    }
    await connection.execute(insert(answered_request).values(row))


def to_report(answer: dict[str, Any]) -> TipReport:
    return TipReport(
        tuple(TakenTip(**{**one, "outcome": TipOutcome(one["outcome"])}) for one in answer["taken"]),
        tuple(RefusedTip(**one) for one in answer["refused"]),
    )
