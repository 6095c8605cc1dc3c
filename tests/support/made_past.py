"""Three made weeks as an archive: ordinary days, copies, an edit, a recall that grows, a prize, and a day of noise."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.commands.archive import ArchiveItem

BEGIN = datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
PAPERS = (("Fjordposten", "", 1), ("Byavisa", "Nordpress", 2), ("Havnytt", "Nordpress", 2), ("Dalbladet", "", 3))
ORDINARY = (
    "Mildere vær i helgen",
    "Storhaug vant 3-1 over Lillevik i cupen",
    "Biblioteket åpner igjen etter sommeren",
    "Fjordbrød ansetter tre nye bakere",
    "Kommunestyret vedtok budsjettet",
    "Ny gangvei til skolen er ferdig",
    "Korpset feirer hundre år på torget",
)
RECALL = (
    "Mattilsynet trekker tilbake brød fra Fjordbrød etter funn av glassbiter",
    "Fjordbrød trekker tilbake brød: kan inneholde glassbiter, advarer Mattilsynet",
    "Glassbiter i brød: Fjordbrød tilbakekaller tre typer brød",
    "Kunde skadet av glassbiter i brød fra Fjordbrød",
    "Fjordbrød beklager glassbiter i brød og stanser bakeriet",
    "Mattilsynet varsler tilsyn etter glassbiter i brød fra Fjordbrød",
)


def a_made_past(days: int = 21) -> list[ArchiveItem]:
    """In order of when it was seen."""
    return sorted(_items(days), key=lambda one: one.seen_at)


def _items(days: int) -> Iterator[ArchiveItem]:
    for day in range(days):
        for number in range(2):
            title = f"{ORDINARY[(2 * day + number) % len(ORDINARY)]} ({day})"
            yield _item(f"day-{day}-{number}", 2 * day + number, title, day, 60 * number)
    for number, title in enumerate(RECALL):
        yield _item(f"recall-{number}", number, title, 15, 180 + 25 * number)
    yield _item("wire", 3, RECALL[0], 15, 190)
    yield _item("later", 3, RECALL[3] + ", sier politiet", 15, 420, edit_of="recall-3")
    yield _item("late", 2, "Brann i lageret til Fjordbrød i natt, ansatte evakuert", 16, 40, late=26 * 60)
    yield _item("prize", 1, "Fjordbrød kåret til årets arbeidsplass og hedres med pris", 17, 35)
    for number in range(12):
        yield _item(f"noise-{number}", number, f"Storhaug og Lillevik spilte {number}-{number} i cupen", 18, 5 * number)
    yield _item("strike", 3, "Streik hos Fjordbrød: bakerne krever bedre arbeidsmiljø etter ulykke", 19, 95)


def _item(name: str, paper: int, title: str, day: int, minute: int, *, late: int = 0, edit_of: str = "") -> ArchiveItem:
    source, family, tier = PAPERS[paper % len(PAPERS)]
    seen_at = BEGIN + timedelta(days=day, minutes=minute)
    said_at = seen_at - timedelta(minutes=late or 3)
    return ArchiveItem(name, source, said_at, seen_at, title, family=family, tier=tier, edit_of=edit_of)
