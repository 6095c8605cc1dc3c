"""Sources to begin with: one TOML file per country."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from signals.types import Stakeholder


@dataclass(frozen=True, slots=True)
class Starter:
    """A source that a new installation listens to from its first minute."""

    address: str
    name: str
    kind: str = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 3
    family: str = ""
    country: str = ""
    language: str = ""
    seen: str = ""  # year or month when the address last gave a feed; empty: never checked


def load_starters() -> tuple[Starter, ...]:
    """All starter sources, countries in alphabetical order."""
    lists = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(starter for one in lists for starter in read_starters(one.read_text(encoding="utf-8")))


def read_starters(toml: str) -> tuple[Starter, ...]:
    table = tomllib.loads(toml)
    return tuple(
        Starter(
            **{**fields, "stakeholder": Stakeholder(fields.get("stakeholder", "media"))},
            country=table.get("country", ""),
        )
        for fields in table.get("source", ())
    )
