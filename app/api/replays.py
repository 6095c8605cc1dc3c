"""Replays over HTTP: what would these settings have told us?"""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from app.alerts.side_by_side import Place
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
from app.api.models.replays import (
    ComparisonOut,
    DraftIn,
    ReplayFullOut,
    ReplayIn,
    ReplayOut,
    ReplaysOut,
    ResultOut,
    ResultsOut,
)
from app.records import WatchDraft
from app.records.replays import Outcome, ReplayAsk, Side
from app.records.watches import to_draft

router = APIRouter(prefix="/replays", tags=["replays"], dependencies=[Depends(READ)], responses=PROBLEMS)

NAME = "Draft"


@router.post("", status_code=202, summary="Ask what settings would have told in a time")
async def ask(body: ReplayIn, response: Response, caller: Triager, services: Desk, now: Now) -> ReplayOut:
    """It waits for a worker: follow it by `Location`. With `watch` and `draft` both are played and compared. At most
    90 days, as far as something is stored; 429 while five of your organisation wait."""
    watch_id = to_filter_number(body.watch, "watch")
    draft = None
    if body.draft is not None:
        live = to_draft(await services.watches.get(caller, watch_id, now)) if watch_id is not None else None
        draft = changed(live or WatchDraft(NAME), body.draft)
    row = await services.replays.ask(caller, ReplayAsk(body.since, body.until, watch_id, draft), now)
    response.headers["Location"] = f"/api/v1/replays/{row.id}"
    return ReplayOut.model_validate(row)


def changed(draft: WatchDraft, by: DraftIn) -> WatchDraft:
    given: dict[str, Any] = by.model_dump(exclude_none=True)
    return replace(draft, **given)


@router.get("", summary="List replays")
async def list_replays(
    request: Request,
    response: Response,
    caller: Reader,
    services: Desk,
    watch: Annotated[Word | None, Query(description="Id of the watch")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> ReplaysOut:
    """Asked for last, first."""
    number = to_filter_number(watch, "watch")
    page = await services.replays.list(caller, watch_id=number, before=before, limit=limit)
    link_next(request, response, page.next)
    return ReplaysOut(replays=tuple(map(ReplayOut.model_validate, page.rows)), next=page.next)


@router.get("/{replay_id}", summary="One replay: how far it is, and how its sides compare")
async def get_replay(replay_id: str, caller: Reader, services: Desk) -> ReplayFullOut:
    found = await services.replays.get(caller, to_number(replay_id, "replay"))
    comparison = ComparisonOut.of(found.comparison) if found.comparison else None
    return ReplayFullOut(replay=ReplayOut.model_validate(found.replay), comparison=comparison)


@router.get("/{replay_id}/results", summary="What it told, and what it held back")
async def list_results(
    request: Request,
    response: Response,
    replay_id: str,
    caller: Reader,
    services: Desk,
    side: Annotated[Side | None, Query(description="By which settings")] = None,
    outcome: Annotated[Outcome | None, Query(description="Raised, or held back")] = None,
    where: Annotated[Place | None, Query(description="In both, or in one only")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> ResultsOut:
    """Newest first. What a restricted tip led to is there for those only who may see the tip."""
    number = to_number(replay_id, "replay")
    page = await services.replays.results(
        caller, number, side=side, outcome=outcome, where=where, before=before, limit=limit
    )
    link_next(request, response, page.next)
    return ResultsOut(results=tuple(map(ResultOut.of, page.rows)), next=page.next)


@router.post("/{replay_id}/cancel", summary="Call a replay off")
async def cancel(replay_id: str, caller: Triager, services: Desk, now: Now) -> ReplayOut:
    """409 when it is over."""
    return ReplayOut.model_validate(await services.replays.cancel(caller, to_number(replay_id, "replay"), now))


@router.delete("/{replay_id}", status_code=204, summary="Remove a replay with all that it told")
async def remove(replay_id: str, caller: Triager, services: Desk) -> Response:
    """One that is under way is called off first."""
    await services.replays.remove(caller, to_number(replay_id, "replay"))
    return Response(status_code=204)
