"""What two languages tell of one event: two stories that know of each other, one living alert; also after a restart."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.schema.alert import alert
from app.schema.story import story_link
from app.storage.database import Database
from classifiers.types import Because, Label, LabelKind
from signals.types import Signal
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop, say

HOUR = timedelta(hours=1)
SWEDISH = "Bombhot mot skola i Nyköping, elever utrymda"
ENGLISH = "Pupils evacuated after bomb threat at school in Nykoping"


async def label_all(signals: Sequence[Signal]) -> list[tuple[Label, ...]]:
    because = (Because("glass", 1.0),)
    return [(Label(one.id, LabelKind.TOPIC, "product_safety", 0.9, because, "words@1"),) for one in signals]


async def test_two_languages_are_linked_and_raise_one_alert(database: Database) -> None:
    async with database.transaction() as connection:
        swedish, english, other = [
            await add_source(connection, name=name, family=name, tier=1, language=language)
            for name, language in (("Sydbladet", "sv"), ("The Harbour", "en"), ("The Quay", "en"))
        ]
        await add_watch(connection, query="Nyköping OR Nykoping")
    async with Workshop(database, label_all) as workshop:
        await say(database, swedish, SWEDISH, language="sv")
        await workshop.understand()
        await say(database, english, ENGLISH, at=NOON + HOUR, language="en")
        await workshop.understand(NOON + HOUR)
    async with Workshop(database, label_all) as restarted:
        await say(database, other, ENGLISH + ", police say", at=NOON + 2 * HOUR, language="en")
        await restarted.understand(NOON + 2 * HOUR)
    async with database.transaction() as connection:
        links = (await connection.execute(select(story_link))).all()
        states = list(await connection.scalars(select(alert.c.state)))
    assert len(links) == 1
    assert links[0].one_id < links[0].other_id
    assert {"Nyköping", "Bombhot", "utrymda"} <= set(links[0].because)
    assert states == ["raised"], "one alert, fed by both stories"
