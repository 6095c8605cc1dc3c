"""The registry of models: what was trained, which is in use where, which runs in shadow, and the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.learning import ModelRow, ModelState, ShadowExample
from app.schema.learning import model, shadow
from classifiers.comparing import Metrics
from classifiers.exercise import Learned
from classifiers.promotion import Shadow

KIND = "topics"
KEPT = 10  # files of retired models that an organisation keeps

METRICS: TypeAdapter[Metrics] = TypeAdapter(Metrics)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A promoted model, and the signals that it labels."""

    model_id: int
    hash: str
    by: str
    signal_ids: tuple[int, ...]


COLUMNS = (
    *(column for column in model.c if column.name != "content"),
    func.coalesce(func.length(model.c.content), 0).label("size"),
    shadow.c.signals,
    shadow.c.flags_before,
    shadow.c.flags_now,
    shadow.c.gained,
    shadow.c.lost,
    shadow.c.moved,
    shadow.c.examples,
)


def _of(organisation_id: int) -> Any:
    return or_(model.c.organisation_id == organisation_id, model.c.organisation_id.is_(None))


async def take_turn(connection: AsyncConnection, organisation_id: int) -> None:
    """Until the transaction ends nobody else changes which of its models are in use."""
    await connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"forkant.models {organisation_id}"}
    )


async def list_models(connection: AsyncConnection, organisation_id: int) -> tuple[ModelRow, ...]:
    """An organisation's models and those that shipped, newest first."""
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(_of(organisation_id))
        .order_by(model.c.id.desc())
        .limit(100)
    )
    return tuple(map(_to_row, rows))


async def find_model(connection: AsyncConnection, organisation_id: int, version: str) -> ModelRow | None:
    """By version, with or without what it judges before it; an organisation's own before the shipped one."""
    named = version.rpartition("@")[2]
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(_of(organisation_id), model.c.version == named)
        .order_by(model.c.organisation_id.nulls_last())
        .limit(1)
    )
    row = rows.first()
    return _to_row(row) if row else None


async def find_in_state(connection: AsyncConnection, organisation_id: int, state: ModelState) -> ModelRow | None:
    """An organisation's own model in a state of which there is one at most."""
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(model.c.organisation_id == organisation_id, model.c.state == state)
    )
    row = rows.first()
    return _to_row(row) if row else None


async def find_shipped(connection: AsyncConnection) -> ModelRow | None:
    """The one that ships with this Forkant, once a worker has told of it."""
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(model.c.organisation_id.is_(None), model.c.state == ModelState.LIVE)
        .order_by(model.c.id.desc())
        .limit(1)
    )
    row = rows.first()
    return _to_row(row) if row else None


async def newest_judgement(connection: AsyncConnection, organisation_id: int) -> int:
    """The last judgement that a model of this organisation has seen."""
    found = await connection.scalar(
        select(func.max(model.c.judgements)).where(model.c.organisation_id == organisation_id)
    )
    return found or 0


async def newest_made(connection: AsyncConnection, organisation_id: int) -> ModelRow | None:
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(model.c.organisation_id == organisation_id, model.c.made_by == "forkant")
        .order_by(model.c.id.desc())
        .limit(1)
    )
    row = rows.first()
    return _to_row(row) if row else None


async def load_content(connection: AsyncConnection, model_id: int) -> bytes | None:
    return await connection.scalar(select(model.c.content).where(model.c.id == model_id))


async def tell_of_shipped(
    connection: AsyncConnection, version: str, hash_: str, threshold: float, trained_from: str, now: datetime
) -> None:
    """Written by every worker that finds another model than the registry names; those of before are retired."""
    known = {"kind": KIND, "version": version, "hash": hash_, "threshold": threshold, "trained_from": trained_from}
    await connection.execute(
        update(model)
        .where(model.c.organisation_id.is_(None), model.c.version != version, model.c.state == ModelState.LIVE)
        .values(state=ModelState.RETIRED, retired_at=now, why="another Forkant ships another model")
    )
    values = known | {"state": ModelState.LIVE, "corpus": trained_from, "made_at": now, "promoted_at": now}
    made = upsert(model).values(values | {"why": "ships with Forkant", "promoted_by": "forkant"})
    await connection.execute(
        made.on_conflict_do_update(
            constraint="uq_model_organisation_id_kind_version",
            set_={"state": ModelState.LIVE, "hash": hash_, "retired_at": None},
        )
    )


async def store_metrics(connection: AsyncConnection, model_id: int, metrics: Metrics) -> None:
    told = METRICS.dump_python(metrics, mode="json")
    await connection.execute(update(model).where(model.c.id == model_id).values(metrics=told))


