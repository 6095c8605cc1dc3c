"""What is shown of a watch before it is kept, as JSON."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import In, Out, Short, Words
from app.api.models.signals import SignalOut
from signals.types import Sensitivity

Query = Annotated[Words, Field(max_length=4000, examples=['skole* AND (mobbing OR "stenger")'])]
Days = Annotated[int, Field(ge=1, le=366, description="How far back")]


class PreviewIn(In):
    """A watch as it would be kept; `watch`: the one that it would replace, to see what the change adds and loses."""

    name: Short = ""
    query: Query = ""
    languages: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    topics: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    owner: Short = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    alerts_per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    time_zone: Short = ""
    watch: Annotated[Short | None, Field(description="Id of a watch", examples=["17"])] = None
    days: Days = 90


class DayOfHitsOut(Out):
    day: Annotated[date, Field(description="In `time_zone`")]
    hits: int


class ShareOut(Out):
    name: str
    hits: int


class ExampleOut(Out):
    signal: SignalOut
    spans: Annotated[
        tuple[tuple[int, int], ...], Field(description="The words that brought it: spans of title, line break, text")
    ]
    is_telling: Annotated[bool, Field(description="Chosen for what it says; else for being new")]


class RehearsedOut(Out):
    at: AwareDatetime
    kind: str
    level: str
    severity: int
    title: str


class AlertEstimateOut(Out):
    a_week: float
    raised: int
    held: Annotated[int, Field(description="Found, but held back by budget, bar or topic")]
    days: Annotated[float, Field(description="Over so many days")]
    method: str
    newest: tuple[RehearsedOut, ...]


class NarrowerOut(Out):
    query: str
    hits_a_day: float
    why: str


class NoiseOut(Out):
    word: Annotated[str, Field(description="That brings most; empty: no word does")]
    hits: int
    narrower: tuple[NarrowerOut, ...]


class ChangeOut(Out):
    before: Annotated[int, Field(description="Hits of the live version")]
    added: int
    lost: int
    added_examples: tuple[ExampleOut, ...]
    lost_examples: tuple[ExampleOut, ...]


class PreviewOut(Out):
    query: str
    since: AwareDatetime
    heard_since: Annotated[AwareDatetime, Field(description="The first that is stored; `hits_a_day` counts from here")]
    until: AwareDatetime
    time_zone: str
    searched: Annotated[int, Field(description="Signals that were there to be found")]
    total: Annotated[int, Field(description="Hits")]
    counted: Annotated[int, Field(description="Hits that are no copies: what series and detectors count")]
    hits_a_day: float
    days: tuple[DayOfHitsOut, ...]
    languages: tuple[ShareOut, ...]
    groups: tuple[ShareOut, ...]
    topics: tuple[ShareOut, ...]
    examples: tuple[ExampleOut, ...]
    alerts: AlertEstimateOut
    noise: Annotated[NoiseOut | None, Field(description="More than a handful a day")]
    hint: Annotated[str, Field(description="What to do where nothing was found")]
    change: Annotated[ChangeOut | None, Field(description="Against `watch`")]


class ExplainIn(In):
    query: Query = ""
    days: Days = 90


class WrittenFormOut(Out):
    written: str
    way: Annotated[str, Field(description="itself, inflection, compound, bridge, beginning or end")]
    hits: int


class ExpandedWordOut(Out):
    word: str
    hits: Annotated[int, Field(description="Signals with any of its forms")]
    forms: tuple[WrittenFormOut, ...]
    more: Annotated[int, Field(description="Further forms")]


class ExplainedOut(Out):
    query: str
    understood: Annotated[tuple[str, ...], Field(description="Indented lines")]
    since: AwareDatetime
    until: AwareDatetime
    searched: int
    words: tuple[ExpandedWordOut, ...]
    is_sampled: Annotated[bool, Field(description="Only the newest signals with these words were read")]


class ImportIn(In):
    query: Annotated[Words, Field(min_length=1, max_length=4000)]
    service: Annotated[Short, Field(examples=["meltwater", "retriever", "brandwatch", "freshrss"])]


class RemarkOut(Out):
    position: Annotated[int | None, Field(description="Which character of the given query, from 0; null: all of it")]
    message: str


class ImportedQueryOut(Out):
    service: str
    given: str
    query: Annotated[str, Field(description="In our language")]
    understood: tuple[str, ...]
    remarks: tuple[RemarkOut, ...]
