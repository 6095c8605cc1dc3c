"""What a replay writes and reads beside the ordinary rows: sources of an archive, watches of a file, transitions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.severity import level_of
from app.alerts.weighing import headline
from app.schema.alert import alert, transition
from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.signal import signal
from app.schema.source import poll, source, source_status
from app.schema.story import story
from app.schema.watch import watch
from app.storage.deciding import load_hits, to_emergence
from app.storage.items import Counts
from classifiers.watches.watchfile import WatchDraft
from signals.types import Source


async def insert_source(connection: AsyncConnection, organisation_id: int, given: Source, now: datetime) -> int:
    row = {
        "organisation_id": organisation_id,
        "kind": given.kind,
        "address": f"archive:{given.id}",
        "name": given.name,
        "stakeholder": given.stakeholder.value,
        "tier": given.tier,
        "family": given.family,
        "language": given.language,
        "created_at": now,
    }
    number = int((await connection.execute(insert(source).values(row).returning(source.c.id))).scalar_one())
    await connection.execute(
        insert(source_status).values(source_id=number, next_poll_at=now, health="heard", last_success_at=now)
    )
    return number


async def insert_watch(
    connection: AsyncConnection, organisation_id: int, given: WatchDraft, time_zone: str, now: datetime
) -> int:
    row = {
        "organisation_id": organisation_id,
        "name": given.name,
        "query": given.query,
        "languages": list(given.languages),
        "topics": list(given.topics),
        "owner": given.owner,
        "sensitivity": given.sensitivity,
        "alerts_per_day": given.alerts_per_day,
        "time_zone": time_zone,
        "created_at": now,
        "changed_at": now,
    }
    return int((await connection.execute(insert(watch).values(row).returning(watch.c.id))).scalar_one())


async def insert_poll(connection: AsyncConnection, source_id: int, at: datetime) -> int:
    row = {"source_id": source_id, "at": at, "outcome": "new", "took_ms": 0}
    return int((await connection.execute(insert(poll).values(row).returning(poll.c.id))).scalar_one())


async def note_counts(connection: AsyncConnection, poll_id: int, entries: int, counts: Counts) -> None:
    """The account of a poll: an archive may hold an item twice."""
    account = {"entries": entries, "stored": counts.stored, "edited": counts.edited, "known": counts.known}
    await connection.execute(update(poll).where(poll.c.id == poll_id).values(account))


async def note_listening(connection: AsyncConnection, since: datetime, until: datetime, bucket: timedelta) -> None:
    """Quiet polls all through a time: whoever kept the archive was listening, so that nothing said means silence."""
    await connection.execute(
        text("""
            insert into poll (source_id, at, outcome, took_ms)
            select (select min(id) from source), at, 'unchanged', 0
            from generate_series(cast(:since as timestamptz), cast(:until as timestamptz), cast(:bucket as interval))
                 as at
        """),
        {"since": since, "until": until, "bucket": bucket},
    )


async def numbers_of_poll(connection: AsyncConnection, poll_id: int) -> dict[str, int]:
    """Item numbers by guid, of the items that a poll brought."""
    rows = await connection.execute(select(item.c.guid, item.c.id).where(item.c.poll_id == poll_id))
    return {row.guid: row.id for row in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """One change of an alert as a replay writes it down, or one emergence that was held back."""

    position: int
    at: datetime | None  # None: of what is held nobody wrote down when
    alert_id: int | None
    change: str
    state: str
    watch_id: int
    watch: str
    severity: int
    level: str
    title: str
    story_id: int | None
    story_began_at: datetime | None
    kind: str
    topics: tuple[str, ...]
    signal_ids: tuple[int, ...]
    observed: float | None
    expected: float | None
    because: str
    coverage: float | None
    reason: str
    hold: str
    facts: Mapping[str, Any]


CHANGES: Select[Any] = (
    select(
        transition.c.id,
        transition.c.at,
        transition.c.alert_id,
        transition.c.kind.label("change"),
        transition.c.state,
        transition.c.severity,
        transition.c.level,
        transition.c.reason,
        watch.c.id.label("watch_id"),
        watch.c.name.label("watch"),
        alert.c.title,
        alert.c.story_id,
        story.c.first_seen_at,
        alert.c.topics.label("alert_topics"),
        alert.c.because.label("alert_because"),
        emergence.c.kind,
        emergence.c.topics,
        emergence.c.signal_ids,
        emergence.c.observed,
        emergence.c.expected,
        emergence.c.because,
        emergence.c.coverage,
        emergence.c.facts,
    )
    .join(alert, alert.c.id == transition.c.alert_id)
    .join(watch, watch.c.id == alert.c.watch_id)
    .join(story, story.c.id == alert.c.story_id, isouter=True)
    .join(emergence, emergence.c.id == transition.c.emergence_id, isouter=True)
    .order_by(transition.c.id)
)


async def transitions_after(connection: AsyncConnection, position: int) -> Sequence[Told]:
    return [_to_change(row) for row in await connection.execute(CHANGES.where(transition.c.id > position))]


def _to_change(row: Row[Any]) -> Told:
    return Told(
        position=row.id,
        at=row.at,
        alert_id=row.alert_id,
        change=row.change,
        state=row.state,
        watch_id=row.watch_id,
        watch=row.watch,
        severity=row.severity,
        level=row.level,
        title=row.title,
        story_id=row.story_id,
        story_began_at=row.first_seen_at,
        kind=row.kind or "",
        topics=tuple(row.topics or row.alert_topics),
        signal_ids=tuple(row.signal_ids or ()),
        observed=row.observed,
        expected=row.expected,
        because=row.because or row.alert_because,
        coverage=row.coverage,
        reason=row.reason,
        hold="",
        facts=row.facts or {},
    )


async def held_after(connection: AsyncConnection, number: int) -> Sequence[Told]:
    """Emergences after one of them that woke nobody, in order, about stories as they are merged by now."""
    root = func.coalesce(story.c.merged_into, story.c.id)
    now_in = story.alias("now_in")
    rows = await connection.execute(
        select(
            emergence,
            watch.c.name.label("watch"),
            now_in.c.id.label("root"),
            now_in.c.first_seen_at,
        )
        .join(watch, watch.c.id == emergence.c.watch_id)
        .join(story, story.c.id == emergence.c.story_id, isouter=True)
        .join(now_in, now_in.c.id == root, isouter=True)
        .where(emergence.c.id > number, emergence.c.verdict == "hold")
        .order_by(emergence.c.id)
    )
    found = [(row, to_emergence(row, row.root)) for row in rows]
    hits = await load_hits(connection, {key for _, one in found for key in one.signal_ids})
    return [_to_held(row, headline(one, [hits[key] for key in one.signal_ids if key in hits])) for row, one in found]


def _to_held(row: Row[Any], title: str) -> Told:
    return Told(
        position=row.id,
        at=None,
        alert_id=row.alert_id,
        change="held",
        state="held",
        watch_id=row.watch_id,
        watch=row.watch,
        severity=row.severity,
        level=level_of(row.severity).value,
        title=title,
        story_id=row.root,
        story_began_at=row.first_seen_at,
        kind=row.kind,
        topics=tuple(row.topics),
        signal_ids=tuple(row.signal_ids),
        observed=row.observed,
        expected=row.expected,
        because=row.because,
        coverage=row.coverage,
        reason=row.decided,
        hold=row.hold,
        facts=row.facts,
    )


async def seen_at(connection: AsyncConnection, signal_ids: Iterable[int]) -> dict[int, datetime]:
    rows = await connection.execute(select(signal.c.id, signal.c.seen_at).where(signal.c.id.in_(set(signal_ids))))
    return {row.id: row.seen_at for row in rows}


LEAD_TIMES = text("""
    select distinct on (alert.id) alert.id, hour - alert.raised_at as lead
    from alert
    cross join lateral (
        select date_trunc('hour', signal.seen_at) as hour, count(*) as signals
        from story_member
        join signal on signal.id = story_member.signal_id
        where story_member.story_id = alert.story_id
        group by 1
    ) as hours
    order by alert.id, signals desc, hour
""")


async def lead_times(connection: AsyncConnection) -> dict[int, timedelta]:
    """From an alert to the busiest hour of its story."""
    return {row.id: row.lead for row in await connection.execute(LEAD_TIMES)}
