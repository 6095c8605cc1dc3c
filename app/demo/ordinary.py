"""Ordinary days: items about nothing in particular, drawn from a stock of hand-written ones, in a paper's rhythm."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from app.demo.values import Outlet, Piece

SEED = "an ordinary week"
WEEKEND = 0.55  # of a working day

# How likely an item is in each hour of the day.
RHYTHMS = {
    "news": (1, 0, 0, 0, 1, 4, 9, 10, 9, 8, 8, 8, 9, 8, 8, 8, 8, 7, 6, 6, 5, 4, 3, 2),
    "office": (0, 0, 0, 0, 0, 0, 0, 1, 6, 9, 9, 7, 4, 8, 8, 5, 1, 0, 0, 0, 0, 0, 0, 0),
    "evening": (1, 0, 0, 0, 0, 1, 4, 6, 3, 2, 2, 2, 3, 2, 2, 3, 6, 7, 6, 8, 9, 8, 5, 2),
}


@dataclass(frozen=True, slots=True)
class Stock:
    """Headlines with their first sentences, tails that may follow, and what fills their gaps."""

    pieces: tuple[tuple[str, str], ...]
    tails: tuple[str, ...]
    places: tuple[str, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        stock, slots = given["stock"], given["slots"]
        return cls(
            pieces=tuple((title, lede) for title, lede in stock["pieces"]),
            tails=tuple(stock["tails"]),
            places=tuple(slots["place"]),
            people=tuple(slots["person"]),
            teams=tuple(slots["team"]),
        )

    def fill(self, title: str, lede: str, chance: random.Random) -> tuple[str, str]:
        gaps = {
            "place": chance.choice(self.places),
            "person": chance.choice(self.people),
            "team": chance.choice(self.teams),
            "n": str(chance.randint(3, 48)),
        }
        text = f"{lede} {chance.choice(self.tails)}".strip()
        return title.format(**gaps), text.format(**gaps)


def compose(outlets: Sequence[Outlet], stocks: Mapping[str, Stock], midnights: Sequence[datetime]) -> list[Piece]:
    """Every outlet's ordinary items, day by day. The same days give the same items."""
    chance = random.Random(SEED)
    drawn = {name: _endless(stock, chance) for name, stock in stocks.items()}
    said = []
    for midnight in midnights:
        for outlet in outlets:
            for minute in _minutes(outlet, midnight, chance):
                title, lede = stocks[outlet.stock].fill(*next(drawn[outlet.stock]), chance)
                at = (midnight + timedelta(minutes=minute)).astimezone(UTC)
                said.append(Piece(0, outlet.id, at, title, lede))
    return said


def _endless(stock: Stock, chance: random.Random) -> Iterator[tuple[str, str]]:
    """The whole stock in a new order, again and again: a headline comes back as late as can be."""
    while True:
        yield from chance.sample(stock.pieces, len(stock.pieces))


def _minutes(outlet: Outlet, midnight: datetime, chance: random.Random) -> list[int]:
    share = WEEKEND if midnight.weekday() >= 5 else 1.0
    count = int(outlet.a_day * share + chance.random())
    hours = chance.choices(range(24), RHYTHMS[outlet.rhythm], k=count)
    return [hour * 60 + chance.randrange(60) for hour in hours]
