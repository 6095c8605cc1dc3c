"""What people judged: kept as they said it, taken back without a trace lost, read as values for training."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Caller
from app.records.learning import JudgementRow, Origin, OwnExample, Told, Verdict
from app.schema.access import person
from app.schema.label import label
from app.schema.learning import forgotten, judgement
from app.schema.signal import signal
from app.schema.story import story_member
from app.storage.queries import query
from classifiers.corpus import NONE
from classifiers.lessons import Judgement
from classifiers.types import LabelKind
from signals.item_text import ERASED
from signals.types import Sensitivity

MEMORY = timedelta(days=730)  # what was judged before is not taught any more: words and organisations change
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Named:
    """What is judged: the family of a signal, and who saw to it that it is known."""

    signal_id: int
    family: str


async def find_judged(connection: AsyncConnection, signal_id: int) -> Named | None:
    """A signal with what its judgements are filed under; None where there is none."""
    family = func.coalesce("story " + story_member.c.story_id.cast(signal.c.title.type), "text " + signal.c.fingerprint)
    row = (
        await connection.execute(
            select(signal.c.id, family.label("family"))
            .outerjoin(story_member, story_member.c.signal_id == signal.c.id)
            .where(signal.c.id == signal_id)
        )
    ).first()
    return Named(row.id, row.family) if row else None


async def store_verdict(
    connection: AsyncConnection, caller: Caller, named: Named, verdict: Verdict, origin: Origin, now: datetime
) -> None:
    """One row for each topic that it speaks of; the same judge's words of before on the same are taken back."""
    said = [(verdict.topic, verdict.is_right)]
    if verdict.instead:
        said.append((verdict.instead, True))
    rows = [
        {
            "signal_id": named.signal_id,
            "family": named.family,
            "topic": topic,
            "is_right": is_right,
            "reason": verdict.reason,
        }
        for topic, is_right in dict(said).items()
    ]
    await _withdraw(
        connection,
        caller,
        now,
        judgement.c.judge == judge_of(caller),
        judgement.c.signal_id == named.signal_id,
        judgement.c.topic.in_([row["topic"] for row in rows]),
    )
    await _insert(connection, caller, origin, now, rows)


async def store_examples(
    connection: AsyncConnection, caller: Caller, examples: Sequence[OwnExample], origin: Origin, now: datetime
) -> None:
    rows = [
        {
            "text": one.text,
            "language": one.language,
            "family": f"text {' '.join(one.text.casefold().split())}",
            "topic": topic,
            "is_right": True,
        }
        for one in examples
        for topic in one.topics or (NONE,)
    ]
    await _insert(connection, caller, origin, now, rows)


async def _insert(
    connection: AsyncConnection, caller: Caller, origin: Origin, now: datetime, rows: Sequence[dict[str, Any]]
) -> None:
    if rows:
        same = {
            "organisation_id": caller.organisation_id,
            "origin": origin,
            "judge": judge_of(caller),
            "judged_by": caller.name,
            "at": now,
        }
        await connection.execute(insert(judgement), [same | row for row in rows])


def judge_of(caller: Caller) -> str:
    """Who it is for good; names may change hands."""
    if caller.person_id is not None:
        return f"person {caller.person_id}"
    return f"key {caller.key_id}" if caller.key_id else f"command {caller.name}"


async def withdraw_all_of(connection: AsyncConnection, caller: Caller, named: str, now: datetime) -> int:
    """Take back all that somebody judged, by name or by judge, and what they did with alerts; how many judgements that
    were."""
    judges = await _judges_called(connection, caller.organisation_id, named)
    rows = [
        {"organisation_id": caller.organisation_id, "judge": judge, "until": now, "forgotten_by": caller.name}
        for judge in sorted(judges)
    ]
    made = upsert(forgotten).values(rows)
    await connection.execute(
        made.on_conflict_do_update(
            index_elements=["organisation_id", "judge"],
            set_={"until": made.excluded.until, "forgotten_by": made.excluded.forgotten_by},
        )
    )
    return await _withdraw(connection, caller, now, judgement.c.judge.in_(judges))


async def _judges_called(connection: AsyncConnection, organisation_id: int, named: str) -> set[str]:
    mine = judgement.c.organisation_id == organisation_id
    is_called = or_(judgement.c.judge == named, judgement.c.judged_by == named)
    found = {named, *await connection.scalars(select(judgement.c.judge).where(mine, is_called).distinct())}
    ids = await connection.scalars(
        select(person.c.id).where(person.c.organisation_id == organisation_id, person.c.name == named)
    )
    return found | {f"person {number}" for number in ids}


async def withdraw_one(connection: AsyncConnection, caller: Caller, number: int, now: datetime, *, own: bool) -> bool:
    """`own`: only if the caller gave it."""
    mine = [judgement.c.judge == judge_of(caller)] if own else []
    return bool(await _withdraw(connection, caller, now, judgement.c.id == number, *mine))


async def _withdraw(connection: AsyncConnection, caller: Caller, now: datetime, *which: Any) -> int:
    changed = await connection.execute(
        update(judgement)
        .where(judgement.c.organisation_id == caller.organisation_id, judgement.c.withdrawn_at.is_(None), *which)
        .values(withdrawn_at=now, withdrawn_by=caller.name)
        .returning(judgement.c.id)
    )
    return len(changed.all())


