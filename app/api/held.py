"""What woke nobody, over HTTP: listed with its reason, and raised anyway."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Request, Response
from pydantic import AwareDatetime, Field

from app.alerts.types import HoldReason
from app.api.doors import (
    PROBLEMS,
    READ,
    Before,
    Desk,
    Limit,
    Now,
    Reader,
    Triager,
    Word,
    link_next,
    to_filter_number,
    to_number,
)
from app.api.models import AlertOut, Id, NoteIn, OptionalId, Out
from classifiers.types import EmergenceKind

router = APIRouter(prefix="/held", tags=["alerts"], dependencies=[Depends(READ)], responses=PROBLEMS)


class HeldOut(Out):
    id: Id
    watch_id: Id
    watch_name: str
    story_id: OptionalId
    story_title: str
    title: Annotated[str, Field(description="That an alert of it would have")]
    kind: EmergenceKind
    at: AwareDatetime
    because: str
    topics: tuple[str, ...]
    severity: int | None
    hold: HoldReason | None
    decided: str
    told_by: Annotated[OptionalId, Field(description="The alert of another watch that tells the same")]


class HeldListOut(Out):
    held: tuple[HeldOut, ...]
    next: str | None


@router.get("", summary="List what woke nobody, and why")
async def list_held(
    request: Request,
    response: Response,
    caller: Reader,
    services: Desk,
    hold: Annotated[HoldReason | None, Query(description="Held back for this reason")] = None,
    watch: Annotated[Word | None, Query(description="Id of the watch")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> HeldListOut:
    """Newest first. Held back is kept, never lost."""
    number = to_filter_number(watch, "watch")
    page = await services.held_back.list(caller, hold, watch_id=number, before=before, limit=limit)
    link_next(request, response, page.next)
    return HeldListOut(held=tuple(map(HeldOut.model_validate, page.rows)), next=page.next)


@router.post("/{held_id}/raise", status_code=201, summary="Raise it anyway")
async def raise_anyway(
    held_id: str, caller: Triager, services: Desk, now: Now, body: Annotated[NoteIn | None, Body()] = None
) -> AlertOut:
    """The alert is raised in your name, and receivers are told. 409 when an alert about the same is living."""
    number, note = to_number(held_id, "finding that was held back"), (body or NoteIn()).note
    return AlertOut.model_validate(await services.held_back.raise_anyway(caller, number, now, note=note))
