"""Signals read back as values, and what was found of copies among them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item, progress
from app.schema.signal import signal
from app.schema.source import source
from signals.tips import KIND as KIND_OF_TIPS
from signals.types import CopyKind, Release, Sensitivity, Signal, Stakeholder

if TYPE_CHECKING:  # the web process reads signals too, and does without numpy
    from signals.dedupe import Copy

NOT_YET_COMPARED = ("normalise", "dedupe")


def select_signals() -> Select[Any]:
    """Signals with the name of their source: what `to_signal` reads."""
    return select(signal, source.c.name.label("source_name"), source.c.kind.label("source_kind")).join(
        source, source.c.id == signal.c.source_id
    )


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
        sensitivity=Sensitivity(row.sensitivity),
        is_tip=row.source_kind == KIND_OF_TIPS,
        wire=row.wire,
        release=Release(row.release) if row.release else None,
        section=row.section,
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


async def load_compared_tips(connection: AsyncConnection, since: datetime) -> list[Signal]:
    """The same for tips, without the restricted ones: those are compared with nothing."""
    not_yet = select(progress.c.item_id).where(progress.c.stage.in_(NOT_YET_COMPARED))
    rows = await connection.execute(
        select_signals()
        .where(source.c.kind == KIND_OF_TIPS, signal.c.sensitivity != Sensitivity.RESTRICTED)
        .where(signal.c.seen_at >= since, signal.c.id.not_in(not_yet))
        .order_by(signal.c.id)
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
    update signal
    set copy_of = new.copy_of, copy_kind = new.copy_kind,
        release = case when new.is_reprint and signal.release = '' then 'reprint' else signal.release end
    from json_to_recordset(cast(:rows as json)) as new (id bigint, copy_of bigint, copy_kind text, is_reprint boolean)
    where signal.id = new.id
""")


async def mark_copies(connection: AsyncConnection, copies: "Mapping[int, Copy]") -> None:
    """A changed version of a reprint may hold the paper's own words: it is marked as an edit alone."""
    rows = [
        {
            "id": key,
            "copy_of": copy.of,
            "copy_kind": copy.kind.value,
            "is_reprint": copy.of_ours and copy.kind is not CopyKind.EDIT,
        }
        for key, copy in copies.items()
    ]
    if rows:
        await connection.execute(MARK_COPIES, {"rows": json.dumps(rows)})


async def mark_reprints(connection: AsyncConnection, originals: Sequence[int]) -> None:
    """Papers that had our release before we heard of it ourselves: what came first there, and its copies."""
    if originals:
        printed = signal.c.id.in_(originals) | (
            signal.c.copy_of.in_(originals) & (signal.c.copy_kind != CopyKind.EDIT.value)
        )
        await connection.execute(update(signal).where(printed, signal.c.release == "").values(release=Release.REPRINT))
