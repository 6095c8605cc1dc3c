"""Watches and topics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from app.alerts.types import Sensitivity


@dataclass(frozen=True, slots=True)
class WatchRow:
    id: int
    name: str
    query: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    owner: str
    sensitivity: Sensitivity
    priority: int
    alerts_per_day: int
    time_zone: str
    is_active: bool
    version: int
    created_at: datetime
    changed_at: datetime
    living_alerts: int
    hits_day: int  # independent signals of the last 24 hours
    hits_week: int
    is_own: bool = False  # Forkant's own hearing: no signal matches it


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic that we know by name, with its label in the reader's language."""

    id: str
    polarity: str  # threat or opportunity
    label: str
    labels: Mapping[str, str]  # language to label


@dataclass(frozen=True, slots=True)
class WatchDraft:
    """What can be said of a watch when adding or changing it."""

    name: str
    query: str = ""  # empty: everything
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    owner: str = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: int = 2
    alerts_per_day: int = 3
    time_zone: str = ""  # empty: the organisation's


def to_draft(row: WatchRow) -> WatchDraft:
    """As it is, to be changed."""
    return WatchDraft(
        name=row.name,
        query=row.query,
        languages=row.languages,
        topics=row.topics,
        owner=row.owner,
        sensitivity=row.sensitivity,
        priority=row.priority,
        alerts_per_day=row.alerts_per_day,
        time_zone=row.time_zone,
    )
