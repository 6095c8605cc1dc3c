"""Found sources and reading lists as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import In, OptionalId, Out, Words
from app.records import ListOutcome
from signals.types import Stakeholder


class DiscoverIn(In):
    address: Annotated[Words, Field(max_length=2048, examples=["https://avis.example", "@kari@snabelen.example"])]


class PeekOut(Out):
    title: str
    url: str
    said_at: AwareDatetime | None


class CandidateOut(Out):
    kind: str
    address: str
    title: str
    language: Annotated[str, Field(description="A guess; empty: no idea")]
    because: Annotated[str, Field(description="How we came by it")]
    entries: int
    items: Annotated[tuple[PeekOut, ...], Field(description="The last five")]


class FoundSourceOut(Out):
    candidate: CandidateOut
    known_id: Annotated[OptionalId, Field(description="The source that we listen to there already")]


class SourceDraftOut(Out):
    address: str
    name: str
    kind: str
    stakeholder: Stakeholder
    tier: int
    family: str
    country: str
    language: str
    is_priority: bool
    is_own: bool


class FoundSourcesOut(Out):
    asked: str
    found: tuple[FoundSourceOut, ...]
    notes: Annotated[tuple[str, ...], Field(description="What went wrong, or why there is nothing")]
    suggestion: Annotated[SourceDraftOut, Field(description="What is probably true of them; change it and add it")]
    because: str


class ListedSourceOut(Out):
    line: int
    folder: str
    draft: SourceDraftOut
    outcome: ListOutcome
    because: str
    known_id: OptionalId


class ListReportOut(Out):
    applied: bool
    added: int
    sources: tuple[ListedSourceOut, ...]
    remarks: tuple[str, ...]