async def load_judgements(connection: AsyncConnection, organisation_id: int, now: datetime) -> tuple[Judgement, ...]:
    """All that counts: what people said, and, weakly, what they did with alerts. Never of restricted signals."""
    said = await connection.execute(
        select(
            judgement,
            signal.c.title,
            signal.c.text.label("signal_text"),
            signal.c.language.label("signal_language"),
        )
        .outerjoin(signal, signal.c.id == judgement.c.signal_id)
        .where(
            judgement.c.organisation_id == organisation_id,
            judgement.c.withdrawn_at.is_(None),
            judgement.c.at > now - MEMORY,
            signal.c.sensitivity.is_distinct_from(Sensitivity.RESTRICTED),
            signal.c.title.is_distinct_from(ERASED),
        )
        .order_by(judgement.c.id)
    )
    given = {"organisation": organisation_id, "since": now - MEMORY}
    done = await connection.execute(query("judgements.of_alerts"), given)
    return (*map(_to_judgement, said), *map(_to_weak, done))


def _to_judgement(row: Row[Any]) -> Judgement:
    is_own = row.signal_id is None
    return Judgement(
        judge=row.judge,
        at=row.at,
        text=row.text if is_own else passage(row.title, row.signal_text),
        language=row.language if is_own else row.signal_language,
        family=row.family,
        topic=row.topic,
        is_right=row.is_right,
        is_example=row.origin in (Origin.FILE, Origin.API),
    )


def _to_weak(row: Row[Any]) -> Judgement:
    return Judgement(
        row.judge, row.at, passage(row.title, row.text), row.language, row.family, row.topic, row.is_right, is_weak=True
    )


def passage(title: str, words: str) -> str:
    return f"{title}\n{words}" if words else title


async def count_after(connection: AsyncConnection, organisation_id: int, after: int) -> tuple[int, int]:
    """How many judgements count, and how many of them came after one."""
    row = (
        await connection.execute(
            select(func.count(), func.count().filter(judgement.c.id > after)).where(
                judgement.c.organisation_id == organisation_id, judgement.c.withdrawn_at.is_(None)
            )
        )
    ).one()
    return int(row[0]), int(row[1])


async def newest(connection: AsyncConnection, organisation_id: int) -> int:
    found = await connection.scalar(
        select(func.max(judgement.c.id)).where(judgement.c.organisation_id == organisation_id)
    )
    return found or 0


async def count_withdrawn_since(connection: AsyncConnection, organisation_id: int, since: datetime) -> int:
    """What was taken back teaches too: the next model must not know it."""
    found = await connection.scalar(
        select(func.count()).where(
            judgement.c.organisation_id == organisation_id,
            judgement.c.withdrawn_at > since,
            judgement.c.at <= since,
        )
    )
    return found or 0


async def names_of(connection: AsyncConnection, organisation_id: int) -> dict[str, str]:
    """What each judge is called."""
    rows = await connection.execute(
        select(judgement.c.judge, judgement.c.judged_by)
        .where(judgement.c.organisation_id == organisation_id)
        .order_by(judgement.c.id)
    )
    return {row.judge: row.judged_by for row in rows}


async def list_judgements(connection: AsyncConnection, organisation_id: int) -> tuple[JudgementRow, ...]:
    """The latest, newest first; what was said of restricted signals is left out."""
    rows = await connection.execute(
        select(judgement, signal.c.title)
        .outerjoin(signal, signal.c.id == judgement.c.signal_id)
        .where(
            judgement.c.organisation_id == organisation_id,
            signal.c.sensitivity.is_distinct_from(Sensitivity.RESTRICTED),
        )
        .order_by(judgement.c.id.desc())
        .limit(SHOWN)
    )
    return tuple(_to_row(row) for row in rows)


def _to_row(row: Row[Any]) -> JudgementRow:
    return JudgementRow(
        id=row.id,
        signal_id=row.signal_id,
        text=row.text or row.title or "",
        topic=row.topic,
        is_right=row.is_right,
        origin=Origin(row.origin),
        reason=row.reason,
        judge=row.judge,
        judged_by=row.judged_by,
        at=row.at,
        withdrawn_at=row.withdrawn_at,
    )


async def list_own(
    connection: AsyncConnection, caller: Caller, signal_ids: Sequence[int]
) -> dict[int, dict[str, bool]]:
    """What the caller said of these signals: topic to right or wrong."""
    rows = await connection.execute(
        select(judgement.c.signal_id, judgement.c.topic, judgement.c.is_right)
        .where(
            judgement.c.organisation_id == caller.organisation_id,
            judgement.c.judge == judge_of(caller),
            judgement.c.signal_id.in_(list(signal_ids)),
            judgement.c.withdrawn_at.is_(None),
        )
        .order_by(judgement.c.id)
    )
    found: dict[int, dict[str, bool]] = {}
    for row in rows:
        found.setdefault(row.signal_id, {})[row.topic] = row.is_right
    return found


async def told_of(connection: AsyncConnection, organisation_id: int, by: str, since: datetime | None) -> Told:
    """What people said of the labels that a model gave."""
    where = [
        judgement.c.organisation_id == organisation_id,
        judgement.c.withdrawn_at.is_(None),
        label.c.kind == LabelKind.TOPIC,
        label.c.by == by,
    ]
    if since is not None:
        where.append(judgement.c.at >= since)
    rows = await connection.execute(
        select(judgement.c.topic, judgement.c.is_right, func.count().label("times"))
        .join(label, (label.c.signal_id == judgement.c.signal_id) & (label.c.name == judgement.c.topic))
        .where(*where)
        .group_by(judgement.c.topic, judgement.c.is_right)
    )
    topics: dict[str, tuple[int, int]] = {}
    for row in rows:
        right, wrong = topics.get(row.topic, (0, 0))
        topics[row.topic] = (right + row.times, wrong) if row.is_right else (right, wrong + row.times)
    return Told(sum(one for one, _ in topics.values()), sum(one for _, one in topics.values()), topics)
