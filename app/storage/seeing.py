"""Who may see a signal, and what was made of it: the one rule, as a function and as SQL (SE-27).

Theory of operation. Whoever may read (a person who signs in, a key with the right) sees what is open or internal. What
is restricted is seen by administrators and by the owner of a watch that it hit, named there as they sign in. To all
others it is not there: not in lists, counts, charts, stories, alerts or exports.

A restricted tip stands apart: it is compared with nothing, opens a story of its own, and counts in no series and no
budget. So a story, an alert or an emergence is seen exactly where the signal that opened its story is; what is about no
story holds nothing restricted. Every question that people ask of these tables must carry `is_seen`.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true

from app.records import Sight
from app.schema.alert import alert, transition
from app.schema.signal import signal
from app.schema.watch import watch, watch_hit
from signals.types import Sensitivity

opener = signal.alias("opener")
owned_hit = watch_hit.alias("owned_hit")
owned = watch.alias("owned")


def may_see(sight: Sight, sensitivity: Sensitivity, owners: Collection[str]) -> bool:
    """`owners`: of the watches that the signal hit."""
    if sensitivity is not Sensitivity.RESTRICTED:
        return True
    return sight.sees_restricted or (bool(sight.person) and sight.person in owners)


def is_seen(sight: Sight, signal_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same in SQL, for the id of a signal, or of a story, which is that of its first signal; null is seen."""
    if sight.sees_restricted:
        return true()
    return not_restricted(signal_id, is_mine=_hit_of(sight.person) if sight.person else None)


def not_restricted(signal_id: ColumnElement[Any], *, is_mine: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Nobody's question: for figures that are the same for all."""
    hidden = [opener.c.id == signal_id, opener.c.sensitivity == Sensitivity.RESTRICTED]
    return ~exists().where(*hidden, *([] if is_mine is None else [~is_mine]))


def _hit_of(owner: str) -> ColumnElement[bool]:
    return exists().where(
        owned_hit.c.signal_id == opener.c.id, owned_hit.c.watch_id == owned.c.id, owned.c.owner == owner
    )


def not_of_restricted(transition_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same for what an alert's change led to."""
    hidden = (
        select(transition.c.id)
        .join(alert, alert.c.id == transition.c.alert_id)
        .join(opener, opener.c.id == alert.c.story_id)
        .where(opener.c.sensitivity == Sensitivity.RESTRICTED)
    )
    return transition_id.not_in(hidden)
