"""Scorecards as JSON."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.alerts.false_alarms import MOST_A_MONTH
from app.api.models.parts import In, OptionalId, Out, Seconds
from app.records.scorecards import CardKind, Span
from app.services.scoring import LEAST

FEW = f"null: fewer than {LEAST}, too few to say"


class PeriodOut(Out):
    first: date
    last: date
    begin: AwareDatetime
    until: AwareDatetime


class ShareOut(Out):
    count: int
    of: int
    share: Annotated[float | None, Field(description=FEW)]
    low: Annotated[float | None, Field(description="Of its 95 % interval (Wilson)")]
    high: float | None


class TimesOut(Out):
    count: Annotated[int, Field(description="Alerts of which it is known")]
    median: Annotated[Seconds | None, Field(description=f"Seconds; {FEW}")]
    ninth: Annotated[Seconds | None, Field(description="Seconds; nine in ten took at most so long")]
    ahead: Annotated[int, Field(description="Of leads: in how many we came first")]


class LoadOut(Out):
    a_day: float
    limit: Annotated[int, Field(description="Alerts a day that were wished for")]
    busiest: int
    days_above: int
    by_day: tuple[int, ...]


class FiguresOut(Out):
    alerts: int
    precision: Annotated[ShareOut, Field(description="Useful ones of those that people judged by closing them")]
    to_peak: Annotated[TimesOut, Field(description="Lead: from the alert to the story's busiest hour")]
    to_tier1: Annotated[TimesOut, Field(description="Lead: from the alert to the first tier-1 medium")]
    to_acknowledge: TimesOut
    to_handle: TimesOut
    untaken: int
    dismissed: dict[str, int]
    load: LoadOut
    held: Annotated[dict[str, int], Field(description="Findings that woke nobody, by reason")]
    coverage: Annotated[float | None, Field(description="Share of what is usually said that we heard; null: unknown")]


class CardOut(Out):
    kind: CardKind
    id: Annotated[OptionalId, Field(description="Of the watch")]
    name: Annotated[str, Field(description="Of the organisation, the role that answers, or the watch")]
    now: FiguresOut
    before: FiguresOut


class ScorecardOut(Out):
    span: Span
    period: PeriodOut
    before: PeriodOut
    time_zone: str
    organisation: CardOut
    teams: tuple[CardOut, ...]
    watches: tuple[CardOut, ...]


class FalseAlarmsOut(Out):
    chosen: Annotated[int | None, Field(description="null: one for each active watch")]
    a_month: Annotated[int, Field(description="Alarms of numbers alone that are borne in 30 days")]
    spent: int
    bar: Annotated[int, Field(description="Severity that such a finding must reach at present")]


class FalseAlarmsIn(In):
    a_month: Annotated[int | None, Field(ge=0, le=MOST_A_MONTH, description="null: one for each active watch")]
