"""The stages of understanding on a real database, with a labeller that knows a few words and a detector of reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.alerts.types import Tally
from app.pipeline import run_in_order
from app.stages.alert import AlertStage
from app.stages.classify import ClassifyStage, Labeller
from app.stages.dedupe import DedupeStage
from app.stages.desk import Desk
from app.stages.detect import DetectStage
from app.stages.group import GroupStage
from app.stages.match import MatchStage
from app.stages.normalise import NormaliseStage
from app.storage.database import Database
from app.storage.items import Counts, store_items
from classifiers.detectors import DETECTORS
from classifiers.taxonomy import load_taxonomy
from classifiers.types import Because, Label, LabelKind
from signals.types import Item, Signal
from tests.support.rows import NOON, add_poll

TOPICS = {"tilbake": "product_safety", "stanset": "service_disruption", "streik": "working_conditions"}


class Poison(Exception):
    """What a broken item does to a classifier."""


async def label_by_words(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    """A topic for each known word of the title; an item with "gift" in it breaks the classifier."""
    return [_labels_of(signal) for signal in signals]


def _labels_of(signal: Signal) -> tuple[Label, ...]:
    if "gift" in signal.title:
        raise Poison(f"cannot read {signal.title!r}")
    return tuple(
        Label(signal.id, LabelKind.TOPIC, topic, 0.9, (Because(word, 1.0),), "words@1")
        for word, topic in TOPICS.items()
        if word in signal.title
    )


@dataclass
class Workshop:
    """One worker."""

    database: Database
    labeller: Labeller = label_by_words

    def __post_init__(self) -> None:
        self.desk = Desk(self.database)
        self.normalise = NormaliseStage(self.database)
        self.dedupe = DedupeStage(self.desk)
        self.classify = ClassifyStage(self.database, self.labeller)
        self.group = GroupStage(self.desk)
        self.match = MatchStage(self.database)
        self.detect = DetectStage(self.database, DETECTORS)
        self.alert = AlertStage(self.database, load_taxonomy())

    async def __aenter__(self) -> "Workshop":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.desk.leave()

    async def understand(self, now: datetime = NOON) -> dict[str, Tally]:
        stages = (self.normalise, self.dedupe, self.classify, self.group, self.match, self.detect, self.alert)
        return {tally.stage: tally for tally in await run_in_order(stages, now)}


async def say(database: Database, source_id: int, *titles: str, at: datetime = NOON, **given: Any) -> Counts:
    """One poll of a source that brings an item per title. Equal guids are versions of one item."""
    items = [Item(**({"guid": title, "title": title, "said_at": at} | given)) for title in titles]
    async with database.transaction() as connection:
        poll_id = await add_poll(connection, source_id, at, outcome="new")
        return await store_items(connection, source_id, poll_id, items, is_backlog=False, now=at)


STATE = {
    "signals": """
        select signal.title, signal.language, original.title as copy_of, signal.copy_kind
        from signal left join signal as original on original.id = signal.copy_of""",
    "labels": "select signal.title, name, score, by from label join signal on signal.id = signal_id",
    "hits": """
        select watch.name, signal.title, counted_at, is_counted, detected_at is not null
        from watch_hit join watch on watch.id = watch_id join signal on signal.id = signal_id""",
    "members": """
        select signal.title, story.title, opener.title
        from story_member join signal on signal.id = signal_id join story on story.id = story_id
        join signal as opener on opener.id = story.id""",
    "stories": "select title, signals, independent, publishers, languages, best_tier, merged_into from story",
    "emergences": """
        select watch.name, emergence.kind, story.title, verdict, hold, emergence.severity, observed, alert_id is null
        from emergence join watch on watch.id = watch_id left join story on story.id = story_id""",
    "alerts": """
        select watch.name, title, state, severity, level, signal_count
        from alert join watch on watch.id = watch_id""",
    "transitions": """
        select alert.title, kind, transition.state, transition.reason, emergence_id is null
        from transition join alert on alert.id = alert_id""",
    "deliveries": """
        select receiver.name, alert.title, transition.kind, delivery.state
        from delivery join receiver on receiver.id = receiver_id join transition on transition.id = transition_id
        join alert on alert.id = alert_id""",
    "waiting": "select stage, attempts, error, quarantined_at is null from progress",
}


async def state_of(database: Database) -> dict[str, list[Any]]:
    """All that understanding has written, without the numbers of rows: two runs can be compared."""
    async with database.transaction() as connection:
        return {
            name: sorted((tuple(row) for row in await connection.execute(text(question))), key=repr)
            for name, question in STATE.items()
        }
