"""What a model in shadow would have said, beside what was said."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records.learning import ModelRow, ShadowExample
from app.schema.item import progress
from app.schema.label import label
from app.schema.learning import shadow
from app.schema.signal import signal
from app.schema.source import source
from classifiers.promotion import Shadow
from classifiers.types import LabelKind
from signals.types import Sensitivity

EXAMPLES = 20


async def begin_shadow(connection: AsyncConnection, model_id: int) -> None:
    """It labels what comes from now on."""
    last = select(func.coalesce(func.max(signal.c.id), 0)).scalar_subquery()
    await connection.execute(upsert(shadow).values(model_id=model_id, read_until=last).on_conflict_do_nothing())


@dataclass(frozen=True, slots=True)
class Unseen:
    """Signals that a shadow has not labelled, with the topics that they were given."""

    read_until: int
    signal_ids: tuple[int, ...]
    given: dict[int, frozenset[str]]


async def take_unseen(connection: AsyncConnection, organisation_id: int, row: ModelRow, most: int) -> Unseen | None:
    """Locks the tally; None: another worker is at it. Restricted signals are not looked at."""
    locked = (
        await connection.execute(
            select(shadow.c.read_until).where(shadow.c.model_id == row.id).with_for_update(skip_locked=True)
        )
    ).first()
    if locked is None:
        return None
    not_labelled = ("normalise", "dedupe", "classify")
    waiting = exists().where(progress.c.item_id == signal.c.id, progress.c.stage.in_(not_labelled))
    found = await connection.scalars(
        select(signal.c.id)
        .join(source, source.c.id == signal.c.source_id)
        .where(
            source.c.organisation_id == organisation_id,
            signal.c.id > locked.read_until,
            signal.c.sensitivity != Sensitivity.RESTRICTED,
            ~waiting,  # its labels are not there yet
        )
        .order_by(signal.c.id)
        .limit(most)
    )
    ids = tuple(found.all())
    given: dict[int, set[str]] = {number: set() for number in ids}
    for one in await connection.execute(
        select(label.c.signal_id, label.c.name).where(
            label.c.signal_id.in_(ids),
            label.c.kind == LabelKind.TOPIC,
            label.c.by != row.by,
            label.c.superseded_at.is_(None),
        )
    ):
        given[one.signal_id].add(one.name)
    topics = {number: frozenset(names) for number, names in given.items()}
    return Unseen(ids[-1] if ids else locked.read_until, ids, topics)


async def add_to_shadow(
    connection: AsyncConnection, row: ModelRow, seen: Shadow, examples: Sequence[ShadowExample], until: int
) -> None:
    kept = [asdict(one) for one in (*examples, *row.examples)][:EXAMPLES]
    await connection.execute(
        update(shadow)
        .where(shadow.c.model_id == row.id)
        .values(
            read_until=until,
            signals=shadow.c.signals + seen.signals,
            flags_before=shadow.c.flags_before + seen.flags_before,
            flags_now=shadow.c.flags_now + seen.flags_now,
            gained=shadow.c.gained + seen.gained,
            lost=shadow.c.lost + seen.lost,
            moved=shadow.c.moved + seen.moved,
            examples=kept,
        )
    )
