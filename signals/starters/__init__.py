"""Sources to begin with: one TOML file per country."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from signals.types import Stakeholder


class Verified(StrEnum):
    """How far an address is known to work; the lists were made where nothing could be fetched."""

    SEEN = "seen"  # a document shows it giving a feed
    LISTED = "listed"  # a public document states it
    NO = "no"  # neither


@dataclass(frozen=True, slots=True)
class Starter:
    """A source that a new installation listens to from its first minute."""

    address: str
    name: str
    kind: str = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: int = 3
    family: str = ""  # the owner behind it; a source that stands alone names itself
    country: str = ""  # as in Source, or eu
    language: str = ""
    authority: str = ""  # what it watches over, such as food or courts; empty: no authority
    verified: Verified = Verified.NO
    seen: str = ""  # year or month when the address last gave a feed; empty: nobody was seen to get one
    found: str = ""  # where the address is stated, or what is doubtful about it


def load_starters() -> tuple[Starter, ...]:
    """All starter sources, countries in alphabetical order."""
    lists = sorted((one for one in files(__name__).iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(starter for one in lists for starter in read_starters(one.read_text(encoding="utf-8")))


def read_starters(toml: str) -> tuple[Starter, ...]:
    table = tomllib.loads(toml)
    return tuple(
        Starter(
            **{
                **fields,
                "stakeholder": Stakeholder(fields.get("stakeholder", "media")),
                "verified": Verified(fields.get("verified", "no")),
            },
            country=table.get("country", ""),
        )
        for fields in table.get("source", ())
    )


def is_unproven(kind: str, address: str) -> bool:
    """Is it one of our starters, at an address that nobody was seen to get a feed from?"""
    return (kind, address) in _unproven()


@cache
def _unproven() -> frozenset[tuple[str, str]]:
    return frozenset((one.kind, one.address) for one in load_starters() if one.verified is not Verified.SEEN)