async def add_model(
    connection: AsyncConnection,
    organisation_id: int,
    learned: Learned,
    hash_: str,
    judgements: int,
    made_by: str,
    now: datetime,
) -> ModelRow | None:
    """A new candidate; None: this very model is known already."""
    values = {
        "organisation_id": organisation_id,
        "kind": KIND,
        "version": learned.version,
        "hash": hash_,
        "content": learned.content,
        "threshold": learned.threshold,
        "trained_from": learned.trained_from,
        "corpus": learned.corpus,
        "judgements": judgements,
        "state": ModelState.CANDIDATE,
        "metrics": METRICS.dump_python(learned.metrics, mode="json"),
        "made_at": now,
        "made_by": made_by,
    }
    made = upsert(model).values(values).on_conflict_do_nothing().returning(model.c.id)
    if (await connection.execute(made)).first() is None:
        return None
    return await find_model(connection, organisation_id, learned.version)


async def set_state(
    connection: AsyncConnection, model_id: int, state: ModelState, now: datetime, *, by: str = "", why: str = ""
) -> None:
    values: dict[str, Any] = {"state": state, "why": why}
    if state is ModelState.LIVE:
        values |= {"promoted_at": now, "promoted_by": by, "retired_at": None}
    elif state is ModelState.RETIRED:
        values |= {"retired_at": now}
    await connection.execute(update(model).where(model.c.id == model_id).values(values))


async def find_before(connection: AsyncConnection, organisation_id: int) -> ModelRow | None:
    """The model that was in use before the present one, and whose file is still kept."""
    rows = await connection.execute(
        select(*COLUMNS)
        .outerjoin(shadow, shadow.c.model_id == model.c.id)
        .where(
            model.c.organisation_id == organisation_id,
            model.c.state == ModelState.RETIRED,
            model.c.promoted_at.is_not(None),
            model.c.content.is_not(None),
            model.c.why.not_like("rolled back%"),
        )
        .order_by(model.c.promoted_at.desc(), model.c.id.desc())
        .limit(1)
    )
    row = rows.first()
    return _to_row(row) if row else None


async def drop_old_files(connection: AsyncConnection, organisation_id: int) -> None:
    """The rows stay, so that old labels can be explained; the files of all but the last retired models go."""
    old = (
        select(model.c.id)
        .where(model.c.organisation_id == organisation_id, model.c.state == ModelState.RETIRED)
        .order_by(model.c.id.desc())
        .offset(KEPT)
    )
    await connection.execute(update(model).where(model.c.id.in_(old)).values(content=None))


CHOSEN = text("""
    select model.id, model.hash, model.kind, model.version, array_agg(signal.id order by signal.id) as signal_ids
    from model
    join source on source.organisation_id = model.organisation_id
    join signal on signal.source_id = source.id
    where model.state = 'live' and model.kind = :kind and signal.id = any (:ids)
    group by model.id
""")


async def choose(connection: AsyncConnection, signal_ids: Sequence[int]) -> tuple[Chosen, ...]:
    """Which of these signals are labelled by a promoted model; all others by the shipped one."""
    rows = await connection.execute(CHOSEN, {"kind": KIND, "ids": list(signal_ids)})
    return tuple(Chosen(row.id, row.hash, f"{row.kind}@{row.version}", tuple(row.signal_ids)) for row in rows)


async def choose_for(connection: AsyncConnection, organisation_id: int) -> Chosen | None:
    """The model that an organisation promoted, for texts that are no signals; None: the shipped one."""
    live = select(model).where(
        model.c.organisation_id == organisation_id, model.c.state == ModelState.LIVE, model.c.kind == KIND
    )
    row = (await connection.execute(live)).first()
    return Chosen(row.id, row.hash, f"{row.kind}@{row.version}", ()) if row else None


def _to_row(row: Row[Any]) -> ModelRow:
    return ModelRow(
        id=row.id,
        is_shipped=row.organisation_id is None,
        kind=row.kind,
        version=row.version,
        hash=row.hash,
        size=row.size,
        threshold=row.threshold,
        trained_from=row.trained_from,
        corpus=row.corpus,
        judgements=row.judgements,
        state=ModelState(row.state),
        metrics=METRICS.validate_python(row.metrics) if row.metrics else None,
        made_at=row.made_at,
        made_by=row.made_by,
        promoted_at=row.promoted_at,
        promoted_by=row.promoted_by,
        why=row.why,
        retired_at=row.retired_at,
        shadow=None if row.signals is None else Shadow(*(getattr(row, name) for name in SHADOW)),
        examples=tuple(
            ShadowExample(one["signal_id"], tuple(one["before"]), tuple(one["now"])) for one in row.examples or ()
        ),
    )


SHADOW = ("signals", "flags_before", "flags_now", "gained", "lost", "moved")
