"""Readings for the pages that look at many things at once: days of watches and sources, what was held back."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import HoldReason, TransitionKind, Verdict
from app.alerts.weighing import headline
from app.overviews import Held, Organisation, SourceDays
from app.records import Sight
from app.schema.alert import transition
from app.schema.emergence import emergence
from app.schema.label import label
from app.schema.organisation import organisation
from app.schema.story import story
from app.schema.watch import watch
from app.storage.deciding import load_hits, to_emergence
from app.storage.queries import query
from app.storage.seeing import is_seen
from classifiers.types import Because, EmergenceKind, Hit, Label, LabelKind

ROOT = func.coalesce(story.c.merged_into, emergence.c.story_id)


async def get_organisation(connection: AsyncConnection, organisation_id: int) -> Organisation:
    row = (await connection.execute(select(organisation).where(organisation.c.id == organisation_id))).one()
    return Organisation(row.id, row.name, row.time_zone, row.language)


async def count_days(
    connection: AsyncConnection, pairs: Sequence[tuple[int, str]], days: int, now: datetime
) -> dict[tuple[int, str], tuple[int, ...]]:
    """Independent signals of each watch and topic on each of the last `days`, the last 24 hours last."""
    counts = {pair: [0] * days for pair in pairs}
    asked = list(counts)
    given = {"watches": [pair[0] for pair in asked], "topics": [pair[1] for pair in asked], "days": days, "now": now}
    for row in await connection.execute(query("overviews.days"), given):
        counts[asked[row.place - 1]][days - 1 - row.number] = row.signals
    return {pair: tuple(found) for pair, found in counts.items()}


async def list_source_days(
    connection: AsyncConnection, organisation_id: int, days: int, now: datetime, source_id: int | None = None
) -> tuple[SourceDays, ...]:
    found: defaultdict[int, list[int | None]] = defaultdict(lambda: [None] * days)
    given = {"organisation": organisation_id, "source": source_id, "days": days, "now": now}
    for row in await connection.execute(query("overviews.sources"), given):
        found[row.source_id][days - 1 - row.number] = int(row.stored)
    return tuple(SourceDays(number, tuple(counts)) for number, counts in found.items())


async def find_beginnings(connection: AsyncConnection, story_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When each story was first seen."""
    rows = await connection.execute(select(story.c.id, story.c.first_seen_at).where(story.c.id.in_(story_ids)))
    return {row.id: row.first_seen_at for row in rows}


async def find_takers(connection: AsyncConnection, alert_ids: Sequence[int]) -> Mapping[int, str]:
    """Who acknowledged each alert last."""
    rows = await connection.execute(
        select(transition.c.alert_id, transition.c.actor)
        .where(transition.c.alert_id.in_(alert_ids), transition.c.kind == TransitionKind.ACKNOWLEDGED)
        .order_by(transition.c.id)
    )
    return {row.alert_id: row.actor for row in rows}


async def find_labels(connection: AsyncConnection, signal_ids: Sequence[int]) -> dict[int, tuple[Label, ...]]:
    """The labels of some signals: topics first, strongest first."""
    found: defaultdict[int, list[Label]] = defaultdict(list)
    rows = await connection.execute(
        select(label)
        .where(label.c.signal_id.in_(signal_ids), label.c.superseded_at.is_(None))
        .order_by((label.c.kind == LabelKind.TOPIC).desc(), label.c.score.desc(), label.c.name)
    )
    for row in rows:
        because = tuple(Because(**one) for one in row.because)
        found[row.signal_id].append(Label(row.signal_id, LabelKind(row.kind), row.name, row.score, because, row.by))
    return {number: tuple(labels) for number, labels in found.items()}


def _held(sight: Sight, hold: HoldReason | None, since: datetime | None) -> list[Any]:
    mine = watch.c.organisation_id == sight.organisation_id
    wanted = [mine, emergence.c.verdict == Verdict.HOLD, is_seen(sight, emergence.c.story_id)]
    if hold is not None:
        wanted.append(emergence.c.hold == hold)
    if since is not None:
        wanted.append(emergence.c.at > since)
    return wanted


async def count_held(connection: AsyncConnection, sight: Sight, since: datetime) -> Counter[HoldReason]:
    """By reason."""
    rows = await connection.execute(
        select(emergence.c.hold, func.count().label("findings"))
        .select_from(emergence.join(watch, watch.c.id == emergence.c.watch_id))
        .where(*_held(sight, None, since), emergence.c.hold != "")
        .group_by(emergence.c.hold)
    )
    return Counter({HoldReason(row.hold): row.findings for row in rows})


async def list_held(
    connection: AsyncConnection,
    sight: Sight,
    hold: HoldReason | None,
    since: datetime | None,
    before: tuple[datetime, int] | None,
    limit: int,
    *,
    watch_id: int | None = None,
) -> tuple[Held, ...]:
    """What woke nobody, newest first."""
    asked = (
        select(emergence, watch.c.name.label("watch_name"), story.c.title.label("story_title"), ROOT.label("root"))
        .join(watch, watch.c.id == emergence.c.watch_id)
        .outerjoin(story, story.c.id == emergence.c.story_id)
        .where(*_held(sight, hold, since))
        .order_by(emergence.c.at.desc(), emergence.c.id.desc())
        .limit(limit)
    )
    if watch_id is not None:
        asked = asked.where(emergence.c.watch_id == watch_id)
    if before is not None:
        place = tuple_(emergence.c.at, emergence.c.id)
        asked = asked.where(place < text("(cast(:before_at as timestamptz), cast(:before_id as bigint))")).params(
            before_at=before[0], before_id=before[1]
        )
    rows = (await connection.execute(asked)).all()
    hits = await load_hits(connection, {key for row in rows for key in row.signal_ids})
    return tuple(_to_held(row, hits) for row in rows)


def _to_held(row: Row[Any], hits: Mapping[int, Hit]) -> Held:
    found = to_emergence(row, row.root)
    return Held(
        id=row.id,
        watch_id=row.watch_id,
        watch_name=row.watch_name,
        story_id=row.story_id,
        story_title=row.story_title or "",
        title=headline(found, [hits[key] for key in found.signal_ids if key in hits]),
        kind=EmergenceKind(row.kind),
        at=row.at,
        because=row.because,
        topics=tuple(row.topics),
        severity=row.severity,
        hold=HoldReason(row.hold) if row.hold else None,
        decided=row.decided,
        told_by=row.told_by,
    )
