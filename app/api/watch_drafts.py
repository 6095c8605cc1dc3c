"""Watches before they are kept, over HTTP: previews, what words stand for, queries of other services."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from app.api.doors import PROBLEMS, READ, Desk, Now, Reader, Word, to_number
from app.api.models.previews import ExplainedOut, ExplainIn, ImportedQueryOut, ImportIn, PreviewIn, PreviewOut
from app.records import WatchDraft

router = APIRouter(prefix="/watches", tags=["watches"], dependencies=[Depends(READ)], responses=PROBLEMS)


@router.post("/preview", summary="What a watch would have found and told")
async def preview(body: PreviewIn, caller: Reader, services: Desk, now: Now) -> PreviewOut:
    """Over stored history, nothing is kept. 422 tells what is wrong with a query, and at which character."""
    given: dict[str, Any] = body.model_dump(exclude={"watch", "days"})
    watch_id = to_number(body.watch, "watch") if body.watch is not None else None
    found = await services.previews.preview(caller, WatchDraft(**given), now, watch_id=watch_id, days=body.days)
    return PreviewOut.model_validate(found)


@router.post("/explain", summary="What the words of a query stand for")
async def explain(body: ExplainIn, caller: Reader, services: Desk, now: Now) -> ExplainedOut:
    """Each word's written forms in stored history, with the signals that hold them."""
    return ExplainedOut.model_validate(await services.queries.explain(caller, body.query, now, days=body.days))


@router.get("/explain", summary="The same, of a kept watch or a short query")
async def explain_kept(
    caller: Reader,
    services: Desk,
    now: Now,
    query: Annotated[str, Query(max_length=4000)] = "",
    watch: Annotated[Word | None, Query(description="Id of a watch: its query")] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 90,
) -> ExplainedOut:
    watch_id = to_number(watch, "watch") if watch is not None else None
    found = await services.queries.explain(caller, query, now, days=days, watch_id=watch_id)
    return ExplainedOut.model_validate(found)


@router.post("/import-query", summary="A query of another service in our language")
async def import_query(body: ImportIn, caller: Reader, services: Desk) -> ImportedQueryOut:
    """With notes on all that was changed or could not be carried over."""
    return ImportedQueryOut.model_validate(services.queries.import_query(body.query, body.service))
