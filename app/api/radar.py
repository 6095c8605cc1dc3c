"""The radar over HTTP: suggested watches, accepted or dismissed."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends

from app.api.doors import PROBLEMS, READ, Admin, Desk, Now, Reader, Triager, to_number
from app.api.models import WatchOut
from app.api.models.radar import NotWantedIn, RadarOut, SuggestedIn, SuggestionOut

router = APIRouter(prefix="/radar", tags=["radar"], dependencies=[Depends(READ)], responses=PROBLEMS)


@router.get("", summary="Suggested watches")
async def get_radar(caller: Reader, services: Desk, now: Now) -> RadarOut:
    """At most five a week, of what rises outside every watch; each waits four weeks for an answer."""
    return RadarOut.of(await services.radar.get(caller, now))


@router.post("/{suggestion_id}/accept", status_code=201, summary="Make a watch of a suggestion")
async def accept(
    suggestion_id: str, caller: Admin, services: Desk, now: Now, body: SuggestedIn | None = None
) -> WatchOut:
    """409 when it is answered already, or a watch has that name."""
    number = to_number(suggestion_id, "suggestion")
    given: dict[str, Any] = body.model_dump(exclude_none=True) if body else {}
    draft = replace(await services.radar.draft(caller, number), **given)
    return WatchOut.model_validate(await services.radar.accept(caller, number, draft, now))


@router.post("/{suggestion_id}/dismiss", summary="Dismiss a suggestion, with a reason")
async def dismiss(suggestion_id: str, body: NotWantedIn, caller: Triager, services: Desk, now: Now) -> SuggestionOut:
    """Nothing like it is suggested for 90 days. `not_ours` makes its topics and sources weigh less."""
    number = to_number(suggestion_id, "suggestion")
    row = await services.radar.dismiss(caller, number, body.reason, now, note=body.note or "")
    return SuggestionOut.model_validate(row)
