"""Lifecycle: the rules look at each story that a watch has to do with, and propose where it should stand."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from app.alerts.types import Tally
from app.storage import noticing, outlooks, stories_stages
from app.storage.database import Database
from app.storage.stories_stages import Look, Standing
from classifiers.lifecycle import LATELY, SILENT, Proposal, Stage, StageFacts, facts_from, is_worth_repeating, propose
from classifiers.taxonomy import Taxonomy

AT_ONCE = 500  # in one transaction
REMEMBERED = timedelta(days=8)  # a story takes no signals for longer than seven
AGAIN = timedelta(minutes=10)  # while a story that is serious lives: severity and the day that is counted move on
SELDOM = timedelta(hours=1)  # while another does
OVERLAP = timedelta(minutes=30)  # what was written late is still found


class LifecycleStage:
    """People decide; this only proposes, and says why."""

    def __init__(self, database: Database, taxonomy: Taxonomy) -> None:
        self._database = database
        self._taxonomy = taxonomy
        self._done_until: datetime | None = None  # by this process, to the end

    async def run(self, now: datetime) -> Tally:
        since = self._done_until - OVERLAP if self._done_until else now - REMEMBERED
        async with self._database.transaction() as connection:
            await stories_stages.follow_merged(connection, now, since=now - REMEMBERED)
            await stories_stages.open_stages(connection, since, now)
        taken = made = 0
        while True:
            async with self._database.transaction() as connection:
                due = await stories_stages.take_due(connection, now, since, AT_ONCE)
                made += await self._look(connection, due, now) if due else 0
            taken += len(due)
            if len(due) < AT_ONCE:
                self._done_until = now
                return Tally("lifecycle", taken, made)

    async def _look(self, connection: AsyncConnection, due: Sequence[Standing], now: datetime) -> int:
        facts = await self._facts(connection, {one.story_id for one in due}, now)
        severities = await stories_stages.severities(connection, [(one.story_id, one.watch_id) for one in due])
        looks = [
            look_at(one, replace(facts[one.story_id], severity=severities.get((one.story_id, one.watch_id), 0)), now)
            for one in due
            if one.story_id in facts
        ]
        await stories_stages.note_looks(connection, looks, now)
        return sum(one.is_news and one.proposed is not None for one in looks)

    async def _facts(self, connection: AsyncConnection, story_ids: Set[int], now: datetime) -> dict[int, StageFacts]:
        """What is known of each story, the same for all watches but for the severity."""
        members = await stories_stages.latest_members(connection, sorted(story_ids))
        hits = await noticing.load_hits(connection, [key for ids in members.values() for key in ids])
        growing = await outlooks.latest_growing(connection, members, now)
        return {
            story_id: facts_from(told, now, self._taxonomy, growing=growing.get(story_id))
            for story_id, ids in members.items()
            if (told := [hits[key] for key in ids if key in hits])
        }


def look_at(one: Standing, facts: StageFacts, now: datetime) -> Look:
    """What the rules say of a story for a watch."""
    found = propose(facts, one.proposed or one.stage)
    proposed = wanted(one, found, facts)
    return Look(one, facts, proposed, found.because if proposed else (), next_look(facts, now))


def wanted(one: Standing, found: Proposal, facts: StageFacts) -> Stage | None:
    """What to propose; None: it stands there, or people have declined it and not much has changed."""
    if found.stage is one.stage:
        return None
    if found.stage is one.declined and not is_worth_repeating(found.stage, one.declined_facts, facts):
        return None
    return found.stage


def next_look(facts: StageFacts, now: datetime) -> datetime | None:
    """When to look again though nothing comes: soon while it lives, then when it counts as silent, then no more."""
    if timedelta(hours=facts.hours_silent) < LATELY:
        return now + (AGAIN if facts.severity else SELDOM)
    silent = timedelta(hours=SILENT - facts.hours_silent)
    return now + silent if silent > timedelta(0) else None
