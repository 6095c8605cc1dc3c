"""The radar as JSON."""

from datetime import date
from typing import Annotated, Self

from pydantic import AwareDatetime, Field

from app.api.models.parts import Id, In, OptionalId, Out, Short, Words
from app.api.models.signals import SignalOut
from app.records.radar import LookRow, NotWanted, RadarPage, SuggestionState


class SuggestionOut(Out):
    id: Id
    week: Annotated[date, Field(description="The Monday of its week, where the organisation is")]
    term: str
    query: Annotated[str, Field(description="Ready for a watch")]
    languages: Annotated[tuple[str, ...], Field(description="For the watch; empty: all")]
    companions: Annotated[tuple[str, ...], Field(description="What else stands in the same titles")]
    topics: tuple[str, ...]
    groups: Annotated[tuple[str, ...], Field(description="Stakeholder groups that speak of it")]
    spoken_in: tuple[str, ...]
    signals: Annotated[int, Field(description="How many it was made from")]
    titles: Annotated[int, Field(description="Of the seven days before, that hold the term")]
    expected: Annotated[float, Field(description="How many of these were usual")]
    voices: Annotated[int, Field(description="Independent publishers")]
    at_risk: Annotated[int, Field(description="Of `signals`: how many touch a topic")]
    days: int
    week_hits: Annotated[int, Field(description="What the query would have brought in those days")]
    score: float
    because: str
    made_at: AwareDatetime
    state: SuggestionState
    answered_at: AwareDatetime | None
    answered_by: str
    reason: NotWanted | None
    note: str
    watch_id: OptionalId
    examples: Annotated[tuple[SignalOut, ...], Field(description="Of those that wait for an answer")]


class WeightOut(Out):
    kind: Annotated[str, Field(description="topic or group")]
    name: str
    accepted: int
    dismissed: int
    weight: Annotated[float, Field(ge=0.5, le=2)]


class LookOut(Out):
    week: date
    looked_at: AwareDatetime | None
    heard: int
    rising: int
    passed_over: Annotated[dict[str, int], Field(description="What rose and was not suggested, by reason")]
    error: str

    @classmethod
    def of(cls, look: LookRow | None) -> Self | None:
        if look is None:
            return None
        passed = {reason.value: count for reason, count in look.passed_over.items()}
        return cls(
            week=look.week,
            looked_at=look.looked_at,
            heard=look.heard,
            rising=look.rising,
            passed_over=passed,
            error=look.error,
        )


class RadarOut(Out):
    look: Annotated[LookOut | None, Field(description="The latest; null: there was none yet")]
    suggestions: Annotated[tuple[SuggestionOut, ...], Field(description="Waiting for an answer")]
    answered: Annotated[tuple[SuggestionOut, ...], Field(description="In the last 90 days, latest first")]
    weights: tuple[WeightOut, ...]

    @classmethod
    def of(cls, found: RadarPage) -> Self:
        return cls(
            look=LookOut.of(found.look),
            suggestions=tuple(map(SuggestionOut.model_validate, found.open)),
            answered=tuple(map(SuggestionOut.model_validate, found.answered)),
            weights=tuple(map(WeightOut.model_validate, found.weights)),
        )


class NotWantedIn(In):
    reason: NotWanted
    note: Annotated[Words | None, Field(max_length=500)] = None


class SuggestedIn(In):
    """Settings of the watch. Fields that are left out are as they are suggested."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    query: Annotated[Words | None, Field(max_length=4000)] = None
    languages: Annotated[tuple[Short, ...] | None, Field(max_length=50)] = None
    topics: Annotated[tuple[Short, ...] | None, Field(max_length=50)] = None
    owner: Short | None = None
    priority: Annotated[int | None, Field(ge=1, le=3)] = None
    alerts_per_day: Annotated[int | None, Field(ge=1, le=1000)] = None
