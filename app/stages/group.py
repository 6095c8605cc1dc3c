"""Group: signals about one event become a story, in the order in which they came."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier
from app.stages.desk import STORIES_REMEMBERED, Desk
from app.storage import comparing, grouping, linking, stories_changing
from classifiers.story_facts import facts_of
from signals.links import Link, LinkIndex
from signals.stories import Merge, StoryIndex
from signals.types import Membership, Sensitivity, Signal


class GroupStage:
    """`then`: "refine", where somebody reads closely what has arrived."""

    def __init__(self, desk: Desk, then: str | None = None) -> None:
        self._desk = desk
        self._carrier = Carrier(desk, "group", then=then)

    async def run(self, now: datetime) -> Tally:
        if not await self._desk.sit():
            return Tally("group", passed_over=(("another worker does it", 1),))
        return await self._carrier.carry(self._work, now)

    async def _work(self, connection: AsyncConnection, ids: Sequence[int], now: datetime) -> int:
        index = await self._desk.stories(connection, now)
        links = await self._desk.links(connection, now)
        signals = await comparing.load_signals(connection, ids)
        originals = {signal.copy_of for signal in signals if signal.copy_of}
        known = await grouping.stories_of(connection, originals)
        memberships = place(index, signals, known)
        await grouping.insert_memberships(connection, memberships, now)
        merges = index.merges(now)
        for young, old in merges:
            await grouping.merge_stories(connection, young, old)
        index.forget(now - STORIES_REMEMBERED)
        await self._link(connection, links, memberships, merges, now)
        touched = {membership.story_id for _, membership in memberships} | {old for _, old in merges}
        await self._state_facts(connection, touched - {young for young, _ in merges})
        return sum(membership.is_first for _, membership in memberships)

    async def _link(
        self,
        connection: AsyncConnection,
        links: LinkIndex,
        memberships: Sequence[tuple[Signal, Membership]],
        merges: Sequence[Merge],
        now: datetime,
    ) -> None:
        """Stories of one event in different languages know of each other; not those that people have split."""
        found = link(links, memberships, merges, now)
        if found:
            apart = await stories_changing.kept_apart(connection, now - STORIES_REMEMBERED)
            split = {frozenset(pair) for pair in apart}
            found = [one for one in found if {one.one, one.other} not in split]
        await linking.insert_links(connection, found, now)

    async def _state_facts(self, connection: AsyncConnection, story_ids: Iterable[int]) -> None:
        stories = await grouping.load_stories(connection, story_ids)
        await grouping.update_facts(connection, [facts_of(key, stories[key]) for key in sorted(stories)])


def place(index: StoryIndex, signals: Sequence[Signal], known: dict[int, int]) -> list[tuple[Signal, Membership]]:
    """The story of each signal. `known`: in which the originals of copies stand; what is found is added."""
    memberships: list[tuple[Signal, Membership]] = []
    for signal in signals:
        told_in = known.get(signal.copy_of) if signal.copy_of else None
        membership = _alone(signal, told_in) if is_apart(signal) else index.add(signal, told_in)
        known[signal.id] = membership.story_id
        memberships.append((signal, membership))
    return memberships


def link(
    links: LinkIndex, memberships: Sequence[tuple[Signal, Membership]], merges: Sequence[Merge], now: datetime
) -> Sequence[Link]:
    """Tell the links what was grouped; which stories are linked by it."""
    for signal, membership in memberships:
        links.add(signal, membership.story_id)
    for merge in merges:
        links.merge(merge)
    found = links.links(now)
    links.forget(now - STORIES_REMEMBERED)
    return found


def is_apart(signal: Signal) -> bool:
    """A restricted tip stands in a story of its own: title, figures and languages of another would tell of it."""
    return signal.sensitivity is Sensitivity.RESTRICTED


def _alone(signal: Signal, told_in: int | None) -> Membership:
    return Membership(signal.id, told_in or signal.id, 1.0 if told_in else 0.0, 1.0)
