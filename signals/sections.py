"""In which part of the paper it stood: sport, culture, opinion …, from a feed's categories and the address."""

import re
import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

TABLE = Path(__file__).with_name("sections.toml")


class Section(StrEnum):
    """Kinds of section that tell something of what to expect; business, home and local news are none of these."""

    NONE = ""
    SPORT = "sport"
    CULTURE = "culture"
    OPINION = "opinion"
    LEISURE = "leisure"
    WEATHER = "weather"
    FOREIGN = "foreign"
    TECHNOLOGY = "technology"


def section_of(categories: Iterable[str], address: str) -> Section:
    """What the source itself says comes before its address; there the last part, the page's own name, says nothing.

    >>> section_of(["Innenriks"], "https://paper.example/sport/fotball/brann-vant/s/5-1-2")
    <Section.SPORT: 'sport'>
    """
    names = _names()
    for name in (*map(_plain, categories), *_parts(address)):
        if name in names:
            return names[name]
    return Section.NONE


def _parts(address: str) -> list[str]:
    try:
        path = urlsplit(address).path
    except ValueError:
        return []
    return [_plain(unquote(part)) for part in path.split("/")[:-1] if part]


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


@cache
def _names() -> dict[str, Section]:
    known = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {_plain(name): Section(kind) for kind, names in reversed(known.items()) for name in names}
