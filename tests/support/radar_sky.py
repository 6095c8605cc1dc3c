"""A made sky for the radar: ordinary titles for the weeks before, and a week in which something rises."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from app.schema.item import item
from app.schema.label import label
from app.schema.signal import signal
from classifiers.radar_values import Heard, PastTitle
from tests.support.rows import NOON, add_source
from tests.support.signals import a_signal
from tests.support.values import a_label

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 9, 7, 0, tzinfo=UTC)  # eight in the morning in Oslo
ORDINARY = (
    "Biblioteket åpner igjen etter oppussing",
    "Mildere vær i helgen, sier meteorologene",
    "Korpset feirer hundre år på torget",
    "Kommunestyret vedtok budsjettet for neste år",
    "Ny gangvei til skolen er ferdig",
    "Barnehagen får større uteområde",
    "Bygda samlet seg til fest i grendehuset",
)
PAST = tuple(PastTitle(f"{ORDINARY[n % 7]} {n}", "nb", "Fjordposten") for n in range(280))


class Told(NamedTuple):
    title: str
    topic: str = ""
    language: str = "nb"
    paper: str = ""


LEAK = (
    Told("Nordlaks slapp ut lakselus-gift i fjorden", "environment"),
    Told("Naboer krever svar fra Nordlaks om giften", "environment"),
    Told("Tilsynet gransker Nordlaks etter utslippet", "legal_regulatory"),
    Told("Utslippet fra Nordlaks: dette vet vi"),
    Told("Nordlaks beklager utslippet", "environment"),
)
PERSON = (
    Told("Ordfører Per Hansen anmeldes for underslag", "misconduct"),
    Told("Hansen nekter for underslag", "misconduct"),
    Told("Derfor tier Per Hansen", "misconduct"),
)


def heard(told: Sequence[Told], first: int = 1, *, story_id: int = 0) -> list[Heard]:
    """Each from another paper, two a day; every one a story of its own unless told otherwise."""
    found = []
    for number, one in enumerate(told, start=first):
        said = a_signal(
            id=number,
            title=one.title,
            text="",
            language=one.language,
            source_name=one.paper or f"Avis {number}",
            family=one.paper or f"Avis {number}",
            seen_at=MONDAY - 3 * DAY + number * DAY / 2,
            said_at=None,
        )
        labels = (a_label(one.topic, signal_id=number),) if one.topic else ()
        found.append(Heard(said, labels, story_id or number))
    return found


def a_week(*matters: Sequence[Told]) -> list[Heard]:
    """Ordinary titles, and these."""
    ordinary = [Told(f"{ORDINARY[n % 7]} {n}") for n in range(35)]
    return heard([*ordinary, *(one for matter in matters for one in matter)])


async def set_sky(
    connection: AsyncConnection, *matters: Sequence[Told], organisation_id: int = 1, sensitivity: str = "open"
) -> list[int]:
    """Stored: four weeks of ordinary titles, then these in the week before MONDAY, whose numbers it gives."""
    papers = {
        f"Avis {n}": await add_source(connection, name=f"Avis {n}", organisation_id=organisation_id) for n in range(6)
    }
    ids = list(papers.values())
    rows = [(PAST[n].title, "nb", "", ids[n % 6], MONDAY - 35 * DAY + n * DAY / 10, "open") for n in range(280)]
    told = [one for matter in matters for one in matter]
    rows += [
        (one.title, one.language, one.topic, ids[n % 6], MONDAY - 3 * DAY + n * DAY / 4, sensitivity)
        for n, one in enumerate(told)
    ]
    items = await connection.execute(
        insert(item).returning(item.c.id, sort_by_parameter_order=True),
        [
            {"source_id": source_id, "guid": f"sky-{organisation_id}-{n}-{sensitivity}", "title": title}
            | {"seen_at": at, "said_at": at, "content_hash": f"{n}", "sensitivity": kept}
            for n, (title, _, _, source_id, at, kept) in enumerate(rows)
        ],
    )
    numbers = list(items.scalars())
    await connection.execute(
        insert(signal),
        [
            {"id": number, "source_id": source_id, "title": title, "language": language, "said_at": at, "seen_at": at}
            | {"fingerprint": f"sky{number}", "sensitivity": kept, "url": f"https://avis.example/sky/{number}"}
            for number, (title, language, _, source_id, at, kept) in zip(numbers, rows, strict=True)
        ],
    )
    labels = [
        {"signal_id": number, "kind": "topic", "name": topic, "by": "topics@test", "score": 0.9, "made_at": NOON}
        for number, (_, _, topic, *_) in zip(numbers, rows, strict=True)
        if topic
    ]
    if labels:
        await connection.execute(insert(label), labels)
    return numbers[280:]
