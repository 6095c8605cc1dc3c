"""Rows with sensible defaults, for tests that begin in the middle: insert what matters, the rest is filled in."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.schema import Table

from app.alerts.types import AlertState, Level, TransitionKind
from app.schema.alert import alert
from app.schema.delivery import delivery, receiver
from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.label import label
from app.schema.node import node
from app.schema.organisation import organisation
from app.schema.signal import signal
from app.schema.source import poll, source, source_status
from app.schema.story import story, story_member
from app.schema.watch import watch, watch_hit
from app.storage.transitions import append_transition
from tests.support.books import BY_HAND

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)  # a Wednesday

_numbers = count(1)


async def _put(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> int:
    return (await connection.execute(insert(table).values(values).returning(table.c.id))).scalar_one()


async def add_organisation(connection: AsyncConnection, **given: Any) -> int:
    values = {"name": "Nordhavn kommune", "time_zone": "Europe/Oslo", "created_at": NOON} | given
    return await _put(connection, organisation, values)


async def add_source(connection: AsyncConnection, *, health: str = "heard", **given: Any) -> int:
    """A source of the first organisation, with a status: `health`, and any of its columns as `status_<name>`."""
    number = next(_numbers)
    status = {key.removeprefix("status_"): given.pop(key) for key in list(given) if key.startswith("status_")}
    values = {
        "organisation_id": 1,
        "kind": "feed",
        "address": f"https://avis{number}.example/feed.xml",
        "name": f"Avis {number}",
        "language": "nb",
        "country": "no",
        "created_at": NOON - timedelta(days=90),
    } | given
    source_id = await _put(connection, source, values)
    seen = {
        "health": health,
        "next_poll_at": NOON + timedelta(minutes=15),
        "last_polled_at": NOON - timedelta(minutes=5),
        "last_success_at": NOON - timedelta(minutes=5),
        "last_new_at": NOON - timedelta(minutes=20),
    } | status
    await connection.execute(insert(source_status).values(source_id=source_id, **seen))
    return source_id


async def add_poll(connection: AsyncConnection, source_id: int, at: datetime = NOON, **given: Any) -> int:
    values = {"source_id": source_id, "at": at, "outcome": "unchanged", "took_ms": 120} | given
    poll_id = await _put(connection, poll, values)
    BY_HAND.add(poll_id)
    return poll_id


async def add_signal(
    connection: AsyncConnection,
    source_id: int,
    title: str = "Skolen stenger etter vannlekkasje",
    *,
    at: datetime = NOON,
    **given: Any,
) -> int:
    """An item and its signal, said and seen at the same moment unless told otherwise."""
    number = next(_numbers)
    values = {
        "source_id": source_id,
        "title": title,
        "text": "",
        "language": "nb",
        "url": f"https://avis.example/{number}",
        "said_at": at,
        "seen_at": at,
        "fingerprint": f"{number:032x}",
    } | given
    item_id = await _put(
        connection,
        item,
        {
            "source_id": source_id,
            "guid": f"guid-{number}",
            "title": values["title"],
            "summary": values["text"],
            "url": values["url"],
            "said_at": values["said_at"],
            "seen_at": values["seen_at"],
            "content_hash": values["fingerprint"],
            "sensitivity": values.get("sensitivity", "open"),
        },
    )
    await connection.execute(insert(signal).values(id=item_id, **values))
    return item_id


async def add_label(
    connection: AsyncConnection, signal_id: int, name: str = "service_disruption", **given: Any
) -> None:
    values = {
        "kind": "topic",
        "score": 0.8,
        "because": [{"word": "stenger", "weight": 1.4, "start": 7, "end": 14}],
        "by": "topics@test",
        "made_at": NOON,
    } | given
    await connection.execute(insert(label).values(signal_id=signal_id, name=name, **values))


async def add_story(connection: AsyncConnection, signal_ids: list[int], **given: Any) -> int:
    """A story of these signals; it has the id of the first."""
    first = (await connection.execute(select(signal).where(signal.c.id == signal_ids[0]))).one()
    values = {
        "id": first.id,
        "title": first.title,
        "language": first.language,
        "first_seen_at": first.seen_at,
        "last_seen_at": first.seen_at,
        "signals": len(signal_ids),
        "independent": len(signal_ids),
        "publishers": ["Avis"],
        "languages": [first.language],
    } | given
    await connection.execute(insert(story).values(values))
    for signal_id in signal_ids:
        novelty = 1.0 if signal_id == first.id else 0.3
        await connection.execute(
            insert(story_member).values(
                signal_id=signal_id, story_id=first.id, score=1 - novelty, novelty=novelty, joined_at=first.seen_at
            )
        )
    return int(first.id)


async def add_watch(connection: AsyncConnection, name: str = "", **given: Any) -> int:
    values = {
        "organisation_id": 1,
        "name": name or f"Watch {next(_numbers)}",
        "created_at": NOON - timedelta(days=60),
        "changed_at": NOON - timedelta(days=60),
    } | given
    return await _put(connection, watch, values)


async def add_hit(connection: AsyncConnection, watch_id: int, signal_id: int, **given: Any) -> None:
    """A signal matched a watch; it counts for the moment it was seen."""
    seen_at = await connection.scalar(select(signal.c.seen_at).where(signal.c.id == signal_id))
    values = {"counted_at": seen_at, "is_counted": True, "detected_at": seen_at} | given
    await connection.execute(insert(watch_hit).values(watch_id=watch_id, signal_id=signal_id, **values))


async def add_emergence(
    connection: AsyncConnection, watch_id: int, signal_ids: list[int], story_id: int | None = None, **given: Any
) -> int:
    values = {
        "watch_id": watch_id,
        "story_id": story_id,
        "kind": "novel_story",
        "at": NOON,
        "observed": float(len(signal_ids)),
        "expected": 0.4,
        "window": timedelta(hours=6),
        "tail": 0.002,
        "strength": 1.6,
        "signal_ids": signal_ids,
        "topics": ["service_disruption"],
        "terms": ["vannlekkasje", "skolen"],
        "because": f"{len(signal_ids)} independent publishers tell a new story; usual is 0.4.",
        "by": "novel_story@1",
        "coverage": 0.95,
        "facts": {"needed": 2},
        "severity": 62,
        "verdict": "raise",
        "decided": "A new story above the threshold",
    } | given
    return await _put(connection, emergence, values)


async def add_alert(
    connection: AsyncConnection,
    watch_id: int,
    story_id: int | None = None,
    *,
    emergence_id: int | None = None,
    at: datetime = NOON,
    **given: Any,
) -> int:
    """An alert with the transition that raised it, and deliveries to the receivers that there are."""
    values = {
        "watch_id": watch_id,
        "story_id": story_id,
        "title": "Skolen stenger etter vannlekkasje",
        "severity": 62,
        "level": Level.SERIOUS,
        "factors": [
            {"name": "topic weight", "value": "service disruption", "points": 30.0},
            {"name": "publishers", "value": "3", "points": 32.0},
        ],
        "topics": ["service_disruption"],
        "because": "3 independent publishers tell a new story; usual is 0.4.",
        "signal_count": 3,
        "publisher_count": 3,
        "raised_at": at,
        "changed_at": at,
    } | given
    alert_id = await _put(connection, alert, values)
    await append_transition(
        connection,
        alert_id,
        TransitionKind.RAISED,
        AlertState.RAISED,
        values["severity"],
        Level(values["level"]),
        at,
        reason="A new story above the threshold",
        emergence_id=emergence_id,
    )
    if values.get("state", AlertState.RAISED) != AlertState.RAISED:
        await connection.execute(update(alert).where(alert.c.id == alert_id).values(state=values["state"]))
    if emergence_id is not None:
        await connection.execute(update(emergence).where(emergence.c.id == emergence_id).values(alert_id=alert_id))
    return alert_id


async def add_receiver(connection: AsyncConnection, name: str = "", **given: Any) -> int:
    values = {
        "organisation_id": 1,
        "name": name or f"Receiver {next(_numbers)}",
        "kind": "slack",
        "address": "https://hooks.example/services/T000/B000/abcdefghijklmnop",
        "created_at": NOON,
    } | given
    return await _put(connection, receiver, values)


async def add_delivery(connection: AsyncConnection, transition_id: int, receiver_id: int, **given: Any) -> int:
    number = next(_numbers)
    values = {
        "transition_id": transition_id,
        "receiver_id": receiver_id,
        "message_id": f"msg_{number}",
        "state": "sent",
        "attempts": 1,
        "next_try_at": NOON,
        "created_at": NOON,
        "sent_at": NOON + timedelta(seconds=2),
    } | given
    return await _put(connection, delivery, values)


async def add_node(connection: AsyncConnection, role: str = "work", seen_at: datetime = NOON) -> None:
    """A sign of life of a process."""
    made = upsert(node).values(id=f"test-{role}", role=role, started_at=seen_at, seen_at=seen_at)
    await connection.execute(made.on_conflict_do_update(index_elements=["id"], set_={"seen_at": seen_at}))


@dataclass
class Scene:
    """One of everything: what `set_scene` has inserted."""

    source_ids: list[int] = field(default_factory=list)
    signal_ids: list[int] = field(default_factory=list)
    story_id: int = 0
    watch_id: int = 0
    receiver_id: int = 0
    emergence_id: int = 0
    alert_id: int = 0


async def set_scene(connection: AsyncConnection, now: datetime = NOON) -> Scene:
    """Three papers tell one story, a watch hits, an alert is raised, a receiver must be told, a worker is awake."""
    scene = Scene()
    await add_node(connection, seen_at=now)
    scene.receiver_id = await add_receiver(connection, "Beredskap")
    scene.watch_id = await add_watch(connection, "Skole og barnehage", query="skole")
    for minutes in (40, 30, 20):
        source_id = await add_source(connection)
        await add_poll(connection, source_id, now - timedelta(minutes=10), outcome="new", entries=20, stored=1)
        signal_id = await add_signal(connection, source_id, at=now - timedelta(minutes=minutes))
        await add_label(connection, signal_id)
        await add_hit(connection, scene.watch_id, signal_id)
        scene.source_ids.append(source_id)
        scene.signal_ids.append(signal_id)
    scene.story_id = await add_story(connection, scene.signal_ids)
    scene.emergence_id = await add_emergence(
        connection, scene.watch_id, scene.signal_ids, scene.story_id, at=now - timedelta(minutes=20)
    )
    scene.alert_id = await add_alert(
        connection,
        scene.watch_id,
        scene.story_id,
        emergence_id=scene.emergence_id,
        at=now - timedelta(minutes=19),
    )
    return scene
