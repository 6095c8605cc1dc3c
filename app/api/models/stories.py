"""What people do with stories, as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import Id, In, NamedOut, OptionalId, Out, Seconds, Words
from app.api.models.signals import SignalOut, StoryOut
from app.records import StageChangeKind, StoryChangeKind
from classifiers.lifecycle import Stage
from signals.outlook import Outlook


class ReasonIn(In):
    reason: Annotated[Words, Field(max_length=1000, examples=["The same fire"])] = ""


class MergeIn(ReasonIn):
    other: Annotated[str, Field(max_length=30, description="Id of the other story")]


class SplitIn(ReasonIn):
    signals: Annotated[
        tuple[Annotated[str, Field(max_length=30)], ...],
        Field(
            min_length=1, max_length=1000, description="Ids of signals of the story; what repeats them goes with them"
        ),
    ]


class UndoIn(ReasonIn):
    change: Annotated[str, Field(max_length=30, description="Id of the merge or split")]


class StoryChangeOut(Out):
    """A merge or split that people decided on."""

    id: Id
    kind: StoryChangeKind
    story_id: Annotated[Id, Field(description="Kept its number")]
    other_id: Annotated[Id, Field(description="Became part of it, or was split off")]
    signal_ids: Annotated[tuple[Id, ...], Field(description="That moved")]
    actor: str
    reason: str
    at: AwareDatetime
    undoes: Annotated[OptionalId, Field(description="The change that this one takes back")]
    undone_at: AwareDatetime | None


class RegroupedOut(Out):
    change: StoryChangeOut
    story: Annotated[StoryOut, Field(description="The story that kept its number")]
    other: Annotated[StoryOut | None, Field(description="Of a split, the other part; else null")]


class StageIn(ReasonIn):
    watch: Annotated[str, Field(max_length=30, description="Id of the watch")]
    stage: Annotated[
        Stage, Field(description="What is proposed: accepts it; the present one: declines it; else sets it")
    ]


class StageReasonOut(Out):
    """One fact that spoke for a proposal."""

    name: str
    value: float


class StageOut(Out):
    """Where a story stands for a watch, as people decided, and what Forkant proposes."""

    watch_id: Id
    watch_name: str
    stage: Stage
    set_at: AwareDatetime
    set_by: str
    reason: str
    proposed: Annotated[Stage | None, Field(description="null: nothing but where it stands")]
    proposed_at: AwareDatetime | None
    because: Annotated[tuple[StageReasonOut, ...], Field(description="What speaks for the proposal")]


class StageChangeOut(Out):
    """One change of where a story stands, or one proposal."""

    id: Id
    watch_id: Id
    watch_name: str
    kind: StageChangeKind
    before: Stage | None
    after: Annotated[Stage, Field(description="The stage that it got, or that was proposed")]
    at: AwareDatetime
    actor: str
    reason: str
    because: tuple[StageReasonOut, ...]


class OutlookOut(Out):
    """What was predicted of a story, and what it did."""

    made_at: AwareDatetime
    horizon_seconds: Annotated[Seconds, Field(validation_alias="horizon")]
    signals: Annotated[int, Field(description="That it had")]
    fading: Annotated[float, Field(ge=0, le=1)]
    holding: Annotated[float, Field(ge=0, le=1)]
    growing: Annotated[float, Field(ge=0, le=1)]
    likeliest: Outlook
    because: tuple[str, ...]
    by: str
    came: Annotated[
        str, Field(description="`fading`, `holding`, `growing`; `unheard`: nobody listened; empty: not yet")
    ]
    came_signals: int | None


class OutlookBinOut(Out):
    """Predictions that gave an outcome about the same chance, and how often it came."""

    horizon_seconds: Annotated[Seconds, Field(validation_alias="horizon")]
    outcome: Outlook
    tenth: Annotated[int, Field(description="0: a chance of up to 10 %, 9: of 90 % and more")]
    predictions: int
    stories: int
    predicted: Annotated[float, Field(description="The chance that was given, on average")]
    came: Annotated[float, Field(description="How often it came")]


class HorizonOut(Out):
    """All predictions over the same time."""

    horizon_seconds: Seconds
    predictions: int
    brier: Annotated[float | None, Field(description="Mean squared error of the three chances, summed: 0 is a seer")]
    brier_of_usual: Annotated[float | None, Field(description="Of one who always says how often each outcome comes")]


class OutlookRecordOut(Out):
    since: AwareDatetime
    horizons: tuple[HorizonOut, ...]
    bins: tuple[OutlookBinOut, ...]


class LinkedStoryOut(Out):
    story: StoryOut
    score: float
    because: Annotated[tuple[str, ...], Field(description="Names, numbers and words that both hold")]


class StoryFullOut(Out):
    story: StoryOut
    members: tuple[SignalOut, ...]
    alert_ids: tuple[Id, ...]
    watches: Annotated[tuple[NamedOut, ...], Field(description="That its signals hit")]
    linked: Annotated[tuple[LinkedStoryOut, ...], Field(description="Other stories that tell of the same event")]
    changes: Annotated[tuple[StoryChangeOut, ...], Field(description="Merges and splits by people, newest first")]
    stages: Annotated[tuple[StageOut, ...], Field(description="Where it stands for each watch")]
    stage_changes: Annotated[tuple[StageChangeOut, ...], Field(description="Of these, and proposals, newest first")]
    outlooks: Annotated[tuple[OutlookOut, ...], Field(description="What was predicted, newest first")]
