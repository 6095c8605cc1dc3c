"""Signals read back as values, and what was found of copies among them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item, progress
from app.schema.signal import signal
from app.schema.source import source
from signals.types import CopyKind, Signal, Stakeholder

NOT_YET_COMPARED = ("normalise", "dedupe")


def select_signals() -> Select[Any]:
    """Signals with the name of their source: what `to_signal` reads."""
    return select(signal, source.c.name.label("source_name")).join(source, source.c.id == signal.c.source_id)


def to_signal(row: Row[Any]) -> Signal:
    return Signal(
        id=row.id,
        source_id=row.source_id,
        title=row.title,
        text=row.text,
        language=row.language,
        url=row.url,
        said_at=row.said_at,
        seen_at=row.seen_at,
        source_name=row.source_name,
        family=row.family,
        stakeholder=Stakeholder(row.stakeholder),
        tier=row.tier,
        fingerprint=row.fingerprint,
        copy_of=row.copy_of,
        copy_kind=CopyKind(row.copy_kind) if row.copy_kind else None,
    )


async def load_signals(connection: AsyncConnection, ids: Sequence[int]) -> list[Signal]:
    """In order of id, which is the order in which they came."""
    rows = await connection.execute(select_signals().where(signal.c.id.in_(ids)).order_by(signal.c.id))
    return [to_signal(row) for row in rows]


async def load_compared(connection: AsyncConnection, since: datetime) -> list[Signal]:
    """All signals since a moment that have been compared already: what the index of copies is rebuilt from."""
    not_yet = select(progress.c.item_id).where(progress.c.stage.in_(NOT_YET_COMPARED))
    rows = await connection.execute(
        select_signals().where(signal.c.seen_at >= since, signal.c.id.not_in(not_yet)).order_by(signal.c.id)
    )
    return [to_signal(row) for row in rows]


async def earlier_versions(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, int]:
    """Of those items that are edits: the version just before."""
    new, old = item.alias("new"), item.alias("old")
    rows = await connection.execute(
        select(new.c.id, old.c.id)
        .join(
            old,
            (old.c.source_id == new.c.source_id) & (old.c.guid == new.c.guid) & (old.c.version == new.c.version - 1),
        )
        .where(new.c.id.in_(ids), new.c.version > 1)
    )
    return {row[0]: row[1] for row in rows}


MARK_COPIES = text("""
    update signal set copy_of = new.copy_of, copy_kind = new.copy_kind
    from json_to_recordset(cast(:rows as json)) as new (id bigint, copy_of bigint, copy_kind text)
    where signal.id = new.id
""")


async def mark_copies(connection: AsyncConnection, copies: Mapping[int, tuple[int, CopyKind]]) -> None:
    rows = [{"id": key, "copy_of": of, "copy_kind": kind.value} for key, (of, kind) in copies.items()]
    if rows:
        await connection.execute(MARK_COPIES, {"rows": json.dumps(rows)})
