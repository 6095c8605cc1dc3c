"""Findings that were held back, and how a person raises one anyway."""

from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.severity import level_of
from app.alerts.types import HoldReason, Severity, Verdict
from app.alerts.weighing import headline
from app.records import Sight
from app.records.held import HeldFinding
from app.schema.emergence import emergence
from app.schema.story import story
from app.schema.watch import watch, watch_status
from app.storage import comparing
from app.storage.deciding import latest_alert, load_hits, to_emergence, to_factors
from app.storage.seeing import is_seen
from classifiers.types import Emergence
from signals.publishers import independent_publishers

ROOT = func.coalesce(story.c.merged_into, emergence.c.story_id)


async def lock(connection: AsyncConnection, sight: Sight, emergence_id: int) -> HeldFinding | None:
    """Locks its watch too, as whoever decides on alerts does. None: there is none, or it was not held back."""
    row = await _find(connection, sight, emergence_id)
    if row is None:
        return None
    await connection.execute(
        select(watch_status.c.watch_id).where(watch_status.c.watch_id == row.watch_id).with_for_update()
    )
    row = await _find(connection, sight, emergence_id)  # as it is now that nobody else decides
    if row is None or row.verdict != Verdict.HOLD:
        return None
    return await _to_finding(connection, row)


async def _find(connection: AsyncConnection, sight: Sight, emergence_id: int) -> Row[Any] | None:
    query = (
        select(emergence, ROOT.label("root"), watch.c.owner)
        .join(watch, watch.c.id == emergence.c.watch_id)
        .outerjoin(story, story.c.id == emergence.c.story_id)
        .where(
            emergence.c.id == emergence_id,
            watch.c.organisation_id == sight.organisation_id,
            is_seen(sight, emergence.c.story_id),
        )
    )
    return (await connection.execute(query)).first()


async def _to_finding(connection: AsyncConnection, row: Row[Any]) -> HeldFinding:
    found: Emergence = to_emergence(row, row.root)
    score = row.severity or 0
    about = (await connection.execute(select(story).where(story.c.id == row.root))).first()
    signals = await comparing.load_signals(connection, found.signal_ids)
    hits = await load_hits(connection, found.signal_ids)
    latest = await latest_alert(connection, found.watch_id, found.story_id, found.source_id)
    return HeldFinding(
        emergence=found,
        severity=Severity(score, level_of(score), to_factors(row.factors)),
        hold=HoldReason(row.hold) if row.hold else None,
        title=headline(found, [hits[key] for key in found.signal_ids if key in hits]),
        owner=row.owner,
        signals=about.signals if about else len(signals),
        publishers=about.independent if about else len(independent_publishers(signals)),
        living_alert_id=latest.id if latest and latest.state.is_living else None,
    )


async def note_raised(connection: AsyncConnection, emergence_id: int, alert_id: int, decided: str) -> None:
    """It is not held back any more; why it was stands in `hold`."""
    values = {"verdict": Verdict.RAISE, "alert_id": alert_id, "decided": decided}
    await connection.execute(update(emergence).where(emergence.c.id == emergence_id).values(values))
