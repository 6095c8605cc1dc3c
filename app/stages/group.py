"""Group: signals about one event become a story, in the order in which they came."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.stages.batch import Carrier
from app.stages.desk import STORIES_REMEMBERED, Desk
from app.storage import comparing, grouping
from classifiers.types import StoryFacts
from signals.publishers import independent_publishers, reprinters
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
        signals = await comparing.load_signals(connection, ids)
        originals = {signal.copy_of for signal in signals if signal.copy_of}
        known = await grouping.stories_of(connection, originals)
        memberships: list[tuple[Signal, Membership]] = []
        for signal in signals:
            told_in = known.get(signal.copy_of) if signal.copy_of else None
            membership = _alone(signal, told_in) if is_apart(signal) else index.add(signal, told_in)
            known[signal.id] = membership.story_id
            memberships.append((signal, membership))
        await grouping.insert_memberships(connection, memberships, now)
        merges = index.merges(now)
        for young, old in merges:
            await grouping.merge_stories(connection, young, old)
        index.forget(now - STORIES_REMEMBERED)
        touched = {membership.story_id for _, membership in memberships} | {old for _, old in merges}
        await self._state_facts(connection, touched - {young for young, _ in merges})
        return sum(membership.is_first for _, membership in memberships)

    async def _state_facts(self, connection: AsyncConnection, story_ids: Iterable[int]) -> None:
        stories = await grouping.load_stories(connection, story_ids)
        await grouping.update_facts(connection, [facts_of(key, stories[key]) for key in sorted(stories)])


def is_apart(signal: Signal) -> bool:
    """A restricted tip stands in a story of its own: title, figures and languages of another would tell of it."""
    return signal.sensitivity is Sensitivity.RESTRICTED


def _alone(signal: Signal, told_in: int | None) -> Membership:
    return Membership(signal.id, told_in or signal.id, 1.0 if told_in else 0.0, 1.0)


def facts_of(story_id: int, signals: Sequence[Signal], novelty: float = 1.0) -> StoryFacts:
    """What can be said of a story from its signals, in order."""
    publishers = independent_publishers(signals)
    return StoryFacts(
        id=story_id,
        title=signals[0].title,
        first_seen_at=signals[0].seen_at,
        last_seen_at=max(signal.seen_at for signal in signals),
        signals=len(signals),
        independent=len(publishers),
        publishers=tuple(sorted(publishers)),
        reprinters=tuple(sorted(reprinters(signals))),
        languages=tuple(sorted({signal.language for signal in signals})),
        best_tier=min(signal.tier for signal in signals),
        novelty=novelty,
    )
