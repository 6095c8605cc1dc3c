"""The alerts that a preview estimates are those that the pipeline would have raised."""

from datetime import timedelta

from sqlalchemy import text

from app.records import Caller, Scope, WatchDraft
from app.services.previews import Previews
from app.services.topics import Topics
from app.services.watches import Watches
from app.storage.database import Database
from tests.support.rows import NOON, add_source, add_watch
from tests.support.workshop import Workshop, say

CALLER = Caller(1, "test", frozenset({Scope.READ, Scope.ADMIN}))
HOUR = timedelta(hours=1)

# Days ago, papers that tell it, words.
EVENTS = (
    (12, 1, "Fergen i Lillevik står etter motorhavari"),
    (9, 3, "Rederiet kaller tilbake fergen Havgløtt etter funn av sprekker"),
    (6, 1, "Fergen fikk ny kiosk"),
    (4, 2, "Fergen til Storhaug innstilt: mannskapet i streik"),
    (2, 1, "Fergen er stanset av Sjøfartsdirektoratet"),
)


async def test_a_preview_raises_what_the_pipeline_raised(database: Database) -> None:
    async with database.transaction() as connection:
        papers = [await add_source(connection, name=f"Avis {number}", family=f"hus {number}") for number in range(3)]
        await add_watch(connection, "Ferge", query="ferge", created_at=NOON - timedelta(days=80))
    async with Workshop(database) as workshop:
        await workshop.understand(NOON - timedelta(days=14))
        for days, voices, words in EVENTS:
            for number in range(voices):
                at = NOON - timedelta(days=days) + number * HOUR
                await say(database, papers[number], f"{words}, sier avis {number}", at=at)
                await workshop.understand(at)
                await workshop.understand(at + HOUR / 2)
        await workshop.understand(NOON)
    async with database.transaction() as connection:
        rows = await connection.execute(text("select distinct kind, at from emergence where verdict = 'raise'"))
        live = sorted((row.kind, row.at.date()) for row in rows)
    found = await Previews(database, Watches(database, Topics())).preview(CALLER, WatchDraft("Ny", "ferge"), NOON)
    told = sorted((one.kind, one.at.date()) for one in found.alerts.newest)
    assert live
    assert told == live
