"""The outbox: what is due to be told, and what came of telling it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Level, Sensitivity, TransitionKind
from app.notifiers.discretion import Behind, discreet
from app.notifiers.retries import Next
from app.notifiers.types import Message, Outcome, Quote, Target
from app.schema.delivery import delivery, delivery_attempt, receiver
from app.schema.emergence import emergence
from app.schema.label import label
from app.schema.signal import signal
from app.schema.source import source
from app.storage.alerts import to_emergence_row
from classifiers.saying import say_why
from classifiers.types import LabelKind

LEASE = timedelta(seconds=120)  # longer than the five attempts in a row that a receiver gets, each with its time-out
STORED = "en"  # the language of the sentences that emergences and alerts keep
MOST_QUOTES = 20  # more than any receiver shows


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery leased by this worker."""

    id: int
    receiver_id: int
    notifier: str
    attempt: int
    message: Message
    target: Target


@cache
def _query(name: str) -> Any:
    return text((Path(__file__).parent / "queries" / f"outbox.{name}.sql").read_text("utf-8"))


TONE = (
    select(label.c.name)
    .where(label.c.signal_id == signal.c.id, label.c.kind == LabelKind.TONE, label.c.superseded_at.is_(None))
    .order_by(label.c.made_at.desc())
    .limit(1)
    .scalar_subquery()
)


async def claim(connection: AsyncConnection, node: str, now: datetime, receivers: int, each: int) -> list[int]:
    given = {"now": now, "until": now + LEASE, "node": node, "receivers": receivers, "each": each}
    return sorted(row.id for row in await connection.execute(_query("claim"), given))


async def load(connection: AsyncConnection, ids: Sequence[int], public_url: str) -> list[Due]:
    rows = (await connection.execute(_query("messages"), {"ids": list(ids)})).all()
    quotes = await _load_quotes(connection, {key for row in rows for key in _quoted(row)})
    reasons = await _reasons(connection, rows)
    return [_to_due(row, quotes, reasons.get(row.id, row.because), public_url) for row in rows]


async def _reasons(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Why, in the language of those who are told, by delivery; what is stored is English."""
    foreign = {row.id: row for row in rows if row.because_of and row.spoken != STORED}
    keys = {row.because_of for row in foreign.values()}
    found = (await connection.execute(select(emergence).where(emergence.c.id.in_(keys)))).all() if keys else ()
    causes = {one.id: to_emergence_row(one) for one in found}
    return {key: say_why(causes[row.because_of], row.spoken) for key, row in foreign.items()}


async def _load_quotes(connection: AsyncConnection, ids: set[int]) -> dict[int, Quote]:
    rows = await connection.execute(
        select(signal, source.c.name, TONE.label("tone"))
        .join(source, source.c.id == signal.c.source_id)
        .where(signal.c.id.in_(ids))
    )
    return {
        row.id: Quote(
            row.title,
            row.name,
            row.said_at or row.seen_at,
            row.url,
            row.language,
            Sensitivity(row.sensitivity),
            row.tone or "",
        )
        for row in rows
    }


def _quoted(row: Row[Any]) -> list[int]:
    return list(dict.fromkeys([*row.signal_ids, *row.more_ids]))[:MOST_QUOTES]


def _to_due(row: Row[Any], quotes: dict[int, Quote], because: str, public_url: str) -> Due:
    message = Message(
        id=row.message_id,
        kind=TransitionKind(row.kind),
        at=row.at,
        actor=row.actor,
        reason=row.reason,
        update=row.update_number,
        alert_id=row.alert_id,
        title=row.title,
        watch=row.watch,
        owner=row.owner,
        level=Level(row.level),
        severity=row.severity,
        state=row.state,
        because=because,
        topics=tuple(row.topics),
        signal_count=row.signal_count,
        publisher_count=row.publisher_count,
        observed=row.observed,
        expected=row.expected,
        raised_at=row.raised_at,
        quotes=tuple(quotes[key] for key in _quoted(row) if key in quotes),
        link=f"{public_url.rstrip('/')}/alerts/{row.alert_id}" if public_url else "",
        is_restricted=row.sensitivity == Sensitivity.RESTRICTED.value,
        coverage=row.coverage,
        stage=row.stage,
        proposed=row.proposed,
    )
    told = discreet(message, Behind(tuple(map(Sensitivity, row.sensitivities)), row.open_title))
    return Due(row.id, row.receiver_id, row.receiver_kind, row.attempts, told, Target(row.address, row.secret))


async def record(
    connection: AsyncConnection, due: Due, outcome: Outcome, then: Next, took: timedelta, now: datetime
) -> None:
    """Log the attempt, and write what becomes of the delivery and its receiver."""
    attempt = {
        "delivery_id": due.id,
        "at": now,
        "status": outcome.status,
        "took_ms": round(took / timedelta(milliseconds=1)),
        "error": outcome.error[:2000],
    }
    await connection.execute(insert(delivery_attempt).values(attempt))
    await connection.execute(
        update(delivery)
        .where(delivery.c.id == due.id)
        .values(
            state=then.state,
            next_try_at=then.next_try_at,
            lease_until=None,
            leased_by="",
            last_error=outcome.error[:2000],
            sent_at=now if then.state == "sent" else None,
        )
    )
    change: dict[str, Any] = {"held_until": then.held_until} if then.held_until else {}
    if then.disable:
        change |= {"is_active": False, "disabled_reason": then.disable[:2000]}
    if change:
        await connection.execute(update(receiver).where(receiver.c.id == due.receiver_id).values(change))


async def release(connection: AsyncConnection, ids: Sequence[int], until: datetime) -> None:
    """Give leased deliveries back untried: something before them went wrong."""
    await connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.state == "queued")
        .values(lease_until=None, leased_by="", next_try_at=until, attempts=delivery.c.attempts - 1)
    )
