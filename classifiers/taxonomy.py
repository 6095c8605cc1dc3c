"""The taxonomy: the risks and opportunities that we know by name, read from taxonomy.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classifiers.types import Polarity

FILE = Path(__file__).parent / "taxonomy.toml"
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Playbook:
    """First help for whoever must answer."""

    say: str  # advice for a holding statement
    call: tuple[str, ...]
    checklist: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A risk or opportunity. `weight` says how much of a reputation is usually at stake, 0 to 1."""

    id: str
    polarity: Polarity
    dimension: str  # of reputation
    weight: float
    labels: Mapping[str, str]  # by language
    definitions: Mapping[str, str]
    playbook: Playbook

    def label(self, language: str = ENGLISH) -> str:
        return self.labels.get(language, self.labels[ENGLISH])

    def definition(self, language: str = ENGLISH) -> str:
        return self.definitions.get(language, self.definitions[ENGLISH])


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All topics by their ids, threats first."""

    topics: Mapping[str, Topic]

    def find_topic(self, topic_id: str) -> Topic | None:
        return self.topics.get(topic_id)

    def get_topic(self, topic_id: str) -> Topic:
        """KeyError for an id that is none of ours."""
        return self.topics[topic_id]

    def weight(self, topic_id: str) -> float:
        return self.topics[topic_id].weight

    def polarity(self, topic_id: str) -> Polarity:
        return self.topics[topic_id].polarity

    def label(self, topic_id: str, language: str = ENGLISH) -> str:
        return self.topics[topic_id].label(language)


@cache
def load_taxonomy() -> Taxonomy:
    return read_taxonomy(FILE)


def read_taxonomy(path: Path) -> Taxonomy:
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    return Taxonomy({topic_id: _topic(topic_id, fields) for topic_id, fields in given.items()})


def _topic(topic_id: str, fields: Mapping[str, Any]) -> Topic:
    playbook = fields["playbook"]
    return Topic(
        id=topic_id,
        polarity=Polarity(fields["polarity"]),
        dimension=fields["dimension"],
        weight=float(fields["weight"]),
        labels=fields["label"],
        definitions=fields["definition"],
        playbook=Playbook(playbook["say"], tuple(playbook["call"]), tuple(playbook["checklist"])),
    )
