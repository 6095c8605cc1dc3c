"""Ordinary days: items about nothing in particular, from a stock of hand-written ones, in a paper's rhythm."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from app.demo.values import Outlet, Piece

SEED = "an ordinary week"
WEEKEND = 0.55  # of a working day
IN_THE_REGION = 0.2  # of the places are the organisation's own

# How likely an item is in each hour of the day.
RHYTHMS = {
    "news": (1, 0, 0, 0, 1, 4, 9, 10, 9, 8, 8, 8, 9, 8, 8, 8, 8, 7, 6, 6, 5, 4, 3, 2),
    "office": (0, 0, 0, 0, 0, 0, 0, 1, 6, 9, 9, 7, 4, 8, 8, 5, 1, 0, 0, 0, 0, 0, 0, 0),
    "evening": (1, 0, 0, 0, 0, 1, 4, 6, 3, 2, 2, 2, 3, 2, 2, 3, 6, 7, 6, 8, 9, 8, 5, 2),
}


@dataclass(frozen=True, slots=True)
class Stock:
    """Headlines with their first sentences, and what fills their gaps: names put together from parts."""

    pieces: tuple[tuple[str, str], ...]
    names: Mapping[str, Sequence[str]]

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        return cls(tuple((title, lede) for title, lede in given["stock"]["pieces"]), given["slots"])

    def fill(self, title: str, lede: str, chance: random.Random) -> tuple[str, str]:
        gaps = {
            "place": self._place(chance),
            "person": f"{chance.choice(self.names['first'])} {chance.choice(self.names['last'])}",
            "team": self._team(chance),
            "n": str(chance.randint(3, 48)),
        }
        return title.format(**gaps), lede.format(**gaps)

    def _place(self, chance: random.Random) -> str:
        if self.names["region"] and chance.random() < IN_THE_REGION:
            return chance.choice(self.names["region"])
        return chance.choice(self.names["heads"]) + chance.choice(self.names["ends"])

    def _team(self, chance: random.Random) -> str:
        if not self.names["teams"]:
            return ""
        return chance.choice(self.names["clubs"]).format(chance.choice(self.names["teams"]))


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
