"""Erases the words of items that their authors took back (GD-04)."""

from collections.abc import Sequence

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.signal import signal
from app.schema.watch import detector_state, watch_hit, watch_status
from app.storage.comparing import select_signals, to_signal
from classifiers.detectors.new_term import unlearn
from signals.item_text import ERASED, storable
from signals.types import Signal

# The guid and the empty hash stay, so that the item does not come back.
ITEMS = text("""
    update item
    set title = '', summary = '', url = '', author = '', categories = '{}', content_hash = ''
    where source_id = :source_id and guid = any (cast(:guids as text[])) and content_hash <> ''
    returning id
""")

# In this order. Whoever has an item in hand holds its row in `progress`: deleting that waits until the item's signal
# is written, and every later statement sees what was written.
WORDS = (
    text("delete from progress where item_id = any (:ids)"),
    text("""
        update alert
        set title = coalesce((select story.title from story where story.id = alert.story_id), :erased)
        from signal
        where signal.id = any (:ids) and signal.title <> '' and alert.title = signal.title
    """),  # headed with what its watch hit, which need not be what opened its story
    text("update signal set title = :erased, text = '', url = '', fingerprint = '' where id = any (:ids)"),
    text("update label set because = '[]' where signal_id = any (:ids)"),
    text("""
        update story
        set title = coalesce((
            select signal.title
            from story_member
            join signal on signal.id = story_member.signal_id
            where story_member.story_id = story.id and signal.title <> :erased
            order by signal.id
            limit 1
        ), :erased)
        where id = any (:ids)
    """),
    text("update alert set title = story.title from story where story.id = any (:ids) and alert.story_id = story.id"),
    text("""
        update replay_result
        set title = :erased, because = :erased
        where story_id = any (:ids) or signal_ids && cast(:ids as bigint[])
    """),
    text("""
        with left_over as (
            select suggestion.id,
                array(select unnest(signal_ids) except select unnest(cast(:ids as bigint[])) order by 1) as signal_ids
            from suggestion
            where signal_ids && cast(:ids as bigint[])
        )
        update suggestion
        set signal_ids = left_over.signal_ids,
            example_ids = array(
                select unnest(example_ids) except select unnest(cast(:ids as bigint[])) order by 1),
            companions = '{}',
            term = case when cardinality(left_over.signal_ids) < 3 then '' else term end,
            keys = case when cardinality(left_over.signal_ids) < 3 then '{}' else keys end,
            query = case when cardinality(left_over.signal_ids) < 3 then '' else query end,
            because = case when cardinality(left_over.signal_ids) < 3 then '' else because end
        from left_over
        where suggestion.id = left_over.id
    """),
    text("update emergence set terms = '{}' where story_id = any (:ids) and signal_ids <@ cast(:ids as bigint[])"),
)

# Sentences quote titles, and titles alone stand between these marks.
MOVED = text("""
    select id, alert_id
    from emergence
    where story_id in (select story_id from story_member where signal_id = any (:ids))
        and signal_ids && cast(:ids as bigint[])
""")
QUOTED, UNQUOTED = "“[^”]*”", f"“{ERASED}”"
SENTENCES = tuple(
    text(f"update {table} set {column} = regexp_replace({column}, :quoted, :unquoted, 'g') where {key} = any (:moved)")
    for table, column, key in (
        ("emergence", "because", "id"),
        ("emergence", "decided", "id"),
        ("transition", "reason", "emergence_id"),
    )
)
ALERTS = text("update alert set because = regexp_replace(because, :quoted, :unquoted, 'g') where id = any (:alerts)")


async def erase_items(connection: AsyncConnection, source_id: int, guids: Sequence[str]) -> int:
    """Blank all versions of these items and all that was made of their words; returns how many rows that were."""
    named = {"source_id": source_id, "guids": [storable(guid, 1_000) for guid in guids]}
    ids = list(await connection.scalars(ITEMS, named))
    if ids:
        said = await connection.execute(select_signals().where(signal.c.id.in_(ids)))
        gone = [to_signal(row) for row in said]
        for statement in WORDS:
            values = {"ids": ids, "erased": ERASED}
            await connection.execute(statement, {name: values[name] for name in statement.compile().params})
        await _erase_quotations(connection, ids)
        await _erase_memories(connection, ids, gone)
    return len(ids)


async def _erase_memories(connection: AsyncConnection, ids: Sequence[int], gone: Sequence[Signal]) -> None:
    """What the search for new terms remembers of these titles. The lock is the detectors' own, so that none of them
    writes back what it read before."""
    hit = select(watch_hit.c.watch_id).where(watch_hit.c.signal_id.in_(ids)).distinct()
    await connection.execute(
        select(watch_status.c.watch_id)
        .where(watch_status.c.watch_id.in_(hit))
        .order_by(watch_status.c.watch_id)
        .with_for_update()
    )
    mine = (detector_state.c.watch_id.in_(hit), detector_state.c.kind == "new_term")
    states = (await connection.execute(select(detector_state.c.watch_id, detector_state.c.state).where(*mine))).all()
    for row in states:
        kept = unlearn(row.state, ids, gone)
        await connection.execute(
            update(detector_state)
            .where(detector_state.c.watch_id == row.watch_id, detector_state.c.kind == "new_term")
            .values(state=kept)
        )


async def _erase_quotations(connection: AsyncConnection, ids: list[int]) -> None:
    moved = (await connection.execute(MOVED, {"ids": ids})).all()
    marks = {"quoted": QUOTED, "unquoted": UNQUOTED}
    for statement in SENTENCES:
        await connection.execute(statement, {**marks, "moved": [row.id for row in moved]})
    await connection.execute(ALERTS, {**marks, "alerts": [row.alert_id for row in moved if row.alert_id]})
