"""Sources as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from app.api.models.parts import Id, In, Out, Seconds, Short, Words
from signals.types import Stakeholder


class SourcePlaceOut(Out):
    id: Id
    kind: str
    address: str
    name: str
    stakeholder: Stakeholder
    tier: int
    family: str
    country: str
    language: str
    is_priority: bool
    is_own: bool


class SourceOut(Out):
    source: SourcePlaceOut
    is_active: bool
    created_at: AwareDatetime
    health: str
    interval_seconds: Annotated[Seconds, Field(validation_alias="every")]
    failures: int
    last_error: str
    last_error_kind: str
    last_polled_at: AwareDatetime | None
    last_success_at: AwareDatetime | None
    last_new_at: AwareDatetime | None
    next_poll_at: AwareDatetime | None
    signals_day: int
    oddity: Annotated[str, Field(description="The last strange thing it did, such as dating its archive anew")]
    oddity_at: AwareDatetime | None
    remarks: Annotated[tuple[str, ...], Field(description="On its last changed document")]


class SourcesOut(Out):
    sources: tuple[SourceOut, ...]


class PollOut(Out):
    id: Id
    at: AwareDatetime
    outcome: str
    took_ms: int
    size: int
    entries: int
    stored: int
    edited: int
    known: int
    dropped: dict[str, int]
    error: str


class PushOut(Out):
    """How a source stands with the hub that its feed names (WebSub)."""

    state: str
    hub: str
    is_proven: bool
    lease_until: AwareDatetime | None
    last_push_at: AwareDatetime | None
    pushes: int
    ignored: int
    remark: str


class SourceFullOut(SourceOut):
    polls: tuple[PollOut, ...]
    push: PushOut | None = None


class SourceIn(In):
    address: Annotated[Words, Field(max_length=2048, examples=["https://avis.example/feed.xml"])]
    name: Short = ""
    kind: Short = "feed"
    stakeholder: Stakeholder = Stakeholder.MEDIA
    tier: Annotated[int, Field(ge=1, le=3)] = 2
    family: Short = ""
    country: Annotated[Short, Field(max_length=2)] = ""
    language: Annotated[Short, Field(max_length=20)] = ""
    is_priority: bool = False
    is_own: Annotated[bool, Field(description="We speak there ourselves: spread, no voice")] = False


class SourceChangeIn(In):
    """Fields that are left out stay as they are."""

    address: Annotated[Words | None, Field(max_length=2048)] = None
    name: Short | None = None
    stakeholder: Stakeholder | None = None
    tier: Annotated[int | None, Field(ge=1, le=3)] = None
    family: Short | None = None
    country: Annotated[Short | None, Field(max_length=2)] = None
    language: Annotated[Short | None, Field(max_length=20)] = None
    is_priority: bool | None = None
    is_own: bool | None = None
    is_active: bool | None = None
