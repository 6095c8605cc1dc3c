"""Signals and stories as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import Id, NamedOut, OptionalId, Out
from classifiers.types import LabelKind
from signals.types import CopyKind, Release, Sensitivity, Stakeholder


class SignalOut(Out):
    id: Id
    source_id: Id
    source_name: str
    title: str
    text: str
    language: str
    url: str
    said_at: Annotated[AwareDatetime | None, Field(description="When published, if that can be believed")]
    seen_at: Annotated[AwareDatetime, Field(description="When first seen")]
    stakeholder: Stakeholder
    tier: int
    family: str
    copy_of: OptionalId
    copy_kind: CopyKind | None
    story_id: OptionalId
    topics: tuple[str, ...]
    sensitivity: Annotated[Sensitivity, Field(description="All but tips are `open`")]
    wire: Annotated[str, Field(description="The agency or release service that signs it")]
    release: Annotated[Release | None, Field(description="`ours`, or the same words elsewhere: `reprint`")]


class BecauseOut(Out):
    word: str
    weight: float
    start: int
    end: int


class LabelOut(Out):
    kind: LabelKind
    name: str
    score: float
    because: Annotated[tuple[BecauseOut, ...], Field(description="Spans of the title, a line break and the text")]
    by: str


class SignalsOut(Out):
    signals: Annotated[tuple[SignalOut, ...], Field(validation_alias="rows")]
    next: str | None


class SignalFullOut(Out):
    signal: SignalOut
    labels: tuple[LabelOut, ...]
    watches: tuple[NamedOut, ...]
    copies: tuple[SignalOut, ...]
    told_by: Annotated[str | None, Field(description="Who gave the tip; empty: anonymous; null: it is no tip")]


class StoryOut(Out):
    id: Id
    title: str
    language: str
    first_seen_at: AwareDatetime
    last_seen_at: AwareDatetime
    signals: int
    independent: int
    publishers: tuple[str, ...]
    languages: tuple[str, ...]
    best_tier: int
    novelty: float
    merged_into: OptionalId
    reprinters: Annotated[tuple[str, ...], Field(description="Papers that print a release of our own")]


class StoriesOut(Out):
    stories: Annotated[tuple[StoryOut, ...], Field(validation_alias="rows")]
    next: str | None
