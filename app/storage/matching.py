"""Watches whose hits do not yet cover the past, and the past to match them with."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import progress
from app.schema.signal import signal
from app.schema.watch import detector_state, watch, watch_hit, watch_status
from app.storage.comparing import select_signals, to_signal
from classifiers.watches import WatchTerms
from signals.types import Signal


def written(terms: WatchTerms, inside: Sequence[WatchTerms] = ()) -> str:
    """What decides which signals a watch hits: its own terms, and those of the watches inside it."""
    own = [list(terms.languages), terms.query]
    return json.dumps([*own, *([one.name, list(one.languages), one.query] for one in inside)], ensure_ascii=False)


async def matched_terms(connection: AsyncConnection) -> dict[int, str]:
    """The terms that each watch's hits were found with."""
    rows = await connection.execute(select(watch_status.c.watch_id, watch_status.c.terms))
    return {row.watch_id: row.terms for row in rows}


async def take_turn(connection: AsyncConnection, watch_id: int) -> bool:
    """Lock the watch and its status until the transaction ends; False: another worker has it.

    The status too, and before anything is taken away: the detectors hold it while they write what we are to delete.
    And the watch so that they may still write rows that point to it, or each of us would wait for the other.
    """
    row = select(watch.c.id).where(watch.c.id == watch_id).with_for_update(skip_locked=True, key_share=True)
    if (await connection.execute(row)).first() is None:
        return False
    await connection.execute(select(watch_status).where(watch_status.c.watch_id == watch_id).with_for_update())
    return True


async def forget(connection: AsyncConnection, watch_id: int, since: datetime) -> None:
    """Hits found with other terms, and what detectors made of them."""
    await connection.execute(delete(watch_hit).where(watch_hit.c.watch_id == watch_id, watch_hit.c.counted_at >= since))
    await connection.execute(delete(detector_state).where(detector_state.c.watch_id == watch_id))


async def classified_signals(connection: AsyncConnection, since: datetime, after: int, limit: int) -> Sequence[Signal]:
    """Signals seen since a moment that have passed the classifier, in order of id, after one of them."""
    still_to_come = select(progress.c.item_id).where(progress.c.stage.in_(("normalise", "dedupe", "classify")))
    rows = await connection.execute(
        select_signals()
        .where(signal.c.seen_at >= since, signal.c.id > after, signal.c.id.not_in(still_to_come))
        .order_by(signal.c.id)
        .limit(limit)
    )
    return [to_signal(row) for row in rows]


async def begin(connection: AsyncConnection, watch_id: int, terms: str, counted_until: datetime) -> None:
    """The watch's hits are found with these terms from here on; its series begins at `counted_until`."""
    row = {"watch_id": watch_id, "terms": terms, "counted_until": counted_until}
    await connection.execute(
        insert(watch_status).values(row).on_conflict_do_update(index_elements=["watch_id"], set_=row)
    )
