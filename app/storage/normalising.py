"""Items to be made signals, and the signals made of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item
from app.schema.source import source, source_status
from signals.oddities import Timing
from signals.types import Item, Sensitivity, Signal, Source, Stakeholder


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item with what the database knows of it."""

    id: int
    item: Item
    source: Source
    seen_at: datetime
    sensitivity: Sensitivity


async def load_items(connection: AsyncConnection, ids: Sequence[int]) -> list[StoredItem]:
    rows = await connection.execute(
        select(item, source.c.kind, source.c.address, source.c.name, source.c.tier)
        .add_columns(source.c.stakeholder.label("source_stakeholder"))
        .add_columns(source.c.family, source.c.country, source.c.language.label("source_language"))
        .add_columns(source.c.is_own)
        .join(source, source.c.id == item.c.source_id)
        .where(item.c.id.in_(ids))
        .order_by(item.c.id)
    )
    return [
        StoredItem(
            row.id,
            Item(
                guid=row.guid,
                title=row.title,
                summary=row.summary,
                url=row.url,
                author=row.author,
                categories=tuple(row.categories),
                said_at=None if row.timing == Timing.REDATED else row.said_at,
                language=row.language,
            ),
            Source(
                id=row.source_id,
                kind=row.kind,
                address=row.address,
                name=row.name,
                stakeholder=Stakeholder(row.stakeholder or row.source_stakeholder),
                tier=row.tier,
                family=row.family,
                country=row.country,
                language=row.source_language,
                is_own=row.is_own,
            ),
            row.seen_at,
            Sensitivity(row.sensitivity),
        )
        for row in rows
    ]


async def language_scores(connection: AsyncConnection, source_ids: Sequence[int]) -> dict[int, dict[str, float]]:
    """What each source's items so far say of its language, locked in order of id until the transaction ends."""
    rows = await connection.execute(
        select(source_status.c.source_id, source_status.c.language_scores)
        .where(source_status.c.source_id.in_(source_ids))
        .order_by(source_status.c.source_id)
        .with_for_update()
    )
    return {row.source_id: dict(row.language_scores) for row in rows}


async def save_language_scores(connection: AsyncConnection, scores: Mapping[int, Mapping[str, float]]) -> None:
    change = (
        update(source_status)
        .where(source_status.c.source_id == bindparam("of_source"))
        .values(language_scores=bindparam("scores"))
    )
    await connection.execute(change, [{"of_source": key, "scores": dict(scores[key])} for key in sorted(scores)])


INSERT_SIGNALS = text("""
    insert into signal (id, source_id, title, text, language, url, said_at, seen_at, family, stakeholder, tier,
                        fingerprint, sensitivity, wire, release, section)
    select * from json_to_recordset(cast(:rows as json)) as new (
        id bigint, source_id bigint, title text, text text, language text, url text, said_at timestamptz,
        seen_at timestamptz, family text, stakeholder text, tier smallint, fingerprint text, sensitivity text,
        wire text, release text, section text)
    on conflict (id) do nothing
""")


async def insert_signals(connection: AsyncConnection, signals: Sequence[Signal]) -> None:
    rows = [
        {
            "id": signal.id,
            "source_id": signal.source_id,
            "title": signal.title,
            "text": signal.text,
            "language": signal.language,
            "url": signal.url,
            "said_at": signal.said_at and signal.said_at.isoformat(),
            "seen_at": signal.seen_at.isoformat(),
            "family": signal.family,
            "stakeholder": signal.stakeholder.value,
            "tier": signal.tier,
            "fingerprint": signal.fingerprint,
            "sensitivity": signal.sensitivity.value,
            "wire": signal.wire,
            "release": signal.release or "",
            "section": signal.section,
        }
        for signal in signals
    ]
    await connection.execute(INSERT_SIGNALS, {"rows": json.dumps(rows)})
