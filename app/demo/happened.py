"""What has happened in the demo's database: who was told of what, and which pieces stood behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Level, TransitionKind
from app.schema.alert import alert, transition
from app.schema.delivery import delivery, receiver
from app.schema.emergence import emergence
from app.schema.item import item
from app.schema.watch import watch
from app.storage.comparing import load_signals
from signals.publishers import independent_publishers

TOLD = (TransitionKind.RAISED, TransitionKind.ESCALATED)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert that was raised, or grew more serious."""

    id: int
    at: datetime
    kind: TransitionKind
    level: Level
    title: str
    because: str
    watch: str


@dataclass(frozen=True, slots=True)
class Found:
    """An emergence, what was decided of it, and the numbers of the pieces behind it."""

    id: int
    at: datetime
    kind: str
    watch: str
    verdict: str
    hold: str
    decided: str
    because: str
    alert_id: int | None
    pieces: tuple[int, ...]

    @property
    def reached_people(self) -> bool:
        return self.alert_id is not None and self.verdict != "hold"


@dataclass(frozen=True, slots=True)
class Voices:
    """How the service counts what was heard of some pieces."""

    signals: int
    copies: int
    independent: int


@dataclass(frozen=True, slots=True)
class Delivered:
    receiver: str
    sent: int
    retried: int
    waiting: int


async def told_since(connection: AsyncConnection, after: int) -> list[Told]:
    rows = await connection.execute(
        select(transition, alert.c.title, alert.c.because, watch.c.name.label("watch"))
        .join(alert, alert.c.id == transition.c.alert_id)
        .join(watch, watch.c.id == alert.c.watch_id)
        .where(transition.c.id > after, transition.c.kind.in_(TOLD))
        .order_by(transition.c.id)
    )
    return [
        Told(row.id, row.at, TransitionKind(row.kind), Level(row.level), row.title, row.because, row.watch)
        for row in rows
    ]


async def find_all(connection: AsyncConnection) -> list[Found]:
    numbers = await _numbers(connection)
    rows = await connection.execute(
        select(emergence, watch.c.name.label("watch"))
        .join(watch, watch.c.id == emergence.c.watch_id)
        .order_by(emergence.c.at, emergence.c.id)
    )
    return [
        Found(
            row.id,
            row.at,
            row.kind,
            row.watch,
            row.verdict,
            row.hold,
            row.decided,
            row.because,
            row.alert_id,
            tuple(numbers[key] for key in row.signal_ids if key in numbers),
        )
        for row in rows
    ]


async def voices_of(connection: AsyncConnection, pieces: frozenset[int]) -> Voices:
    ids = [key for key, number in (await _numbers(connection)).items() if number in pieces]
    signals = await load_signals(connection, ids)
    copies = sum(signal.copy_of is not None for signal in signals)
    return Voices(len(signals), copies, len(independent_publishers(signals)))


async def deliveries(connection: AsyncConnection) -> list[Delivered]:
    is_sent, is_waiting = delivery.c.state == "sent", delivery.c.state == "queued"
    rows = await connection.execute(
        select(
            receiver.c.name,
            func.count().filter(is_sent).label("sent"),
            func.count().filter(is_sent, delivery.c.attempts > 1).label("retried"),
            func.count().filter(is_waiting).label("waiting"),
        )
        .select_from(receiver)
        .outerjoin(delivery, delivery.c.receiver_id == receiver.c.id)
        .group_by(receiver.c.id, receiver.c.name)
        .order_by(receiver.c.id)
    )
    return [Delivered(row.name, row.sent, row.retried, row.waiting) for row in rows]


async def _numbers(connection: AsyncConnection) -> Mapping[int, int]:
    """Signals to the numbers of their pieces, which stand at the end of their links."""
    rows = await connection.execute(select(item.c.id, item.c.url))
    return {row.id: int(row.url.rpartition("/")[2]) for row in rows if row.url.rpartition("/")[2].isdecimal()}
