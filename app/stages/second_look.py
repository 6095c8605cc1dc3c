"""A second look at what a visit brought: is it new at all, what are its dates worth, and what do we learn from it?"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.items import Counts, note_timing, take_back_renamed
from app.storage.sources import Claim, Learnt
from signals import oddities, rhythm
from signals.oddities import Timing
from signals.types import Catch


async def look_twice(
    connection: AsyncConnection, taken: Claim, catch: Catch, counts: Counts, now: datetime
) -> tuple[Counts, str]:
    """The counts without what was known under another name, and what was strange, in plain words.

    In the visit's own transaction, after its items were stored.
    """
    words = ""
    if taken.source.kind in oddities.DOCUMENTS and oddities.is_mostly_new(counts.stored, len(catch.items)):
        before = counts.stored
        if not taken.is_first:
            names = {one.guid for one in catch.items}
            counts = await take_back_renamed(connection, counts, names, oddities.FEW)
        words = oddities.renamed(before - counts.stored) if counts.stored < before else ""
        if oddities.is_archive_again(_telling_dates(taken, counts, now), _usual_since_last(taken, now)):
            await note_timing(connection, counts.ids, Timing.REDATED)
            return replace(counts, said=()), oddities.archive_again(counts.stored)  # and teaches us nothing
    if counts.ids and not taken.is_first and rhythm.is_late(taken.pace.due_at, now):
        await note_timing(connection, counts.ids, Timing.LATE)
    return counts, words


def learn(taken: Claim, catch: Catch, counts: Counts, oddity: str, now: datetime) -> Learnt:
    """What has no date counts for now; at a first visit it can have any age."""
    dated = [moment for moment in counts.said if moment is not None]
    undated = [] if taken.is_first else [now] * (len(counts.said) - len(dated))
    doubted_until = taken.doubted_until if _is_doubted(taken, now) else None
    if asks_for_everything(taken, now) and rhythm.is_lied_to(dated, taken.not_modified_at):
        doubted_until, oddity = now + rhythm.DOUBT, oddities.lied()
    is_not_modified = catch.unchanged and not catch.size
    habit = taken.pace.habit.learn(dated + undated, now)
    return Learnt(habit, now if is_not_modified else None, doubted_until, oddity)


def asks_for_everything(taken: Claim, now: datetime) -> bool:
    """Whether a source is asked without validators this time."""
    return _is_doubted(taken, now) or rhythm.is_time_for_everything(taken.source.id, taken.last_polled_at, now)


def _is_doubted(taken: Claim, now: datetime) -> bool:
    return taken.doubted_until is not None and now < taken.doubted_until


def _telling_dates(taken: Claim, counts: Counts, now: datetime) -> tuple[datetime | None, ...]:
    """The dates that may give an archive away; at a first or a late visit none at all is ordinary."""
    is_caught_up = taken.is_first or rhythm.is_late(taken.pace.due_at, now)
    return tuple(filter(None, counts.said)) if is_caught_up else counts.said


def _usual_since_last(taken: Claim, now: datetime) -> float:
    """How much the source would have said since the last visit; nothing where we do not know its habit."""
    habit = taken.pace.habit
    return habit.expected(taken.last_polled_at, now) if taken.last_polled_at and habit.is_known else 0.0
