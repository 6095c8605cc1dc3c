"""POST /api/v1/classify: a text in, labels with their words out, nothing kept."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.records import Scope
from app.schema.item import item
from app.services.readings import Readings
from app.storage.database import Database
from classifiers.types import Label
from signals.types import Signal
from tests.support.web import Web
from tests.support.workshop import label_by_words

TEXT = {"title": "Møllestua trekker tilbake brød etter funn av glass", "language": "nb"}


class LabelsByWords:
    async def label_for(
        self, connection: AsyncConnection, organisation_id: int, texts: Sequence[Signal]
    ) -> list[tuple[Label, ...]]:
        return await label_by_words(texts)


async def test_a_text_gets_its_labels_and_leaves_nothing(web: Web, database: Database) -> None:
    object.__setattr__(web.services, "readings", Readings(database, LabelsByWords()))
    reader = await web.with_key(Scope.READ)
    answer = await reader.post("/api/v1/classify", json=TEXT)
    assert answer.status == 200
    assert answer.json()["language"] == "nb"
    assert [(one["name"], one["because"][0]["word"]) for one in answer.json()["labels"]] == [
        ("product_safety", "tilbake")
    ]
    async with database.transaction() as connection:
        assert await connection.scalar(select(func.count()).select_from(item)) == 0


async def test_without_a_key_or_a_text_or_a_classifier_there_is_a_clear_answer(web: Web) -> None:
    reader = await web.with_key(Scope.READ)
    assert (await web.stranger.post("/api/v1/classify", json=TEXT)).status == 401
    assert (await reader.post("/api/v1/classify", json={"title": ""})).status == 422
    assert (await reader.post("/api/v1/classify", json={"title": "x" * 501})).status == 422
    assert (await reader.post("/api/v1/classify", json=TEXT)).status == 409
