"""Some days of stored history, made up: papers on the weather, and a bakery that calls its bread back."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tests.support.rows import NOON, add_label, add_signal, add_source, add_watch

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

PAPERS = ("Fjordposten", "Byavisa", "Havnytt", "Dalbladet")
RECALL = (
    "Mattilsynet trekker tilbake brød fra Fjordbrød etter funn av glassbiter",
    "Fjordbrød trekker tilbake brød: kan inneholde glassbiter, advarer Mattilsynet",
    "Glassbiter i brød: Fjordbrød tilbakekaller tre typer brød",
    "Tilbakekaller brød fra Fjordbrød, glassbiter funnet i deigen",
)
ORDINARY = (
    "Mildere vær i helgen",
    "Storhaug vant 3-1 over Lillevik i cupen",
    "Ny bru over elva åpnet",
    "Kommunestyret vedtok budsjettet",
    "Ferga innstilt på grunn av vind",
    "Bokmessen samler tusen i kulturhuset",
)
BEGUN = NOON - 3 * DAY  # the recall


@dataclass
class PastWeek:
    """What was inserted."""

    sources: list[int] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    recall: list[int] = field(default_factory=list)
    watch_id: int = 0


async def set_past(connection: AsyncConnection, **watch: Any) -> PastWeek:
    """A week: sixteen ordinary signals, and four papers on a recall three days ago."""
    past = PastWeek()
    for name in PAPERS:
        since = {"created_at": NOON - 90 * DAY}
        past.sources.append(await add_source(connection, name=name, tier=1, **since))
    for number in range(16):
        at = NOON - 7 * DAY + number * 10 * HOUR
        past.signals.append(
            await say_signal(connection, past.sources[number % 4], f"{ORDINARY[number % 6]} {number}", at)
        )
    for number, title in enumerate(RECALL):
        at = BEGUN + number * timedelta(minutes=20)
        number_of = await say_signal(connection, past.sources[number], title, at, topic="product_safety")
        past.recall.append(number_of)
    given = {"query": "Fjordbrød OR Nordkorn", "alerts_per_day": 3} | watch
    past.watch_id = await add_watch(connection, "Bakeriet", **given)
    return past


LEAK = ("Hackere stjal kundedata fra Nordkorn", "Kundedata på avveie: Nordkorn angrepet av hackere i natt")


async def say_leak(connection: AsyncConnection, past: PastWeek) -> int:
    """A story of another bakery that the watch knows, some hours after the recall; the number of its first signal."""
    first = BEGUN + 3 * HOUR
    numbers = [
        await say_signal(connection, past.sources[place], title, first + place * HOUR, topic="data_security")
        for place, title in enumerate(LEAK)
    ]
    return numbers[0]


async def say_signal(
    connection: AsyncConnection, source_id: int, title: str, at: datetime, *, topic: str = "", **given: Any
) -> int:
    family = PAPERS[source_id % 4]
    number = await add_signal(connection, source_id, title, at=at, **{"family": family, "tier": 1} | given)
    if topic:
        await add_label(connection, number, topic, score=0.95)
        await add_label(connection, number, "negative", kind="tone", score=0.9)
    return number
