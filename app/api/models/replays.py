"""Replays as JSON."""

from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from app.alerts.side_by_side import Comparison, Place, Placed, SideSummary
from app.alerts.types import AlertState, HoldReason, Level, Sensitivity
from app.api.models.parts import Id, In, OptionalId, Out, Short, Words
from app.records.replays import Outcome, ReplayResult, ReplayState, Side
from classifiers.types import EmergenceKind


class DraftIn(In):
    """Settings of a watch. Fields that are left out are as in `watch`; without one, as in a new watch."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    query: Annotated[Words | None, Field(max_length=4000, examples=['skole* AND (mobbing OR "stenger")'])] = None
    languages: Annotated[tuple[Short, ...] | None, Field(max_length=50)] = None
    topics: Annotated[tuple[Short, ...] | None, Field(max_length=50)] = None
    owner: Short | None = None
    sensitivity: Sensitivity | None = None
    priority: Annotated[int | None, Field(ge=1, le=3)] = None
    alerts_per_day: Annotated[int | None, Field(ge=1, le=1000)] = None
    time_zone: Short | None = None


class ReplayIn(In):
    since: Annotated[AwareDatetime, Field(alias="from", description="The first moment that is told of")]
    until: Annotated[AwareDatetime, Field(alias="to", description="The end; at most 90 days after `from`")]
    watch: Annotated[Short | None, Field(description="Id of a watch: its settings of now, called live")] = None
    draft: Annotated[DraftIn | None, Field(description="Other settings, to compare or to try alone")] = None


class SettingsOut(Out):
    name: str
    query: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    owner: str
    sensitivity: Sensitivity
    priority: int
    alerts_per_day: int
    time_zone: str


class ReplayOut(Out):
    id: Id
    asked_by: str
    asked_at: AwareDatetime
    watch_id: OptionalId
    live: Annotated[SettingsOut | None, Field(description="The watch as it was set when the replay was asked for")]
    draft: SettingsOut | None
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    state: ReplayState
    error: Annotated[str, Field(description="Why it failed, or is tried again")]
    share: Annotated[float, Field(ge=0, le=1, description="How much of it is played")]
    begun_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    heard_from: Annotated[
        AwareDatetime | None, Field(description="It listened from then on, to know what is usual; once it is done")
    ]
    heard: Annotated[int, Field(description="Signals of the period; once it is done")]


class ReplaysOut(Out):
    replays: tuple[ReplayOut, ...]
    next: str | None


class SideOut(Out):
    """How the settings of one side would have done."""

    alerts: int
    a_day: float
    by_kind: dict[str, int]
    by_level: dict[str, int]
    held: Annotated[dict[str, int], Field(description="What woke nobody, by reason; a story counts once")]
    median_delay_seconds: Annotated[float | None, Field(description="From the first item to the alert")]
    judged: Annotated[int, Field(description="Alerts of which people have said live whether they were useful")]
    useful: int
    precision: Annotated[float | None, Field(description="useful / judged")]

    @classmethod
    def of(cls, side: SideSummary | None) -> Self | None:
        if side is None:
            return None
        return cls(
            alerts=side.alerts,
            a_day=round(side.a_day, 3),
            by_kind=dict(side.by_kind),
            by_level=dict(side.by_level),
            held=dict(side.held),
            median_delay_seconds=side.median_delay.total_seconds() if side.median_delay is not None else None,
            judged=side.judged,
            useful=side.useful,
            precision=side.precision,
        )


class ComparisonOut(Out):
    days: float
    live: SideOut | None
    draft: SideOut | None
    both: Annotated[int, Field(description="Matters that both tell: of the same story, or with items in common")]
    only_live: int
    only_draft: int

    @classmethod
    def of(cls, found: Comparison) -> Self:
        return cls(
            days=round(found.days, 3),
            live=SideOut.of(found.live),
            draft=SideOut.of(found.draft),
            both=found.both,
            only_live=found.only_live,
            only_draft=found.only_draft,
        )


class ReplayFullOut(Out):
    replay: ReplayOut
    comparison: Annotated[ComparisonOut | None, Field(description="Null until it is done")]


class BesideOut(Out):
    """What the other settings made of the same story, or of some of the same signals."""

    outcome: Outcome
    at: AwareDatetime
    severity: int
    level: Level
    hold: HoldReason | None
    decided: str

    @classmethod
    def of(cls, told: ReplayResult | None) -> Self | None:
        return cls.model_validate(told) if told else None


class ResultOut(Out):
    id: Id
    side: Side
    where: Annotated[Place, Field(description="Which settings do the same with it: raise it, or hold it back")]
    outcome: Outcome
    at: AwareDatetime
    kind: EmergenceKind
    severity: Annotated[int, Field(ge=0, le=100)]
    level: Level
    peak: Annotated[int, Field(description="The highest severity that it came to")]
    state: AlertState | None
    topics: tuple[str, ...]
    title: str
    because: str
    story: Annotated[OptionalId, Field(description="The signal that opened the story")]
    signals: tuple[Id, ...]
    first_seen_at: AwareDatetime | None
    hold: HoldReason | None
    decided: str
    alert: Annotated[OptionalId, Field(description="The alert that was really raised about the same")]
    useful: Annotated[bool | None, Field(description="What people said of that alert by closing it")]
    beside: BesideOut | None

    @classmethod
    def of(cls, placed: Placed) -> Self:
        told = placed.row.told
        given: dict[str, Any] = {name: getattr(told, name) for name in cls.model_fields if hasattr(told, name)}
        return cls(
            **given,
            id=placed.row.id,
            where=placed.place,
            story=told.story_id,
            signals=told.signal_ids,
            alert=placed.row.alert_id,
            useful=placed.row.is_useful,
            beside=BesideOut.of(placed.beside),
        )


class ResultsOut(Out):
    results: tuple[ResultOut, ...]
    next: str | None
