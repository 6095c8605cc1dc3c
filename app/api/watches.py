"""Watches over HTTP: what teams want to be early about."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from app.api.doors import PROBLEMS, READ, Admin, Desk, Now, Reader, tagged, to_number, version_asked
from app.api.models import WatchChangeIn, WatchesOut, WatchIn, WatchOut
from app.records import WatchDraft, WatchRow
from app.records.watches import to_draft

router = APIRouter(prefix="/watches", tags=["watches"], dependencies=[Depends(READ)], responses=PROBLEMS)


def shown(row: WatchRow) -> Response:
    """Its ETag is its version: what If-Match is compared with."""
    return tagged(WatchOut.model_validate(row), f'"{row.version}.{row.hits_day}.{row.living_alerts}"')


@router.get("", summary="List watches")
async def list_watches(caller: Reader, services: Desk, now: Now) -> WatchesOut:
    """The active ones first, then by priority and name. All are listed: there are no pages."""
    rows = await services.watches.list(caller, now)
    return WatchesOut(watches=tuple(map(WatchOut.model_validate, rows)))


@router.post("", status_code=201, summary="Add a watch", response_model=WatchOut)
async def add_watch(body: WatchIn, caller: Admin, services: Desk, now: Now) -> Response:
    """422 tells what is wrong with a query, and where."""
    given: dict[str, Any] = body.model_dump(exclude={"languages", "topics"}) | words_of(body)
    draft = WatchDraft(**given)
    answer = shown(await services.watches.add(caller, draft, now))
    answer.status_code = 201
    return answer


@router.get("/{watch_id}", summary="One watch", response_model=WatchOut)
async def get_watch(watch_id: str, caller: Reader, services: Desk, now: Now) -> Response:
    return shown(await services.watches.get(caller, to_number(watch_id, "watch"), now))


@router.patch("/{watch_id}", summary="Change a watch, let it rest or wake it", response_model=WatchOut)
async def change_watch(
    request: Request, watch_id: str, body: WatchChangeIn, caller: Admin, services: Desk, now: Now
) -> Response:
    """412 when `If-Match` names an older version: somebody else has changed it."""
    number, version = to_number(watch_id, "watch"), version_asked(request)
    row = await services.watches.get(caller, number, now)
    given = body.model_dump(exclude_none=True, exclude={"is_active", "languages", "topics"}) | words_of(body)
    if given:
        draft = replace(to_draft(row), **given)
        row = await services.watches.change(caller, number, draft, now, version=version)
        version = None
    if body.is_active is not None and body.is_active != row.is_active:
        change = services.watches.wake if body.is_active else services.watches.rest
        row = await change(caller, number, now, version=version)
    return shown(row)


def words_of(body: WatchIn | WatchChangeIn) -> dict[str, tuple[str, ...]]:
    """The lists that were given, as values hold them."""
    lists = {"languages": body.languages, "topics": body.topics}
    return {name: tuple(words) for name, words in lists.items() if words is not None}
