"""Topics and trends as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.alerts.types import Level
from app.api.models.parts import Id, Out
from app.records import Bucket, SubjectKind


class TopicOut(Out):
    id: str
    polarity: str
    label: str
    labels: dict[str, str]


class TopicsOut(Out):
    topics: tuple[TopicOut, ...]


class BandOut(Out):
    median: float
    low: float
    high: float


class TrendPointOut(Out):
    start: AwareDatetime
    end: AwareDatetime
    signals: Annotated[int | None, Field(description="Independent ones; null: nobody listened")]
    copies: int | None
    heard: Annotated[float, Field(description="Share of what is usually said in it that we heard")]
    is_partial: bool
    band: Annotated[BandOut | None, Field(description="Usual for this hour of this weekday; needs two weeks")]


class MarkerOut(Out):
    alert_id: Id
    at: AwareDatetime
    title: str
    level: Level


class SubjectOut(Out):
    kind: SubjectKind
    name: str


class TrendOut(Out):
    subject: SubjectOut
    label: str
    bucket: Bucket
    time_zone: str
    start: AwareDatetime
    end: AwareDatetime
    points: tuple[TrendPointOut, ...]
    markers: tuple[MarkerOut, ...]
    total: int
    sources: int
    coverage: float
