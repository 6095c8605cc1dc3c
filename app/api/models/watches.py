"""Watches as JSON."""

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from app.alerts.types import Sensitivity
from app.api.models.parts import Id, In, Out, Short, Words


class WatchOut(Out):
    id: Id
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
    version: Annotated[str, BeforeValidator(str), Field(description="For If-Match")]
    created_at: AwareDatetime
    changed_at: AwareDatetime
    living_alerts: int
    hits_day: int
    hits_week: int
    is_own: Annotated[bool, Field(description="Forkant's own hearing: it raises what the coverage ledger finds")]


class WatchesOut(Out):
    watches: tuple[WatchOut, ...]


class WatchIn(In):
    name: Annotated[Short, Field(min_length=1, examples=["School and kindergarten"])]
    query: Annotated[Words, Field(max_length=4000, examples=['skole* AND (mobbing OR "stenger")'])] = ""
    languages: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    topics: Annotated[tuple[Short, ...], Field(max_length=50)] = ()
    owner: Short = ""
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    alerts_per_day: Annotated[int, Field(ge=1, le=1000)] = 3
    time_zone: Annotated[Short, Field(examples=["Europe/Oslo"])] = ""


class WatchChangeIn(In):
    """Fields that are left out stay as they are."""

    name: Annotated[Short | None, Field(min_length=1)] = None
    query: Annotated[Words | None, Field(max_length=4000)] = None
    languages: Annotated[list[Short] | None, Field(max_length=50)] = None
    topics: Annotated[list[Short] | None, Field(max_length=50)] = None
    owner: Short | None = None
    sensitivity: Sensitivity | None = None
    priority: Annotated[int | None, Field(ge=1, le=3)] = None
    alerts_per_day: Annotated[int | None, Field(ge=1, le=1000)] = None
    time_zone: Short | None = None
    is_active: Annotated[bool | None, Field(description="False: it rests")] = None
